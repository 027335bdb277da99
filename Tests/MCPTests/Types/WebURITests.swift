import MCP
import Testing

@Suite("URIs of the web")
struct WebURITests {
  /// A URI and its one spelling.
  static let good = [
    ("https://leads.example/mcp", "https://leads.example/mcp"),
    ("HTTPS://Leads.EXAMPLE:443/mcp/", "https://leads.example/mcp"),
    ("http://leads.example:80", "http://leads.example"),
    ("http://leads.example:443/", "http://leads.example:443"),
    ("https://leads.example/MCP?a=B/", "https://leads.example/MCP?a=B/"),
    ("https://[2001:DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ("http://127.0.0.1:8080/mcp", "http://127.0.0.1:8080/mcp"),
    ("https://leads.example?x", "https://leads.example?x"),
    ("https://leads.example/a%20b//", "https://leads.example/a%20b"),
  ]

  @Test("a URI has one spelling", arguments: good)
  func canonical(text: String, canonical: String) throws {
    let uri = try #require(WebURI(text))
    #expect(uri.text == canonical)
    #expect(WebURI(canonical) == uri)
  }

  @Test(
    "what is no URI of the web, or could be read in two ways, is refused",
    arguments: [
      "", "https://", "https:///mcp", "leads.example/mcp", "ftp://leads.example", "https:/x",
      "https://user@leads.example", "https://user:word@leads.example", "https://a b.example",
      "https://leads.example/#x", "https://leads.example/\u{E9}", "https://leads.example/\n",
      "https://leads.example\\@evil.example", "https://leads.example:port",
      "https://leads.example.",
      " https://leads.example", "https://leads.example/\"", "https://%6c.example",
    ])
  func refused(text: String) { #expect(WebURI(text) == nil) }

  @Test(
    "only TLS and this machine are trusted",
    arguments: [
      ("https://leads.example", true), ("http://localhost:1", true), ("http://[::1]", true),
      ("http://leads.example", false), ("http://localhost.evil.example", false),
    ])
  func trust(text: String, isTrusted: Bool) {
    #expect(WebURI(text)?.isTrustworthy == isTrusted)
  }
}
