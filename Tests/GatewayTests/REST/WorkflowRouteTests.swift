import JSONRPC
import NIOHTTP1
import Testing

/// The routes of the workflow, as an agent without the protocol walks them.
@Suite("Routes of the workflow", .timeLimit(.minutes(2)))
struct WorkflowRouteTests {
  private static let agent = GatewayHarness.credential(
    scopes: [
      "leads:read", "leads:write", "handoffs:read", "handoffs:write", "engagement:read",
      "engagement:write",
    ])

  /// A request, what of its answer later ones name, and what the answer says. `{name}` stands for what an
  /// answer before held.
  struct Step: Sendable, CustomDebugStringConvertible {
    let request: String
    let body: JSONValue?
    let keep: [String: String]
    let expected: [String: JSONValue]
    var debugDescription: String { request }

    init(
      _ request: String, _ body: JSONValue? = nil, keep: [String: String] = [:],
      _ expected: [String: JSONValue]
    ) {
      self.request = request
      self.body = body
      self.keep = keep
      self.expected = expected
    }
  }

  static let passedOn = [
    Step(
      "POST /triage",
      [
        "name": "Ann Berg", "email": "ann@acme.example", "company": "Acme", "jobTitle": "CMO",
        "consent": true, "timeZone": "Europe/Oslo", "source": "Referral",
        "message": "We'd like a demo of your route planning.",
      ], keep: ["lead": "leadID"], ["isNew": true]),
    Step(
      "POST /handoffs",
      ["leadID": "{lead}", "from": "triage", "to": "engagement", "reason": "Asks for a demo"],
      keep: ["handoff": "handoff/handoffID"], ["handoff/state": "prepared"]),
    Step(
      "GET /handoffs?states=prepared,offered&leadID={lead}", nil,
      ["handoffs/0/handoffID": "{handoff}"]),
    Step("POST /handoffs/{handoff}/offer", [:], ["handoff/state": "offered"]),
    Step(
      "POST /work/claims", ["role": "engagement", "worker": "e1", "capacity": 1],
      keep: ["work": "work/0/workID"], ["work/0/kind": "engage_lead", "work/0/claim": 1]),
    Step(
      "POST /work/heartbeats", ["worker": "e1", "work": [["workID": "{work}", "claim": 1]]],
      ["held/0": "{work}"]),
    Step(
      "POST /handoffs/{handoff}/acceptance", ["handoffID": "{handoff}", "receiver": "e1"],
      ["handoff/state": "accepted"]),
    Step(
      "GET /handoffs/{handoff}?includePacket=false", nil,
      ["handoff/state": "accepted", "intact": true]),
    Step(
      "POST /work/{work}/completion", ["claim": 1, "result": ["said": "done"]],
      ["workID": "{work}", "isNew": true]),
    Step("GET /leads/{lead}/journey", nil, ["stage": "handed_off"]),
  ]

  static let engaged = [
    Step(
      "POST /triage",
      [
        "name": "Ann Berg", "email": "ann@acme.example", "company": "Acme", "consent": true,
        "timeZone": "Europe/Oslo", "message": "How does your route planning work?",
      ], keep: ["lead": "leadID"], ["isNew": true]),
    Step(
      "POST /consents",
      ["leadID": "{lead}", "channel": "email", "state": "granted", "source": "form"],
      ["holds": true]),
    Step(
      "POST /engagements", ["leadID": "{lead}", "category": "cold_lead"],
      keep: ["engagement": "engagement/engagementID"], ["isNew": true]),
    Step("GET /engagements/{engagement}", nil, ["engagement/state": "planned"]),
    Step(
      "POST /engagements/{engagement}/execution", [:],
      keep: ["message": "engagement/steps/0/messageID"], ["engagement/state": "running"]),
    Step(
      "POST /engagements/{engagement}/pause", ["reason": "a call"], ["engagement/state": "paused"]),
    Step("GET /leads/{lead}/engagement", nil, ["engagement/engagementID": "{engagement}"]),
    Step(
      "POST /deliveries",
      ["reports": [["id": "r1", "messageID": "{message}", "kind": "opened"]]],
      ["accepted": 0, "ignored/0/messageID": "{message}"]),
    Step("GET /messages/dead-letters", nil, ["deadMessages": []]),
    Step(
      "POST /messages/requeues", ["messageIDs": ["{message}"]],
      ["requeued": [], "notDead/0": "{message}"]),
    Step(
      "POST /engagements/{engagement}/cancellation", ["reason": "a customer"],
      ["engagement/state": "cancelled"]),
    Step("POST /suppressions", ["leadID": "{lead}", "reason": "requested"], ["added": 1]),
    Step("GET /leads/{lead}/journey", nil, ["stage": "engaged"]),
  ]

  static let gone = [
    Step(
      "POST /triage", ["company": "Acme"], keep: ["lead": "leadID"], ["isNew": true]),
    Step(
      "POST /handoffs",
      [
        "leadID": "{lead}", "from": "triage", "to": "sales", "reason": "Somebody",
        "escalationOwner": "maria",
      ], keep: ["handoff": "handoff/handoffID", "escalation": "escalationID"],
      ["handoff/state": "needs_human"]),
    Step(
      "GET /escalations?owner=maria&state=open", nil, ["escalations/0/escalationID": "{escalation}"]
    ),
    Step(
      "POST /escalations/{escalation}/resolution", ["resolution": "Go on"],
      ["escalation/state": "resolved"]),
    Step("POST /handoffs/{handoff}/offer", ["expiresInSeconds": 600], ["handoff/state": "offered"]),
    Step(
      "POST /work/claims", ["role": "sales", "worker": "e1"],
      keep: ["work": "work/0/workID"], ["work/0/subject": "{handoff}"]),
    Step(
      "POST /work/{work}/failure", ["claim": 1, "error": "no such page", "retry": "never"],
      ["state": "dead"]),
    Step("GET /work/dead-letters?role=sales", nil, ["deadLetters/0/workID": "{work}"]),
    Step("POST /work/requeues", ["workIDs": ["{work}"]], ["requeued/0": "{work}"]),
    Step(
      "POST /handoffs/{handoff}/rejection", ["receiver": "e1", "reason": "Nobody to call"],
      ["handoff/state": "rejected"]),
  ]

  @Test(arguments: [passedOn, engaged, gone])
  func `each stands for its tool`(_ steps: [Step]) async throws {
    try await GatewayHarness.run { gateway in
      var known: [String: String] = [:]
      func filled(_ text: String) -> String {
        known.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
      }
      func filled(_ value: JSONValue) throws -> JSONValue {
        try JSONParser().parse(filled(JSONWriter.text(of: value)))
      }
      for step in steps {
        let parts = filled(step.request).split(separator: " ")
        let path = "/api/v1\(parts[1])"
        let answer =
          if let body = step.body {
            try await gateway.post(path, filled(body), as: Self.agent)
          } else {
            try await gateway.get(path, as: Self.agent)
          }
        let text = String(decoding: answer.body, as: UTF8.self)
        try #require(answer.status == 200, "\(step.request): \(text)")
        let json = try answer.json
        for (name, pointer) in step.keep {
          known[name] = try #require(Self.value(json, pointer)?.stringValue, "\(pointer): \(text)")
        }
        for (pointer, value) in step.expected {
          #expect(try Self.value(json, pointer) == filled(value), "\(step.request): \(text)")
        }
      }
    }
  }

  static let told: [(path: String, headers: [(String, String)], body: JSONObject)] = [
    ("/leads", [("Prefer", "respond-async")], [:]), ("/leads", [], [:]),
    ("/handoffs", [], ["from": "triage", "to": "engagement", "reason": "A demo"]),
    ("/engagements", [], ["category": "cold_lead"]),
  ]

  @Test(arguments: told.indices) func `what named somebody who was erased is not told again`(
    _ index: Int
  ) async throws {
    let (path, headers, body) = Self.told[index]
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "ann@acme.example"])
      let keyed = headers + [("Idempotency-Key", "k")]
      let about = body.merging(["leadID": .string(id)])
      let first = try await gateway.post(
        "/api/v1\(path)", .object(about), as: Self.agent, headers: keyed)
      #expect(first.status == (headers.isEmpty ? 200 : 202))
      let eraser = GatewayHarness.credential(scopes: ["leads:write", "memory:write"])
      let erased = try await gateway.post(
        "/api/v1/erasures", ["leadID": .string(id)], as: eraser)
      #expect(erased.status == 200)
      let again = try await gateway.post(
        "/api/v1\(path)", .object(about), as: Self.agent, headers: keyed)
      try ProblemTests.check(again, 410, "erased")
    }
  }

  private static func value(_ json: JSONValue, _ pointer: String) -> JSONValue? {
    pointer.split(separator: "/").reduce(json) { value, part in
      Int(part).map { value?[$0] } ?? value?[String(part)]
    }
  }

  static let refused: [(request: String, body: JSONValue?, status: Int, pointer: String?)] = [
    // A body that says something else than the path.
    ("POST /handoffs/h1/offer", ["handoffID": "h2"], 400, "/handoffID"),
    ("POST /handoffs/h1/acceptance", ["handoffID": 1, "receiver": "e1"], 400, "/handoffID"),
    ("POST /engagements/e1/pause", ["engagementID": ""], 400, "/engagementID"),
    ("POST /work/w1/completion", ["workID": .null, "claim": 1], 400, "/workID"),
    ("POST /escalations/x1/resolution", ["escalationID": "x2"], 400, "/escalationID"),
    // The same value again is none, and there is nothing of this name.
    ("POST /handoffs/h1/offer", ["handoffID": "h1"], 404, nil),
    ("POST /engagements/e1/pause", [:], 404, nil),
    ("POST /work/w1/failure", ["claim": 1, "error": "x"], 404, nil),
    ("POST /escalations/x1/resolution", ["resolution": "x"], 404, nil),
    ("GET /handoffs/h1", nil, 404, nil), ("GET /engagements/e1", nil, 404, nil),
    ("GET /leads/nobody/journey", nil, 404, nil), ("GET /leads/nobody/engagement", nil, 404, nil),
    ("POST /handoffs/a%20b/offer", [:], 404, "/handoffID"),
    // What the operation does not take.
    ("GET /engagements/e1?leadID=L1", nil, 400, "/leadID"),
    ("GET /leads/L1/engagement?engagementID=e1", nil, 400, "/engagementID"),
    ("POST /handoffs/h1/acceptance", [:], 400, ""),
    ("POST /work/w1/completion", ["claim": "one"], 400, "/claim"),
    ("GET /work/claims", nil, 405, nil), ("POST /work/dead-letters", [:], 405, nil),
    ("GET /work/w1", nil, 404, nil), ("POST /handoffs/h1/offers", [:], 404, nil),
  ]

  @Test(arguments: refused) func `what is wrong is named`(
    _ request: String, _ body: JSONValue?, _ status: Int, _ pointer: String?
  ) async throws {
    try await GatewayHarness.run { gateway in
      let parts = request.split(separator: " ")
      let path = "/api/v1\(parts[1])"
      let answer =
        if parts[0] == "POST" {
          try await gateway.post(path, body ?? [:], as: Self.agent)
        } else {
          try await gateway.get(path, as: Self.agent)
        }
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(answer.status == status, "\(text)")
      guard let pointer else { return }
      let named = try answer.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
      #expect(named?.contains(pointer) == true, "\(text)")
    }
  }
}
