import JSONRPC
import MCP
import Marketing
import Testing

@testable import Gateway

@Suite("The issuer's keys")
struct SigningKeySourceTests {
  private func accepts(
    _ token: String, _ verifier: TokenVerifier, after seconds: Int = 0
  ) async -> AccessRefusal.Code? {
    do {
      _ = try await verifier.verify(token, at: noon + .seconds(seconds))
      return nil
    } catch {
      return error.code
    }
  }

  /// A token that outlives the caches.
  private func token(_ key: Issuer.Key) throws -> String {
    try Issuer.token(key, Issuer.claims(["exp": 1_750_085_200]))
  }

  @Test("a file is read again when it changes, and kept when it becomes useless")
  func rotation() async throws {
    let first = try await Issuer.es256("one")
    let second = try await Issuer.es256("two")
    let (old, new) = (try token(first), try token(second))
    let file = try KeySetFile()
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    #expect(await accepts(old, verifier) == .unavailable)
    try file.write([first])
    #expect(await accepts(old, verifier) == nil)
    #expect(await accepts(new, verifier) == .invalidToken)
    try file.write([first, second])
    #expect(await accepts(old, verifier) == nil)
    #expect(await accepts(new, verifier) == nil)
    try file.write([second])
    #expect(await accepts(old, verifier) == .invalidToken)
    for useless in ["", "{", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "oct"}]}"#] {
      try file.write(useless)
      #expect(await accepts(new, verifier) == nil, "\(useless)")
    }
    try file.write([first])
    #expect(await accepts(old, verifier) == nil)
  }

  @Test("a URL is asked once for many requests, again after ten minutes, and for unknown keys")
  func url() async throws {
    let first = try await Issuer.es256("one")
    let second = try await Issuer.es256("two")
    let (old, new) = (try token(first), try token(second))
    try await KeySetServer.with { server in
      server.answer(.ok(Issuer.keySet([first])))
      let verifier = try Issuer.verifier(server.location)
      await withTaskGroup(of: AccessRefusal.Code?.self) { group in
        for _ in 0..<50 { group.addTask { await accepts(old, verifier) } }
        for await code in group { #expect(code == nil) }
      }
      #expect(server.requests == 1)
      server.answer(.ok(Issuer.keySet([first, second])))
      // The keys are fresh: a made-up name must not become a request.
      #expect(await accepts(new, verifier, after: 59) == .invalidToken)
      #expect(server.requests == 1)
      #expect(await accepts(new, verifier, after: 60) == nil)
      #expect(server.requests == 2)
      #expect(await accepts(old, verifier, after: 659) == nil)
      #expect(server.requests == 2)
      #expect(await accepts(old, verifier, after: 660) == nil)
      #expect(server.requests == 3)
    }
  }

  @Test("an issuer that fails keeps its old keys and is asked once a minute")
  func failure() async throws {
    let key = try await Issuer.es256("one")
    let token = try token(key)
    try await KeySetServer.with { server in
      server.answer(.status(500))
      let verifier = try Issuer.verifier(server.location)
      #expect(await accepts(token, verifier) == .unavailable)
      #expect(await accepts(token, verifier, after: 4) == .unavailable)
      #expect(server.requests == 1)
      server.answer(.ok(Issuer.keySet([key])))
      #expect(await accepts(token, verifier, after: 5) == nil)
      #expect(server.requests == 2)
      server.answer(.status(404))
      #expect(await accepts(token, verifier, after: 605) == nil)
      #expect(await accepts(token, verifier, after: 664) == nil)
      #expect(server.requests == 3)
      server.answer(.close)
      #expect(await accepts(token, verifier, after: 665) == nil)
      #expect(server.requests >= 4)
    }
  }

  @Test("a redirect is followed on the same host only, and a long answer is not read")
  func limits() async throws {
    let key = try await Issuer.es256("one")
    let token = try token(key)
    try await KeySetServer.with { other in
      other.answer(.ok(Issuer.keySet([key])))
      try await KeySetServer.with { server in
        let padding = JSONValue.string(String(repeating: "x", count: 1 << 20))
        var long = Issuer.keySet([key]).objectValue ?? [:]
        long["padding"] = padding
        for (answer, code) in [
          (.redirect("/elsewhere", then: Issuer.keySet([key])), nil),
          (.redirect("\(server.url)/elsewhere", then: Issuer.keySet([key])), nil),
          (.redirect("\(other.url)/jwks", then: nil), .unavailable),
          (.redirect("//localhost/jwks", then: nil), .unavailable),
          (.redirect("/jwks", then: nil), .unavailable),
          (.ok(.object(long)), .unavailable), (.ok([]), .unavailable),
        ] as [(KeySetServer.Answer, AccessRefusal.Code?)] {
          server.answer(answer)
          let found = await accepts(token, try Issuer.verifier(server.location))
          #expect(found == code)
        }
      }
      #expect(other.requests == 0)
    }
  }

  @Test(
    "keys are only fetched from where nobody else can answer",
    arguments: [
      ("https://id.example/jwks", true), ("http://127.0.0.1:9/jwks", true),
      ("http://localhost/jwks", true), ("http://[::1]:80/jwks", true), ("keys.json", true),
      ("http://id.example/jwks", false), ("http://127.0.0.1.evil.example/", false),
      ("http://localhost@evil.example/", false), ("ftp://127.0.0.1/", false), ("", false),
    ])
  func locations(text: String, isTaken: Bool) {
    #expect((SigningKeySource.Location(text) != nil) == isTaken)
  }
}
