import MCPWebSocket
import Testing

/// URLs of servers.
@Suite struct WebSocketURLTests {
  @Test(arguments: [
    ("ws://localhost", false, "localhost", 80, "/", "localhost"),
    ("wss://a.example/mcp", true, "a.example", 443, "/mcp", "a.example"),
    ("WS://a:8080/mcp?x=1&y", false, "a", 8080, "/mcp?x=1&y", "a:8080"),
    ("ws://a?x", false, "a", 80, "/?x", "a"),
    ("ws://[::1]:81/", false, "::1", 81, "/", "[::1]:81"),
    ("wss://[::1]", true, "::1", 443, "/", "[::1]"),
    ("wss://a:443", true, "a", 443, "/", "a"),
    ("ws://a:443", false, "a", 443, "/", "a:443"),
  ])
  func `parts of a URL`(
    _ text: String, _ isSecure: Bool, _ host: String, _ port: Int, _ target: String,
    _ authority: String
  ) throws {
    let url = try WebSocketURL(text)
    #expect(url.isSecure == isSecure)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.target == target)
    #expect(url.authority == authority)
  }

  @Test(arguments: [
    "", "localhost", "http://a", "ws:/a", "ws://", "ws://:80", "ws://a:", "ws://a:0",
    "ws://a:65536",
    "ws://a:x", "ws://a:-1", "ws://[::1", "ws://[::1]x", "ws://a/#b", "ws://a b", "ws://a/\r\nX: y",
    "ws://ä", "ws://user:secret@a",
  ])
  func `what is no URL of a server`(_ text: String) {
    let error = #expect(throws: WebSocketClientError.self) { try WebSocketURL(text) }
    #expect(error.map { "\($0)".contains("secret") } == false)
  }
}
