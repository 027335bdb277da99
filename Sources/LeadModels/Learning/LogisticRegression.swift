import Marketing

#if canImport(Glibc)
  import Glibc
#endif

/// A weighted sum of features that gives the log-odds, with an L2 penalty on the weights.
package struct LogisticRegression: Sendable, Hashable, Codable {
  /// How a feature is brought to a common scale before it is weighed.
  struct Scaling: Sendable, Hashable, Codable {
    /// Stands for a missing number.
    var median: Float
    var mean: Double
    /// 1 ÷ standard deviation; 0 for a feature that does not vary.
    var scale: Double
  }

  /// A stretch of a number: how far the number lies within it counts as a feature of its own, so that the
  /// effect of a number need not be a straight line.
  struct Segment: Sendable, Hashable, Codable {
    /// The number's place among the features.
    var place: Int
    var low: Float
    var high: Float

    func part(of value: Float) -> Float {
      value.isNaN ? value : min(high, max(low, value)) - low
    }
  }

  /// Where each feature's log1p counts as a feature of its own, its place; the derived features stand behind
  /// the others.
  var logarithms: [Int]
  /// Derived features behind the logarithms.
  var segments: [Segment]
  var scalings: [Scaling]
  var weights: [Double]
  var intercept: Double

  /// The log-odds, as the intercept plus each feature's part.
  /// - Parameter row: one row of features.
  /// - Returns: the parts, one for each feature of the row.
  func contributions(of row: ArraySlice<Float>) -> [Double] {
    var parts = [Double](repeating: 0, count: row.count)
    for (place, value) in row.enumerated() {
      parts[place] = weights[place] * scaled(value, place)
    }
    for (offset, place) in logarithms.enumerated() {
      let derived = row.count + offset
      parts[place] +=
        weights[derived] * scaled(Self.logarithm(row[row.startIndex + place]), derived)
    }
    for (offset, segment) in segments.enumerated() {
      let derived = row.count + logarithms.count + offset
      parts[segment.place] +=
        weights[derived] * scaled(segment.part(of: row[row.startIndex + segment.place]), derived)
    }
    return parts
  }

  /// The log-odds.
  func logOdds(of row: ArraySlice<Float>) -> Double {
    contributions(of: row).reduce(intercept, +)
  }

  private func scaled(_ value: Float, _ place: Int) -> Double {
    let scaling = scalings[place]
    return (Double(value.isNaN ? scaling.median : value) - scaling.mean) * scaling.scale
  }

  static func logarithm(_ value: Float) -> Float {
    value.isNaN ? value : Float(log1p(max(0, Double(value))))
  }
}

/// Rows prepared for fitting: scaled, with the derived features.
struct ScaledRows {
  private(set) var logarithms: [Int] = []
  private(set) var segments: [LogisticRegression.Segment] = []
  private(set) var scalings: [LogisticRegression.Scaling] = []
  let width: Int
  let values: [Float]
  let labels: [Bool]

  /// The quantiles between which a number's segments lie.
  private static let bounds = [0.02, 0.2, 0.4, 0.6, 0.8, 0.98]
  /// Numbers with fewer different values have none.
  private static let fewestDifferent = 6

  /// - Parameter labels: one for each row.
  init(_ matrix: FeatureMatrix, labels: [Bool]) {
    let columns = matrix.columns
    let numbers = (0..<columns).map { column in
      (0..<matrix.rows).map { matrix.values[$0 * columns + column] }
    }
    var derived: [(numbers: [Float], scaling: LogisticRegression.Scaling)] = []
    var stretched: [(numbers: [Float], scaling: LogisticRegression.Scaling)] = []
    for column in 0..<columns {
      scalings.append(Self.scaling(numbers[column]))
      let given = numbers[column].filter { !$0.isNaN }.sorted()
      if Self.isSkewed(given) {
        logarithms.append(column)
        let found = numbers[column].map(LogisticRegression.logarithm)
        derived.append((found, Self.scaling(found)))
      }
      for segment in Self.segments(given, place: column) {
        segments.append(segment)
        let found = numbers[column].map(segment.part)
        stretched.append((found, Self.scaling(found)))
      }
    }
    derived += stretched
    let width = columns + derived.count
    let all = numbers + derived.map(\.numbers)
    scalings += derived.map(\.scaling)
    var values = [Float](repeating: 0, count: matrix.rows * width)
    for (column, numbers) in all.enumerated() {
      for (row, number) in numbers.enumerated() {
        values[row * width + column] = Self.scaled(number, scalings[column])
      }
    }
    (self.width, self.values, self.labels) = (width, values, labels)
  }

  /// - Parameter given: rising.
  private static func segments(_ given: [Float], place: Int) -> [LogisticRegression.Segment] {
    guard let first = given.first else { return [] }
    var different = 1
    var last = first
    for number in given where number != last {
      different += 1
      last = number
      if different == fewestDifferent { break }
    }
    guard different == fewestDifferent else { return [] }
    var bounds: [Float] = []
    for share in Self.bounds {
      let bound = given[Int(share * Double(given.count - 1))]
      if bound > bounds.last ?? -.infinity { bounds.append(bound) }
    }
    return zip(bounds, bounds.dropFirst()).map { .init(place: place, low: $0, high: $1) }
  }

  private static func scaled(_ value: Float, _ scaling: LogisticRegression.Scaling) -> Float {
    Float((Double(value.isNaN ? scaling.median : value) - scaling.mean) * scaling.scale)
  }

  private static func scaling(_ numbers: [Float]) -> LogisticRegression.Scaling {
    let given = numbers.filter { !$0.isNaN }.sorted()
    let median = given.isEmpty ? 0 : given[given.count / 2]
    var mean = 0.0
    for number in numbers { mean += Double(number.isNaN ? median : number) }
    mean /= Double(max(1, numbers.count))
    var variance = 0.0
    for number in numbers {
      let distance = Double(number.isNaN ? median : number) - mean
      variance += distance * distance
    }
    variance /= Double(max(1, numbers.count))
    // What is there or not stays as it is: scaled, the rarest values would be penalised the least.
    let isIndicator = given.allSatisfy { $0 == 0 || $0 == 1 }
    let scale = variance <= 1e-12 ? 0 : isIndicator ? 1 : 1 / variance.squareRoot()
    return .init(median: median, mean: mean, scale: scale)
  }

  /// Whether numbers are nowhere negative and reach far beyond their middle: counts, times, amounts.
  /// - Parameter given: rising.
  private static func isSkewed(_ given: [Float]) -> Bool {
    guard let low = given.first, let high = given.last, low >= 0, high > 2 else { return false }
    let median = given[given.count / 2]
    let upper = given[min(given.count - 1, given.count * 99 / 100)]
    return upper > 3 * max(median, 0.5)
  }
}

extension LogisticRegression {
  /// Fits weights that minimise the mean log loss plus `penalty` ÷ (2·rows) × Σ weights², by L-BFGS (Liu and
  /// Nocedal, 1989) with step halving.
  /// - Parameter start: weights and intercept to start from.
  static func fit(_ rows: ScaledRows, penalty: Double, start: LogisticRegression?) -> Self {
    let width = rows.width
    var point =
      start.map { $0.weights + [$0.intercept] } ?? [Double](repeating: 0, count: width + 1)
    if start == nil {
      let positives = Double(rows.labels.count { $0 })
      point[width] = logit(
        min(0.999, max(0.001, positives / Double(max(1, rows.labels.count)))))
    }
    let strength = penalty / Double(max(1, rows.labels.count))
    LimitedMemoryDescent.minimise(&point) { loss(rows, strength: strength, at: $0) }
    return LogisticRegression(
      logarithms: rows.logarithms, segments: rows.segments, scalings: rows.scalings,
      weights: Array(point[..<width]),
      intercept: point[width])
  }

  /// The penalised mean log loss and its gradient.
  private static func loss(
    _ rows: ScaledRows, strength: Double, at point: [Double]
  ) -> (value: Double, gradient: [Double]) {
    let width = rows.width
    var gradient = [Double](repeating: 0, count: width + 1)
    var sum = 0.0
    rows.values.withUnsafeBufferPointer { values in
      point.withUnsafeBufferPointer { point in
        gradient.withUnsafeMutableBufferPointer { gradient in
          for (row, label) in rows.labels.enumerated() {
            let start = row * width
            var margin = point[width]
            for place in 0..<width { margin += point[place] * Double(values[start + place]) }
            let target = label ? 1.0 : 0.0
            // ln(1 + e^margin) − target·margin, without overflow.
            sum += max(0, margin) + log1p(exp(-abs(margin))) - target * margin
            let error = logistic(margin) - target
            for place in 0..<width { gradient[place] += error * Double(values[start + place]) }
            gradient[width] += error
          }
        }
      }
    }
    let count = Double(max(1, rows.labels.count))
    var value = sum / count
    for place in 0..<width {
      gradient[place] = gradient[place] / count + strength * point[place]
      value += strength / 2 * point[place] * point[place]
    }
    gradient[width] /= count
    return (value, gradient)
  }
}
