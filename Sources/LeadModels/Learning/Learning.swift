import Marketing

/// The rows that candidates are trained and judged on.
struct Learning: Sendable {
  let columns: [FeatureColumn]
  /// For each column the values of all rows.
  let values: [[ColumnReading.Value]]
  /// The features of all rows; the rates of categories are filled in by `rows`.
  private let matrix: FeatureMatrix
  let labels: [Bool]
  /// For each row the part that it is judged in.
  let parts: [Int]
  let partCount: Int
  /// The part with the latest rows, where rows are split by time: no other part's model sees it.
  let latest: Int?
  let seed: UInt64
  let scorecard: Scorecard?

  /// Of each category with rates: where its feature stands, and for each part that is left out, and then for
  /// none, what it is for each row.
  private let rates: [(place: Int, byPart: [[Float]])]

  /// Prepares rows.
  init(
    _ draft: FeaturePlan.Draft, labels: [Bool], parts: [Int], partCount: Int, latest: Int?,
    seed: UInt64, scorecard: Scorecard?, groups: [Int]? = nil
  ) {
    var columns = draft.features
    let ranges = FeaturePlan(columns: columns, missing: []).ranges
    var rates: [(place: Int, byPart: [[Float]])] = []
    for index in columns.indices where columns[index].rates != nil {
      let counts = CategoryCounts(
        draft.values[index], labels: labels, parts: parts, partCount: partCount,
        groups: groups)
      columns[index].rates = counts.rates
      let places: [Int?] = (0..<partCount).map(Optional.some) + [nil]
      if let offset = columns[index].features.firstIndex(of: .rate) {
        rates.append(
          (
            ranges[index].lowerBound + offset,
            places.map { counts.features(without: $0, latest: latest) }
          ))
      }
    }
    self.columns = columns
    self.rates = rates
    values = draft.values
    matrix = FeaturePlan.matrix(columns, values: draft.values)
    (self.labels, self.parts, self.partCount, self.latest) = (labels, parts, partCount, latest)
    (self.seed, self.scorecard) = (seed, scorecard)
  }

  /// How many features there are.
  var width: Int { matrix.columns }

  /// The features of some rows.
  /// - Parameter part: the part that is judged and whose outcomes no rate may know; `nil` to train on all.
  func rows(_ chosen: [Int], without part: Int?) -> FeatureMatrix {
    var copy = matrix.rows(chosen)
    for rate in rates {
      let numbers = rate.byPart[part ?? partCount]
      for (place, row) in chosen.enumerated() {
        copy.values[place * copy.columns + rate.place] = numbers[row]
      }
    }
    return copy
  }

  /// The rows that are trained on when a part is judged.
  func training(without part: Int) -> [Int] {
    labels.indices.filter { parts[$0] != part && parts[$0] != latest }
  }

  /// The rows of a part.
  func judged(_ part: Int) -> [Int] { labels.indices.filter { parts[$0] == part } }
}
