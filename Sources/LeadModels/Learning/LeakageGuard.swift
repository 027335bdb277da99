import Marketing

/// Finds columns that may be known only after the outcome.
enum LeakageGuard {
  /// A column that ranks leads better than this alone is suspected.
  static let suspiciousAUC = 0.95
  /// A column whose name speaks of what comes after is suspected from here on.
  private static let suspiciousNamedAUC = 0.75

  /// Words in names of columns that people fill in after they know more.
  private static let words: Set<String> = [
    "status", "stage", "outcome", "result", "disposition", "won", "lost", "closed", "close",
    "converted", "conversion", "deal", "revenue", "tag", "tags", "notable", "quality", "final",
  ]

  /// The rates of values are drawn toward the mean as if so many rows of it had been seen.
  private static let priorWeight = 10.0

  /// Ranks rows by each column alone and marks what is suspicious.
  /// - Parameter groups: rows of the same group are of one lead; `nil` when each is its own.
  static func examine(_ draft: inout FeaturePlan.Draft, labels: [Bool], groups: [Int]?) {
    let halves = labels.indices.map { (groups?[$0] ?? $0) % 2 }
    for (feature, values) in zip(draft.features, draft.values) where !Task.isCancelled {
      guard let place = draft.columns.firstIndex(where: { $0.name == feature.name }) else {
        continue
      }
      let auc = auc(feature, values, labels, halves)
      draft.columns[place].auc = auc
      let isNamed = TextFolding.folded(feature.name)
        .split { !$0.isLetter }.contains { words.contains(String($0)) }
      draft.columns[place].isLeakageSuspect =
        auc > suspiciousAUC || isNamed && auc > suspiciousNamedAUC
    }
  }

  /// How well the rates of a column's values rank rows; each half of the rows by the other half's rates, so
  /// that rare values do not know their own outcome. A lead's rows are in one half: they have one outcome.
  private static func auc(
    _ column: FeatureColumn, _ values: [ColumnReading.Value], _ labels: [Bool], _ halves: [Int]
  ) -> Double {
    let places = places(column, values)
    let count = (places.max() ?? 0) + 1
    let base = Double(labels.count { $0 }) / Double(max(1, labels.count))
    var judged: [Judgement.Row] = []
    for half in 0..<2 {
      var rows = [Double](repeating: priorWeight, count: count)
      var hits = [Double](repeating: priorWeight * base, count: count)
      for row in labels.indices where halves[row] != half {
        rows[places[row]] += 1
        if labels[row] { hits[places[row]] += 1 }
      }
      for row in labels.indices where halves[row] == half {
        judged.append(
          .init(probability: hits[places[row]] / rows[places[row]], isPositive: labels[row]))
      }
    }
    return max(0.5, Judgement(judged).metrics?.auc ?? 0.5)
  }

  /// The group of each row: each category, each bin of numbers; equal numbers that are frequent by
  /// themselves, such as a zero that means "none yet", too.
  private static func places(
    _ column: FeatureColumn, _ values: [ColumnReading.Value]
  ) -> [Int] {
    var counts: [ColumnReading.Value: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    let frequent = counts.filter { $0.value >= max(10, values.count / 200) }
    // In an order of their own, not the dictionary's.
    var own: [ColumnReading.Value: Int] = [:]
    var places: [Int] = []
    for value in values {
      if let place = own[value] {
        places.append(place)
      } else if frequent[value] != nil, own.count < 500 {
        own[value] = column.bins.count + own.count
        places.append(column.bins.count + own.count - 1)
      } else {
        places.append(column.bins.bin(of: value))
      }
    }
    return places
  }
}
