import MCP
import Marketing
import ServedFiles

// The settings of what is offered to whom.
extension SettingKey {
  /// Which tools are offered.
  static let toolKeys: [SettingKey] = [
    names(
      "tools.toolsets",
      "the toolsets that are offered, separated by commas; all when none is named",
      known: Toolsets.all, \.toolsets),
    names(
      "tools.only", "tools that are offered beside the toolsets, or alone, separated by commas",
      known: toolNames, \.onlyTools),
    names(
      "tools.exclude", "tools that are never offered, separated by commas", known: toolNames,
      \.excludedTools),
    flag("tools.readOnly", "whether only tools that change nothing are offered", \.isReadOnly),
  ]

  private static var toolNames: [String] { ServedFile.toolContracts.map(\.name) }

  /// Where the gateway listens, and who may come in over HTTP and WebSocket.
  static let gatewayKeys: [SettingKey] = [
    text(
      "http.listen", "where HTTP and WebSocket are served, besides or instead of stdio",
      accepts: ListenAddress.accepted, show: { $0.listen?.description ?? "" },
      set: { text, configuration in
        guard let address = ListenAddress(text) else { return false }
        configuration.listen = address
        return true
      }),
    optional(
      "auth.issuer", "who issues tokens for the gateway, as they name it in iss",
      accepts: "an https:// URL", \.issuer, check: { WebURI($0)?.isTrustworthy == true }),
    optional(
      "auth.audience",
      "the gateway's own URI, which tokens name in aud; http.publicURL with /mcp when not set",
      accepts: "an http:// or https:// URL without a fragment", \.audience,
      check: { WebURI($0) != nil }),
    optional(
      "auth.jwks", "the issuer's public keys: the URL of a JSON Web Key Set, or a file",
      accepts: "an https:// URL or a path", \.keySet,
      check: { !$0.contains("://") || WebURI($0)?.isTrustworthy == true }),
    optional(
      "auth.workspaceClaim", "the claim of a token that names its workspace",
      accepts: "a claim's name of up to 100 bytes", \.workspaceClaim,
      check: { $0.utf8.count <= 100 && $0.utf8.allSatisfy { (0x21...0x7E) ~= $0 } }),
    optional(
      "http.publicURL", "the URL that clients reach the gateway by, without a path",
      accepts: "an http:// or https:// URL without a path", \.publicURL,
      check: { text in WebURI(text).map { $0.path.isEmpty && $0.query == nil } == true }),
    list(
      "http.allowedHosts",
      "hosts that requests may be addressed to, separated by commas; without a port, with any",
      accepts: "hosts such as api.example.com or api.example.com:8443", \.allowedHosts,
      check: { Authority($0) != nil }),
    list(
      "http.allowedOrigins", "origins of web pages that may send requests, separated by commas",
      accepts: "origins such as https://app.example.com", \.allowedOrigins, check: isOrigin),
    flag(
      "http.tlsTerminated", "whether a proxy speaks TLS before the gateway", \.isTLSTerminated),
    optional(
      "http.tlsCertificate", "the file of the gateway's certificate and its chain, PEM",
      accepts: "a path", \.tlsCertificate, check: { _ in true }),
    optional(
      "http.tlsKey", "the file of the certificate's private key, PEM", accepts: "a path", \.tlsKey,
      check: { _ in true }),
    flag(
      "http.subprotocolTokens",
      "whether a WebSocket may carry its credential as the sub-protocol mcp.auth.TOKEN",
      \.takesTokensAsSubprotocol),
    flag(
      "http.subprotocolOptional",
      "whether a WebSocket may be opened without the sub-protocol mcp", \.allowsNoSubprotocol),
    integer(
      "http.maximumConnections", "how many connections there may be", 1...1_000_000,
      \.maximumConnections),
    decimal(
      "rates.perAddress", "requests a second from one address; 0 for no limit", 0...1_000_000,
      \.requestsPerAddress),
    decimal(
      "rates.perCredential", "requests a second with one credential; 0 for no limit",
      0...1_000_000, \.requestsPerCredential),
    decimal(
      "rates.perTool", "calls a second of one tool with one credential; 0 for no limit",
      0...1_000_000, \.callsPerTool),
    optional(
      "audit.file",
      "the file that says who did what over HTTP and WebSocket; beside the database when not set",
      accepts: "a path, or off", \.auditFile, check: { _ in true }),
  ]

  /// A scheme, `://` and a host: of the web, or of a browser's extension.
  @Sendable private static func isOrigin(_ text: String) -> Bool {
    if let uri = WebURI(text) {
      return uri.path.isEmpty && uri.query == nil && text.last != "/"
    }
    guard let mark = text.firstRange(of: "://") else { return false }
    let scheme = text[..<mark.lowerBound].lowercased()
    let rest = text[mark.upperBound...]
    return !["", "http", "https", "file"].contains(scheme) && !rest.isEmpty
      && text.utf8.allSatisfy { (0x21...0x7E) ~= $0 } && !rest.contains("/")
  }
}
