/// What stands in the `Authorization` header of a request (RFC 6750, section 2.1).
struct BearerToken: Sendable {
  /// The token as it was presented; a secret.
  let text: String

  /// Reads the header.
  /// - Parameter authorization: every value of the header, as it came.
  /// - Returns: `nil` when there is no header.
  /// - Throws: `.invalidRequest` for one that is repeated or malformed, `.invalidToken` for another
  ///   scheme.
  static func read(_ authorization: [String]) throws(AccessRefusal) -> BearerToken? {
    guard let value = authorization.first else { return nil }
    guard authorization.count == 1 else {
      throw AccessRefusal(.invalidRequest, "the Authorization header is there more than once")
    }
    let bytes = Array(value.utf8)
    guard
      let space = bytes.firstIndex(of: UInt8(ascii: " ")) ?? (bytes.isEmpty ? nil : bytes.count),
      space > 0
    else { throw malformed }
    guard String(decoding: bytes[..<space], as: UTF8.self).lowercased() == "bearer" else {
      guard bytes[..<space].allSatisfy(isTokenByte) else { throw malformed }
      throw AccessRefusal(.invalidToken, "the scheme of the Authorization header is not Bearer")
    }
    let token = bytes[space...].drop { $0 == UInt8(ascii: " ") }
    // `=` only fills up the end.
    let filled = token.reversed().drop { $0 == UInt8(ascii: "=") }
    guard !filled.isEmpty, filled.allSatisfy(isTokenByte) else { throw malformed }
    return BearerToken(text: String(decoding: token, as: UTF8.self))
  }

  private static let malformed = AccessRefusal(
    .invalidRequest, "the Authorization header is not Bearer and a token")

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "-._~+/".utf8.contains(byte)
    }
  }
}
