import JSONRPC
import Marketing

/// Which columns a model uses and which features they become, in order.
package struct FeaturePlan: Sendable, Hashable, Codable {
  /// The columns, in the order of the data.
  package let columns: [FeatureColumn]
  /// Texts that mean "not known".
  package let missing: [String]

  /// A plan.
  init(columns: [FeatureColumn], missing: [String]) {
    self.columns = columns
    self.missing = missing
  }

  /// How many features the columns become.
  var width: Int { columns.reduce(0) { $0 + $1.features.count } }

  /// Where each column's features stand.
  var ranges: [Range<Int>] {
    var start = 0
    return columns.map { column in
      defer { start += column.features.count }
      return start..<start + column.features.count
    }
  }
}

extension FeaturePlan {
  /// The most categories of a column that have a feature of their own.
  private static let mostCategories = 60
  /// The same where the column has the rates of all its values too.
  private static let mostBesideRates = 20

  /// What training found of the data: its columns, and how each is used.
  struct Draft {
    var columns: [ModelReport.Column] = []
    var features: [FeatureColumn] = []
    /// For each feature column the values of all rows.
    var values: [[ColumnReading.Value]] = []
  }

  /// Reads the columns of a table.
  /// - Parameters:
  ///   - excluded: columns that are not used, with the reason in words.
  ///   - fields: the lead fields that columns are read as.
  ///   - groups: rows of the same group are of one lead: what does not change with its past is looked at once.
  ///     `nil` when each row is a lead.
  static func draft(
    _ table: DataTable, excluded: [String: String], fields: [String: LeadColumn],
    histories: [String: HistoryField] = [:], groups: [Int]? = nil
  ) -> Draft {
    var draft = Draft()
    let firsts = groups.map(Self.firsts)
    var known: [[Int32]: [Int]] = [:]
    for column in table.columns where !Task.isCancelled {
      let field = fields[column.name]
      let leads = histories[column.name] == nil ? firsts.map(column.rows) ?? column : column
      let finding = ColumnInference.finding(leads, field: field)
      let given = column.codes.count { $0 >= 0 }
      var entry = ModelReport.Column(
        name: column.name, content: finding.content, field: field?.rawValue,
        isUsed: finding.reading != nil, reason: finding.reason,
        missingShare: 1 - Double(given) / Double(max(1, table.rows)),
        distinct: column.texts.count)
      if let reason = excluded[column.name] { (entry.isUsed, entry.reason) = (false, reason) }
      let values = finding.reading.map { Self.values(of: column, reading: $0) } ?? []
      // Where hardly a value repeats, any two columns tell the rows apart: only equal values say the same.
      if entry.isUsed,
        let twin = known[column.codes]?.first(where: {
          column.texts.count <= given / 2 || draft.values[$0] == values
        })
      {
        let name = draft.features[twin].name
        (entry.isUsed, entry.reason) = (false, "it tells the rows apart just as '\(name)' does")
      }
      if entry.isUsed, let reading = finding.reading {
        known[column.codes, default: []].append(draft.features.count)
        var feature = feature(leads, field: field, reading: reading, values: values)
        feature.history = histories[column.name]
        draft.features.append(feature)
        draft.values.append(values)
      }
      draft.columns.append(entry)
    }
    refer(&draft)
    return draft
  }

  /// The first row of each group.
  private static func firsts(_ groups: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return groups.indices.filter { seen.insert(groups[$0]).inserted }
  }

  /// Lets each date count the days since the column whose dates are the earliest.
  private static func refer(_ draft: inout Draft) {
    let dates = draft.features.indices.filter { draft.features[$0].reading.kind == .date }
    let medians = dates.compactMap { place -> (middle: Int64, place: Int)? in
      let moments = draft.values[place].compactMap { value -> Int64? in
        if case .moment(let moment) = value { moment.milliseconds } else { nil }
      }.sorted()
      return moments.isEmpty ? nil : (moments[moments.count / 2], place)
    }
    guard let first = medians.min(by: { $0 < $1 })?.place else { return }
    for place in dates where place != first { draft.features[place].reference = first }
  }

  private static func values(
    of column: DataTable.Column, reading: ColumnReading
  ) -> [ColumnReading.Value] {
    let byCode = column.texts.map { reading.value(of: .text($0)) }
    return column.codes.map { $0 < 0 ? .missing : byCode[Int($0)] }
  }

  /// - Parameter column: one cell for each lead.
  private static func feature(
    _ column: DataTable.Column, field: LeadColumn?, reading: ColumnReading,
    values: [ColumnReading.Value]
  ) -> FeatureColumn {
    var feature = FeatureColumn(
      name: column.name, field: field, reading: reading,
      bins: ColumnBins(values, kind: reading.kind))
    let leads = Self.values(of: column, reading: reading)
    let missing = leads.count { feature.isMissing($0) }
    feature.hasMissing = min(missing, leads.count - missing) >= ColumnInference.fewest
    if !feature.hasMissing {
      feature.typical = TypicalValue(values, kind: reading.kind)
    }
    let numbers = values.compactMap(FeatureColumn.number)
    if reading.kind == .number, !numbers.isEmpty {
      feature.numbers = NumberSummary(sorted: numbers.sorted())
    }
    if reading.kind == .category { keepCategories(&feature, column, leads) }
    return feature
  }

  private static func keepCategories(
    _ feature: inout FeatureColumn, _ column: DataTable.Column, _ values: [ColumnReading.Value]
  ) {
    var counts: [String: Int] = [:]
    for case .word(let word) in values { counts[word, default: 0] += 1 }
    let hasRates = counts.count > CategoryRates.manyValues
    // They are filled in when it is known which rows are judged.
    if hasRates { feature.rates = CategoryRates(base: 0, byWord: [:]) }
    let kept = counts.filter { $0.value >= ColumnInference.fewest }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(hasRates ? mostBesideRates : mostCategories)
    feature.categories = kept.map(\.key)
    let others = counts.values.reduce(0, +) - kept.reduce(0) { $0 + $1.value }
    feature.hasOther = others >= ColumnInference.fewest
    // The most frequent way of writing each.
    var best: [String: (text: String, count: Int)] = [:]
    for (text, count) in zip(column.texts, column.counts) {
      guard case .word(let word) = feature.reading.value(of: .text(text)) else { continue }
      if count > best[word]?.count ?? 0 { best[word] = (text, count) }
    }
    let isWritten = feature.reading.transform == nil
    feature.labels = feature.categories.map {
      isWritten ? (best[$0]?.text ?? $0).shortened(to: 60) : $0
    }
  }

  /// The features of every row.
  static func matrix(_ features: [FeatureColumn], values: [[ColumnReading.Value]]) -> FeatureMatrix
  {
    let plan = FeaturePlan(columns: features, missing: [])
    let width = plan.width
    let rows = values.first?.count ?? 0
    var matrix = FeatureMatrix(
      columns: width, values: [Float](repeating: 0, count: rows * width))
    for (place, (column, range)) in zip(features, plan.ranges).enumerated() where !range.isEmpty {
      if let reference = column.reference {
        for row in 0..<rows {
          column.encode(
            values[place][row], since: values[reference][row], into: &matrix.values,
            at: row * width + range.lowerBound)
        }
        continue
      }
      // Equal values become equal features.
      var encoded: [ColumnReading.Value: [Float]] = [:]
      for row in 0..<rows {
        let value = values[place][row]
        let known = encoded[value]
        let numbers =
          known
          ?? {
            var numbers = [Float](repeating: 0, count: range.count)
            column.encode(value, into: &numbers, at: 0)
            return numbers
          }()
        if known == nil { encoded[value] = numbers }
        let start = row * width + range.lowerBound
        for offset in numbers.indices { matrix.values[start + offset] = numbers[offset] }
      }
    }
    return matrix
  }
}
