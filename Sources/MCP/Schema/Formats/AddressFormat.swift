/// Host names and IP addresses.
enum AddressFormat {
  /// A host name of RFC 1123, section 2.1: labels of letters, digits and inner hyphens, at most 63
  /// bytes each and 253 together. Internationalised labels (`xn--…`) are taken by their form and
  /// not decoded.
  static func isHostname(_ bytes: ASCII.Bytes) -> Bool {
    guard (1...253).contains(bytes.count) else { return false }
    return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .allSatisfy(isLabel)
  }

  private static func isLabel(_ label: ASCII.Bytes) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
      && label.allSatisfy { ASCII.isLetterOrDigit($0) || $0 == hyphen }
  }

  /// Four decimal numbers up to 255 without leading zeros (RFC 2673, section 3.2).
  static func isIPv4(_ bytes: ASCII.Bytes) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard part.count <= 3, let number = ASCII.number(part), number <= 255 else { return false }
        return part.count == 1 || part.first != UInt8(ascii: "0")
      }
  }

  /// The text forms of RFC 4291, section 2.2, without a zone.
  static func isIPv6(_ bytes: ASCII.Bytes) -> Bool {
    let colon = UInt8(ascii: ":")
    guard (2...45).contains(bytes.count) else { return false }
    let gap = bytes.indices.dropLast().first { bytes[$0] == colon && bytes[$0 + 1] == colon }
    guard let gap else { return groups(bytes, mayEndInIPv4: true) == 8 }
    let head = bytes[bytes.startIndex..<gap]
    let tail = bytes[(gap + 2)...]
    guard let before = head.isEmpty ? 0 : groups(head, mayEndInIPv4: false),
      let behind = tail.isEmpty ? 0 : groups(tail, mayEndInIPv4: true)
    else { return false }
    return before + behind <= 7
  }

  /// How many groups of 16 bits there are; `nil` when one of them is none.
  private static func groups(
    _ bytes: ASCII.Bytes, mayEndInIPv4: Bool
  ) -> Int? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var count = 0
    for (number, part) in parts.enumerated() {
      if (1...4).contains(part.count), part.allSatisfy({ ASCII.hexadecimalValue($0) != nil }) {
        count += 1
      } else if mayEndInIPv4, number == parts.count - 1, isIPv4(part) {
        count += 2
      } else {
        return nil
      }
    }
    return count
  }
}
