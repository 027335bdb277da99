import Gateway
import HTTPTypes
import JSONRPC
import JWTKit
import MCP
import MCPWebSocket
import Marketing
import Sealing
import Testing

/// Credentials as they are presented to a gateway that trusts an issuer.
@Suite("Tokens at the gateway", .timeLimit(.minutes(1)))
struct TokenTests {
  /// Runs a body with a gateway that trusts the issuer's keys, and its RSA key.
  private func withIssuer(
    _ body: @Sendable (GatewayHarness, Issuer.Key) async throws -> Void
  ) async throws {
    let key = try await Issuer.rsa("rsa")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    try await GatewayHarness.run(
      configure: {
        $0.metadata = ProtectedResourceMetadata(
          resource: WebURI(Issuer.resource)!, authorizationServers: [Issuer.name])
      },
      back: { backing, clock in
        backing.authenticator = Authenticator(
          keys: TestKeys(), tokens: verifier, allowsAnonymous: true)
        clock.advance(by: noon - TestTime.start)
      },
      { try await body($0, key) })
  }

  private static func hs256(_ claims: JSONObject, keyedWith secret: String) async throws -> String {
    let signer = try await JWTKeyCollection().add(
      hmac: .init(from: secret), digestAlgorithm: .sha256
    )
    .getKey()
    return try Issuer.token(["alg": "HS256", "kid": "rsa"], claims) { try signer.sign($0) }
  }

  /// What is refused, by what is wrong with it; `nil` for no token at all.
  private func wrong(_ key: Issuer.Key) async throws -> [(String, String?)] {
    let claims = Issuer.claims()
    let good = try Issuer.token(key)
    let seconds = noon.milliseconds / 1000
    let other = try await Issuer.es256("rsa")
    return [
      ("no token", nil),
      ("another audience", try Issuer.token(key, Issuer.claims(["aud": "https://other.example"]))),
      ("no audience", try Issuer.token(key, Issuer.claims(["aud": .some(nil)]))),
      ("expired", try Issuer.token(key, Issuer.claims(["exp": .integer(seconds - 3600)]))),
      ("without an end", try Issuer.token(key, Issuer.claims(["exp": .some(nil)]))),
      ("not yet", try Issuer.token(key, Issuer.claims(["nbf": .integer(seconds + 3600)]))),
      ("another issuer", try Issuer.token(key, Issuer.claims(["iss": "https://evil.example"]))),
      ("alg none", Issuer.token(["alg": "none"], claims) { _ in [] }),
      ("alg None", Issuer.token(["alg": "None", "kid": "rsa"], claims) { _ in [] }),
      ("none with a signature", try Issuer.token(key, header: ["alg": "none"])),
      ("HS256 with the public key", try await Self.hs256(claims, keyedWith: key.pem)),
      (
        "HS256 with its trimmed text",
        try await Self.hs256(
          claims, keyedWith: String(key.pem.reversed().drop { $0 == "\n" }.reversed()))
      ),
      (
        "HS256 with a guess",
        try await Self.hs256(
          claims, keyedWith: String(repeating: "0", count: 32))
      ),
      ("a stranger's key of that name", try Issuer.token(other)),
      ("RS256 by name only", try Issuer.token(other, header: ["alg": "RS256"])),
      ("no signature", String(good[...good.lastIndex(of: ".")!])),
      ("another's claims", Self.swapped(good, Issuer.claims(["sub": "admin"]))),
      (
        "a key that was never made",
        "lr_" + String(repeating: "a", count: 26) + "_"
          + String(repeating: "b", count: 43)
      ),
      ("no token in form", "x"),
    ]
  }

  private static func swapped(_ token: String, _ claims: JSONObject) -> String {
    let parts = token.split(separator: ".")
    let body = Base64URL.text(of: JSONWriter.bytes(of: .object(claims)))
    return "\(parts[0]).\(body).\(parts[2])"
  }

  @Test func `a token that is not good opens nothing`() async throws {
    try await withIssuer { gateway, key in
      for (name, token) in try await wrong(key) {
        let credential = token.map { "Bearer \($0)" }
        let answers = [
          try await gateway.ask(GatewayHarness.modern("tools/list"), as: credential),
          try await gateway.tell(GatewayHarness.initialize, as: credential),
          try await gateway.get("/api/v1/leads", as: credential),
          try await gateway.get(
            "/api/v1/events", as: credential, headers: [("Accept", "text/event-stream")]),
        ]
        for answer in answers {
          #expect(answer.status == 401, "\(name)")
          let challenge = answer.header("WWW-Authenticate") ?? ""
          #expect(challenge.hasPrefix("Bearer "), "\(name)")
          #expect(
            challenge.contains(
              #"resource_metadata="https://leads.example/.well-known/oauth-protected-resource/mcp""#
            ),
            "\(name) \(challenge)")
          #expect(
            challenge.contains("scope=\"") && challenge.contains("leads:read"), "\(challenge)")
          if let token { #expect(!String(decoding: answer.body, as: UTF8.self).contains(token)) }
        }
        for path in ["/mcp", "/api/v1/events"] {
          let text = GatewayHarness.head("GET \(path)", GatewayHarness.upgrade, as: credential)
          #expect(try await GatewayHarness.status(gateway.answer(to: text)) == 401, "\(name)")
        }
      }
    }
  }

  @Test func `a good token opens all ways in`() async throws {
    try await withIssuer { gateway, key in
      let credential = "Bearer \(try Issuer.token(key))"
      #expect(
        try await gateway.ask(GatewayHarness.modern("tools/list"), as: credential).status == 200)
      #expect(try await gateway.tell(GatewayHarness.initialize, as: credential).status == 200)
      #expect(try await gateway.get("/api/v1/leads", as: credential).status == 200)
      let text = GatewayHarness.head("GET /mcp", GatewayHarness.upgrade, as: credential)
      #expect(try await GatewayHarness.status(gateway.answer(to: text)) == 101)
    }
  }

  @Test func `everybody may read where tokens come from`() async throws {
    try await withIssuer { gateway, _ in
      for path in ["/mcp", ""] {
        let path = "/.well-known/oauth-protected-resource\(path)"
        let answer = try await gateway.get(
          path, as: nil, headers: [("Origin", "https://inspector.example")])
        #expect(answer.status == 200)
        #expect(try answer.json["resource"] == .string(Issuer.resource))
        #expect(try answer.json["authorization_servers"] == [.string(Issuer.name)])
        #expect(answer.header("Access-Control-Allow-Origin") == "*")
        let foreign = GatewayHarness.head("GET \(path)", [], as: nil, host: "evil.example")
        #expect(try await GatewayHarness.status(gateway.answer(to: foreign)) == 403)
      }
    }
  }

  @Test func `a token ends on what is open`() async throws {
    try await withIssuer { gateway, key in
      let socket = try await gateway.webSocket(as: "Bearer \(try Issuer.token(key))")
      #expect(try await socket.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      gateway.clock.advance(by: .seconds(3600))
      await socket.end()
      #expect(socket.connection.closeCode == .policyViolation)
    }
  }
}

/// Keys that are revoked while they are in use.
@Suite("Revoked keys", .timeLimit(.minutes(1)))
struct RevokedKeyTests {
  /// Runs a body with somebody's key and a way to revoke it, as of a second ago.
  private func withKey(
    _ name: String,
    _ body: @Sendable (GatewayHarness, String, @Sendable () -> Void) async throws -> Void
  ) async throws {
    let credential = GatewayHarness.credential(name)
    try await GatewayHarness.run { gateway in
      try await body(gateway, credential) {
        TestKeys.revoke(credential)
        gateway.clock.advance(by: .seconds(2))
      }
    }
  }

  @Test func `the next request is refused`() async throws {
    try await withKey("revoked-1") { gateway, key, revoke in
      let session = try await gateway.newSession(as: key)
      revoke()
      let ping = GatewayHarness.call("ping")
      #expect(try await gateway.tell(ping, as: key, session: session).status == 401)
      #expect(try await gateway.ask(GatewayHarness.modern("tools/list"), as: key).status == 401)
      #expect(try await gateway.get("/api/v1/leads", as: key).status == 401)
    }
  }

  @Test(arguments: [true, false]) func `a WebSocket is closed`(_ speaks: Bool) async throws {
    try await withKey("revoked-2-\(speaks)") { gateway, key, revoke in
      let socket = try await gateway.webSocket(as: key)
      #expect(try await socket.ask(GatewayHarness.modern("tools/list"))?["result"] != nil)
      revoke()
      if speaks { #expect(try await socket.ask(GatewayHarness.modern("tools/list")) == nil) }
      await socket.end()
      #expect(socket.connection.closeCode == .policyViolation)
    }
  }

  /// The streams that stay open: a name, and the request that opens each.
  private func streams(_ key: String, _ session: String) throws -> [(String, String)] {
    let listen = GatewayHarness.modern(
      "subscriptions/listen", ["notifications": ["toolsListChanged": true]])
    let body = JSONWriter.text(of: try JSONParser().parse(Message.request(listen).bytes))
    return [
      (
        "the session's own stream",
        GatewayHarness.head(
          "GET /mcp", ["Accept: text/event-stream", "Mcp-Session-Id: \(session)"], as: key)
      ),
      (
        "a subscription",
        GatewayHarness.head(
          "POST /mcp",
          [
            "Accept: application/json, text/event-stream", "Content-Type: application/json",
            "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen",
            "Content-Length: \(body.utf8.count)",
          ], as: key) + body
      ),
      (
        "live events",
        GatewayHarness.head("GET /api/v1/events", ["Accept: text/event-stream"], as: key)
      ),
    ]
  }

  @Test func `streams end`() async throws {
    try await withKey("revoked-3") { gateway, key, revoke in
      let session = try await gateway.newSession(as: key)
      var open: [(String, RawConnection)] = []
      for (name, text) in try streams(key, session) {
        let connection = try await gateway.connect()
        connection.write(text)
        let begun = await connection.wait(for: "\r\n\r\n")
        #expect(begun.contains("text/event-stream"), "\(name) \(begun)")
        open.append((name, connection))
      }
      revoke()
      for (name, connection) in open {
        let all = await connection.wait(for: "\r\n0\r\n\r\n")
        #expect(!connection.isClosed && all.hasSuffix("0\r\n\r\n"), "\(name) \(all)")
        connection.close()
      }
    }
  }

  @Test func `live events over WebSocket end`() async throws {
    try await withKey("revoked-4") { gateway, key, revoke in
      let socket = try await gateway.events(as: key)
      revoke()
      await socket.end()
      #expect(socket.connection.closeCode == .policyViolation)
    }
  }
}

extension GatewayHarness {
  /// Subscribes to live events over WebSocket.
  func events(as credential: String) async throws -> WebSocketTransport {
    try await WebSocketClient.connect(
      url: "ws://localhost:\(port)/api/v1/events",
      headers: [(name: "Authorization", value: credential)], subprotocols: [])
  }
}
