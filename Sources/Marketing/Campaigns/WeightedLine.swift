/// A straight line through weighted points by least squares, with errors that hold whatever the scatter is
/// (White, "A Heteroskedasticity-Consistent Covariance Matrix Estimator", 1980, with the correction HC1).
package struct WeightedLine: Sendable {
  /// The line.
  package struct Line: Sendable, Hashable {
    /// The height at the mean of the places.
    package var height: Double
    /// The slope.
    package var slope: Double
    /// The slope's standard error.
    package var slopeError: Double
    /// The weighted mean of the places.
    package var center: Double
  }

  private var points: [(x: Double, y: Double, weight: Double)] = []

  /// No points.
  package init() {}

  /// How many points there are.
  package var count: Int { points.count }

  /// Adds a point.
  /// - Parameter weight: above 0.
  package mutating func add(_ x: Double, _ y: Double, weight: Double) {
    points.append((x, y, weight))
  }

  /// The line.
  /// - Returns: `nil` with fewer than 3 points, or where all lie in one place.
  package var line: Line? {
    guard points.count >= 3 else { return nil }
    var (total, sumX, sumY) = (0.0, 0.0, 0.0)
    for point in points {
      total += point.weight
      sumX += point.weight * point.x
      sumY += point.weight * point.y
    }
    let (meanX, meanY) = (sumX / total, sumY / total)
    var (square, cross) = (0.0, 0.0)
    for point in points {
      square += point.weight * (point.x - meanX) * (point.x - meanX)
      cross += point.weight * (point.x - meanX) * (point.y - meanY)
    }
    guard square > 1e-12 * total else { return nil }
    let slope = cross / square
    var meat = 0.0
    for point in points {
      let rest = point.y - meanY - slope * (point.x - meanX)
      let moment = point.weight * (point.x - meanX) * rest
      meat += moment * moment
    }
    let count = Double(points.count)
    let error = (meat * count / (count - 2)).squareRoot() / square
    return Line(height: meanY, slope: slope, slopeError: error, center: meanX)
  }
}
