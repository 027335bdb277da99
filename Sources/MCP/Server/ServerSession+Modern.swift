import JSONRPC

extension ServerSession {
  /// The requests that exist in the modern era only.
  static let modernMethods: Set<String> = [
    "server/discover", "subscriptions/listen", "tasks/get", "tasks/update", "tasks/cancel",
  ]

  /// The requests whose handlers may ask for input.
  private static let askingMethods: Set<String> = ["tools/call", "resources/read", "prompts/get"]

  func serveModern(
    _ request: Request, _ sink: ReplySink, in group: inout DiscardingTaskGroup
  ) throws(RPCError) {
    let version = try RequestEnvelope.version(of: request.params) { () throws(RPCError) in
      try sink.headers?.check(request, tools: server.tools, principal: principal)
    }
    let method = request.method
    let methods = Methods(server: server)
    guard methods.isDeclared(method),
      methods.handler(for: method) != nil || Self.modernMethods.contains(method),
      !method.hasPrefix("tasks/") || server.tasks != nil
    else { throw RPCError.methodNotFound(method) }
    let envelope = try RequestEnvelope(request.params, version: version)
    let token = try RequestEnvelope.progressToken(request.params)
    let input =
      Self.askingMethods.contains(method)
      ? try ModernInput(
        method: method, params: request.params, principal: principal, server: server) : nil
    let outlet = RequestOutlet(sink.lane)
    let context = modernContext(envelope, progressToken: token, input: input, outlet)
    let work = try work(request, envelope, context, outlet, methods)
    try start(
      request, sink, outlet, isListen: method == "subscriptions/listen",
      serverInfo: server.serverInfo, in: &group
    ) { () async throws(CallInterruption) in
      try await Self.answer(work, input, envelope.version)
    }
  }

  /// The work's result; the questions it needs answered become a result too.
  private static func answer(
    _ work: Work, _ input: ModernInput?, _ version: ProtocolVersion
  ) async throws(CallInterruption) -> ResultBody {
    do {
      return try await work()
    } catch {
      guard case .inputRequired(let questions) = error, let input else { throw error }
      return try interrupting { () throws(RPCError) in
        try input.result(asking: questions, version: version)
      }
    }
  }

  /// What the request does, its parameters checked as far as that needs no work.
  private func work(
    _ request: Request, _ envelope: RequestEnvelope, _ context: RequestContext,
    _ outlet: RequestOutlet, _ methods: Methods
  ) throws(RPCError) -> Work {
    let params = request.params
    switch request.method {
    case "server/discover":
      return { [self] () throws(CallInterruption) in discover() }
    case "subscriptions/listen":
      let filter = try ListenFilter(
        params, server: server, principal: principal, envelope: envelope)
      return { [self] () async throws(CallInterruption) in
        try await listen(request.id, filter, outlet)
      }
    case let method where method.hasPrefix("tasks/"):
      guard let tasks = server.tasks else { throw RPCError.methodNotFound(method) }
      return { () async throws(CallInterruption) in
        try await tasks.serve(method, params, context)
      }
    case let method:
      guard let handler = methods.handler(for: method) else {
        throw RPCError.methodNotFound(method)
      }
      return { () async throws(CallInterruption) in try await handler(params, context) }
    }
  }

  private func discover() -> ResultBody {
    var body = ResultBody([
      "supportedVersions": .array(ProtocolVersion.modernVersions.map { .string($0.rawValue) }),
      "capabilities": .object(server.capabilities(for: .latest)),
    ])
    if let instructions = server.instructions { body.add("instructions", .string(instructions)) }
    CacheHint(milliseconds: 3_600_000, isPublic: true).add(to: &body)
    return body
  }

  /// Serves a subscription until the client cancels it or the server ends it.
  private func listen(
    _ id: RequestID, _ filter: ListenFilter, _ outlet: RequestOutlet
  ) async throws(CallInterruption) -> ResultBody {
    // The subscription exists before the acknowledgement is written, so that nothing is lost.
    let changes = server.changes.subscribe(in: principal.workspace) { filter.wants($0) }
    let key = keep(changes)
    defer {
      forget(key)
      changes.end()
    }
    outlet.send(
      ChangeNotification(
        "notifications/subscriptions/acknowledged", ["notifications": .object(filter.honoured)]
      ).bytes(id))
    await withTaskCancellationHandler {
      while let batch = await changes.next() {
        for change in batch where !Task.isCancelled { await send(change, filter, to: id, outlet) }
      }
    } onCancel: {
      changes.end()
    }
    if Task.isCancelled { throw .cancelled }
    if changes.endReason == .overflow {
      outlet.send(
        ChangeNotification(
          "notifications/cancelled",
          ["requestId": id.json, "reason": "the subscriber did not keep up"]
        ).bytes(id))
      throw .cancelled
    }
    var body = ResultBody()
    body.meta[MetaKey.subscriptionID] = id.json
    return body
  }

  private func send(
    _ change: Change, _ filter: ListenFilter, to id: RequestID, _ outlet: RequestOutlet
  ) async {
    if case .taskChanged(let task) = change {
      guard let state = await server.tasks?.snapshot(task, for: principal) else { return }
      outlet.send(ChangeNotification("notifications/tasks", state).bytes(id))
    } else {
      for notification in change.notifications(to: filter.watched) {
        outlet.send(notification.bytes(id))
      }
    }
  }

  private func modernContext(
    _ envelope: RequestEnvelope, progressToken: JSONValue?, input: ModernInput?,
    _ outlet: RequestOutlet
  ) -> RequestContext {
    RequestContext(
      principal: principal, version: envelope.version, client: envelope.client,
      resultBytes: server.limits.pageBytes, sealer: server.sealer, changes: server.changes,
      logger: server.logger,
      progress: progressToken.map {
        ProgressReporter(token: $0, version: envelope.version, send: outlet.send)
      },
      clientLog: ClientLog(threshold: { envelope.logLevel }, write: outlet.send),
      input: input?.channel ?? .closed)
  }
}

/// What a listen stream delivers.
struct ListenFilter: Sendable {
  /// What the server honours of the client's wish, as the acknowledgement echoes it.
  let honoured: JSONObject
  private let kinds: Set<Change>
  private let taskIDs: Set<ExactText>
  let watched: WatchedResources

  /// Reads the wish of `subscriptions/listen`; kinds that are unsupported or not wanted are left out.
  /// - Throws: -32602 for values of the wrong type, -32021 for tasks without their extension.
  init(
    _ params: JSONObject, server: MCPServer, principal: Principal, envelope: RequestEnvelope
  ) throws(RPCError) {
    guard let wish = params["notifications"]?.objectValue else {
      throw RPCError(.invalidParams, "'notifications' must be an object")
    }
    var honoured = JSONObject()
    var kinds: Set<Change> = []
    let lists: [(String, Change, Bool)] = [
      ("toolsListChanged", .toolsListChanged, true),
      ("promptsListChanged", .promptsListChanged, !server.prompts.isEmpty),
      ("resourcesListChanged", .resourcesListChanged, !server.resources.isEmpty),
    ]
    for (key, change, isServed) in lists {
      guard let value = wish[key] else { continue }
      guard let isWanted = value.boolValue else {
        throw RPCError(
          .invalidParams, "notifications/\(key) is \(value.typeName), expected a boolean")
      }
      if isWanted, isServed {
        kinds.insert(change)
        honoured[key] = true
      }
    }
    var watched = WatchedResources()
    let uris = try Self.strings(wish, "resourceSubscriptions", limit: server.limits).filter {
      guard let address = server.resources.address(of: $0, for: principal) else { return false }
      watched.insert(address, spelled: $0)
      return true
    }
    if !uris.isEmpty { honoured["resourceSubscriptions"] = .array(uris.map(JSONValue.string)) }
    let taskIDs = try Self.strings(wish, "taskIds", limit: server.limits)
    if !taskIDs.isEmpty {
      guard envelope.client.hasExtension(MetaKey.tasksExtension) else {
        throw RPCError.missingCapability(["extensions": .object([MetaKey.tasksExtension: [:]])])
      }
      if server.tasks != nil { honoured["taskIds"] = .array(taskIDs.map(JSONValue.string)) }
    }
    self.honoured = honoured
    self.kinds = kinds
    self.watched = watched
    self.taskIDs = server.tasks == nil ? [] : Set(taskIDs.map(ExactText.init))
  }

  func wants(_ change: Change) -> Bool {
    switch change {
    case .resourceUpdated(let address): watched.contains(address)
    case .resourcesUpdated(let prefix): !watched.spellings(beginning: prefix).isEmpty
    case .taskChanged(let id): taskIDs.contains(ExactText(id))
    case .toolsListChanged, .promptsListChanged, .resourcesListChanged: kinds.contains(change)
    }
  }

  private static func strings(
    _ wish: JSONObject, _ key: String, limit: SessionLimits
  ) throws(RPCError) -> [String] {
    guard let value = wish[key] else { return [] }
    guard let elements = value.arrayValue, elements.allSatisfy({ $0.stringValue != nil }) else {
      throw RPCError(.invalidParams, "notifications/\(key) must be an array of strings")
    }
    guard elements.count <= limit.maximumSubscriptions else {
      throw RPCError(
        .invalidParams, "notifications/\(key): at most \(limit.maximumSubscriptions) entries")
    }
    return elements.compactMap(\.stringValue)
  }
}
