import MCP
import Testing

@testable import Gateway

@Suite("Hosts, origins and addresses")
struct AllowedSitesTests {
  /// Values of `Host`, and the status they are refused with.
  static let hosts: [([String], Int?)] = [
    (["localhost"], nil), (["LOCALHOST:8080"], nil), (["127.0.0.1:8080"], nil), (["[::1]"], nil),
    (["[::1]:65535"], nil), (["[0:0:0:0:0:0:0:1]:1"], nil), (["leads.example"], nil),
    (["Leads.Example:443"], nil), (["10.0.0.5:8080"], nil),
    (["10.0.0.5"], 403), (["10.0.0.5:80"], 403), (["evil.example.com"], 403),
    (["127.0.0.1.evil.com"], 403), (["localhost.evil.com"], 403), (["evil-localhost"], 403),
    (["leads.example.evil.com"], 403), (["xleads.example"], 403), (["127.0.0.2"], 403),
    (["0.0.0.0:8080"], 403), (["[::]"], 403), (["[::ffff:127.0.0.1]"], 403),
    ([], 400), (["localhost", "localhost"], 400), ([""], 400), (["localhost."], 400),
    (["leads.example."], 400), (["leads..example"], 400), (["user@localhost"], 400),
    (["localhost@evil.com"], 400), (["localhost:"], 400), (["localhost:x"], 400),
    (["localhost:0"], 400), (["localhost:65536"], 400), (["localhost:+80"], 400),
    (["localhost:080800"], 400), (["localhost:80:80"], 400), (["::1"], 400), (["[::1"], 400),
    (["[::1]x"], 400), (["[::1%25lo]"], 400), (["[127.0.0.1]"], 400), (["[localhost]"], 400),
    (["127.1"], 400), (["0x7f.0.0.1"], 400), (["2130706433"], 400), (["0177.0.0.1"], 400),
    (["127.0.0.1/"], 400), (["localhost, evil.com"], 400), (["localhost evil.com"], 400),
    (["localhost%00"], 400), (["localhost\u{0}"], 400), (["l\u{F6}calhost"], 400),
    (["http://localhost"], 400), (["localhost\\evil.com"], 400), (["localhost#"], 400),
    (["\u{FF4C}ocalhost"], 400),
  ]

  private func authorities(_ texts: [String]) throws -> [Authority] {
    try texts.map { try #require(Authority($0)) }
  }

  @Test("a host is allowed to the letter", arguments: hosts)
  func checksHosts(values: [String], status: Int?) throws {
    let allowed = AllowedHosts(
      try authorities(["leads.example", "10.0.0.5:8080"]), allowsLoopback: true)
    #expect(self.status(of: { () throws(SiteRefusal) in try allowed.check(values) }) == status)
  }

  @Test("this machine's names are not allowed where it is not listened on them")
  func publicHosts() throws {
    let allowed = AllowedHosts(try authorities(["leads.example"]), allowsLoopback: false)
    for (host, expected) in [("localhost", 403), ("127.0.0.1:1", 403), ("leads.example:1", nil)] {
      #expect(self.status(of: { () throws(SiteRefusal) in try allowed.check([host]) }) == expected)
    }
  }

  /// Values of `Origin`, and the status they are refused with.
  static let origins: [([String], Int?)] = [
    ([], nil), (["http://localhost"], nil), (["http://127.0.0.1:3000"], nil),
    (["https://[::1]:8443"], nil), (["HTTP://LOCALHOST:1"], nil), (["https://app.example"], nil),
    (["https://APP.example:443"], nil), (["chrome-extension://abc"], nil),
    (["null"], 403), ([""], 403), (["https://app.example:444"], 403), (["http://app.example"], 403),
    (["https://app.example/"], 403), (["https://app.example.evil.com"], 403),
    (["https://evil.com"], 403), (["http://localhost.evil.com"], 403),
    (["http://127.0.0.1.evil.com"], 403), (["http://localhost@evil.com"], 403),
    (["http://evil.com#localhost"], 403), (["http://evil.com?http://localhost"], 403),
    (["http://localhost/"], 403), (["http://localhost."], 403), (["http://127.1"], 403),
    (["ws://localhost"], 403), (["file://"], 403), (["file://localhost"], 403),
    (["chrome-extension://abcd"], 403), (["localhost"], 403), (["//localhost"], 403),
    (["http://localhost https://evil.com"], 403), (["http://localhost,https://evil.com"], 403),
    (["http://localhost", "http://localhost"], 400),
    (["http://localhost", "https://evil.com"], 400),
  ]

  @Test("an origin is allowed to the letter", arguments: origins)
  func checksOrigins(values: [String], status: Int?) {
    let allowed = AllowedOrigins(["https://App.example", "chrome-extension://abc", "null"])
    #expect(self.status(of: { () throws(SiteRefusal) in try allowed.check(values) }) == status)
  }

  private func status(of check: () throws(SiteRefusal) -> Void) -> Int? {
    do {
      try check()
      return nil
    } catch {
      return error.status
    }
  }

  @Test(
    "what is this machine's own address",
    arguments: [
      ("127.0.0.1", true), ("127.8.9.10", true), ("localhost", true), ("::1", true),
      ("[::1]", true),
      ("0.0.0.0", false), ("::", false), ("[::]", false), ("10.0.0.5", false),
      ("127.evil.com", false),
      ("127.0.0.1.evil.com", false), ("::ffff:127.0.0.1", false), ("", false),
      ("localhost:80", false),
    ])
  func loopback(host: String, isLoopback: Bool) {
    #expect(ListenPolicy.isLoopback(host) == isLoopback)
  }

  struct Listening: Sendable, CustomTestStringConvertible {
    var host = "127.0.0.1"
    var authentication = false
    var tls = false
    var terminated = false
    var url: String?
    /// What the refusal says; none when it may be listened.
    var says: [String] = []
    var testDescription: String { "\(host) \(authentication) \(tls) \(terminated) \(url ?? "")" }
  }

  static let listening = [
    Listening(), Listening(host: "::1"), Listening(url: "http://localhost:8080"),
    Listening(authentication: true, terminated: true, url: "https://leads.example"),
    Listening(host: "0.0.0.0", authentication: true, tls: true),
    Listening(host: "0.0.0.0", authentication: true, terminated: true),
    Listening(
      host: "0.0.0.0", says: ["0.0.0.0", "token create", "http.tlsTerminated=true", "127.0.0.1"]),
    Listening(host: "::", tls: true, says: ["token create"]),
    Listening(host: "10.0.0.5", authentication: true, says: ["http.tlsCertificate"]),
    Listening(terminated: true, says: ["token create", "proxy"]),
    Listening(url: "https://leads.example", says: ["auth.issuer", "proxy"]),
  ]

  @Test("what others can reach needs authentication and TLS", arguments: listening)
  func checksListening(_ given: Listening) throws {
    let policy = ListenPolicy(
      hasAuthentication: given.authentication, hasTLS: given.tls,
      isTLSTerminated: given.terminated, publicURL: given.url.flatMap { WebURI($0) })
    guard !given.says.isEmpty else { return try policy.check(given.host) }
    let refusal = #expect(throws: ListenPolicy.Refusal.self) { try policy.check(given.host) }
    for part in given.says { #expect(refusal?.description.contains(part) == true, "\(part)") }
    let hasToldOfTLS = refusal?.description.contains("tlsCertificate") == true
    #expect(hasToldOfTLS == given.says.contains { $0.hasPrefix("http.tls") })
  }
}
