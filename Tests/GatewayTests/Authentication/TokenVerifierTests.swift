import JSONRPC
import MCP
import Marketing
import Sealing
import Testing

@testable import Gateway

@Suite("Tokens of an issuer")
struct TokenVerifierTests {
  private func refusal(
    of token: String, by verifier: TokenVerifier, at now: Timestamp = noon
  ) async -> AccessRefusal? {
    await #expect(throws: AccessRefusal.self) { _ = try await verifier.verify(token, at: now) }
  }

  @Test("every algorithm with a public key is accepted")
  func algorithms() async throws {
    let keys = [
      try await Issuer.rsa("r1"), try await Issuer.rsa("r2", "RS384"),
      try await Issuer.rsa("r3", "RS512"), try await Issuer.rsa("r4", "PS256"),
      try await Issuer.es256("e1"), try await Issuer.es384("e2"), try await Issuer.es512("e3"),
      try await Issuer.ed25519("d1"),
    ]
    let file = try KeySetFile(keys)
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    for key in keys {
      let identity = try await verifier.verify(try Issuer.token(key), at: noon)
      #expect(identity.principal.name == "oauth:https://id.example#ann")
      #expect(identity.principal.scopes == ["leads:read", "leads:write"])
      #expect(identity.principal.workspace == "house")
      #expect(identity.expiresAt == noon + .seconds(60))
      // Without a name those that fit the algorithm are tried.
      let nameless = try Issuer.token(key, header: ["kid": nil])
      #expect(try await verifier.verify(nameless, at: noon) == identity)
    }
  }

  /// Changed claims, and the reason for which the token is refused.
  static let badClaims: [(changes: [String: JSONValue?], reason: String)] = [
    (["iss": "https://id.example/"], "another issuer"), (["iss": nil], "another issuer"),
    (["iss": ["https://id.example"]], "another issuer"),
    (["aud": "https://other.example/mcp"], "another audience"),
    (["aud": "https://leads.example"], "another audience"),
    (["aud": "https://leads.example/mcp/x"], "another audience"),
    (["aud": "http://leads.example/mcp"], "another audience"),
    (["aud": "https://leads.example/MCP"], "another audience"),
    (["aud": "https://leads.example.evil.example/mcp"], "another audience"),
    (["aud": "https://leads.example@evil.example/mcp"], "another audience"),
    (["aud": ["https://other.example"]], "another audience"), (["aud": []], "another audience"),
    (["aud": nil], "no audience"),
    (["aud": ["https://leads.example/mcp", 1]], "no audience"),
    (["exp": nil], "no end"), (["exp": "1750075260"], "exp is no time"),
    (["exp": .null], "exp is no time"), (["exp": 1e300], "exp is no time"),
    (["exp": 1_750_075_200], "has expired"), (["exp": 1_750_075_199.9], "has expired"),
    (["exp": -1], "has expired"), (["nbf": 1_750_075_231], "not valid yet"),
    (["nbf": "soon"], "nbf is no time"), (["sub": nil], "no subject"),
    (["sub": ""], "no subject"), (["sub": 7], "no subject"), (["scope": 7], "no scopes"),
    (["workspace": "a b"], "workspace is none"), (["workspace": 7], "workspace is none"),
  ]

  @Test("what a token claims wrongly is told without the token", arguments: badClaims)
  func claims(_ bad: (changes: [String: JSONValue?], reason: String)) async throws {
    let key = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file, workspaceClaim: "workspace")
    let token = try Issuer.token(key, Issuer.claims(bad.changes))
    let refusal = await refusal(of: token, by: verifier)
    #expect(refusal?.code == .invalidToken && refusal?.status == 401)
    #expect(refusal?.description.contains(bad.reason) == true, "\(refusal?.description ?? "")")
  }

  /// Changed claims, and what is told from them.
  static let goodClaims:
    [(changes: [String: JSONValue?], name: String, workspace: String, scopes: Set<String>)] = [
      ([:], "ann", "house", ["leads:read", "leads:write"]),
      (["aud": "HTTPS://Leads.Example:443/mcp/"], "ann", "house", ["leads:read", "leads:write"]),
      (
        [
          "aud": ["https://x.example", "https://leads.example/mcp"], "scope": "openid leads:read *",
        ],
        "ann", "house", ["leads:read"]
      ),
      (["nbf": 1_750_075_230, "scope": nil], "ann", "house", []),
      (["scope": nil, "scp": ["memory:read", "x"]], "ann", "house", ["memory:read"]),
      (["scope": nil, "scp": "memory:read x"], "ann", "house", ["memory:read"]),
      (["scope": nil, "scopes": ["admin:read"]], "ann", "house", ["admin:read"]),
      (["scope": "", "scopes": ["admin:read"]], "ann", "house", []),
      (["workspace": "sales"], "ann", "sales", ["leads:read", "leads:write"]),
      (
        ["sub": "a#b%", "client_id": "c#d"], "a%23b%25#c%23d", "house",
        ["leads:read", "leads:write"]
      ),
      (
        ["sub": "\u{E9}/ \n", "azp": "web"], "%C3%A9/%20%0A#web", "house",
        ["leads:read", "leads:write"]
      ),
    ]

  @Test("what a token claims becomes its principal", arguments: goodClaims)
  func principal(
    _ good: (
      changes: [String: JSONValue?], name: String, workspace: String, scopes: Set<String>
    )
  ) async throws {
    let key = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file, workspaceClaim: "workspace")
    let token = try Issuer.token(key, Issuer.claims(good.changes))
    let principal = try await verifier.verify(token, at: noon).principal
    #expect(principal.name == "oauth:https://id.example#\(good.name)")
    #expect(principal.workspace == good.workspace && principal.scopes == good.scopes)
  }

  @Test("a token without a signature is refused, however it is spelled")
  func none() async throws {
    let key = try await Issuer.rsa("r")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    for algorithm: JSONValue? in ["none", "None", "NONE", "", nil, 7] {
      for signature in [[], [0] as [UInt8]] {
        let header = Issuer.header(key, ["alg": algorithm])
        let token = Issuer.token(header, Issuer.claims()) { _ in signature }
        let refusal = await refusal(of: token, by: verifier)
        #expect(refusal?.description == "the token is refused: its algorithm is not accepted")
      }
    }
  }

  @Test("the issuer's public key is no secret that a token could be signed with")
  func keyConfusion() async throws {
    let key = try await Issuer.rsa("r")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    let modulus = key.entry["n"]?.stringValue ?? ""
    for secret in [key.pem, key.pem + "\n", modulus] {
      for algorithm in ["HS256", "RS256"] {
        let header = Issuer.header(key, ["alg": .string(algorithm)])
        let token = try Issuer.token(header, Issuer.claims()) {
          try HMACSHA256.code(of: $0, key: Array(secret.utf8))
        }
        let refusal = await refusal(of: token, by: verifier)
        #expect(
          refusal?.description.hasSuffix(
            algorithm == "HS256" ? "its algorithm is not accepted" : "its signature is wrong")
            == true)
      }
    }
  }

  @Test("a key that the token brings along does not count")
  func embeddedKey() async throws {
    let key = try await Issuer.es256("e")
    let own = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    let token = try Issuer.token(
      own, header: ["jwk": .object(own.entry), "jku": "https://evil.example/jwks"])
    #expect(await refusal(of: token, by: verifier)?.description.contains("signature") == true)
  }

  @Test("an algorithm that does not fit the key is refused")
  func fit() async throws {
    let rsa = try await Issuer.rsa("r")
    var pinned = try await Issuer.rsa("p").entry
    pinned["alg"] = "RS512"
    var encrypting = try await Issuer.es256("x").entry
    encrypting["use"] = "enc"
    let file = try KeySetFile()
    defer { file.remove() }
    let curve = try await Issuer.es256("e")
    try file.write(
      JSONWriter.text(
        of: [
          "keys": [
            .object(rsa.entry), .object(pinned), .object(curve.entry), .object(encrypting),
            ["kty": "oct", "kid": "o", "k": "AAAA"], ["kty": "RSA", "kid": "b"], 7,
          ]
        ]))
    let verifier = try Issuer.verifier(file)
    for (kid, reason) in [
      ("r", nil), ("p", "does not fit"), ("e", "does not fit"), ("x", "no such key"),
      ("o", "no such key"), ("b", "no such key"), ("R", "no such key"),
    ] as [(String, String?)] {
      let token = try Issuer.token(rsa, header: ["kid": .string(kid)])
      guard let reason else {
        _ = try await verifier.verify(token, at: noon)
        continue
      }
      #expect(
        await refusal(of: token, by: verifier)?.description.contains(reason) == true, "\(kid)")
    }
  }

  @Test("a token that was changed in any part is refused")
  func tampered() async throws {
    let key = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    let parts = try Issuer.token(key).split(separator: ".").map(String.init)
    let other = try Issuer.token(key, Issuer.claims(["scope": "admin:write"]))
      .split(separator: ".").map(String.init)
    _ = try await verifier.verify(parts.joined(separator: "."), at: noon)
    let changed = [
      [parts[0], other[1], parts[2]], [parts[0], parts[1], other[2]],
      [parts[0], parts[1], ""], [parts[0], parts[1]], parts + ["x"],
      [parts[0], parts[1] + "=", parts[2]], [parts[0], "", parts[2]], ["", parts[1], parts[2]],
      [parts[0], parts[1], parts[2] + "AA"], [parts[0] + "!", parts[1], parts[2]],
      ["e30", parts[1], parts[2]], ["W10", parts[1], parts[2]],
    ]
    for parts in changed {
      let refusal = await refusal(of: parts.joined(separator: "."), by: verifier)
      #expect(refusal?.code == .invalidToken, "\(parts)")
    }
  }

  @Test("extensions that we do not know, names that are none and long tokens are refused")
  func headers() async throws {
    let key = try await Issuer.es256("e")
    let file = try KeySetFile([key])
    defer { file.remove() }
    let verifier = try Issuer.verifier(file)
    for (header, reason) in [
      (["crit": ["b64"], "b64": false], "extension"), (["crit": []], "extension"),
      (["kid": 7], "no name"),
    ] as [([String: JSONValue?], String)] {
      let token = try Issuer.token(key, header: header)
      #expect(await refusal(of: token, by: verifier)?.description.contains(reason) == true)
    }
    let long = try Issuer.token(
      key, Issuer.claims(["note": .string(String(repeating: "x", count: 6200))]))
    #expect(long.utf8.count > 8192)
    #expect(await refusal(of: long, by: verifier)?.description.contains("8192 bytes") == true)
    let short = try Issuer.token(
      key, Issuer.claims(["note": .string(String(repeating: "x", count: 5500))]))
    _ = try await verifier.verify(short, at: noon)
  }
}
