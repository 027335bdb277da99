#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a campaign brings for its money, with returns that diminish: ceiling · x ÷ (x + half), the response
/// to spend of Hill's equation with exponent 1.
package struct ResponseCurve: Sendable, Hashable {
  /// What it would bring for any amount of money; above 0.
  package var ceiling: Double
  /// The spend that brings half of that; above 0.
  package var half: Double

  /// With fewer weeks a curve is not fitted: a bandit moves the money instead.
  package static let minimumWeeks = 100

  /// A curve.
  package init(ceiling: Double, half: Double) {
    self.ceiling = ceiling
    self.half = half
  }

  /// What a spend of 0 or more brings.
  package func response(to spend: Double) -> Double { ceiling * spend / (spend + half) }

  /// What one more unit of money brings.
  package func marginalReturn(at spend: Double) -> Double {
    ceiling * half / ((spend + half) * (spend + half))
  }

  /// The curve nearest to weeks of spend and response, by least squares with errors that grow as counts do.
  /// - Returns: `nil` with fewer than 100 weeks, or where they do not bend: the spend hardly varies, or
  ///   returns do not diminish within what was spent.
  package init?(fitting weeks: [(spend: Double, response: Double)]) {
    let points = weeks.filter { $0.spend > 0 && $0.response >= 0 }
    guard points.count >= Self.minimumWeeks, let most = points.map(\.spend).max() else {
      return nil
    }
    // For a given half the ceiling is a ratio; the half is looked for on its logarithm.
    func fit(_ logHalf: Double) -> (ceiling: Double, loss: Double) {
      let half = exp(logHalf)
      var (cross, square) = (0.0, 0.0)
      for point in points {
        let share = point.spend / (point.spend + half)
        // With variances in proportion to the mean, so to the share, the weights are 1 ÷ share.
        cross += point.response
        square += share
      }
      let ceiling = cross / square
      let loss = points.reduce(0.0) { loss, point in
        let share = point.spend / (point.spend + half)
        let rest = point.response - ceiling * share
        return loss + rest * rest / share
      }
      return (ceiling, loss)
    }
    let range = (log(most) - 7)...(log(most) + 4)
    let start =
      stride(from: range.lowerBound, through: range.upperBound, by: 0.25)
      .min { fit($0).loss < fit($1).loss } ?? range.lowerBound
    var (low, high) = (start - 0.25, start + 0.25)
    for _ in 0..<60 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if fit(first).loss < fit(second).loss { high = second } else { low = first }
    }
    let best = (low + high) / 2
    // At the end of the range nothing bends: the half could as well be anything beyond.
    guard best > range.lowerBound, best < log(most) + 3 else { return nil }
    let ceiling = fit(best).ceiling
    guard ceiling > 0, ceiling.isFinite else { return nil }
    self.init(ceiling: ceiling, half: exp(best))
  }
}
