import Gateway
import JSONRPC
import MCP
import MCPWebSocket
import Marketing
import Testing

/// What leads wrote, as it comes back.
@Suite("Text from outside", .timeLimit(.minutes(1)))
struct UntrustedTextTests {
  private static let name = "Ann\u{AD}lee\u{E0041}x"
  private static let shown = "Ann[U+00AD]lee[U+E0041]x"
  private static let message = "Hi \u{E0041}\u{202E}\u{2066}there \u{1F468}\u{200D}\u{1F469}"

  @Test func `it is shown and labelled, and stays stored as it was`() async throws {
    let stores = InMemoryStores()
    try await GatewayHarness.run(.memory(stores)) { gateway in
      let id = try await gateway.newLead([
        "email": "ann@acme.example", "name": .string(Self.name), "message": .string(Self.message),
      ])
      let socket = try await gateway.webSocket()
      for request in [
        GatewayHarness.modern(
          "tools/call", ["name": "get_lead", "arguments": ["leadID": .string(id)]]),
        GatewayHarness.modern("tools/call", ["name": "search_leads", "arguments": [:]]),
        GatewayHarness.modern("resources/read", ["uri": .string("lead://\(id)")]),
        GatewayHarness.modern(
          "prompts/get", ["name": "qualify_lead", "arguments": ["leadID": .string(id)]]),
      ] {
        let answers = [
          JSONWriter.text(of: try #require(try await socket.ask(request))),
          String(decoding: try await gateway.ask(request).body, as: UTF8.self),
        ]
        for answer in answers {
          #expect(!Self.hides(answer), "\(answer)")
          #expect(answer.contains(Self.shown), "\(answer)")
          #expect(answer.contains(MetaKey.untrusted), "\(answer)")
        }
      }
      await socket.close()
      for path in ["/api/v1/leads/\(id)", "/api/v1/leads"] {
        let answer = try await gateway.get(path)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(!Self.hides(text) && text.contains(Self.shown), "\(text)")
        #expect(answer.header("Leadrelay-Untrusted")?.hasPrefix("/") == true)
      }
      let stored = try stores.profile(of: LeadID(rawValue: id), interactions: 0, in: .default)
      #expect(stored?.lead.contact.name == Self.name)
    }
  }

  private static func hides(_ text: String) -> Bool {
    text.unicodeScalars.contains { [0x202E, 0x200B, 0xE0041, 0xAD, 0x2066].contains($0.value) }
  }
}
