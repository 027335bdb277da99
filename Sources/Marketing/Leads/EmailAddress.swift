/// An e-mail address taken apart at its last `@`.
package struct EmailAddress: Sendable, Hashable {
  /// What stands before the `@`, as given.
  package let local: String
  /// What stands behind it, in lower case.
  package let domain: String

  /// The longest local part in octets (RFC 5321, 4.5.3.1.1).
  private static let maximumLocalBytes = 64
  private static let misplacedDot = "a '.' at an end or beside another before '@'"

  /// The two parts of an address, unchecked but for being there.
  /// - Returns: `nil` when there is no `@` or nothing on one side of it.
  package init?(splitting address: String) {
    let utf8 = address.utf8
    guard let at = utf8.lastIndex(of: UInt8(ascii: "@")), at > utf8.startIndex else { return nil }
    let behind = utf8.index(after: at)
    guard behind < utf8.endIndex else { return nil }
    self.local = String(address[..<at])
    self.domain = address[behind...].lowercased()
  }

  /// What keeps the text from being an address; `nil` when it is one.
  ///
  /// Accepted is the practical part of RFC 5321: an unquoted local part of up to 64 octets and a
  /// domain name of up to 255, letters of any script in both (RFC 6531). Quoted local parts, comments,
  /// address literals and display names are not.
  package static func flaw(in text: String) -> String? {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count > 1 else { return "a text without '@'" }
    guard parts.count == 2 else { return "a text with more than one '@'" }
    let (local, domain) = (Substring(parts[0]), Substring(parts[1]))
    return flaw(inLocal: local) ?? HostName.flaw(in: domain)
  }

  private static func flaw(inLocal local: Substring) -> String? {
    let length = local.utf8.count
    guard length > 0 else { return "nothing before '@'" }
    guard length <= maximumLocalBytes else { return "\(length) octets before '@'" }
    var previous = UInt8(ascii: ".")
    for byte in local.utf8 {
      if byte == UInt8(ascii: "."), previous == byte { return misplacedDot }
      previous = byte
    }
    if previous == UInt8(ascii: ".") { return misplacedDot }
    guard local.unicodeScalars.allSatisfy(isAllowed) else {
      return "a character before '@' that an address cannot have unquoted"
    }
    return nil
  }

  /// `atext` of RFC 5322, the dot, and letters beyond ASCII.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return HostName.isWordScalar(scalar) }
    let byte = UInt8(truncatingIfNeeded: scalar.value)
    if HostName.isDigit(byte) || HostName.isLetter(byte) { return true }
    return ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
