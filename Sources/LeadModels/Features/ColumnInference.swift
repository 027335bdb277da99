import Marketing

/// Finds out what a column's cells are.
struct ColumnInference {
  /// What was found out.
  struct Finding {
    var content: ModelReport.Column.Content
    /// How to read the cells; `nil` when the column is of no use.
    var reading: ColumnReading?
    /// Why it is of no use, or only half of it is used.
    var reason: String?
  }

  /// The share of cells that must fit a kind.
  private static let enough = 0.95
  /// Fewer rows than these that differ from the others teach nothing.
  static let fewest = 5

  private let column: DataTable.Column
  private let counts: [Int]
  private let given: Int
  private let rows: Int

  private init(_ column: DataTable.Column) {
    self.column = column
    counts = column.counts
    given = counts.reduce(0, +)
    rows = column.codes.count
  }

  /// What a column is.
  /// - Parameter field: the lead field that it is read as; `nil` for an attribute.
  static func finding(_ column: DataTable.Column, field: LeadColumn?) -> Finding {
    ColumnInference(column).finding(field)
  }

  private var missing: Int { rows - given }
  /// Whether enough rows have a value and enough have none for that to tell something.
  private var presenceVaries: Bool { min(given, missing) >= Self.fewest }

  private func finding(_ field: LeadColumn?) -> Finding {
    if given == 0 { return Finding(content: .empty, reason: "no row has a value") }
    if column.texts.count == 1, missing == 0 {
      return Finding(content: .category, reason: "every row has the same value")
    }
    let rare = rows - max(counts.max() ?? 0, missing)
    if rare < Self.fewest {
      return Finding(
        content: .category, reason: "fewer than \(Self.fewest) rows differ from the others")
    }
    switch field {
    case .companySize: return category(transform: .companySize)
    case .id, .phone:
      if column.texts.count > given / 2 { return identifier() }
    default: break
    }
    if column.texts.count == 2, share({ ColumnReading.flag($0) != nil }) == 1 {
      return Finding(content: .flag, reading: ColumnReading(kind: .flag))
    }
    // Of two spellings of each word, in a column that people filled in.
    if Set(column.texts.compactMap(ColumnReading.flag)).count == 2,
      share({ ColumnReading.flag($0) != nil }) >= Self.enough,
      column.texts.contains(where: { $0.contains(where: \.isLetter) })
    {
      return Finding(content: .flag, reading: ColumnReading(kind: .flag))
    }
    if share(Self.isPhone) >= Self.enough {
      // Few numbers in many rows, such as the line that was called, tell something; they are never told.
      return column.texts.count > given / 2 ? identifier() : repeating(transform: .phone)
    }
    if let finding = number() ?? date() { return finding }
    if share({ EmailAddress(splitting: $0) != nil }) >= 0.9 {
      return category(transform: .mailDomain)
    }
    return words(field)
  }

  /// The share of given cells that fit.
  private func share(_ fits: (String) -> Bool) -> Double {
    var fitting = 0
    for (text, count) in zip(column.texts, counts) where fits(text) { fitting += count }
    return Double(fitting) / Double(given)
  }

  /// A telephone number with its country code, or as dialled at home with its leading zero.
  private static func isPhone(_ text: String) -> Bool {
    guard text.hasPrefix("+") || text.hasPrefix("0"), text.utf8.count >= 8, !text.contains(","),
      text.contains(" ") || !text.contains("."),
      DateFormat.allCases.allSatisfy({ $0.moment(text) == nil }),
      case .success = PhoneNumber.parse(text)
    else { return false }
    return true
  }

  /// Digits that begin with 0 are a code, such as `02134`; no number is written so.
  private static func isCode(_ text: String) -> Bool {
    text.utf8.count > 1 && text.hasPrefix("0")
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private func number() -> Finding? {
    let format = numberFormat()
    let best = share { format.number($0) != nil }
    let numbers = column.texts.compactMap(format.number)
    // Many different numbers with a few words between them, such as "unknown" or "over 100".
    let strays = column.texts.count - numbers.count
    guard best >= Self.enough || best >= 0.5 && numbers.count >= 20 && strays <= 3 else {
      return nil
    }
    if isIdentifier(numbers) { return identifier() }
    if share(Self.isCode) > 0.02 || isNamedIdentifier && numbers.count <= given / 10 {
      return areWhole(numbers) ? words(nil) : nil
    }
    var reading = ColumnReading(kind: .number)
    reading.numbers = format
    return Finding(content: .number, reading: reading)
  }

  /// The format that more cells have. Where both fit, points in "1.250" separate thousands when every point
  /// stands before three digits and numbers below a thousand have none; otherwise they are decimal.
  private func numberFormat() -> NumberFormat {
    let point = share { NumberFormat.point.number($0) != nil }
    let comma = share { NumberFormat.comma.number($0) != nil }
    guard point == comma else { return point > comma ? .point : .comma }
    let dotted = column.texts.filter { $0.contains(".") }
    let plain = column.texts.filter { !$0.contains(".") }.compactMap(NumberFormat.comma.number)
    let areGroups =
      dotted.count >= 3 && plain.count >= 3 && plain.allSatisfy { abs($0) < 1000 }
      && dotted.allSatisfy(NumberFormat.isAmbiguous)
    return areGroups ? .comma : .point
  }

  private func areWhole(_ numbers: [Double]) -> Bool {
    numbers.allSatisfy { $0 == $0.rounded() && abs($0) < 1e15 }
  }

  /// Whole numbers that hardly repeat and run without gaps, or are called by a name for identifiers.
  private func isIdentifier(_ numbers: [Double]) -> Bool {
    guard given >= 50, areWhole(numbers), let low = numbers.min(), let high = numbers.max() else {
      return false
    }
    if numbers.count > given * 98 / 100, high - low < Double(3 * given) { return true }
    return numbers.count > given / 2 && isNamedIdentifier
  }

  private static let identifierNames: Set<String> = [
    "id", "ids", "no", "nr", "num", "number", "key", "uuid", "guid", "phone", "telephone", "tel",
    "mobile", "fax", "zip", "zipcode", "postcode", "account", "reference", "ref", "code",
  ]

  /// Whether the column's name ends like an identifier's: `Lead Number`, `customer_id`, `leadId`.
  private var isNamedIdentifier: Bool {
    let name = TextFolding.folded(column.name)
    if name.hasSuffix("#") { return true }
    guard
      let last = name.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).last.map(String.init)
    else { return false }
    return Self.identifierNames.contains(last) || Self.endsInID(column.name)
  }

  /// Whether a name ends in `Id` or `ID` behind a small letter: many words end in "id".
  private static func endsInID(_ name: String) -> Bool {
    let letters = name.reversed().prefix(3).map(\.self)
    return letters.count == 3 && letters[0].lowercased() == "d" && letters[1] == "I"
      && letters[2].isLowercase
  }

  private func date() -> Finding? {
    let shares = DateFormat.allCases.map { format in share { format.moment($0) != nil } }
    guard let best = shares.max(), best >= Self.enough, let place = shares.firstIndex(of: best)
    else { return nil }
    var reading = ColumnReading(kind: .date)
    reading.dates = DateFormat.allCases[place]
    return Finding(content: .date, reading: reading)
  }

  private func words(_ field: LeadColumn?) -> Finding {
    let distinct = Double(column.texts.count) / Double(given)
    var words = 0
    for (text, count) in zip(column.texts, counts) {
      words += text.split(separator: " ").count * count
    }
    if distinct > 0.5, Double(words) / Double(given) >= 5 || field == .message {
      return Finding(content: .text, reading: ColumnReading(kind: .text))
    }
    if distinct > 0.9, given >= 30 { return identifier() }
    if distinct > 0.5, given >= 50, isNamedIdentifier { return identifier() }
    return repeating(transform: nil)
  }

  /// A category, where enough rows share values.
  private func repeating(transform: ColumnReading.Transform?) -> Finding {
    let kept = counts.reduce(0) { $0 + ($1 >= Self.fewest ? $1 : 0) }
    if kept < max(Self.fewest, given / 100) {
      return Finding(
        content: .category,
        reading: presenceVaries ? ColumnReading(kind: .presence) : nil,
        reason: "\(column.texts.count) different values in \(given) rows: hardly any repeats"
          + (presenceVaries ? "; only whether it is given is used" : ""))
    }
    return category(transform: transform)
  }

  private func identifier() -> Finding {
    Finding(
      content: .identifier, reading: presenceVaries ? ColumnReading(kind: .presence) : nil,
      reason: "its values name rows: \(column.texts.count) different ones in \(given) rows"
        + (presenceVaries ? "; only whether it is given is used" : ""))
  }

  private func category(transform: ColumnReading.Transform?) -> Finding {
    var reading = ColumnReading(kind: .category)
    reading.transform = transform
    return Finding(content: .category, reading: reading)
  }
}
