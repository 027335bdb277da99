import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// Takes the fields of a lead for independent of each other: the log-odds are the sum of each value's log
/// likelihood ratio. A missing value, and one that was never seen, counts as nothing.
package struct NaiveBayes: Sendable, Hashable, Codable {
  /// The log-odds of the share of converted leads.
  var intercept: Double
  /// For each column the log likelihood ratio of each of its values.
  var ratios: [[Double]]

  /// What each value is taken to have been seen before anything was: one half of a lead of each outcome
  /// (Jeffreys' prior).
  private static let prior = 0.5

  /// Counts values.
  /// - Parameters:
  ///   - values: for each column the values of all rows.
  ///   - rows: which of them to count.
  init(
    _ columns: [FeatureColumn], values: [[ColumnReading.Value]], labels: [Bool], rows: [Int]
  ) {
    let won = rows.count { labels[$0] }
    intercept = logit((Double(won) + 0.5) / (Double(rows.count) + 1))
    ratios = zip(columns, values).map { column, values in
      var counts = [(won: Double, lost: Double)](
        repeating: (Self.prior, Self.prior), count: Self.size(column))
      for row in rows {
        guard let place = Self.place(of: values[row], in: column) else { continue }
        if labels[row] { counts[place].won += 1 } else { counts[place].lost += 1 }
      }
      let total = counts.reduce((won: 0.0, lost: 0.0)) { ($0.won + $1.won, $0.lost + $1.lost) }
      return counts.map { log($0.won / total.won) - log($0.lost / total.lost) }
    }
  }

  /// Each column's part in the log-odds.
  func contributions(of values: [ColumnReading.Value], columns: [FeatureColumn]) -> [Double] {
    columns.indices.map { index in
      Self.place(of: values[index], in: columns[index]).map { ratios[index][$0] } ?? 0
    }
  }

  /// How many values of a column are counted apart.
  static func size(_ column: FeatureColumn) -> Int {
    column.reading.kind == .category ? column.categories.count + 1 : column.bins.count - 1
  }

  /// The place of a value; `nil` when it counts as nothing.
  private static func place(of value: ColumnReading.Value, in column: FeatureColumn) -> Int? {
    guard !column.isMissing(value) else { return nil }
    guard column.reading.kind == .category else { return column.bins.bin(of: value) }
    if let known = column.category(value) { return known }
    return column.hasOther ? column.categories.count : nil
  }
}
