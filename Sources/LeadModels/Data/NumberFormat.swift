/// How a column writes its numbers.
package enum NumberFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// `1234.5`, `1,234.5`, `$1,200`, `45 %`, `1,00,000`
  case point
  /// `1234,5`, `1.234,5`, `1 200 €`
  case comma

  /// Signs and words that stand for a currency or a hundredth, before or behind the digits.
  private static let units = [
    "$", "€", "£", "¥", "₹", "%", "usd", "eur", "gbp", "inr", "jpy", "chf", "nok", "sek", "dkk",
    "kr", "rs.", "rs",
  ]

  /// A number; `nil` for text that is none. One sign, one currency or percent sign, and the same separator
  /// between groups of digits may stand around the digits; parentheses around an amount mean that it is
  /// negative.
  package func number(_ text: String) -> Double? {
    if self == .point, let plain = Self.plain(text) { return plain }
    guard text.utf8.count <= 64 else { return nil }
    var bare = Substring(text)
    var isNegative = false
    if bare.first == "(", bare.last == ")" {
      bare = bare.dropFirst().dropLast()
      isNegative = true
    }
    var hasSign = isNegative
    var hasUnit = false
    while let first = bare.unicodeScalars.first, !("0"..."9").contains(first) {
      if Self.isSpace(first) {
        bare.unicodeScalars.removeFirst()
      } else if first == "-" || first == "\u{2212}" || first == "+" {
        guard !hasSign else { return nil }
        (hasSign, isNegative) = (true, first != "+")
        bare.unicodeScalars.removeFirst()
      } else if !hasUnit, let unit = Self.units.first(where: { Self.starts(bare, with: $0) }) {
        hasUnit = true
        bare.unicodeScalars.removeFirst(unit.unicodeScalars.count)
      } else {
        break
      }
    }
    while let last = bare.unicodeScalars.last, !("0"..."9").contains(last) {
      if Self.isSpace(last) {
        bare.unicodeScalars.removeLast()
      } else if !hasUnit, let unit = Self.units.first(where: { Self.ends(bare, with: $0) }) {
        hasUnit = true
        bare.unicodeScalars.removeLast(unit.unicodeScalars.count)
      } else {
        break
      }
    }
    return digits(bare).map { isNegative ? -$0 : $0 }
  }

  /// Whether every separator of the text could as well be the other format's.
  static func isAmbiguous(_ text: String) -> Bool {
    guard let point = point.number(text), let comma = comma.number(text) else { return false }
    return point != comma
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

  /// Digits in groups, with a fraction.
  private func digits(_ text: Substring) -> Double? {
    let (decimal, group): (Unicode.Scalar, Unicode.Scalar) =
      self == .point ? (".", ",") : (",", ".")
    var whole: [Substring] = []
    var separator: Unicode.Scalar?
    var fraction: Substring?
    var rest = text.unicodeScalars[...]
    while true {
      let run = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(run.count)
      if fraction != nil {
        fraction = Substring(run)
        guard rest.isEmpty else { return nil }
        break
      }
      whole.append(Substring(run))
      guard let next = rest.popFirst() else { break }
      if next == decimal {
        fraction = ""
      } else if next == group || next == "'" || next == "\u{2019}" || Self.isSpace(next) {
        guard separator ?? next == next else { return nil }
        separator = next
      } else {
        return nil
      }
    }
    guard isGrouped(whole) else { return nil }
    if whole[0].isEmpty, fraction ?? "" == "" { return nil }
    return Double(
      (whole[0].isEmpty ? "0" : whole.joined()) + "."
        + (fraction.map { $0.isEmpty ? "0" : $0 } ?? "0"))
  }

  /// Whether digits are in groups as people write them: of three, or as in India of two before the last
  /// three. A leading group that begins with 0 is no number's.
  private func isGrouped(_ groups: [Substring]) -> Bool {
    guard groups.count > 1, let first = groups.first, let last = groups.last else { return true }
    guard (1...3).contains(first.count), first.first != "0", last.count == 3 else { return false }
    let middle = groups.dropFirst().dropLast()
    return middle.allSatisfy { $0.count == 3 }
      || first.count <= 2 && middle.allSatisfy { $0.count == 2 }
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\u{A0}" || scalar == "\u{202F}"
  }

  private static func starts(_ text: Substring, with unit: String) -> Bool {
    text.prefix(unit.count).lowercased() == unit
  }

  private static func ends(_ text: Substring, with unit: String) -> Bool {
    text.suffix(unit.count).lowercased() == unit
  }
}
