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

  /// The curve of weeks of spend and response, by the quasi-likelihood of counts: errors whose variance
  /// grows in proportion to the mean (Wedderburn, "Quasi-likelihood functions, generalized linear models,
  /// and the Gauss-Newton method", 1974). The 90 % interval of `half` is that of its profile.
  /// - Returns: `nil` with fewer than 100 weeks, or where they do not tell `half` to a factor of 6 from one
  ///   end of its interval to the other: the spend hardly varies, or returns do not diminish within what
  ///   was spent.
  package init?(fitting weeks: [(spend: Double, response: Double)]) {
    let points = weeks.filter { $0.spend > 0 && $0.response >= 0 }
    let sum = points.reduce(0) { $0 + $1.response }
    guard points.count >= Self.minimumWeeks, sum > 0,
      let least = points.map(\.spend).min(), let most = points.map(\.spend).max()
    else { return nil }
    let profile = ResponseProfile(points: points, sum: sum)
    let range = (log(least) - 7)...(log(most) + 7)
    guard let best = profile.lowest(within: range) else { return nil }
    let limit = profile.deviance(best) + Self.chiSquare90 * profile.dispersion(best)
    guard let low = profile.place(of: limit, from: best, to: range.lowerBound),
      let high = profile.place(of: limit, from: best, to: range.upperBound),
      high - low <= log(Self.widestInterval)
    else { return nil }
    self.init(ceiling: profile.ceiling(best), half: exp(best))
    guard ceiling > 0, ceiling.isFinite, half.isFinite else { return nil }
  }

  /// The 90 % quantile of χ² with one degree of freedom.
  private static let chiSquare90 = GuardedRules.z95 * GuardedRules.z95
  /// A curve whose `half` is known less well is none.
  private static let widestInterval = 6.0
}

/// How well a curve fits weeks, by the logarithm of its half: the ceiling that fits it best is a ratio.
private struct ResponseProfile {
  let points: [(spend: Double, response: Double)]
  /// All responses together, above 0.
  let sum: Double

  private func shares(_ logHalf: Double) -> [Double] {
    let half = exp(logHalf)
    return points.map { $0.spend / ($0.spend + half) }
  }

  func ceiling(_ logHalf: Double) -> Double { sum / shares(logHalf).reduce(0, +) }

  /// Twice the logarithm of the likelihood that is lost, up to a constant.
  func deviance(_ logHalf: Double) -> Double {
    let shares = shares(logHalf)
    let ceiling = sum / shares.reduce(0, +)
    var logarithms = 0.0
    for (point, share) in zip(points, shares) where point.response > 0 {
      logarithms += point.response * log(ceiling * share / point.response)
    }
    return -2 * logarithms
  }

  /// Pearson's χ² ÷ degrees of freedom: what the variance is in proportion to the mean.
  func dispersion(_ logHalf: Double) -> Double {
    let shares = shares(logHalf)
    let ceiling = sum / shares.reduce(0, +)
    let squares = zip(points, shares).reduce(0.0) { squares, pair in
      let expected = ceiling * pair.1
      let rest = pair.0.response - expected
      return squares + rest * rest / expected
    }
    return squares / Double(points.count - 2)
  }

  /// Where the deviance is least; `nil` at an end: then it could as well be anything beyond.
  func lowest(within range: ClosedRange<Double>) -> Double? {
    let step = 0.25
    let places = Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
    let found = places.map(deviance)
    guard let least = found.indices.min(by: { found[$0] < found[$1] }), least > 0,
      least < places.count - 1
    else { return nil }
    var (low, high) = (places[least] - step, places[least] + step)
    for _ in 0..<40 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if deviance(first) < deviance(second) { high = second } else { low = first }
    }
    return (low + high) / 2
  }

  /// Where the deviance reaches a limit between the best place and an end; `nil` where it does not.
  func place(of limit: Double, from best: Double, to end: Double) -> Double? {
    guard deviance(end) > limit else { return nil }
    var (near, far) = (best, end)
    for _ in 0..<40 {
      let middle = (near + far) / 2
      if deviance(middle) < limit { near = middle } else { far = middle }
    }
    return (near + far) / 2
  }
}
