/// A telephone number by its digits. Which country a national number belongs to is not guessed.
package struct PhoneNumber: Sendable, Hashable {
  /// The digits alone: with the country code when there is one, else as dialled at home.
  package let digits: String
  /// Whether the digits begin with a country code.
  package let hasCountryCode: Bool

  /// How many digits a number has (E.164 sets the upper end).
  private static let digitCount = 7...15

  /// `+` and digits (E.164), or the digits alone where the country is not known.
  package var normalized: String { hasCountryCode ? "+" + digits : digits }

  /// A number with usual punctuation: an optional `+` or `00` and digits between spaces, hyphens, dots,
  /// slashes and one level of parentheses. The `(0)` behind a country code is dropped, since it is
  /// dialled at home only.
  package static func parse(_ text: String) -> Result<PhoneNumber, Flaw> {
    var digits: [UInt8] = []
    var hasPlus = false
    var parenthesis: Int?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9": digits.append(UInt8(truncatingIfNeeded: scalar.value))
      case "+":
        guard !hasPlus, digits.isEmpty else { return .failure(Flaw("a '+' behind the start")) }
        hasPlus = true
      case "(":
        guard parenthesis == nil else { return .failure(Flaw("a '(' within parentheses")) }
        parenthesis = digits.count
      case ")":
        guard let start = parenthesis else { return .failure(Flaw("a ')' without '('")) }
        let isBehindCode = hasPlus && start > 0 || start > 2 && digits.starts(with: "00".utf8)
        if isBehindCode, digits[start...] == [UInt8(ascii: "0")] { digits.removeLast() }
        parenthesis = nil
      case " ", "\u{A0}", "\u{202F}", "-", ".", "/", "\u{2010}"..."\u{2015}": break
      default: return .failure(Flaw("a character that telephone numbers do not have"))
      }
    }
    guard parenthesis == nil else { return .failure(Flaw("a '(' without ')'")) }
    return checked(digits, hasPlus: hasPlus)
  }

  private static func checked(_ digits: [UInt8], hasPlus: Bool) -> Result<PhoneNumber, Flaw> {
    var digits = digits[...]
    guard digits.isEmpty || digits.contains(where: { $0 != digits.first }) else {
      return .failure(Flaw("one digit repeated"))
    }
    var hasCountryCode = hasPlus
    if !hasPlus, digits.starts(with: "00".utf8) {
      digits = digits.dropFirst(2)
      hasCountryCode = true
    }
    guard digitCount.contains(digits.count) else {
      return .failure(Flaw("\(digits.count) digits"))
    }
    guard !hasCountryCode || digits.first != UInt8(ascii: "0") else {
      return .failure(Flaw("a country code that begins with 0"))
    }
    return .success(
      PhoneNumber(
        digits: String(decoding: digits, as: UTF8.self), hasCountryCode: hasCountryCode))
  }

  /// What keeps a text from being a number, without the number.
  package struct Flaw: Error, Sendable, Hashable {
    /// What was found.
    package let found: String
    fileprivate init(_ found: String) { self.found = found }
  }
}
