import JSONRPC
import JWTKit

/// One public key of the issuer with one algorithm that it may be used with.
struct SigningKey: Sendable {
  /// The key's name, which tokens refer to as `kid`.
  let id: String?
  /// The algorithm by its name in tokens.
  let algorithm: String
  private let verifier: any JWTAlgorithm

  /// Whether the signature is the key's, of these bytes.
  func verifies(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    (try? verifier.verify(signature, signs: bytes)) ?? false
  }
}

extension SigningKey {
  /// The algorithms that are accepted: signatures with public keys. None where the issuer's public key
  /// would be the secret (HS…), and not `none`.
  static let algorithms: Set<String> = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]

  /// More keys than any issuer has would only be work for a token that names none of them.
  private static let limit = 64

  /// The keys of a JSON Web Key Set (RFC 7517). Keys of other kinds and uses are passed over.
  /// - Throws: `KeySetError` when it is no set, or none of its keys can be used.
  static func all(in json: [UInt8]) async throws(KeySetError) -> [SigningKey] {
    guard let document = try? JSONParser().parse(json), let entries = document["keys"]?.arrayValue
    else { throw KeySetError(message: "found no JSON object with an array 'keys'") }
    guard entries.count <= limit else {
      throw KeySetError(message: "found \(entries.count) keys, expected up to \(limit)")
    }
    var keys: [SigningKey] = []
    for entry in entries where entry["use"]?.stringValue ?? "sig" == "sig" {
      guard let source = try? PublicKey(entry) else { continue }
      // A key is for its own algorithm alone where it names one.
      let named = entry["alg"]?.stringValue
      for algorithm in source.algorithms where named == nil || named == algorithm {
        guard let verifier = await source.verifier(algorithm) else { continue }
        keys.append(
          SigningKey(id: entry["kid"]?.stringValue, algorithm: algorithm, verifier: verifier))
      }
    }
    guard !keys.isEmpty else {
      throw KeySetError(message: "none of its \(entries.count) keys is one for signatures")
    }
    return keys
  }
}

/// A set of keys that cannot be used, with the reason.
struct KeySetError: Error, Sendable, CustomStringConvertible {
  let message: String
  var description: String { message }
}

/// The public part of a JSON Web Key. A private part is not looked at.
private enum PublicKey {
  case rsa(Insecure.RSA.PublicKey)
  case p256(ES256PublicKey)
  case p384(ES384PublicKey)
  case p521(ES512PublicKey)
  case ed25519(EdDSA.PublicKey)

  private struct Unknown: Error {}

  init(_ entry: JSONValue) throws {
    func text(_ key: String) throws -> String {
      guard let text = entry[key]?.stringValue else { throw Unknown() }
      return text
    }
    switch (entry["kty"]?.stringValue, entry["crv"]?.stringValue) {
    case ("RSA", _):
      self = .rsa(try Insecure.RSA.PublicKey(modulus: text("n"), exponent: text("e")))
    case ("EC", "P-256"):
      self = .p256(try ES256PublicKey(parameters: (x: text("x"), y: text("y"))))
    case ("EC", "P-384"):
      self = .p384(try ES384PublicKey(parameters: (x: text("x"), y: text("y"))))
    case ("EC", "P-521"):
      self = .p521(try ES512PublicKey(parameters: (x: text("x"), y: text("y"))))
    case ("OKP", "Ed25519"):
      self = .ed25519(try EdDSA.PublicKey(x: text("x"), curve: .ed25519))
    default: throw Unknown()
    }
  }

  /// The algorithms that fit the key.
  var algorithms: [String] {
    switch self {
    case .rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
    case .p256: ["ES256"]
    case .p384: ["ES384"]
    case .p521: ["ES512"]
    case .ed25519: ["EdDSA"]
    }
  }

  /// What checks signatures. The library only hands one out of a collection: of this key alone, so that
  /// no choice of its own comes in.
  func verifier(_ algorithm: String) async -> (any JWTAlgorithm)? {
    let collection = JWTKeyCollection()
    switch self {
    case .rsa(let key):
      guard let digest = Self.digest(algorithm) else { return nil }
      if algorithm.hasPrefix("PS") {
        await collection.add(pss: key, digestAlgorithm: digest)
      } else {
        await collection.add(rsa: key, digestAlgorithm: digest)
      }
    case .p256(let key): await collection.add(ecdsa: key)
    case .p384(let key): await collection.add(ecdsa: key)
    case .p521(let key): await collection.add(ecdsa: key)
    case .ed25519(let key): await collection.add(eddsa: key)
    }
    return try? await collection.getKey()
  }

  private static func digest(_ algorithm: String) -> DigestAlgorithm? {
    switch algorithm.suffix(3) {
    case "256": .sha256
    case "384": .sha384
    case "512": .sha512
    default: nil
    }
  }
}
