import JSONRPC
package import MCP
package import Marketing
import Sealing

/// Checks the tokens of one issuer: JSON Web Tokens (RFC 7519) that are signed with one of its keys and
/// meant for us.
package struct TokenVerifier: Sendable {
  /// Longer tokens are refused unread, in bytes.
  static let maximumBytes = 8192

  private let keys: SigningKeySource
  private let reader: ClaimReader

  /// A verifier.
  /// - Parameters:
  ///   - issuer: what tokens must name as `iss`, to the letter.
  ///   - resource: the URI that clients know us by: what tokens must name as `aud`.
  ///   - workspaceClaim: the claim that names the workspace, where tokens have one.
  ///   - workspace: the one of tokens that name none.
  package init(
    issuer: String, resource: WebURI, keys: SigningKeySource, workspaceClaim: String? = nil,
    workspace: WorkspaceID = .default
  ) {
    self.keys = keys
    reader = ClaimReader(
      issuer: issuer, resource: resource, workspaceClaim: workspaceClaim, workspace: workspace)
  }

  /// Who a token stands for.
  /// - Throws: `.invalidToken` with the reason, which tells nothing of the token's content;
  ///   `.unavailable` when the issuer's keys were never reached.
  package func verify(_ token: String, at now: Timestamp) async throws(AccessRefusal) -> Identity {
    let bytes = Array(token.utf8)
    guard bytes.count <= Self.maximumBytes else {
      throw Self.refused("it is longer than \(Self.maximumBytes) bytes")
    }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.object(parts[0]) else {
      throw Self.refused("it is no JSON Web Token")
    }
    let (algorithm, keyID) = try Self.read(header)
    guard let signature = Base64URL.bytes(of: parts[2]) else {
      throw Self.refused("its signature is not written as it must be")
    }
    let named = try await keys.keys(named: keyID, at: now)
    guard !named.isEmpty else { throw Self.refused("the issuer has no such key") }
    let fitting = named.filter { $0.algorithm == algorithm }
    guard !fitting.isEmpty else { throw Self.refused("its algorithm does not fit its key") }
    let signed = Array(bytes.prefix(parts[0].count + 1 + parts[1].count))
    guard fitting.contains(where: { $0.verifies(signature, of: signed) }) else {
      throw Self.refused("its signature is wrong")
    }
    guard let claims = Self.object(parts[1]) else { throw Self.refused("it has no claims") }
    return try reader.identity(from: claims, at: now)
  }

  static func refused(_ reason: String) -> AccessRefusal {
    AccessRefusal(.invalidToken, "the token is refused: \(reason)")
  }

  private static func object(_ part: ArraySlice<UInt8>) -> JSONObject? {
    guard let bytes = Base64URL.bytes(of: part) else { return nil }
    return (try? JSONParser(maximumDepth: 16, maximumBytes: maximumBytes).parse(bytes))?
      .objectValue
  }

  /// The algorithm and the key's name. Keys and addresses of keys in a header are not looked at.
  private static func read(
    _ header: JSONObject
  ) throws(AccessRefusal) -> (algorithm: String, keyID: String?) {
    guard let algorithm = header["alg"]?.stringValue, SigningKey.algorithms.contains(algorithm)
    else { throw refused("its algorithm is not accepted") }
    // We know no extensions, so there is none that we could heed.
    guard header["crit"] == nil else { throw refused("it asks for an extension") }
    guard let keyID = header["kid"] else { return (algorithm, nil) }
    guard let keyID = keyID.stringValue else { throw refused("its key has no name") }
    return (algorithm, keyID)
  }
}
