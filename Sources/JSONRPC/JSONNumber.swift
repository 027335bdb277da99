/// A JSON number kept by its spelling, so that `0.1`, `1e400`, `-0` and `18446744073709551615` pass
/// through unchanged. Two numbers are equal when they are spelled alike.
package struct JSONNumber: Sendable, Hashable {
  /// The number as RFC 8259 spells it.
  package let spelling: String

  /// A number spelled by the parser, which has checked the grammar.
  init(spelling: String) { self.spelling = spelling }

  /// An integer too wide for `Int64`, in decimal.
  init(integerSpelling: String) { self.spelling = integerSpelling }

  /// The shortest spelling that reads back to `value`; `nil` for not-a-number and the infinities.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let text = value.description
    // Swift spells whole doubles "3.0" and large ones "1e+20": both are valid JSON.
    self.spelling = text
  }

  /// The shortest spelling that reads back to `value`; `nil` for not-a-number and the infinities.
  package init?(_ value: Float) {
    guard value.isFinite else { return nil }
    self.spelling = value.description
  }

  /// The nearest double; the infinities for values beyond its range.
  package var doubleValue: Double { Double(spelling) ?? .nan }

  /// Whether the spelling has neither fraction nor exponent.
  package var isSpelledAsInteger: Bool {
    !spelling.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
  }

  /// The value as a 64-bit integer when it is one exactly, however it is spelled (`1.0`, `25e-1` is
  /// not).
  package var exactInteger: Int64? {
    if isSpelledAsInteger { return Int64(spelling) }
    return DecimalDigits(spelling)?.exactInteger
  }

  /// The value as an unsigned 64-bit integer when it is one exactly.
  package var exactUnsigned: UInt64? {
    if isSpelledAsInteger { return UInt64(spelling) ?? (doubleValue == 0 ? 0 : nil) }
    return DecimalDigits(spelling)?.exactUnsigned
  }

  /// Whether the value has no fractional part, whatever its size and spelling.
  package var isWhole: Bool { DecimalDigits(spelling)?.isWhole ?? false }
}

/// A number taken apart into sign, significant digits and a power of ten: value =
/// ±digits·10^exponent. Normalised (no leading or trailing zeros), so equal values have equal
/// parts; zero has no digits.
package struct DecimalDigits: Sendable, Hashable {
  /// Whether the value is below zero.
  package let isNegative: Bool
  /// Significant decimal digits 0–9, most significant first; empty for zero.
  package let digits: [UInt8]
  /// The power of ten that the digits are multiplied with.
  package let exponent: Int

  /// Takes a valid JSON number apart; `nil` when its exponent does not fit in 32 bits.
  package init?(_ spelling: String) {
    var digits: [UInt8] = []
    var exponent = 0
    var negative = false
    var afterPoint = false
    var bytes = spelling.utf8.makeIterator()
    scan: while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "-"): negative = true
      case UInt8(ascii: "."): afterPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        var text = ""
        while let next = bytes.next() { text.unicodeScalars.append(Unicode.Scalar(next)) }
        // Zero stays zero whatever it is multiplied with.
        guard let written = Int32(text) ?? (digits.isEmpty ? 0 : nil) else { return nil }
        exponent += Int(written)
        break scan
      default:
        if afterPoint { exponent -= 1 }
        if !(digits.isEmpty && byte == UInt8(ascii: "0")) {
          digits.append(byte - UInt8(ascii: "0"))
        }
      }
    }
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    self.isNegative = negative && !digits.isEmpty
    self.digits = digits
    self.exponent = digits.isEmpty ? 0 : exponent
  }

  /// Takes an integer apart.
  package init(_ value: Int64) {
    var rest = value.magnitude
    var exponent = 0
    var digits: [UInt8] = []
    while rest > 0 {
      let digit = UInt8(rest % 10)
      if digits.isEmpty, digit == 0 { exponent += 1 } else { digits.append(digit) }
      rest /= 10
    }
    self.isNegative = value < 0
    self.digits = digits.reversed()
    self.exponent = exponent
  }

  /// The digits of a number; `nil` for what is none, and for exponents beyond 32 bits.
  package init?(_ value: JSONValue) {
    switch value {
    case .integer(let integer): self.init(integer)
    case .number(let number): self.init(number.spelling)
    default: return nil
    }
  }

  /// Whether the value has no fractional part.
  package var isWhole: Bool { exponent >= 0 }

  var exactInteger: Int64? {
    guard let text = integerText else { return nil }
    return Int64(text)
  }

  var exactUnsigned: UInt64? {
    guard let text = integerText else { return nil }
    return UInt64(text)
  }

  private var integerText: String? {
    if digits.isEmpty { return "0" }
    guard exponent >= 0, digits.count + exponent <= 20 else { return nil }
    let whole = digits.map { String($0) }.joined() + String(repeating: "0", count: exponent)
    return (isNegative ? "-" : "") + whole
  }
}
