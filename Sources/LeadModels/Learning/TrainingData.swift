import JSONRPC
package import Marketing

/// Rows with what became of them, ready to train on.
package struct TrainingData: Sendable {
  /// The columns that may be used.
  package var table: DataTable
  /// For each row whether it converted.
  package var labels: [Bool]
  /// What is predicted, in words: a column's name.
  package var target: String
  /// The value that counts as converted.
  package var positive: String
  /// Rows left out, by reason in words.
  package var skipped: [String: Int] = [:]
  /// Columns that are not to be used, with the reason in words.
  package var excluded: [String: String] = [:]
  /// The lead fields that columns are read as.
  package var fields: [String: LeadColumn] = [:]
  /// What of leads' pasts columns are.
  package var histories: [String: HistoryField] = [:]
  /// When each row came in, to judge the model on the latest; `nil` to judge by cross-validation.
  package var times: [Timestamp]?
  /// Whether the times are dates; numbers that grow with time order rows, and no more.
  package var timesAreDates = true
  /// The column that the times come from.
  package var timeColumn: String?
  /// Rows of the same lead have the same group and are never divided between training and judging; `nil` when
  /// each row is a lead of its own.
  package var groups: [Int]?
  /// What the reader should know, in sentences.
  package var warnings: [String] = []
  /// Texts that mean "not known".
  package var missing = MissingMarkers.usual

  /// Rows with labels.
  package init(table: DataTable, labels: [Bool], target: String, positive: String) {
    self.table = table
    self.labels = labels
    self.target = target
    self.positive = positive
  }
}

extension TrainingData {
  /// Why a column that the caller names is left out.
  static let excludedByRequest = "excluded by request"
  /// The fewest leads of each outcome that a model is trained on; a row is one, where leads have no more.
  package static let fewestOfEach = 20
  /// The fewest leads in all.
  package static let fewestRows = 100

  /// What is wrong with the data; `nil` when a model can be trained.
  package var problem: DataError? {
    let count = groups.map { Set($0).count } ?? labels.count
    let positives =
      groups.map { groups in Set(groups.indices.filter { labels[$0] }.map { groups[$0] }).count }
      ?? labels.count { $0 }
    let negatives = count - positives
    let name = groups == nil ? "rows" : "leads"
    if positives == 0 || negatives == 0 {
      return DataError(
        "\(target): all \(count) \(name) have the same outcome; expected \(name) with "
          + "'\(positive)' and \(name) with another value")
    }
    if count < Self.fewestRows {
      return DataError(
        "\(count) \(name) have an outcome, at least \(Self.fewestRows) are needed")
    }
    if min(positives, negatives) < Self.fewestOfEach {
      return DataError(
        "\(positives) \(name) converted and \(negatives) did not, at least \(Self.fewestOfEach) of "
          + "each are needed")
    }
    return nil
  }
}

/// How a file is turned into training data.
package struct FileTraining: Sendable {
  /// The column that says what became of a row.
  package var target: String
  /// Its value that counts as converted; `nil` to find it out.
  package var positive: String?
  /// Columns that are not to be used.
  package var excluded: [String] = []
  /// The column that orders rows in time; `nil` to judge by cross-validation.
  package var time: String?
  /// Which columns are which lead fields.
  package var mapping: ColumnMapping

  /// Training on a file.
  package init(target: String, mapping: ColumnMapping = ColumnMapping()) {
    self.target = target
    self.mapping = mapping
  }

  /// Values that mean "converted" where nobody says which does, folded.
  private static let positives = [
    "1", "yes", "true", "converted", "won", "closed won", "success", "y", "t", "customer",
    "subscribed", "purchased", "positive", "conversion", "ja", "oui", "si", "sim",
  ]
  /// Values that mean "not converted": of two values the other one then counts.
  private static let negatives: Set<String> = [
    "0", "no", "false", "not converted", "unconverted", "lost", "closed lost", "failure", "n", "f",
    "none", "negative", "nein", "non", "nei", "nej", "nao",
  ]

  /// The data of a file's bytes.
  /// - Throws: what names the column that is wrong, and those that it may have been meant to be.
  package func data(csv bytes: [UInt8]) throws(DataError) -> TrainingData {
    try data(
      DataTable(
        csv: bytes, delimiter: mapping.delimiter,
        missing: MissingMarkers(
          mapping.missing == ColumnMapping.usualMissing ? MissingMarkers.usual : mapping.missing)))
  }

  /// The data of a table.
  /// - Throws: what names the column that is wrong, and those that it may have been meant to be.
  package func data(_ table: DataTable) throws(DataError) -> TrainingData {
    let names = table.columns.map(\.name)
    func column(_ name: String, _ what: String) throws(DataError) -> DataTable.Column {
      guard let column = table.column(name) else {
        throw DataError(ColumnName.unknown(name, what, among: names))
      }
      return column
    }
    let column = try column(target, "target")
    guard table.rows > 0 else {
      let reasons = table.unreadable.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .prefix(3).map { "\($0.value) × \($0.key)" }.joined(separator: "; ")
      throw DataError(
        reasons.isEmpty
          ? "the file has a header and no rows" : "no row of the file could be read: \(reasons)")
    }
    let positive = try positive(of: column)
    let time = try time.map { name throws(DataError) in try times(name, table) }
    var excluded: [String: String] = [:]
    for name in self.excluded {
      if ColumnName.match(name, among: names) == column.name {
        throw DataError(
          "excluded column '\(name.shortened(to: 60))': it is the target, which is never a feature; "
            + "expected other columns")
      }
      guard let known = ColumnName.match(name, among: names) else {
        throw DataError(ColumnName.unknown(name, "excluded column", among: names))
      }
      excluded[known] = TrainingData.excludedByRequest
    }
    let fields = try LeadFields.columns(of: names, mapping: mapping)
    for (name, target) in mapping.columns where target == .ignore {
      excluded[name] = "ignored by the mapping"
    }
    for (name, field) in fields where field.isOutcome && name != target {
      excluded[name] = excluded[name] ?? "it is known only after the outcome"
    }
    return assembled(table, column, positive, excluded, fields, time)
  }

  private func assembled(
    _ table: DataTable, _ target: DataTable.Column, _ positive: String,
    _ excluded: [String: String], _ fields: [String: LeadColumn],
    _ times: (moments: [Timestamp?], areDates: Bool)?
  ) -> TrainingData {
    // However the value is written.
    let keys = target.texts.map(Self.key)
    let isPositive = keys.map { $0 == Self.key(positive) }
    var rows: [Int] = []
    var skipped = table.unreadable
    for row in 0..<table.rows {
      if target.codes[row] < 0 {
        skipped["the target is missing", default: 0] += 1
      } else if let times, times.moments[row] == nil {
        skipped["the time is missing or no date", default: 0] += 1
      } else {
        rows.append(row)
      }
    }
    var kept = DataTable(columns: table.columns.filter { $0.name != target.name })
    if rows.count < table.rows { kept = kept.rows(rows) }
    var data = TrainingData(
      table: kept, labels: rows.map { isPositive[Int(target.codes[$0])] }, target: target.name,
      positive: positive)
    data.skipped = skipped
    data.warnings = table.warnings
    data.excluded = excluded
    data.fields = fields
    data.times = times.map { times in rows.compactMap { times.moments[$0] } }
    data.timesAreDates = times?.areDates ?? true
    data.timeColumn = time
    if mapping.missing != ColumnMapping.usualMissing { data.missing = mapping.missing }
    let others = Set(keys).count - 1
    if others > 1 {
      data.warnings.append(
        "\(target.name) has \(others + 1) values; '\(positive.shortened(to: 40))' counts as "
          + "converted and the other \(others) as not.")
    }
    return data
  }

  private func positive(of column: DataTable.Column) throws(DataError) -> String {
    let texts = column.texts
    guard !texts.isEmpty else {
      throw DataError(
        "\(target): no row has a value; expected a column with the outcome of each row")
    }
    if let positive {
      if let exact = texts.first(where: { $0 == positive }) { return exact }
      let key = Self.key(positive)
      if let near = texts.first(where: { Self.key($0) == key }) { return near }
      throw DataError(
        "\(target): no row has the value '\(positive.shortened(to: 40))'; it has "
          + ColumnName.list(texts))
    }
    let folded = texts.map(Self.key)
    guard Set(folded).count > 1 else {
      throw DataError(
        "\(target): every row has the value '\(texts[0].shortened(to: 40))'; expected two or more "
          + "different outcomes")
    }
    for word in Self.positives {
      if let place = folded.firstIndex(of: word) { return texts[place] }
    }
    if Set(folded).count == 2, let no = folded.first(where: Self.negatives.contains),
      let place = folded.firstIndex(where: { $0 != no })
    {
      return texts[place]
    }
    throw DataError(
      "\(target): which value counts as converted? Name it (positive); the column has "
        + ColumnName.list(texts))
  }

  /// By what two ways of writing one outcome are known as the same: `Yes` and `yes`, `1` and `1.0`.
  private static func key(_ text: String) -> String {
    NumberFormat.point.number(text).flatMap { ColumnReading.text(of: .number($0)) }
      ?? TextFolding.folded(text)
  }

  private func times(
    _ name: String, _ table: DataTable
  ) throws(DataError) -> (moments: [Timestamp?], areDates: Bool) {
    let names = table.columns.map(\.name)
    guard let column = table.column(name) else {
      throw DataError(ColumnName.unknown(name, "time column", among: names))
    }
    let counts = DateFormat.allCases.map { format in
      (format, column.texts.compactMap(format.moment).count)
    }
    let numbers = column.texts.compactMap(NumberFormat.point.number).count
    guard let best = counts.max(by: { $0.1 < $1.1 }), best.1 * 2 > column.texts.count else {
      if numbers * 2 > column.texts.count {
        // A number that grows with time, such as a year or a sequence, orders as well.
        let moments = column.texts.map { text in
          NumberFormat.point.number(text).flatMap { number in
            abs(number) < 1e15 ? Timestamp(milliseconds: Int64(number * 1000)) : nil
          }
        }
        return (column.codes.map { $0 < 0 ? nil : moments[Int($0)] }, false)
      }
      throw DataError(
        "\(name): its values are no dates; expected a column of dates such as 2025-07-15, or of "
          + "numbers that grow with time")
    }
    let moments = column.texts.map(best.0.moment)
    return (column.codes.map { $0 < 0 ? nil : moments[Int($0)] }, true)
  }
}

/// Finds columns by their names.
package enum ColumnName {
  /// The name that is meant: exact, else the only one that differs in case and white space.
  package static func match(_ name: String, among names: [String]) -> String? {
    if names.contains(name) { return name }
    let folded = TextFolding.folded(name)
    let near = names.filter { TextFolding.folded($0) == folded }
    return near.count == 1 ? near[0] : nil
  }

  /// What says that there is no such column, and which ones there are.
  static func unknown(_ name: String, _ what: String, among names: [String]) -> String {
    let near = NearestName.all(of: name, among: names)
    let hint =
      near.isEmpty
      ? "the columns are \(list(names))" : "did you mean \(list(near))?"
    return "\(what) '\(name.shortened(to: 60))': there is no such column; \(hint)"
  }

  /// Some names in quotes.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).map { "'\($0.shortened(to: 40))'" }.joined(separator: ", ")
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }
}

extension DataTable {
  /// Some of the rows.
  func rows(_ chosen: [Int]) -> DataTable {
    DataTable(
      columns: columns.map { $0.rows(chosen) })
  }
}

extension DataTable.Column {
  /// Some of the rows.
  func rows(_ chosen: [Int]) -> DataTable.Column {
    var copy = DataTable.Column(name: name)
    for row in chosen { copy.append(self[row]) }
    return copy
  }
}

extension LeadColumn {
  /// Whether the field says what became of the lead.
  var isOutcome: Bool { self == .converted || self == .convertedAt || self == .conversionValueUSD }
}
