import Marketing

/// How often leads with each value of a category convert, in log-odds, drawn toward the rate of all leads: so
/// that a column with very many values needs one feature and not one for each (Micci-Barreca, "A Preprocessing
/// Scheme for High-Cardinality Categorical Attributes", 2001).
struct CategoryRates: Sendable, Hashable, Codable {
  /// A category with more different values than this has a rate.
  static let manyValues = 50

  /// Of all leads; stands for a value that was never seen, or by few leads.
  let base: Double
  /// By folded value, of those that enough leads share: what one of them alone wrote is in no model's file.
  let byWord: [String: Double]

  /// A value's log-odds; `nil` where it is missing.
  func logOdds(of value: ColumnReading.Value) -> Double? {
    guard case .word(let word) = value else { return nil }
    return byWord[word] ?? base
  }
}

/// The rows of a category with very many values, counted by value and part: so that the rate which a row is
/// trained with never knows the row's own outcome, nor that of the part which is judged.
struct CategoryCounts: Sendable {
  /// For each row the place of its value; −1 where it is missing.
  private let codes: [Int32]
  private let words: [String]
  /// By value whether enough leads share it to have a rate.
  private let isShared: [Bool]
  private let parts: [Int]
  private let partCount: Int
  /// By value, then part: rows and how many of them converted.
  private var rows: [Double]
  private var hits: [Double]

  /// - Parameter groups: rows of the same group are of one lead; `nil` when each is its own.
  init(
    _ values: [ColumnReading.Value], labels: [Bool], parts: [Int], partCount: Int,
    groups: [Int]? = nil
  ) {
    var places: [String: Int32] = [:]
    var words: [String] = []
    codes = values.map { value in
      guard case .word(let word) = value else { return -1 }
      if let place = places[word] { return place }
      let place = Int32(words.count)
      places[word] = place
      words.append(word)
      return place
    }
    self.words = words
    isShared = Self.leads(of: codes, groups, count: words.count).map {
      $0 >= ColumnInference.fewest
    }
    self.parts = parts
    self.partCount = partCount
    rows = [Double](repeating: 0, count: words.count * partCount)
    hits = rows
    for row in codes.indices where codes[row] >= 0 {
      let place = Int(codes[row]) * partCount + parts[row]
      rows[place] += 1
      if labels[row] { hits[place] += 1 }
    }
  }

  /// How many leads have each value.
  private static func leads(of codes: [Int32], _ groups: [Int]?, count: Int) -> [Int] {
    var leads = [Int](repeating: 0, count: count)
    var seen: Set<[Int]> = []
    for (row, code) in codes.enumerated() where code >= 0 {
      if let groups, !seen.insert([Int(code), groups[row]]).inserted { continue }
      leads[Int(code)] += 1
    }
    return leads
  }

  /// The log-odds of each value by the rows of all parts but some.
  private func table(without left: Set<Int>) -> (base: Double, logOdds: [Double]) {
    let kept = (0..<partCount).filter { !left.contains($0) }
    let sums = words.indices.map { word in
      kept.reduce(into: (rows: 0.0, hits: 0.0)) { sum, part in
        sum.rows += rows[word * partCount + part]
        sum.hits += hits[word * partCount + part]
      }
    }
    let all = sums.reduce((rows: 0.0, hits: 0.0)) { ($0.rows + $1.rows, $0.hits + $1.hits) }
    let base = (all.hits + 0.5) / (all.rows + 1)
    let weight = Self.weight(sums, base: base, rows: all.rows)
    return (
      logit(base),
      zip(sums, isShared).map {
        logit($1 ? ($0.hits + weight * base) / ($0.rows + weight) : base)
      }
    )
  }

  /// As how many rows the rate of all leads counts: the variance of one row's outcome by that of the values'
  /// true rates (the method of moments of empirical Bayes).
  private static func weight(
    _ sums: [(rows: Double, hits: Double)], base: Double, rows: Double
  ) -> Double {
    let given = sums.filter { $0.rows > 0 }
    let spread = given.reduce(0) { sum, value in
      let distance = value.hits / value.rows - base
      return sum + value.rows * distance * distance
    }
    let variance = base * (1 - base)
    let squares = given.reduce(0) { $0 + $1.rows * $1.rows }
    let effective = rows - squares / max(1, rows)
    let between = (spread - Double(given.count - 1) * variance) / max(1, effective)
    return between > 0 ? min(500, max(2, variance / between)) : 500
  }

  /// What a model keeps.
  var rates: CategoryRates {
    let (base, logOdds) = table(without: [])
    let shared = words.indices.filter { isShared[$0] }
    return CategoryRates(
      base: base,
      byWord: Dictionary(uniqueKeysWithValues: shared.map { (words[$0], logOdds[$0]) }))
  }

  /// For each row the log-odds that it is trained with, or judged with when it is of the part left out.
  /// - Parameters:
  ///   - part: the part that is judged; `nil` to train on all rows.
  ///   - latest: the part that no other part's model sees.
  func features(without part: Int?, latest: Int?) -> [Float] {
    let left = Set([part, part == nil ? nil : latest].compactMap(\.self))
    let tables = (0..<partCount).map { table(without: left.union([$0])) }
    return codes.indices.map { row in
      let code = codes[row]
      guard code >= 0 else { return .nan }
      return Float(tables[parts[row]].logOdds[Int(code)])
    }
  }
}
