/// URIs and relative references of RFC 3986.
enum URIFormat {
  static func accepts(
    _ bytes: ASCII.Bytes, isRelativeAllowed: Bool
  ) -> Bool {
    var rest = bytes
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
      guard areCharacters(rest[(hash + 1)...], besides: "/?:@") else { return false }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      guard areCharacters(rest[(mark + 1)...], besides: "/?:@") else { return false }
      rest = rest[..<mark]
    }
    // A colon in the first segment can only end a scheme.
    let firstSegment = rest.prefix { $0 != UInt8(ascii: "/") }
    if let colon = firstSegment.firstIndex(of: UInt8(ascii: ":")) {
      guard isScheme(rest[..<colon]) else { return false }
      rest = rest[(colon + 1)...]
    } else if !isRelativeAllowed {
      return false
    }
    if rest.starts(with: "//".utf8) {
      rest = rest.dropFirst(2)
      let authority = rest.prefix { $0 != UInt8(ascii: "/") }
      guard isAuthority(authority) else { return false }
      rest = rest.dropFirst(authority.count)
    }
    return areCharacters(rest, besides: "/:@")
  }

  private static func isScheme(_ bytes: ASCII.Bytes) -> Bool {
    guard let first = bytes.first, ASCII.isLetter(first) else { return false }
    return bytes.allSatisfy { ASCII.isLetterOrDigit($0) || schemeMarks.contains($0) }
  }

  private static func isAuthority(_ bytes: ASCII.Bytes) -> Bool {
    var host = bytes
    if let at = host.firstIndex(of: UInt8(ascii: "@")) {
      guard areCharacters(host[..<at], besides: ":") else { return false }
      host = host[(at + 1)...]
    }
    if host.first == UInt8(ascii: "[") {
      guard let end = host.firstIndex(of: UInt8(ascii: "]")),
        isBracketed(host[(host.startIndex + 1)..<end])
      else { return false }
      host = host[(end + 1)...]
      guard let colon = host.first else { return true }
      return colon == UInt8(ascii: ":") && host.dropFirst().allSatisfy(ASCII.isDigit)
    }
    if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
      guard host[(colon + 1)...].allSatisfy(ASCII.isDigit) else { return false }
      host = host[..<colon]
    }
    return areCharacters(host, besides: "")
  }

  /// `IPv6address` or `IPvFuture`.
  private static func isBracketed(_ bytes: ASCII.Bytes) -> Bool {
    guard let first = bytes.first, first | 0x20 == UInt8(ascii: "v") else {
      return AddressFormat.isIPv6(bytes)
    }
    let version = bytes.dropFirst().prefix { ASCII.hexadecimalValue($0) != nil }
    let rest = bytes.dropFirst(1 + version.count)
    return !version.isEmpty && rest.count > 1 && rest.first == UInt8(ascii: ".")
      && !rest.contains(UInt8(ascii: "%")) && areCharacters(rest.dropFirst(), besides: ":")
  }

  /// Whether there are only unreserved characters, sub-delimiters, escapes and the marks given.
  private static func areCharacters(
    _ bytes: ASCII.Bytes, besides marks: StaticString
  ) -> Bool {
    let extra = UnsafeBufferPointer(start: marks.utf8Start, count: marks.utf8CodeUnitCount)
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst(), let low = rest.popFirst(),
          ASCII.hexadecimalValue(high) != nil, ASCII.hexadecimalValue(low) != nil
        else { return false }
      } else {
        guard ASCII.isLetterOrDigit(byte) || plainMarks.contains(byte) || extra.contains(byte)
        else { return false }
      }
    }
    return true
  }

  private static let schemeMarks = Set("+-.".utf8)
  /// Unreserved marks and sub-delimiters.
  private static let plainMarks = Set("-._~!$&'()*+,;=".utf8)
}
