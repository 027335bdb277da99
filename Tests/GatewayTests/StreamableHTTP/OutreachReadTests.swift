import JSONRPC
import NIOHTTP1
import Testing

@Suite("Resources of outreach over HTTP", .timeLimit(.minutes(1)))
struct OutreachReadTests {
  static let reads: [(uri: String, scopes: [String], member: String?)] = [
    ("template://demo_invitation", ["engagement:read"], "source"),
    ("performance://channel", ["engagement:read"], "values"),
    ("performance://campaign", ["engagement:read"], "values"),
    ("template://demo_invitation", ["leads:read", "engagement:write"], nil),
    ("performance://channel", ["leads:read", "engagement:write"], nil),
    ("performance://hour", ["engagement:read"], nil),
    ("template://../templates/demo_invitation", ["engagement:read"], nil),
    ("template://demo_invitation.mustache", ["engagement:read"], nil),
    ("template://demo_invitation%00", ["engagement:read"], nil),
  ]

  @Test(arguments: reads) func `who may read engagements reads them, and nothing else`(
    _ uri: String, _ scopes: [String], _ member: String?
  ) async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.ask(
        GatewayHarness.modern("resources/read", ["uri": .string(uri)]),
        as: GatewayHarness.credential(scopes: scopes))
      let json = try answer.json
      guard let member else {
        #expect(json["error"]?["code"] == -32602, "\(json)")
        return
      }
      let contents = try #require(json["result"]?["contents"]?[0], "\(json)")
      #expect(contents["mimeType"] == "application/json")
      let text = try #require(contents["text"]?.stringValue)
      #expect(try JSONParser().parse(text)[member] != nil)
    }
  }
}
