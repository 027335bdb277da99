/// Email addresses: `Mailbox` of RFC 5321, section 4.1.2.
enum EmailFormat {
  static func accepts(_ bytes: ASCII.Bytes) -> Bool {
    // 64 bytes before the @ and 255 behind it (section 4.5.3.1).
    guard bytes.count <= 320, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let local = bytes[bytes.startIndex..<at]
    let domain = bytes[(at + 1)...]
    guard (1...64).contains(local.count) else { return false }
    let isLocal = local.first == UInt8(ascii: "\"") ? isQuoted(local) : isDotted(local)
    guard isLocal else { return false }
    return domain.first == UInt8(ascii: "[")
      ? isLiteral(domain) : AddressFormat.isHostname(domain)
  }

  /// `Dot-string`: atoms of RFC 5322 between dots.
  private static func isDotted(_ bytes: ASCII.Bytes) -> Bool {
    bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy { ASCII.isLetterOrDigit($0) || atomMarks.contains($0) }
    }
  }

  private static let atomMarks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  /// `Quoted-string`: printable ASCII, a quote or a backslash behind a backslash.
  private static func isQuoted(_ bytes: ASCII.Bytes) -> Bool {
    guard bytes.count >= 2, bytes.last == UInt8(ascii: "\"") else { return false }
    var rest = bytes.dropFirst().dropLast()
    while var byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\") {
        guard let escaped = rest.popFirst() else { return false }
        byte = escaped
      } else if byte == UInt8(ascii: "\"") {
        return false
      }
      guard (0x20...0x7E).contains(byte) else { return false }
    }
    return true
  }

  /// `address-literal`: an IP address between brackets.
  private static func isLiteral(_ bytes: ASCII.Bytes) -> Bool {
    guard bytes.last == UInt8(ascii: "]") else { return false }
    let inner = bytes.dropFirst().dropLast()
    let prefix = "IPv6:".utf8
    return inner.starts(with: prefix)
      ? AddressFormat.isIPv6(inner.dropFirst(prefix.count)) : AddressFormat.isIPv4(inner)
  }
}
