import AsyncHTTPClient
import Gateway
import JSONRPC
import MCP
import Marketing
import NIOHTTP1
import Testing

/// The links by which people end the mails they get.
@Suite("Links to unsubscribe", .timeLimit(.minutes(1)))
struct UnsubscribeRouteTests {
  private static let form = Array("List-Unsubscribe=One-Click".utf8)
  private static let formType = [("Content-Type", "application/x-www-form-urlencoded")]

  /// A store that cannot be reached.
  private struct Failure: Error {}

  /// Runs a body with a gateway that knows one token.
  private static func run(
    organization: String? = nil, fails: Bool = false, perAddress: Double? = nil,
    _ body: (GatewayHarness, _ token: String, _ done: Locked<[String]>) async throws -> Void
  ) async throws {
    let token = try Sealer.keyed.seal(Array("lead_1".utf8), "unsubscribe", [])
    let done = Locked<[String]>([])
    let isKnown: @Sendable (String) -> Bool = { text in
      (try? Sealer.keyed.open(text, "unsubscribe", [])) != nil
    }
    func back(_ backing: inout Gateway.Backing, _ clock: MovingClock) {
      backing.unsubscribing = Unsubscribing(
        organization: organization, isKnown: isKnown,
        unsubscribe: { text in
          if fails { throw Failure() }
          guard isKnown(text) else { return false }
          done.withLock { $0.append(text) }
          return true
        })
    }
    func configure(_ configuration: inout Gateway.Configuration) {
      if let perAddress { configuration.rates.perAddress = perAddress }
    }
    try await GatewayHarness.run(configure: configure, back: back) { gateway in
      try await body(gateway, token, done)
    }
  }

  @Test func `following a link asks, and changes nothing`() async throws {
    try await Self.run(organization: #"A "<b>" & 'C'"#) { gateway, token, done in
      let page = try await gateway.get("/u/\(token)", as: nil)
      #expect(page.status == 200)
      #expect(page.header("content-type") == "text/html; charset=utf-8")
      #expect(page.header("cache-control") == "no-store")
      #expect(page.header("referrer-policy") == "no-referrer")
      #expect(page.header("x-content-type-options") == "nosniff")
      #expect(
        page.header("content-security-policy")
          == "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
      let text = String(decoding: page.body, as: UTF8.self)
      #expect(text.contains("from A &quot;&lt;b&gt;&quot; &amp; &#39;C&#39;?"))
      #expect(text.contains(#"<form method="post">"#) && text.contains("value=\"One-Click\""))
      #expect(!text.contains("lead_1") && !text.contains(token))
      let head = try await gateway.send(gateway.request(.HEAD, "/u/\(token)", as: nil))
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(done.withLock { $0 } == [])
    }
  }

  /// Bodies as mail programs and browsers send them.
  static let forms: [(type: String?, body: String)] = [
    ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
    ("application/x-www-form-urlencoded; charset=UTF-8", "a=b&List-Unsubscribe=One-Click\r\n"),
    (nil, "List-Unsubscribe=One-Click"),
    (
      "multipart/form-data; boundary=xyz",
      "--xyz\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--xyz--\r\n"
    ),
    (
      "multipart/form-data; boundary=\"xyz\"",
      "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xyz\r\n"
        + "Content-Disposition: form-data; name=\"List-Unsubscribe\"\r\nContent-Type: text/plain\r\n\r\n"
        + "One-Click\r\n--xyz--\r\n"
    ),
  ]

  @Test(arguments: forms)
  func `a request without a credential is enough, and twice is as once`(
    _ form: (type: String?, body: String)
  ) async throws {
    try await Self.run { gateway, token, done in
      for count in 1...2 {
        var request = gateway.request(
          .POST, "/u/\(token)", as: nil, headers: form.type.map { [("Content-Type", $0)] } ?? [],
          body: Array(form.body.utf8))
        if form.type == nil { request.headers.remove(name: "Content-Type") }
        let answer = try await gateway.send(request)
        #expect(answer.status == 200)
        #expect(answer.header("content-type") == "text/plain; charset=utf-8")
        #expect(answer.body == Array("You will get no more e-mails of this kind.\n".utf8))
        #expect(answer.header("set-cookie") == nil)
        #expect(done.withLock { $0 } == Array(repeating: token, count: count))
      }
    }
  }

  /// What is no such form, by type and body, and the status.
  static let wrong: [(type: String, body: String, status: Int)] = [
    ("application/x-www-form-urlencoded", "", 400),
    ("application/x-www-form-urlencoded", "List-Unsubscribe=Two-Clicks", 400),
    ("application/x-www-form-urlencoded", "X-List-Unsubscribe=One-Click", 400),
    ("application/json", #"{"List-Unsubscribe":"One-Click"}"#, 400),
    ("multipart/form-data; boundary=x", "List-Unsubscribe=One-Click", 400),
    (
      "application/x-www-form-urlencoded",
      "List-Unsubscribe=One-Click&a=" + String(repeating: "b", count: 8 << 10), 413
    ),
  ]

  @Test(arguments: wrong)
  func `what is no such form changes nothing`(
    _ wrong: (type: String, body: String, status: Int)
  ) async throws {
    try await Self.run { gateway, token, done in
      let answer = try await gateway.send(
        gateway.request(
          .POST, "/u/\(token)", as: nil, headers: [("Content-Type", wrong.type)],
          body: Array(wrong.body.utf8)))
      #expect(answer.status == wrong.status)
      #expect(done.withLock { $0 } == [])
    }
  }

  @Test func `a token that differs in any byte is none`() async throws {
    try await Self.run { gateway, token, done in
      let bytes = Array(token.utf8)
      var mangled = bytes.indices.map { place in
        var copy = bytes
        copy[place] = copy[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return String(decoding: copy, as: UTF8.self)
      }
      mangled += [
        "", token + "A", String(token.dropLast()), token + "/", String(repeating: "A", count: 601),
      ]
      let unknown = try await gateway.get("/u/x", as: nil).body
      for text in mangled {
        let page = try await gateway.get("/u/\(text)", as: nil)
        #expect(page.status == 404 && page.body == unknown, "\(text)")
        let answer = try await gateway.send(
          gateway.request(
            .POST, "/u/\(text)", as: nil, headers: Self.formType, body: Self.form))
        #expect(answer.status == 404 && answer.body == unknown, "\(text)")
      }
      #expect(done.withLock { $0 } == [])
    }
  }

  @Test(arguments: [HTTPMethod.PUT, .DELETE, .PATCH])
  func `other methods are not allowed`(_ method: HTTPMethod) async throws {
    try await Self.run { gateway, token, done in
      let answer = try await gateway.send(gateway.request(method, "/u/\(token)", as: nil))
      #expect(answer.status == 405 && answer.header("allow") == "GET, HEAD, POST")
      #expect(done.withLock { $0 } == [])
    }
  }

  @Test func `without links there is nothing there`() async throws {
    try await GatewayHarness.run { gateway in
      let answer = try await gateway.get("/u/x", as: nil)
      #expect(answer.status == 404)
    }
  }

  @Test func `a store that fails is told, so that it is tried again`() async throws {
    try await Self.run(fails: true) { gateway, token, _ in
      let answer = try await gateway.send(
        gateway.request(
          .POST, "/u/\(token)", as: nil, headers: Self.formType, body: Self.form))
      #expect(answer.status == 503 && answer.header("retry-after") == "60")
    }
  }

  @Test func `the host and the rate are looked at as ever`() async throws {
    try await Self.run(perAddress: 3) { gateway, token, done in
      let elsewhere = try await gateway.get(
        "/u/\(token)", as: nil, headers: [("Host", "evil.example")])
      #expect(elsewhere.status == 403)
      var statuses: Set<Int> = []
      for _ in 0..<20 { statuses.insert(try await gateway.get("/u/\(token)", as: nil).status) }
      #expect(statuses == [200, 429])
      #expect(done.withLock { $0 } == [])
    }
  }
}
