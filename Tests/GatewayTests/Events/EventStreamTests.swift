import AsyncHTTPClient
import Gateway
import JSONRPC
import MCP
import Marketing
import NIOCore
import NIOHTTP1
import Testing

@Suite("Live events over HTTP", .timeLimit(.minutes(2)))
struct LiveEventTests {
  /// One event, or one comment, as it came.
  struct Block: Sendable, Hashable {
    var id: String?
    var event: String?
    var data: String?
    var isComment = false
  }

  /// Reads the blocks of a stream.
  private struct Reader {
    var body: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    init(_ response: HTTPClientResponse) { body = response.body.makeAsyncIterator() }

    mutating func next() async throws -> Block? {
      while true {
        if let end = text.firstRange(of: "\n\n") {
          defer { text.removeSubrange(..<end.upperBound) }
          return Self.block(text[..<end.lowerBound])
        }
        guard let chunk = try await body.next(isolation: #isolation) else { return nil }
        text += String(buffer: chunk)
      }
    }

    /// The next event, past all comments.
    mutating func event() async throws -> Block? {
      while let block = try await next() { if block.event != nil { return block } }
      return nil
    }

    private static func block(_ text: Substring) -> Block {
      var block = Block()
      for line in text.split(separator: "\n") {
        if line.hasPrefix(":") { block.isComment = true }
        if line.hasPrefix("id: ") { block.id = String(line.dropFirst(4)) }
        if line.hasPrefix("event: ") { block.event = String(line.dropFirst(7)) }
        if line.hasPrefix("data: ") { block.data = String(line.dropFirst(6)) }
      }
      return block
    }
  }

  private func open(
    _ gateway: GatewayHarness, _ query: String = "", headers: [(String, String)] = [],
    as credential: String = GatewayHarness.credential()
  ) async throws -> HTTPClientResponse {
    let request = gateway.request(
      .GET, "/api/v1/events\(query)", as: credential,
      headers: [("Accept", "text/event-stream")] + headers)
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    try #require(response.status == .ok)
    return response
  }

  @Test func `a stream says where it begins, then what happens`() async throws {
    try await GatewayHarness.run { gateway in
      try await gateway.newLead(["email": "first@acme.example"])
      let response = try await open(gateway, "?kind=lead.*")
      #expect(response.headers.first(name: "content-type") == "text/event-stream")
      var reader = Reader(response)
      let beginning = try await reader.next()
      #expect(beginning?.isComment == true && beginning?.id == "2" && beginning?.event == nil)
      let id = try await gateway.newLead(["email": "ann@acme.example", "campaignID": "C1"])
      let created = try #require(try await reader.event())
      #expect(created.id == "3" && created.event == "lead.created")
      let triaged = try #require(try await reader.event())
      #expect(triaged.id == "4" && triaged.event == "lead.triaged")
      let json = try JSONParser().parse(try #require(triaged.data))
      #expect(json["leadID"] == .string(id) && json["campaignID"] == "C1")
      #expect(created.data?.contains("ann@acme") == false)
    }
  }

  @Test func `a client comes back to where it was`() async throws {
    try await GatewayHarness.run { gateway in
      for number in 1...3 { try await gateway.newLead(["email": "\(number)@acme.example"]) }
      for (query, headers) in [
        ("", [("Last-Event-ID", "4")]), ("?lastEventId=4", []),
        ("?lastEventId=1", [("Last-Event-ID", "4")]),
      ] {
        var reader = Reader(try await open(gateway, query, headers: headers))
        #expect(try await reader.event()?.id == "5")
        #expect(try await reader.event()?.id == "6")
      }
      var lost = Reader(try await open(gateway, headers: [("Last-Event-ID", "1000")]))
      let reset = try await lost.event()
      #expect(reset?.event == "reset" && reset?.id == "6")
    }
  }

  @Test func `filters and workspaces narrow it`() async throws {
    try await GatewayHarness.run { gateway in
      let other = GatewayHarness.credential(workspace: "other")
      let first = try await gateway.newLead(["email": "a@acme.example", "campaignID": "C1"])
      try await gateway.newLead(["email": "b@acme.example", "campaignID": "C2"])
      try await gateway.newLead(["email": "c@acme.example", "campaignID": "C1"], as: other)
      let interaction: JSONValue = [
        "leadID": .string(first), "channel": "call", "kind": "call_made",
      ]
      _ = try await gateway.post("/api/v1/interactions", interaction)
      for (query, expected) in [
        ("lead=\(first)", ["1", "2", "7"]), ("campaign=C2", ["3", "4"]),
        // An interaction belongs to the campaign of its lead.
        ("campaign=C1,C2&kind=interaction.*", ["7"]),
        ("kind=lead.created,interaction.recorded", ["1", "3", "7"]),
        ("kind=lead.created&kind=interaction.recorded", ["1", "3", "7"]),
      ] {
        var reader = Reader(try await open(gateway, "?lastEventId=0&\(query)"))
        for id in expected { #expect(try await reader.event()?.id == id, "\(query)") }
      }
      var reader = Reader(try await open(gateway, "?lastEventId=0", as: other))
      #expect(try await reader.event()?.id == "5")
    }
  }

  @Test func `a client that goes away does not matter, nor one that takes nothing`() async throws {
    let stores = InMemoryStores()
    try await GatewayHarness.run(.memory(stores)) { gateway in
      await withThrowingTaskGroup(of: Void.self) { group in
        let opened = OneShot<Void>()
        group.addTask {
          var reader = Reader(try await open(gateway))
          _ = try await reader.next()
          opened.fulfil(())
          _ = try? await reader.next()
        }
        await opened.value()
        group.cancelAll()
      }
      // More waits for it than any buffer between it and us holds.
      let slow = try await open(gateway, "?lastEventId=0")
      let much = JSONValue.string(String(repeating: "x", count: 512 << 10))
      for _ in 1...64 { try await stores.log(.datasetImported, of: nil, facts: ["text": much]) }
      try await gateway.newLead(["email": "ann@acme.example"])
      await gateway.shutDown()
      withExtendedLifetime(slow) {}
    }
  }

  @Test func `it ends when the server shuts down`() async throws {
    try await GatewayHarness.run { gateway in
      var reader = Reader(try await open(gateway))
      #expect(try await reader.next()?.isComment == true)
      await gateway.shutDown()
      while try await reader.next() != nil {}
    }
  }

  @Test func `it ends when the identity does not hold any more`() async throws {
    let credential = GatewayHarness.credential("leaver")
    try await GatewayHarness.run { gateway in
      var reader = Reader(try await open(gateway, as: credential))
      #expect(try await reader.next()?.isComment == true)
      TestKeys.revoke(credential)
      gateway.clock.advance(by: .seconds(2))
      try await gateway.newLead(["email": "ann@acme.example"])
      #expect(try await reader.event() == nil)
    }
  }
}
