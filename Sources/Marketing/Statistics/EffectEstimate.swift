/// The size, mean and variance of a sample, all that a comparison of means needs.
package struct SampleMean: Sendable, Hashable {
  /// How many units, 0 or more.
  package let count: Int
  /// Their mean; 0 without units.
  package let mean: Double
  /// The variance of one unit, 0 or more.
  package let variance: Double

  /// A sample of which the moments are known.
  package init(count: Int, mean: Double, variance: Double) {
    self.count = count
    self.mean = mean
    self.variance = variance
  }

  /// A sample of successes: the variance is p(1 − p).
  /// - Parameter successes: 0 to `count`.
  package init(successes: Int, count: Int) {
    let rate = count > 0 ? Double(successes) / Double(count) : 0
    self.init(count: count, mean: rate, variance: rate * (1 - rate))
  }

  /// A sample of successes with the variance of one more success and one more failure, for none of a rare
  /// event does not mean that it cannot happen; the mean is that of the sample.
  /// - Parameter successes: 0 to `count`.
  package init(smoothedSuccesses successes: Int, count: Int) {
    let rate = (Double(successes) + 1) / (Double(count) + 2)
    self.init(
      count: count, mean: count > 0 ? Double(successes) / Double(count) : 0,
      variance: rate * (1 - rate))
  }

  /// A sample of amounts by their sums; the variance has n − 1 degrees of freedom.
  package init(count: Int, sum: Double, sumOfSquares: Double) {
    let n = Double(max(count, 1))
    let spread = max(0, sumOfSquares - sum * sum / n)
    self.init(count: count, mean: sum / n, variance: count > 1 ? spread / (n - 1) : 0)
  }

  /// The square of the mean's standard error; infinite without units.
  package var squaredError: Double { count > 0 ? variance / Double(count) : .infinity }
}

/// The standard error of a difference of means that is looked at while the samples are still small: the
/// greater one of that by both variances and of that by their mean over all units. Where one sample is
/// much smaller, its own variance is too small by chance just when its mean is far off (a rare success or a
/// great amount is missing yet), and an interval by it alone does not hold at many looks.
/// - Returns: infinite when a sample is empty.
package func cautiousError(_ control: SampleMean, _ variant: SampleMean) -> Double {
  guard control.count > 0, variant.count > 0 else { return .infinity }
  let (n, m) = (Double(control.count), Double(variant.count))
  let pooled = (n * control.variance + m * variant.variance) / (n + m)
  return max(control.squaredError + variant.squaredError, pooled * (1 / n + 1 / m)).squareRoot()
}

/// A difference with its test and its interval.
package struct EffectEstimate: Sendable, Hashable {
  /// Variant minus control.
  package let difference: Double
  /// The standard error of the interval: both variances, not pooled.
  package let standardError: Double
  /// The test statistic.
  package let z: Double
  /// The chance of a statistic at least as far from 0 without any difference, two-sided.
  package let p: Double
  /// The interval of the difference at the confidence that was asked for.
  package let low: Double
  /// Its upper end.
  package let high: Double

  /// Two proportions: the test by the pooled z, the interval by both variances (Fleiss, Levin, Paik,
  /// "Statistical Methods for Rates and Proportions", 3rd edition, chapter 3, without continuity
  /// correction).
  /// - Parameters:
  ///   - control: a sample of successes.
  ///   - variant: a sample of successes.
  ///   - alpha: what the interval misses on both sides together, above 0 and below 1.
  /// - Returns: `nil` when a sample is empty or nothing varies.
  package static func proportions(
    control: SampleMean, variant: SampleMean, alpha: Double
  ) -> EffectEstimate? {
    guard control.count > 0, variant.count > 0 else { return nil }
    let (n, m) = (Double(control.count), Double(variant.count))
    let pooled = (control.mean * n + variant.mean * m) / (n + m)
    let pooledError = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
    guard pooledError > 0 else { return nil }
    let difference = variant.mean - control.mean
    let z = difference / pooledError
    let error = (control.squaredError + variant.squaredError).squareRoot()
    let half = normalQuantile(above: alpha / 2) * error
    return EffectEstimate(
      difference: difference, standardError: error, z: z, p: 2 * normalTail(above: abs(z)),
      low: difference - half, high: difference + half)
  }

  /// Two means of different variances (Welch, "The Generalization of 'Student's' Problem when Several
  /// Different Population Variances Are Involved", 1947).
  /// - Parameter alpha: what the interval misses on both sides together, above 0 and below 1.
  /// - Returns: `z` is Welch's t; `nil` with fewer than 2 units in a sample, or when nothing varies.
  package static func means(
    control: SampleMean, variant: SampleMean, alpha: Double
  ) -> EffectEstimate? {
    guard control.count > 1, variant.count > 1 else { return nil }
    let (first, second) = (control.squaredError, variant.squaredError)
    let error = (first + second).squareRoot()
    guard error > 0, error.isFinite else { return nil }
    let degrees =
      (first + second) * (first + second)
      / (first * first / Double(control.count - 1) + second * second / Double(variant.count - 1))
    let difference = variant.mean - control.mean
    let t = difference / error
    let half = studentQuantile(above: alpha / 2, degrees: degrees) * error
    return EffectEstimate(
      difference: difference, standardError: error, z: t,
      p: 2 * studentTail(above: abs(t), degrees: degrees), low: difference - half,
      high: difference + half)
  }
}

/// A difference in relation to the control, by the delta method: the variance of the ratio of means is s_v²
/// ÷ m_c² + m_v²·s_c² ÷ m_c⁴ (Deng, Knoblich, Lu, "Applying the Delta Method in Metric Analytics", 2018).
package struct RelativeLift: Sendable, Hashable {
  /// (variant − control) ÷ control: 0.1 for 10 % more.
  package let lift: Double
  /// The lower end of its interval.
  package let low: Double
  /// The upper end of its interval.
  package let high: Double

  /// A lift.
  /// - Parameter alpha: what the interval misses on both sides together, above 0 and below 1.
  /// - Returns: `nil` unless the control's mean lies above 0 by more than two standard errors: nearer, the
  ///   ratio's distribution is not even roughly normal.
  package init?(control: SampleMean, variant: SampleMean, alpha: Double) {
    let error = control.squaredError.squareRoot()
    guard control.mean > 2 * error, control.mean > 0, variant.count > 0 else { return nil }
    let ratio = variant.mean / control.mean
    let variance =
      (variant.squaredError + ratio * ratio * control.squaredError)
      / (control.mean * control.mean)
    let half = normalQuantile(above: alpha / 2) * variance.squareRoot()
    guard ratio.isFinite, half.isFinite else { return nil }
    lift = ratio - 1
    low = ratio - 1 - half
    high = ratio - 1 + half
  }
}
