import AsyncHTTPClient
import HTTPTypes
import JSONRPC
import MCP
import Marketing
import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Problem details", .timeLimit(.minutes(2)))
struct ProblemTests {
  /// A request and the problem that it meets.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var method = HTTPMethod.GET
    let path: String
    var credential: String? = GatewayHarness.credential()
    var headers: [(String, String)] = []
    var body: String?
    let status: Int
    let type: String
    /// A header that must be there, with its value; any value when that is empty.
    var header: (name: String, value: String)?

    init(
      _ name: String, _ method: HTTPMethod, _ path: String,
      as credential: String? = GatewayHarness.credential(), headers: [(String, String)] = [],
      body: String? = nil, _ status: Int, _ type: String, header: (String, String)? = nil
    ) {
      testDescription = name
      self.method = method
      self.path = path
      self.credential = credential
      self.headers = headers
      self.body = body
      self.status = status
      self.type = type
      self.header = header.map { (name: $0.0, value: $0.1) }
    }
  }

  private static let reader = GatewayHarness.credential(scopes: ["leads:read"])

  static let cases: [Case] = [
    Case("no JSON", .POST, "/api/v1/triage", body: "{", 400, "invalid-data"),
    Case("no object", .POST, "/api/v1/triage", body: "[]", 400, "invalid-data"),
    Case("no body", .POST, "/api/v1/triage", body: "", 400, "invalid-data"),
    Case(
      "parameters that a POST has not", .POST, "/api/v1/triage?x=1", body: "{}", 400, "invalid-data"
    ),
    Case("a parameter twice", .GET, "/api/v1/leads?limit=1&limit=2", 400, "invalid-data"),
    Case("bytes that are no text", .GET, "/api/v1/leads?text=%ff", 400, "invalid-data"),
    Case(
      "an empty key", .POST, "/api/v1/outcomes", headers: [("Idempotency-Key", "\"\"")], body: "{}",
      400,
      "invalid-data"),
    Case(
      "two keys", .POST, "/api/v1/outcomes",
      headers: [("Idempotency-Key", "a"), ("Idempotency-Key", "b")],
      body: "{}", 400, "invalid-data"),
    Case(
      "nobody", .GET, "/api/v1/leads", as: nil, 401, "unauthorized",
      header: ("WWW-Authenticate", "Bearer scope=\"leads:read\"")),
    Case(
      "nobody who writes", .POST, "/api/v1/triage", as: nil, body: "{}", 401, "unauthorized",
      header: ("WWW-Authenticate", "Bearer scope=\"leads:write\"")),
    Case(
      "too few scopes", .POST, "/api/v1/triage", as: reader, body: "{}", 403, "insufficient-scope",
      header: ("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"leads:write\"")),
    Case(
      "a tool that is not offered", .GET, "/api/v1/leads",
      headers: [("X-MCP-Exclude-Tools", "search_leads")], 404, "not-found"),
    Case(
      "a tool that is neither offered nor allowed", .GET, "/api/v1/leads",
      as: GatewayHarness.credential(scopes: []),
      headers: [("X-MCP-Exclude-Tools", "search_leads")], 404, "not-found"),
    Case("no such lead", .GET, "/api/v1/leads/nobody", 404, "not-found"),
    Case("no name of a lead", .GET, "/api/v1/leads/a%20b", 404, "not-found"),
    Case("a name with NUL", .GET, "/api/v1/leads/a%00b", 404, "not-found"),
    Case("a slash in a name", .GET, "/api/v1/leads/a%2Fb", 404, "not-found"),
    Case("no name", .GET, "/api/v1/leads/", 404, "not-found"),
    Case(
      "an interaction of no lead", .POST, "/api/v1/interactions",
      body: #"{"leadID":"nobody","channel":"call","kind":"call_made"}"#, 404, "not-found"),
    Case(
      "a triage of no lead", .POST, "/api/v1/triage", body: #"{"leadID":"nobody"}"#, 404,
      "not-found"),
    Case("nothing there", .GET, "/api/v1/nothing", 404, "not-found"),
    Case("nothing above", .GET, "/api", 404, "not-found"),
    Case("another version", .GET, "/api/v2/leads", 404, "not-found"),
    Case("a path that climbs", .GET, "/api/v1/leads/x/%2e%2e/y", 404, "not-found"),
    Case(
      "another method", .DELETE, "/api/v1/leads", 405, "method-not-allowed",
      header: ("Allow", "POST, GET")),
    Case(
      "a method of a lead", .PUT, "/api/v1/leads/L1", body: "{}", 405, "method-not-allowed",
      header: ("Allow", "GET")),
    Case(
      "a method nobody knows", .PROPFIND, "/api/v1/outcomes", 405, "method-not-allowed",
      header: ("Allow", "POST")),
    Case(
      "a method of the description", .POST, "/openapi.json", body: "{}", 405, "method-not-allowed",
      header: ("Allow", "GET")),
    Case(
      "another method of events", .POST, "/api/v1/events", body: "{}", 405, "method-not-allowed",
      header: ("Allow", "GET")),
    Case(
      "nothing acceptable", .GET, "/api/v1/leads", headers: [("Accept", "text/html")], 406,
      "not-acceptable"),
    Case(
      "no stream accepted", .GET, "/api/v1/events", headers: [("Accept", "application/json")], 406,
      "not-acceptable"),
    Case("events for nobody", .GET, "/api/v1/events", as: nil, 401, "unauthorized"),
    Case(
      "events without their scope", .GET, "/api/v1/events",
      as: GatewayHarness.credential(scopes: ["memory:read"]), 403, "insufficient-scope"),
    Case("events of no kind", .GET, "/api/v1/events?kind=lead", 400, "invalid-data"),
    Case("events after no place", .GET, "/api/v1/events?lastEventId=-1", 400, "invalid-data"),
    Case(
      "a form", .POST, "/api/v1/triage",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: "a=b", 415, "unsupported-media-type", header: ("Accept", "application/json")),
    Case(
      "a packed body", .POST, "/api/v1/triage", headers: [("Content-Encoding", "gzip")], body: "{}",
      415,
      "unsupported-media-type"),
    Case(
      "a long body", .POST, "/api/v1/triage", body: String(repeating: " ", count: (1 << 20) + 1),
      413, "body-too-large", header: ("Connection", "close")),
  ]

  @Test(arguments: cases)
  func `a request that cannot be served gets a problem`(_ test: Case) async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.send(
        gateway.request(
          test.method, test.path, as: test.credential, headers: test.headers,
          body: test.body.map { Array($0.utf8) }))
      try Self.check(answer, test.status, test.type)
      let path = test.path.prefix { $0 != "?" }
      #expect(try answer.json["instance"] == .string(String(path)))
      if let (name, value) = test.header { #expect(answer.header(name) == value) }
    }
  }

  @Test(arguments: [
    ("/api/v1/leads?text=%zz", 400), ("/api/v1/leads?%", 400), ("/api/v1/leads?text=%ff", 400),
    ("/api/v1/leads/%ff", 404), ("/api/v1/leads/%", 404), ("/api/v1//leads", 404),
    ("/api/v1/leads/../leads", 404), ("/api/v1/leads/..%2f..", 404), ("/api/v1/leads?&", 200),
    ("http://localhost/api/v1/leads", 200),
  ])
  func `a target that no client library writes is met too`(
    _ target: String, _ status: Int
  ) async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.raw(
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
          + "Authorization: \(GatewayHarness.credential())\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(status == 200 || answer.contains("urn:leadrelay:problem:"))
    }
  }

  /// What the tool meets, and the problem that the client is told of.
  static let failures: [(CallInterruption, status: Int, type: String, retryAfter: String?)] = [
    (.problem(CallProblem(.invalid, "words")), 400, "invalid-data", nil),
    (.toolError("words"), 400, "invalid-data", nil),
    (.problem(CallProblem(.notFound, "words")), 404, "not-found", nil),
    (.problem(CallProblem(.conflict, "words")), 409, "conflict", nil),
    (.problem(CallProblem(.stale, "words")), 409, "conflict", "1"),
    (.problem(CallProblem(.unavailable, "words")), 503, "unavailable", "1"),
    (.protocolError(.rateLimited(.milliseconds(2100))), 429, "too-many-requests", "3"),
    (
      .protocolError(RPCError(.internalError, "words", cause: "secret")), 500, "internal-error", nil
    ),
    (.inputRequired([]), 500, "internal-error", nil),
  ]

  @Test(arguments: failures.indices)
  func `what a tool meets has its status`(_ index: Int) async throws {
    let failure = Self.failures[index]
    let calls = Locked(0)
    let tools = try StandInTool.catalog { (_, _) async throws(CallInterruption) in
      calls.withLock { $0 += 1 }
      throw failure.0
    }
    try await GatewayHarness.run(tools: tools) { gateway in
      for _ in 1...2 {
        let answer = try await gateway.post(
          "/api/v1/outcomes", [:], headers: [("Idempotency-Key", "k")])
        try Self.check(answer, failure.status, failure.type)
        #expect(answer.header("retry-after") == failure.retryAfter)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(!text.contains("secret") && (failure.status >= 429 || text.contains("words")))
      }
      // What passes is tried again under the same key; what lasts is not.
      let isLasting = failure.status < 429 && failure.retryAfter == nil
      #expect(calls.withLock { $0 } == (isLasting ? 1 : 2))
    }
  }

  @Test func `a replaced outcome needs the word for it`() async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "ann@acme.example"])
      let lost: JSONObject = ["leadID": .string(id), "disposition": "lost"]
      #expect(try await gateway.post("/api/v1/outcomes", .object(lost)).status == 200)
      var won = lost
      won["disposition"] = "converted"
      try Self.check(try await gateway.post("/api/v1/outcomes", .object(won)), 409, "conflict")
      won["replace"] = true
      #expect(try await gateway.post("/api/v1/outcomes", .object(won)).status == 200)
    }
  }

  static func check(_ answer: GatewayHarness.Answer, _ status: Int, _ type: String) throws {
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(answer.status == status, "\(text)")
    #expect(answer.header("content-type") == "application/problem+json")
    let json = try answer.json
    #expect(json["type"] == .string("urn:leadrelay:problem:\(type)"))
    #expect(json["status"] == JSONValue(status))
    #expect(json["title"]?.stringValue?.isEmpty == false)
    #expect(json["detail"]?.stringValue?.isEmpty == false)
    let violations = try OpenAPIDocument().schema("Problem").validate(json)
    #expect(violations.isEmpty, "\(violations)")
  }
}
