/// How a column writes its numbers.
package enum NumberFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// `1234.5`, `1,234.5`, `$1,200`, `45 %`
  case point
  /// `1234,5`, `1.234,5`, `1 200 €`
  case comma

  /// A number; `nil` for text that is none. Signs, one currency sign or percent sign, and separators between
  /// groups of three digits may stand around the digits.
  package func number(_ text: String) -> Double? {
    if self == .point, let plain = Self.plain(text) { return plain }
    return grouped(text)
  }

  /// Digits with a sign, a fraction and an exponent.
  private static func plain(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isPlain, let number = Double(text), number.isFinite else { return nil }
    return number
  }

  private func grouped(_ text: String) -> Double? {
    let (decimal, group): (Unicode.Scalar, Unicode.Scalar) =
      self == .point ? (".", ",") : (",", ".")
    var digits = ""
    /// Digits since the last separator, once there was one.
    var run: Int?
    var hasFraction = false
    var hasSign = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9":
        digits.unicodeScalars.append(scalar)
        run = run.map { $0 + 1 }
      case decimal:
        guard !hasFraction, run ?? 3 == 3 else { return nil }
        digits += "."
        (hasFraction, run) = (true, nil)
      case group, "'", "\u{2019}", "\u{A0}", "\u{202F}", " ":
        // White space may also stand around a sign; between digits it separates groups.
        if digits.isEmpty || digits == "-" || hasFraction || !Self.isSeparator(scalar, group) {
          if scalar == group { return nil }
          continue
        }
        guard run ?? 3 == 3 else { return nil }
        run = 0
      case "-", "\u{2212}", "+":
        guard digits.isEmpty, !hasSign else { return nil }
        hasSign = true
        if scalar != "+" { digits += "-" }
      case "$", "€", "£", "¥", "₹", "%": continue
      default: return nil
      }
    }
    // A space behind the digits opened a group that never came.
    guard
      run ?? 3 == 3 || run == 0 && text.last.map({ !$0.isNumber && $0 != "," && $0 != "." }) == true
    else { return nil }
    return digits.contains { $0.isNumber } ? Double(digits) : nil
  }

  private static func isSeparator(_ scalar: Unicode.Scalar, _ group: Unicode.Scalar) -> Bool {
    scalar == group || scalar == "'" || scalar == "\u{2019}" || scalar == " "
      || scalar == "\u{A0}" || scalar == "\u{202F}"
  }
}
