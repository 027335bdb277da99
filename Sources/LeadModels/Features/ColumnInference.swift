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
    if field == .companySize { return category(transform: .companySize) }
    if column.texts.count == 2, share({ ColumnReading.flag($0) != nil }) == 1 {
      return Finding(content: .flag, reading: ColumnReading(kind: .flag))
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

  private func number() -> Finding? {
    let shares = NumberFormat.allCases.map { format in share { format.number($0) != nil } }
    guard let best = shares.max(), best >= Self.enough,
      let place = shares.firstIndex(of: best)
    else { return nil }
    let format = NumberFormat.allCases[place]
    let numbers = column.texts.compactMap(format.number)
    if isIdentifier(numbers) { return identifier() }
    var reading = ColumnReading(kind: .number)
    reading.numbers = format
    return Finding(content: .number, reading: reading)
  }

  /// Whole numbers that hardly repeat, and are called a name or run without gaps.
  private func isIdentifier(_ numbers: [Double]) -> Bool {
    guard given >= 50, numbers.count > given * 98 / 100,
      numbers.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e15 }),
      let low = numbers.min(), let high = numbers.max()
    else { return false }
    if high - low < Double(3 * given) { return true }
    let words = TextFolding.folded(column.name).split { !$0.isLetter && !$0.isNumber && $0 != "#" }
    let names: Set<Substring> = [
      "id", "ids", "no", "nr", "num", "number", "key", "uuid", "guid", "#", "phone", "telephone",
      "tel", "mobile", "fax", "zip", "account", "reference", "ref",
    ]
    return words.contains(where: names.contains) || words.last?.hasSuffix("id") == true
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
    let finding = category(transform: nil)
    let kept = counts.reduce(0) { $0 + ($1 >= Self.fewest ? $1 : 0) }
    if kept < max(Self.fewest, given / 100) {
      return Finding(
        content: .category,
        reading: presenceVaries ? ColumnReading(kind: .presence) : nil,
        reason: "\(column.texts.count) different values in \(given) rows: hardly any repeats"
          + (presenceVaries ? "; only whether it is given is used" : ""))
    }
    return finding
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
