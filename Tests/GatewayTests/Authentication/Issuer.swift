import Foundation
import JSONRPC
import JWTKit
import Logging
import MCP
import Marketing
import Sealing

@testable import Gateway

/// Noon of a day: the time of the tests.
let noon = Timestamp(milliseconds: 1_750_075_200_000)

/// An issuer of tokens with keys of its own.
struct Issuer {
  static let name = "https://id.example"
  static let resource = "https://leads.example/mcp"

  /// A private key with the name that tokens give it.
  struct Key {
    let id: String
    let algorithm: String
    /// The public part as an entry of a key set.
    let entry: JSONObject
    let signer: any JWTAlgorithm
    /// The public part as PEM.
    let pem: String
  }

  static func rsa(_ id: String, _ algorithm: String = "RS256") async throws -> Key {
    let key = try Insecure.RSA.PrivateKey(pem: Self.rsaPEM)
    let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
    let digest: DigestAlgorithm =
      algorithm.hasSuffix("384") ? .sha384 : algorithm.hasSuffix("512") ? .sha512 : .sha256
    let collection = JWTKeyCollection()
    if algorithm.hasPrefix("PS") {
      await collection.add(pss: key, digestAlgorithm: digest)
    } else {
      await collection.add(rsa: key, digestAlgorithm: digest)
    }
    return Key(
      id: id, algorithm: algorithm,
      entry: [
        "kty": "RSA", "kid": .string(id), "n": .string(Base64URL.text(of: Array(modulus))),
        "e": .string(Base64URL.text(of: Array(exponent))),
      ], signer: try await collection.getKey(), pem: key.publicKey.pemRepresentation)
  }

  static func es256(_ id: String) async throws -> Key {
    let key = ES256PrivateKey()
    return Key(
      id: id, algorithm: "ES256", entry: try curve("P-256", id, key.parameters),
      signer: try await JWTKeyCollection().add(ecdsa: key).getKey(),
      pem: key.publicKey.pemRepresentation)
  }

  static func es384(_ id: String) async throws -> Key {
    let key = ES384PrivateKey()
    return Key(
      id: id, algorithm: "ES384", entry: try curve("P-384", id, key.parameters),
      signer: try await JWTKeyCollection().add(ecdsa: key).getKey(),
      pem: key.publicKey.pemRepresentation)
  }

  static func es512(_ id: String) async throws -> Key {
    let key = ES512PrivateKey()
    return Key(
      id: id, algorithm: "ES512", entry: try curve("P-521", id, key.parameters),
      signer: try await JWTKeyCollection().add(ecdsa: key).getKey(),
      pem: key.publicKey.pemRepresentation)
  }

  static func ed25519(_ id: String) async throws -> Key {
    let key = try EdDSA.PrivateKey()
    return Key(
      id: id, algorithm: "EdDSA",
      entry: [
        "kty": "OKP", "crv": "Ed25519", "kid": .string(id),
        "x": .string(Base64URL.text(of: Array(key.publicKey.rawRepresentation))),
      ], signer: try await JWTKeyCollection().add(eddsa: key).getKey(),
      pem: key.publicKey.pemRepresentation)
  }

  private static func curve(
    _ name: String, _ id: String, _ point: ECDSAParameters?
  ) throws -> JSONObject {
    struct NoPoint: Error {}
    guard let point, let x = Data(base64Encoded: point.x), let y = Data(base64Encoded: point.y)
    else { throw NoPoint() }
    return [
      "kty": "EC", "crv": .string(name), "kid": .string(id),
      "x": .string(Base64URL.text(of: Array(x))), "y": .string(Base64URL.text(of: Array(y))),
    ]
  }

  /// A set of the keys' public parts.
  static func keySet(_ keys: [Key]) -> JSONValue {
    ["keys": .array(keys.map { .object($0.entry) })]
  }

  /// The claims of a good token, with some of them changed; `nil` takes one out.
  static func claims(_ changes: [String: JSONValue?] = [:]) -> JSONObject {
    var claims: JSONObject = [
      "iss": .string(name), "aud": .string(resource), "sub": "ann",
      "exp": .integer(noon.milliseconds / 1000 + 60), "scope": "leads:read leads:write",
    ]
    for (key, value) in changes { claims[key] = value }
    return claims
  }

  /// A token that a key has signed.
  /// - Parameter header: changes of the header that fits the key; `nil` takes a member out.
  static func token(
    _ key: Key, _ claims: JSONObject = claims(), header changes: [String: JSONValue?] = [:]
  ) throws -> String {
    try token(header(key, changes), claims) { try key.signer.sign($0) }
  }

  static func header(_ key: Key, _ changes: [String: JSONValue?] = [:]) -> JSONObject {
    var header: JSONObject = ["alg": .string(key.algorithm), "kid": .string(key.id)]
    for (name, value) in changes { header[name] = value }
    return header
  }

  static func token(
    _ header: JSONObject, _ claims: JSONObject, sign: ([UInt8]) throws -> [UInt8]
  ) rethrows -> String {
    let signed = [header, claims].map { object in
      Base64URL.text(of: Array(JSONWriter.text(of: .object(object)).utf8))
    }.joined(separator: ".")
    return "\(signed).\(Base64URL.text(of: try sign(Array(signed.utf8))))"
  }

  /// A verifier of this issuer's tokens with the keys in a file.
  static func verifier(_ file: KeySetFile, workspaceClaim: String? = nil) throws -> TokenVerifier {
    try verifier(.file(file.path), workspaceClaim: workspaceClaim)
  }

  static func verifier(
    _ location: SigningKeySource.Location, workspaceClaim: String? = nil
  ) throws -> TokenVerifier {
    struct NoURI: Error {}
    guard let resource = WebURI(resource) else { throw NoURI() }
    return TokenVerifier(
      issuer: name, resource: resource,
      keys: SigningKeySource(
        location, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
      workspaceClaim: workspaceClaim, workspace: WorkspaceID(rawValue: "house"))
  }
}

/// A file with a set of keys.
struct KeySetFile {
  let path: String

  init(_ keys: [Issuer.Key] = []) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("jwks-\(UUID().uuidString).json").path
    if !keys.isEmpty { try write(keys) }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func write(_ keys: [Issuer.Key]) throws {
    try write(JSONWriter.text(of: Issuer.keySet(keys)))
  }

  /// Replaces the file, as programs that rotate keys do.
  func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
