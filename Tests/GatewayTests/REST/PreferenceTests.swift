import HTTPTypes
import JSONRPC
import Testing

@testable import Gateway

@Suite("Preferences", .timeLimit(.minutes(1)))
struct PreferenceTests {
  static let headers: [(values: [String], isAsync: Bool)] = [
    ([], false), ([""], false), (["respond-async"], true), (["Respond-Async"], true),
    (["respond-async, wait=10"], true), (["wait=10,\trespond-async "], true),
    (["return=minimal", "respond-async"], true), (["respond-async; x=1"], true),
    (["foo=\"a, respond-async\""], false), (["foo=\"a\\\", respond-async\""], false),
    (["foo=\"a\", respond-async"], true), (["return=respond-async"], false),
    (["foo; respond-async"], false), (["respond-asynchronously"], false),
    (["\"respond-async\""], false), (["foo=\"open, respond-async"], false),
    (["respond-async=false"], false), (["respond-async=true"], false),
    (["respond-async = 0"], false),
    (["respond-async=\"no\""], false), (["respond-async=\"\\\"\""], false),
    (["respond-async="], true), (["respond-async=\"\""], true), (["respond-async; x=false"], true),
    (["respond-async=; x=1, wait=1"], true), (["respond-async=false, respond-async"], false),
    (["respond-async", "respond-async=false"], true),
  ]

  @Test(arguments: headers) func `the one that is heeded is found among the others`(
    _ values: [String], _ isAsync: Bool
  ) {
    var headers = HTTPFields()
    for value in values { headers.append(HTTPField(name: .prefer, value: value)) }
    #expect(Preferences.contain(Preferences.respondAsync, in: headers) == isAsync)
  }

  private static let lead: JSONValue = [
    "name": "Ann Berg", "email": "ann@acme.example", "company": "Acme", "jobTitle": "CMO",
    "message": "We'd like a demo.",
  ]
  private static let all = GatewayHarness.credential(
    scopes: ["leads:read", "leads:write", "handoffs:read", "handoffs:write", "engagement:write"])
  private static let prefer = ("Prefer", "wait=100, respond-async")

  @Test func `a lead is processed while its sender waits`() async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.post(
        "/api/v1/leads", Self.lead, as: Self.all, headers: [("Prefer", "return=minimal")])
      #expect(answer.status == 200)
      let json = try answer.json
      #expect(json["isNew"] == true && json["category"]?.stringValue != nil)
      #expect(
        ["succeeded", "auto_recovered", "manual"].contains(json["outcome"]?.stringValue ?? ""))
      #expect(json["stages"]?.arrayValue?.isEmpty == false)
      #expect(answer.header("preference-applied") == nil && answer.header("location") == nil)
      #expect(answer.header("leadrelay-untrusted") == "/handoff/reason")
    }
  }

  @Test func `a lead is left to the agents, once for each key`() async throws {
    try await GatewayHarness.run { gateway in
      let headers = [Self.prefer, ("Idempotency-Key", "form-1")]
      let first = try await gateway.post(
        "/api/v1/leads", Self.lead, as: Self.all, headers: headers)
      let again = try await gateway.post(
        "/api/v1/leads", Self.lead, as: Self.all, headers: headers)
      let id = try #require(try first.json["leadID"]?.stringValue)
      for answer in [first, again] {
        #expect(answer.status == 202)
        #expect(answer.header("location") == "/api/v1/leads/\(id)/journey")
        #expect(answer.header("preference-applied") == "respond-async")
        #expect(answer.body == first.body)
      }
      #expect(again.header("idempotent-replayed") == "true")
      #expect(try first.json["workID"]?.stringValue != nil)
      let location = try #require(first.header("location"))
      let journey = try await gateway.get(location, as: Self.all)
      #expect(try journey.json["stage"] == "received")
      #expect(try journey.json["work"]?.arrayValue?.count == 1)
      // With the other preference it is another request.
      let waiting = try await gateway.post(
        "/api/v1/leads", Self.lead, as: Self.all, headers: [headers[1]])
      try ProblemTests.check(waiting, 422, "idempotency-key-reused")
    }
  }

  static let refused: [(scopes: [String], isAsync: Bool, body: JSONValue, status: Int)] = [
    (["leads:write", "handoffs:write"], true, lead, 202),
    (["leads:write", "handoffs:write"], false, lead, 403),
    (["leads:write"], true, lead, 403),
    (["leads:read", "leads:write", "handoffs:write", "engagement:write"], false, lead, 200),
    (["leads:write", "handoffs:write"], true, ["email": "a@b.example", "intent": "trial"], 400),
    (["leads:write", "handoffs:write"], true, ["email": "nobody"], 400),
  ]

  @Test(arguments: refused) func `each way has the scopes and rules of its tool`(
    _ scopes: [String], _ isAsync: Bool, _ body: JSONValue, _ status: Int
  ) async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.post(
        "/api/v1/leads", body, as: GatewayHarness.credential(scopes: scopes),
        headers: isAsync ? [Self.prefer] : [])
      #expect(answer.status == status)
      if status >= 400 {
        #expect(answer.header("location") == nil && answer.header("preference-applied") == nil)
      }
    }
  }
}
