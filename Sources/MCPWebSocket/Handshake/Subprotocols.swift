/// Which sub-protocol a connection speaks, decided from what the client offers.
package struct Subprotocols: Sendable, Hashable {
  /// The one that carries MCP.
  package static let mcp = "mcp"
  /// What a sub-protocol that stands for a credential begins with: browsers can send no header.
  package static let tokenPrefix = "mcp.auth."

  /// Whether a client that does not offer `mcp` is served all the same, without a sub-protocol.
  package var allowsNone = false
  /// Whether `mcp.auth.<token>` is taken for a credential; it is ignored otherwise.
  package var takesTokens = false

  /// What holds unless configured otherwise.
  package init() {}

  /// What was agreed on.
  package struct Agreement: Sendable, Hashable {
    /// What the answer names; `nil` for an answer without a sub-protocol.
    package let echoed: String?
    /// The credential that came as a sub-protocol. Never echoed, never to be logged.
    package let token: String?
  }

  /// Decides.
  /// - Parameter offered: the values of all `Sec-WebSocket-Protocol` headers.
  /// - Returns: `nil` when the handshake is to be refused with 400.
  package func agree(on offered: [String]) -> Agreement? {
    let names = offered.flatMap { $0.split(separator: ",") }.map(Self.trimmed)
    let tokens = names.filter { $0.hasPrefix(Self.tokenPrefix) }
      .map { $0.dropFirst(Self.tokenPrefix.count) }
    // Two credentials, or an empty one: nobody can tell which was meant.
    if takesTokens, tokens.count > 1 || tokens.contains("") { return nil }
    let token = takesTokens ? tokens.first.map(String.init) : nil
    if names.contains(Self.mcp[...]) { return Agreement(echoed: Self.mcp, token: token) }
    return allowsNone ? Agreement(echoed: nil, token: token) : nil
  }

  private static func trimmed(_ name: Substring) -> Substring {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    let front = name.drop(while: isSpace)
    guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
    return front[...last]
  }
}
