import AsyncHTTPClient
import JSONRPC
import MCP
import Marketing
import NIOHTTP1
import SQLiteStores
import Sealing
import Testing

@testable import Gateway

@Suite("Idempotency keys", .timeLimit(.minutes(2)))
struct IdempotencyTests {
  static let spellings: [(String, key: String?)] = [
    ("abc", "abc"), ("\"abc\"", "abc"), ("8e03978e-40d5-43dd-bc93-6894a57f9324", nil),
    (String(repeating: "x", count: 255), nil), ("\"a\\\"b\\\\c\"", "a\"b\\c"), ("a\\b", "a\\b"),
    ("\"abc\" ", "abc"),
  ]

  @Test(arguments: spellings.indices)
  func `a key is a string, with or without quotation marks`(_ index: Int) {
    let (value, key) = Self.spellings[index]
    #expect(IdempotencyKey(value)?.text == key ?? value)
  }

  @Test(arguments: [
    "", "\"\"", "\"", "\"abc", "abc\"", "a\"b", "a b", "\"a b\"", "ä", "\"a\\b\"", "\"a\"b\"",
    "\"a\\\"", String(repeating: "x", count: 256), "\"" + String(repeating: "x", count: 256) + "\"",
  ])
  func `anything else is none`(_ value: String) { #expect(IdempotencyKey(value) == nil) }

  @Test func `a repeat gets the answer it got before, and nothing is done twice`() async throws {
    try await GatewayHarness.run { gateway in
      let lead: JSONValue = ["email": "ann@acme.example"]
      let key = [("Idempotency-Key", "\"order-1\"")]
      let first = try await gateway.post("/api/v1/triage", lead, headers: key)
      #expect(first.status == 200 && first.header("idempotent-replayed") == nil)
      let again = try await gateway.post(
        "/api/v1/triage", lead, headers: [("Idempotency-Key", "order-1")])
      #expect(again.status == 200 && again.header("idempotent-replayed") == "true")
      #expect(again.body == first.body)
      #expect(again.header("content-type") == "application/json")
      #expect(try await gateway.get("/api/v1/leads").json["total"] == 1)
      // A key of somebody else is another key.
      let stranger = GatewayHarness.credential("bob")
      let other = try await gateway.post("/api/v1/triage", lead, as: stranger, headers: key)
      #expect(other.status == 200 && other.header("idempotent-replayed") == nil)
    }
  }

  @Test func `a refusal that lasts is repeated too`() async throws {
    try await GatewayHarness.run { gateway in
      let key = [("Idempotency-Key", "k")]
      let first = try await gateway.post("/api/v1/triage", ["phone": "1"], headers: key)
      let again = try await gateway.post("/api/v1/triage", ["phone": "1"], headers: key)
      try ProblemTests.check(again, 400, "invalid-data")
      #expect(again.header("idempotent-replayed") == "true" && again.body == first.body)
    }
  }

  @Test func `a key is good for one request`() async throws {
    try await GatewayHarness.run { gateway in
      let key = [("Idempotency-Key", "k")]
      let id = try await gateway.newLead(["email": "ann@acme.example"])
      let outcome: JSONValue = ["leadID": .string(id), "disposition": "lost"]
      #expect(try await gateway.post("/api/v1/outcomes", outcome, headers: key).status == 200)
      let otherBody = try await gateway.post(
        "/api/v1/outcomes", ["leadID": .string(id), "disposition": "converted"], headers: key)
      try ProblemTests.check(otherBody, 422, "idempotency-key-reused")
      let otherPath = try await gateway.post("/api/v1/triage", outcome, headers: key)
      try ProblemTests.check(otherPath, 422, "idempotency-key-reused")
    }
  }

  @Test func `an answer that named somebody who was erased is gone, and nothing is done again`()
    async throws
  {
    try await GatewayHarness.run { gateway in
      let key = [("Idempotency-Key", "k")]
      let lead: JSONValue = ["email": "ann@acme.example"]
      let stored = try await gateway.post("/api/v1/triage", lead, headers: key)
      let id = try #require(try stored.json["leadID"]?.stringValue)
      let eraser = GatewayHarness.credential("eve", scopes: ["leads:write", "memory:write"])
      let erasure = try await gateway.post(
        "/api/v1/erasures", ["leadID": .string(id)], as: eraser)
      #expect(erasure.status == 200)
      let again = try await gateway.post("/api/v1/triage", lead, headers: key)
      try ProblemTests.check(again, 410, "erased")
      #expect(try await gateway.get("/api/v1/leads").json["total"] == 0)
    }
  }

  @Test func `of two at the same time one runs`() async throws {
    let held = HeldCall()
    let tools = try StandInTool.catalog { (_, _) async throws(CallInterruption) in
      try await held.call()
    }
    try await GatewayHarness.run(tools: tools) { gateway in
      let key = [("Idempotency-Key", "k")]
      async let first = gateway.post("/api/v1/outcomes", [:], headers: key)
      await held.started.value()
      let second = try await gateway.post("/api/v1/outcomes", [:], headers: key)
      try ProblemTests.check(second, 409, "request-running")
      #expect(second.header("retry-after").flatMap(Int.init).map { $0 > 0 } == true)
      held.release()
      let answer = try await first
      #expect(try answer.json == ["call": 1])
      let third = try await gateway.post("/api/v1/outcomes", [:], headers: key)
      #expect(try third.json == ["call": 1])
      #expect(third.header("idempotent-replayed") == "true")
      #expect(held.count == 1)
    }
  }

  @Test func `an answer is remembered across a restart`() async throws {
    let folder = try TemporaryFolder()
    let lead: JSONValue = ["email": "ann@acme.example"]
    let key = [("Idempotency-Key", "k")]
    var bodies: [[UInt8]] = []
    for _ in 1...2 {
      let database = try folder.openDatabase()
      defer { database.close() }
      let answer = try await GatewayHarness.run(.sqlite(database)) { gateway in
        try await gateway.post("/api/v1/triage", lead, headers: key)
      }
      #expect(answer.status == 200)
      bodies.append(answer.body)
      #expect((answer.header("idempotent-replayed") != nil) == (bodies.count == 2))
    }
    #expect(bodies[0] == bodies[1])
  }

  @Test func `a crash between running and storing does not lock the key for ever`() async throws {
    let stores = InMemoryStores()
    // The gateway's time stands still: a claim from a minute before is one whose holder has crashed.
    for (seconds, status) in [(-59, 409), (-60, 200)] {
      let key = "key\(seconds)"
      let body = JSONWriter.bytes(of: ["email": "ann@acme.example"])
      let claim = IdempotencyClaim(
        principal: "key:\(TestKeys.id(of: GatewayHarness.credential()))", key: key,
        fingerprint: try SHA256.digest(of: Array("POST /api/v1/triage\n".utf8) + body), holder: [1],
        time: TestTime.start + .seconds(seconds))
      #expect(try await stores.claim(claim, in: .default) == .claimed)
      try await GatewayHarness.run(.memory(stores)) { gateway in
        let answer = try await gateway.post(
          "/api/v1/triage", ["email": "ann@acme.example"], headers: [("Idempotency-Key", key)])
        #expect(answer.status == status)
      }
    }
  }
}
