/// The grammar of host names as people write them (RFC 1123 and, by letters rather than by code
/// points, IDNA): at least two labels of letters, digits and inner hyphens.
enum HostName {
  /// The longest name in octets (RFC 5321, 4.5.3.1.2).
  static let maximumBytes = 255
  private static let maximumLabelBytes = 63

  /// What keeps the text from being a host name; `nil` when it is one.
  static func flaw(in text: Substring) -> String? {
    let length = text.utf8.count
    guard length > 0 else { return "nothing" }
    guard length <= maximumBytes else { return "a domain of \(length) octets" }
    var labels = 0
    var rest = text.utf8[...]
    while true {
      let label = rest.prefix { $0 != UInt8(ascii: ".") }
      if let flaw = flaw(inLabel: Substring(label)) { return flaw }
      labels += 1
      rest = rest[label.endIndex...]
      if rest.isEmpty {
        if labels == 1 { return "a domain without a dot" }
        return label.allSatisfy(isDigit) ? "a domain that ends with a number" : nil
      }
      rest = rest.dropFirst()
    }
  }

  private static func flaw(inLabel label: Substring) -> String? {
    guard !label.isEmpty else { return "a domain with an empty part" }
    guard label.utf8.count <= maximumLabelBytes else {
      return "a domain with a part of \(label.utf8.count) octets"
    }
    let hyphen = UInt8(ascii: "-")
    guard label.utf8.first != hyphen, label.utf8.last != hyphen else {
      return "a domain with a part that begins or ends with '-'"
    }
    guard label.unicodeScalars.allSatisfy(isAllowed) else {
      return "a domain with a character that is neither letter, digit, '-' nor '.'"
    }
    return nil
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return isWordScalar(scalar) }
    let byte = UInt8(truncatingIfNeeded: scalar.value)
    return isDigit(byte) || byte == UInt8(ascii: "-") || isLetter(byte)
  }

  /// Whether a scalar beyond ASCII belongs into words: letters, their marks, digits.
  static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber:
      true
    default: false
    }
  }

  /// Whether a byte is an ASCII digit.
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Whether a byte is an ASCII letter.
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}
