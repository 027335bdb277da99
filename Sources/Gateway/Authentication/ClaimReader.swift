import JSONRPC
import MCP
import Marketing

/// Reads who a token stands for from its claims, after its signature was found good.
struct ClaimReader: Sendable {
  /// How far the issuer's clock may be before ours.
  private static let skew = Duration.seconds(30)
  /// Where issuers write scopes; the first that is there counts.
  private static let scopeClaims = ["scope", "scp", "scopes"]

  let issuer: String
  let resource: WebURI
  let workspaceClaim: String?
  let workspace: WorkspaceID

  func identity(
    from claims: JSONObject, at now: Timestamp
  ) throws(AccessRefusal) -> Identity {
    guard claims["iss"]?.stringValue?.isSpelled(like: issuer) == true else {
      throw TokenVerifier.refused("it is of another issuer")
    }
    guard try audiences(claims).contains(where: { WebURI($0) == resource }) else {
      throw TokenVerifier.refused("it is for another audience")
    }
    guard let end = try Self.time(claims, "exp") else {
      throw TokenVerifier.refused("it has no end")
    }
    guard now < end else { throw TokenVerifier.refused("it has expired") }
    if let start = try Self.time(claims, "nbf"), now + Self.skew < start {
      throw TokenVerifier.refused("it is not valid yet")
    }
    guard let subject = claims["sub"]?.stringValue, !subject.isEmpty else {
      throw TokenVerifier.refused("it has no subject")
    }
    return Identity(
      principal: Principal(
        name: name(subject, claims), workspace: try workspace(claims).rawValue,
        scopes: try scopes(claims)),
      credential: .token, expiresAt: end)
  }

  private func audiences(_ claims: JSONObject) throws(AccessRefusal) -> [String] {
    switch claims["aud"] {
    case .string(let text): return [text]
    case .array(let elements):
      let texts = elements.compactMap(\.stringValue)
      if texts.count == elements.count { return texts }
    default: break
    }
    throw TokenVerifier.refused("it has no audience")
  }

  /// A moment in seconds since 1970 (RFC 7519, section 2), maybe with a fraction.
  private static func time(_ claims: JSONObject, _ name: String) throws(AccessRefusal) -> Timestamp?
  {
    guard let claim = claims[name] else { return nil }
    guard let seconds = claim.doubleValue, abs(seconds) < 1e12 else {
      throw TokenVerifier.refused("its \(name) is no time")
    }
    return Timestamp(milliseconds: Int64(seconds * 1000))
  }

  /// Issuer, subject and client, since what one client was given is not for another. No part can be
  /// written so that it looks like two.
  private func name(_ subject: String, _ claims: JSONObject) -> String {
    let client = claims["client_id"]?.stringValue ?? claims["azp"]?.stringValue
    let parts = [issuer, subject] + (client.map { [$0] } ?? [])
    return "oauth:" + parts.map(Self.escaped).joined(separator: "#")
  }

  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        bytes.append(byte)
      default:
        if "-._~:/@|".utf8.contains(byte) {
          bytes.append(byte)
        } else {
          bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func workspace(_ claims: JSONObject) throws(AccessRefusal) -> WorkspaceID {
    guard let workspaceClaim, let claim = claims[workspaceClaim] else { return workspace }
    guard let workspace = claim.stringValue.flatMap(WorkspaceID.init(checking:)) else {
      throw TokenVerifier.refused("its workspace is none")
    }
    return workspace
  }

  /// The scopes of ours that it has. `*` is not one that an issuer can give.
  private func scopes(_ claims: JSONObject) throws(AccessRefusal) -> Set<String> {
    for name in Self.scopeClaims {
      switch claims[name] {
      case nil: continue
      case .string(let text):
        return Self.known(text.split(separator: " ").map(String.init))
      case .array(let elements): return Self.known(elements.compactMap(\.stringValue))
      default: throw TokenVerifier.refused("its \(name) are no scopes")
      }
    }
    return []
  }

  private static func known(_ scopes: [String]) -> Set<String> {
    Set(scopes).intersection(Scopes.all)
  }
}
