import Marketing

/// What a text sends people to or tells them to pay: links, numbers to call or to pay to, sums of money and shares.
struct TextClaims {
  /// Words that are links or would be shown as such, in lower case.
  private(set) var links: Set<String> = []
  /// The hosts that such words name.
  private(set) var hosts: Set<String> = []
  /// Digits that are as many as those of a telephone number or an account.
  private(set) var numbers: Set<String> = []
  /// Sums of money and percentages, as their digits with `¤` or `%`.
  private(set) var amounts: Set<String> = []

  init(_ text: String) {
    for word in text.split(whereSeparator: \.isWhitespace) {
      let word = String(word)
      guard LinkLikeText.isFound(in: word) else { continue }
      links.insert(String(word.lowercased().trimmingPunctuation))
      hosts.formUnion(LinkLikeText.hosts(in: word))
    }
    for line in text.split(whereSeparator: \.isNewline) {
      numbers.formUnion(LongNumbers(line).found)
      amounts.formUnion(Self.amounts(in: line))
    }
  }

  /// What is claimed here that another text does not; `nil` for nothing.
  func flaw(beside known: TextClaims) -> String? {
    // A host alone leads where a link to it does.
    if links.contains(where: { !known.links.contains($0) && !known.hosts.contains($0) }) {
      return "holds a link or an address of its own"
    }
    if !numbers.isSubset(of: known.numbers) { return "holds a long number of its own" }
    if !amounts.isSubset(of: known.amounts) { return "names a sum or a percentage of its own" }
    return nil
  }

  private static let currencies: Set<String> = [
    "usd", "eur", "gbp", "nok", "sek", "dkk", "chf", "jpy", "cny", "inr", "btc", "eth", "usdt",
    "euro", "euros", "dollar", "dollars", "pound", "pounds", "krone", "kroner", "kronor", "kr",
    "franc", "francs", "yen", "yuan", "rupee", "rupees", "cent", "cents", "bucks", "quid",
    "bitcoin", "bitcoins",
  ]
  /// These are words in small letters.
  private static let capitalCurrencies: Set<String> = [
    "AUD", "CAD", "NZD", "PLN", "CZK", "HUF", "RON", "BRL", "MXN", "ZAR", "KRW", "TRY", "RUB",
    "SGD", "HKD", "THB", "ILS", "AED", "SAR", "ISK", "UAH",
  ]
  private static let shares: Set<String> = ["%", "٪", "％", "﹪", "‰", "percent", "pct", "prozent"]
  private static let multiples: Set<String> = [
    "k", "m", "mn", "mio", "bn", "hundred", "thousand", "million", "billion",
  ]
  private static let joints: Set<String> = ["-", "–", ",", "."]

  private static func amounts(in line: Substring) -> Set<String> {
    let tokens = tokens(of: line).filter { !joints.contains($0) }
    var found: Set<String> = []
    for (place, token) in tokens.enumerated() where token.first?.isWholeNumber == true {
      let digits = token.compactMap(\.wholeNumberValue).map(String.init).joined()
      var next = tokens.dropFirst(place + 1)
      if let word = next.first, multiples.contains(word.lowercased()) { next = next.dropFirst() }
      let isShare =
        next.first.map { shares.contains($0.lowercased()) } ?? false
        || next.prefix(2).map { $0.lowercased() } == ["per", "cent"]
      let isSum =
        next.first.map(isCurrency) ?? false || place > 0 && isCurrency(tokens[place - 1])
      if isShare { found.insert("\(digits)%") }
      if isSum { found.insert("\(digits)¤") }
    }
    return found
  }

  private static func isCurrency(_ token: String) -> Bool {
    token.unicodeScalars.contains { $0.properties.generalCategory == .currencySymbol }
      || currencies.contains(token.lowercased()) || capitalCurrencies.contains(token)
  }

  /// Numbers with the signs within them, words, and other signs one by one.
  private static func tokens(of line: Substring) -> [String] {
    var tokens: [String] = []
    var rest = line
    while let first = rest.first {
      var token = rest.prefix(1)
      if first.isWholeNumber {
        token = rest.prefix { $0.isWholeNumber || ".,'’".contains($0) }
        while token.last?.isWholeNumber == false { token.removeLast() }
      } else if first.isLetter {
        token = rest.prefix(while: \.isLetter)
      }
      rest = rest.dropFirst(token.count)
      if !first.isWhitespace { tokens.append(String(token)) }
    }
    return tokens
  }
}

/// The digits in a line that could be a telephone number or an account, with the signs between them left out.
private struct LongNumbers {
  private(set) var found: Set<String> = []
  private var groups: [String] = []
  private var gap = 0
  private var hasPlus = false

  /// So many digits are no quantity that anybody writes without separators.
  private static let mostDigits = 6
  /// Behind `+` fewer are a number to call.
  private static let mostDigitsAfterPlus = 4
  /// A wider gap ends a number.
  private static let widestGap = 3
  private static let separators: Set<Character> = [
    " ", "\u{A0}", "\u{202F}", "\u{2009}", "-", "\u{2010}", "\u{2011}", "–", ".", "(", ")", "/",
    "+",
    "·",
  ]

  init(_ line: Substring) {
    for character in line {
      if let digit = character.wholeNumberValue, digit < 10 {
        if gap > 0 || groups.isEmpty { groups.append("") }
        groups[groups.count - 1] += "\(digit)"
        gap = 0
      } else if Self.separators.contains(character), gap < Self.widestGap, !groups.isEmpty {
        gap += 1
      } else {
        end()
        hasPlus = character == "+"
      }
    }
    end()
  }

  private mutating func end() {
    let rest = Self.isDate(groups.prefix(3)) ? groups.dropFirst(3) : groups[...]
    let digits = rest.joined()
    let most = hasPlus ? Self.mostDigitsAfterPlus : Self.mostDigits
    if digits.count > most, !rest.allSatisfy(Self.isYear) { found.insert(digits) }
    (groups, gap, hasPlus) = ([], 0, false)
  }

  private static func isYear(_ group: String) -> Bool {
    group.count == 4 && (group.hasPrefix("19") || group.hasPrefix("20"))
  }

  /// Whether groups are a day, a month and a year, or the other way round.
  private static func isDate(_ groups: ArraySlice<String>) -> Bool {
    guard groups.count == 3, let first = groups.first, let last = groups.last else { return false }
    let others = isYear(last) ? groups.dropLast() : isYear(first) ? groups.dropFirst() : []
    return others.count == 2
      && others.allSatisfy { $0.count <= 2 && (1...31).contains(Int($0) ?? 0) }
  }
}

extension String {
  /// Without the signs around it that belong to the sentence.
  fileprivate var trimmingPunctuation: Substring {
    var rest = self[...]
    let signs: Set<Character> = [".", ",", ";", ":", "!", "?", "(", ")", "<", ">", "\"", "'"]
    while let last = rest.last, signs.contains(last) { rest.removeLast() }
    while let first = rest.first, signs.contains(first) { rest.removeFirst() }
    return rest
  }
}
