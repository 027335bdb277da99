/// One call of the sample logs, which the four log tables tell from four sides.
private struct SampleCall {
  let at: Int64
  let isWebSocket: Bool
  let connection: Int
  let method: String
  let httpMethod: String
  let parameterBytes: Int
  let bytesOut: Int
  let milliseconds: Int
  let status: Int
  let agent: String
  let resource: String
  let scope: String
  let operation: String
  let messages: (sent: Int, received: Int)

  private static let methods: [(name: String, scope: String, operation: String, median: Double)] = [
    ("getLead", "read", "SELECT", 3), ("fetchMemory", "read", "SELECT", 8),
    ("searchGraph", "search", "QUERY", 14), ("trackEvent", "write", "INSERT", 5),
    ("updateLead", "write", "UPDATE", 6), ("storeMemory", "write", "UPSERT", 9),
    ("recommendAction", "search", "QUERY", 22), ("optimizeCampaign", "write", "UPDATE", 60),
    ("consolidateMemory", "consolidate", "MERGE", 120),
  ]

  init(world: SampleWorld, index: Int) {
    var random = SampleRandom(seed: world.seed, .log, index)
    let day = world.start + Int64(random.integer(0...SampleWorld.days - 1)) * SampleWorld.daySeconds
    let moment = SampleClock.moment(near: day, after: day - 1, offset: 0, using: &random)
    at = min(moment, world.now)
    isWebSocket = random.chance(0.55)
    connection = random.integer(1...max(1, world.leads / 3))
    let method = random.pick(Self.methods)
    self.method = method.name
    scope = method.scope
    operation = method.operation
    httpMethod = method.scope == "read" ? "GET" : random.pick(["POST", "PUT"])
    parameterBytes = random.integer(60...1800)
    bytesOut = random.integer(120...8000)
    milliseconds = 1 + Int(random.logNormal(median: method.median, spread: 0.6))
    status =
      [200, 400, 401, 403, 500][
        random.index(weights: [0.965, 0.015, 0.008, 0.004, 0.008])]
    agent = random.pick(["LeadTriage", "Engagement", "Optimizer"])
    resource = random.pick([
      "db://leads", "db://interactions", "db://campaigns", "kg://graph", "cache://memory",
      "analytics://events",
    ])
    messages = (random.integer(1...6), random.integer(1...6))
  }
}

extension SampleDataset {
  private func eachCall(_ body: (Int, SampleCall) throws -> Void) rethrows {
    for index in 0..<world.leads * 2 {
      try body(index + 1, SampleCall(world: world, index: index))
    }
  }

  func rpcCalls(_ emit: ([String]) throws -> Void) rethrows {
    try eachCall { number, call in
      try emit([
        "RPC" + SampleWorld.padded(number, 6), SampleClock.text(call.at),
        call.isWebSocket ? "WebSocket" : "HTTP", call.method, String(call.parameterBytes),
        String(call.milliseconds), String(call.status), call.agent, call.resource,
      ])
    }
  }

  func webSocketSessions(_ emit: ([String]) throws -> Void) rethrows {
    try eachCall { _, call in
      guard call.isWebSocket else { return }
      try emit([
        "WS" + SampleWorld.padded(call.connection, 5), SampleClock.text(call.at),
        String(call.messages.sent), String(call.messages.received),
        String(call.parameterBytes + 90), String(call.bytesOut),
      ])
    }
  }

  func httpRequests(_ emit: ([String]) throws -> Void) rethrows {
    try eachCall { _, call in
      guard !call.isWebSocket else { return }
      try emit([
        "HTTP" + SampleWorld.padded(call.connection, 5), SampleClock.text(call.at),
        call.httpMethod, String(call.status), String(call.parameterBytes + 400),
        String(call.bytesOut),
      ])
    }
  }

  func resourceAccess(_ emit: ([String]) throws -> Void) rethrows {
    try eachCall { _, call in
      try emit([
        call.resource, SampleClock.text(call.at), call.scope, call.operation,
        SampleText.flag(call.status == 200),
        call.agent == "Optimizer" ? "Optimizer-Worker" : "Agent-Client",
      ])
    }
  }

  func authEvents(_ emit: ([String]) throws -> Void) rethrows {
    for index in 0..<world.leads / 2 {
      var random = SampleRandom(seed: world.seed, .auth, index)
      let target = world.start + Int64(random.unit() * Double(world.now - world.start))
      let at = SampleClock.arrival(
        onDayOf: target, offset: 0, within: world.start...world.now, using: &random)
      let results = ["success", "failure", "expired", "denied"]
      try emit([
        "AUTH" + SampleWorld.padded(index + 1, 5), SampleClock.text(at),
        random.pick(["svc-mcp", "svc-engagement", "svc-optimizer", "analyst-ui"]),
        random.pick(["mTLS", "OIDC", "APIKey"]),
        random.pick([
          "leads:read", "leads:write", "campaigns:read", "campaigns:write", "memory:rw",
          "analytics:read",
        ]), results[random.index(weights: [0.95, 0.02, 0.02, 0.01])],
        "10.\(random.integer(0...255)).\(random.integer(0...255)).\(random.integer(1...254))",
      ])
    }
  }
}
