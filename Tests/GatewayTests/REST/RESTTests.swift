import AsyncHTTPClient
import JSONRPC
import MCP
import Marketing
import MarketingTools
import NIOCore
import NIOHTTP1
import Testing

@Suite("REST", .timeLimit(.minutes(2)))
struct RESTTests {
  @Test func `a lead is triaged, read, found and worked with`() async throws {
    try await GatewayHarness.run { gateway in
      let triaged = try await gateway.post(
        "/api/v1/triage",
        [
          "email": "ingrid@fjordpay.example", "company": "FjordPay", "jobTitle": "VP Marketing",
          "message": "We'd like a demo.",
        ])
      #expect(triaged.status == 200)
      #expect(triaged.header("content-type") == "application/json")
      #expect(triaged.header("cache-control") == "no-store")
      #expect(triaged.header("leadrelay-untrusted") == "/reasons, /warnings, /changes")
      let answer = try triaged.json
      let id = try #require(answer["leadID"]?.stringValue)
      #expect(answer["status"] == "new")
      #expect(answer["nextActions"]?[0]?["action"]?.stringValue != nil)
      #expect(answer["processingTimeMs"]?.doubleValue != nil)
      #expect(answer["score"]?.doubleValue != nil)
      #expect(answer["nextAction"] == nil && answer["processingMilliseconds"] == nil)

      let interaction = try await gateway.post(
        "/api/v1/interactions",
        ["leadID": .string(id), "channel": "call", "kind": "call_answered"])
      #expect(try interaction.json["recorded"] == true)
      let outcome = try await gateway.post(
        "/api/v1/outcomes", ["leadID": .string(id), "disposition": "converted"])
      #expect(try outcome.json["status"] == "converted")

      let lead = try await gateway.get("/api/v1/leads/\(id)?interactions=1")
      #expect(try lead.json["lead"]?["contact"]?["email"] == "ingrid@fjordpay.example")
      #expect(try lead.json["interactions"]?.arrayValue?.count == 1)
      #expect(try lead.json["outcome"]?["disposition"] == "converted")
      let bare = try await gateway.get("/api/v1/leads/\(id)?interactions=0")
      #expect(try bare.json["interactions"] == [])

      let found = try await gateway.get(
        "/api/v1/leads?text=fjordp+ingrid&status=converted,open&limit=5")
      #expect(try found.json["total"] == 1)
      #expect(try found.json["leads"]?[0]?["leadID"] == .string(id))
      #expect(try await gateway.get("/api/v1/leads?status=open").json["total"] == 0)
    }
  }

  @Test func `models are trained, listed, chosen and read`() async throws {
    let all = GatewayHarness.credential(
      scopes: ["leads:write", "models:read", "models:write"])
    try await GatewayHarness.run { gateway in
      var csv = "source,visits,Converted\n"
      for row in 0..<150 {
        let isWon = row % 3 == 0 ? row % 2 == 0 : row % 7 == 0
        csv += "\(row % 3 == 0 ? "Fair" : "Paid"),\((row * 7) % 11),\(isWon ? 1 : 0)\n"
      }
      let trained = try await gateway.post(
        "/api/v1/models", ["name": "courses", "csv": .string(csv), "target": "Converted"], as: all)
      #expect(trained.status == 200)
      #expect(try trained.json["model"] == "courses-1")
      #expect(trained.header("leadrelay-untrusted")?.contains("/warnings") == true)
      let refused = try await gateway.post(
        "/api/v1/models", ["name": "courses", "csv": .string(csv), "target": "Won"], as: all)
      #expect(refused.status == 400)
      #expect(try refused.json["detail"]?.stringValue?.contains("'Won'") == true)

      let listed = try await gateway.get("/api/v1/models?name=courses", as: all)
      #expect(try listed.json["active"] == "scorecard")
      #expect(try listed.json["models"]?.arrayValue?.count == 1)
      let chosen = try await gateway.post("/api/v1/active-model", ["model": "courses"], as: all)
      #expect(try chosen.json["active"] == "courses-1")
      let lead = try await gateway.post(
        "/api/v1/triage", ["email": "ann@acme.example", "source": "Fair"], as: all)
      #expect(try lead.json["modelVersion"] == "courses-1" && lead.json["calibrated"] == true)

      let report = try await gateway.get("/api/v1/models/courses-1", as: all)
      #expect(try report.json["report"]?["rows"] == 150 && report.json["active"] == true)
      #expect(report.header("leadrelay-untrusted") == "/report, /drift")
      #expect(try await gateway.get("/api/v1/models/nothing", as: all).status == 404)
      #expect(
        try await gateway.post("/api/v1/active-model", ["model": "x-1"], as: all).status == 404)
      let back = try await gateway.post("/api/v1/active-model", ["rollBack": true], as: all)
      #expect(try back.json["active"] == "scorecard")
      #expect(
        try await gateway.post("/api/v1/active-model", ["rollBack": true], as: all).status == 409)
    }
  }

  @Test func `a lead is enriched, and customers are segmented`() async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "ann@acme.example", "company": "Acme"])
      let other = try await gateway.newLead(["email": "bob@acme.example", "company": "Acme"])
      _ = try await gateway.post(
        "/api/v1/outcomes",
        [
          "leadID": .string(id), "disposition": "converted", "conversionType": "purchase",
          "value": ["amount": 99.5, "currency": "EUR"],
        ])
      let enriched = try await gateway.get(
        "/api/v1/leads/\(id)/enrichment?companyLimit=1&horizonDays=30&method=fixed")
      #expect(enriched.status == 200)
      #expect(enriched.header("leadrelay-untrusted") == "/cohorts, /account")
      #expect(try enriched.json["account"]?["matches"]?[0]?["leadID"] == .string(other))
      #expect(try enriched.json["customer"]?["horizonDays"] == 30)
      #expect(try enriched.json["customer"]?["method"] == "fixed")
      let segments = try await gateway.get("/api/v1/customers/segments?limit=5&segment=new")
      #expect(segments.status == 200)
      #expect(segments.header("leadrelay-untrusted") == "/customers")
      #expect(try segments.json["totalCustomers"] == 1)
      #expect(try await gateway.get("/api/v1/leads/nobody/enrichment").status == 404)
      #expect(try await gateway.get("/api/v1/customers/segments?segment=vips").status == 400)
      #expect(try await gateway.get("/api/v1/customers/segments?limit=many").status == 400)
    }
  }

  @Test func `pages follow one another, and a cursor is good for its own search`() async throws {
    try await GatewayHarness.run { gateway in
      var expected: Set<String> = []
      for number in 1...7 {
        expected.insert(try await gateway.newLead(["email": "\(number)@acme.example"]))
      }
      var found: [String] = []
      var cursor = ""
      repeat {
        let page = try await gateway.get("/api/v1/leads?limit=3\(cursor)")
        #expect(page.status == 200)
        found += (try page.json["leads"]?.arrayValue ?? []).compactMap {
          $0["leadID"]?.stringValue
        }
        cursor = try page.json["nextCursor"]?.stringValue.map { "&cursor=\($0)" } ?? ""
        if !cursor.isEmpty {
          let other = try await gateway.get("/api/v1/leads?limit=3&status=new\(cursor)")
          #expect(other.status == 400)
          #expect(try other.json["errors"]?[0]?["pointer"] == "/cursor")
          let stranger = try await gateway.get(
            "/api/v1/leads?limit=3\(cursor)", as: GatewayHarness.credential("bob"))
          #expect(stranger.status == 400)
        }
      } while !cursor.isEmpty
      #expect(found.count == 7 && Set(found) == expected)
    }
  }

  @Test func `another workspace sees nothing of it`() async throws {
    try await GatewayHarness.run { gateway in
      let id = try await gateway.newLead(["email": "ann@acme.example"])
      let other = GatewayHarness.credential(workspace: "other")
      #expect(try await gateway.get("/api/v1/leads/\(id)", as: other).status == 404)
      #expect(try await gateway.get("/api/v1/leads", as: other).json["total"] == 0)
    }
  }

  @Test func `all wrong fields are named, of the schema and of the tool's own rules`() async throws
  {
    try await GatewayHarness.run { gateway in
      let shape = try await gateway.post(
        "/api/v1/triage", ["email": 5, "preferredChannel": "fax", "nickname": "Al"])
      #expect(shape.status == 400)
      let pointers = try shape.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
      // What does not belong there is a fault of the whole.
      #expect(Set(pointers ?? []) == ["/email", "/preferredChannel", ""])
      #expect(String(decoding: shape.body, as: UTF8.self).contains("nickname"))
      let rules = try await gateway.post(
        "/api/v1/triage", ["phone": "12", "timeZone": "Moon/Base", "name": "A\u{7}"])
      #expect(rules.status == 400)
      let places = try rules.json["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
      #expect(places == ["/name", "/phone", "/timeZone"])
      #expect(
        try rules.json["errors"]?[0]?["detail"]?.stringValue?.contains("control character") == true)
      let query = try await gateway.get("/api/v1/leads?limit=many&minimumScore=101&order=up")
      let parameters = try query.json["errors"]?.arrayValue?.compactMap {
        $0["pointer"]?.stringValue
      }
      #expect(Set(parameters ?? []) == ["/limit", "/minimumScore", "/order"])
      let unknown = try await gateway.get("/api/v1/leads?colour=red&limit=1&size=2")
      #expect(
        try unknown.json["errors"]?.arrayValue?.compactMap { $0["pointer"] } == [
          "/colour", "/size",
        ])
    }
  }

  @Test func `a client that goes away cancels its call`() async throws {
    let held = HeldCall()
    let tools = try StandInTool.catalog { (_, _) async throws(CallInterruption) in
      try await held.call()
    }
    try await GatewayHarness.run(tools: tools) { gateway in
      let request = gateway.request(
        .POST, "/api/v1/outcomes", headers: [("Idempotency-Key", "k")], body: Array("{}".utf8))
      await withTaskGroup(of: Void.self) { group in
        group.addTask { _ = try? await gateway.send(request) }
        await held.started.value()
        group.cancelAll()
        await held.cancelled.value()
      }
      // It may be repeated: nothing was done.
      var answer = try await gateway.send(request)
      while answer.status == 409 { answer = try await gateway.send(request) }
      #expect(answer.status == 200 && held.count == 2)
    }
  }

  @Test func `what is in flight when the server shuts down is finished`() async throws {
    let held = HeldCall()
    let tools = try StandInTool.catalog { (_, _) async throws(CallInterruption) in
      try await held.call()
    }
    try await GatewayHarness.run(tools: tools) { gateway in
      async let running = gateway.post("/api/v1/outcomes", [:])
      await held.started.value()
      await gateway.shutDown()
      held.release()
      let answer = try await running
      #expect(answer.status == 200)
    }
  }
}
