import MCPWebSocket
import NIOHTTP1
import Testing

/// Which sub-protocol is agreed on.
@Suite struct SubprotocolsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let offered: [String]
    var allowsNone = false
    var takesTokens = false
    var isAgreed = true
    var echoed: String?
    var token: String?

    var testDescription: String { "\(offered) \(allowsNone) \(takesTokens)" }
  }

  static let cases: [Case] = [
    Case(offered: ["mcp"], echoed: "mcp"),
    Case(offered: ["chat, mcp"], echoed: "mcp"),
    Case(offered: ["chat", "mcp"], echoed: "mcp"),
    Case(offered: ["chat ,\tmcp "], echoed: "mcp"),
    Case(offered: [], isAgreed: false),
    Case(offered: [""], isAgreed: false),
    Case(offered: ["MCP"], isAgreed: false),
    Case(offered: ["mcp2"], isAgreed: false),
    Case(offered: ["mcp chat"], isAgreed: false),
    Case(offered: [], allowsNone: true),
    Case(offered: ["chat"], allowsNone: true),
    Case(offered: ["mcp"], allowsNone: true, echoed: "mcp"),
    Case(offered: ["mcp, mcp.auth.abc"], echoed: "mcp"),
    Case(offered: ["mcp, mcp.auth.abc"], takesTokens: true, echoed: "mcp", token: "abc"),
    Case(
      offered: ["mcp.auth.a.b-c_d~", "mcp"], takesTokens: true, echoed: "mcp", token: "a.b-c_d~"),
    Case(offered: ["mcp.auth.abc"], takesTokens: true, isAgreed: false),
    Case(offered: ["mcp.auth.abc"], allowsNone: true, takesTokens: true, token: "abc"),
    Case(offered: ["mcp, mcp.auth."], takesTokens: true, isAgreed: false),
    Case(offered: ["mcp, mcp.auth."], echoed: "mcp"),
    Case(offered: ["mcp, mcp.auth.a, mcp.auth.b"], takesTokens: true, isAgreed: false),
    Case(offered: ["mcp, mcp.auth.a, mcp.auth.b"], echoed: "mcp"),
  ]

  @Test(arguments: cases)
  func `offers and what comes of them`(_ example: Case) {
    var subprotocols = Subprotocols()
    subprotocols.allowsNone = example.allowsNone
    subprotocols.takesTokens = example.takesTokens
    let agreement = subprotocols.agree(on: example.offered)
    #expect((agreement != nil) == example.isAgreed)
    #expect(agreement?.echoed == example.echoed)
    #expect(agreement?.token == example.token)
    let headers = agreement.map { WebSocketUpgrade.headers(for: $0) }
    #expect(headers?.first(name: "Sec-WebSocket-Protocol") == example.echoed)
  }
}
