/// Whether units were split as planned: Pearson's χ² on the counts. A mismatch says that something loses
/// units of one variant, so that no comparison holds (Fabijan et al., "Diagnosing Sample Ratio Mismatch in
/// Online Controlled Experiments", 2019).
package struct SampleRatio: Sendable, Hashable {
  /// The statistic, 0 or more.
  package let chiSquare: Double
  /// The chance of a statistic at least as great under the planned split.
  package let p: Double

  /// Below this chance nothing is concluded from an experiment.
  package static let threshold = 0.001

  /// Whether the counts are too far from the plan.
  package var isMismatch: Bool { p < Self.threshold }

  /// A test of counts against the planned split.
  /// - Parameters:
  ///   - counts: units of each variant, 0 or more.
  ///   - weights: the planned shares, above 0, as many as counts.
  /// - Returns: `nil` for fewer than two variants, no units, or weights that are no shares.
  package init?(counts: [Int], weights: [Double]) {
    let total = counts.reduce(0.0) { $0 + Double($1) }
    let whole = weights.reduce(0, +)
    guard counts.count == weights.count, counts.count > 1, total > 0, whole.isFinite,
      weights.allSatisfy({ $0 > 0 })
    else { return nil }
    chiSquare = zip(counts, weights).reduce(0) { sum, arm in
      let expected = total * arm.1 / whole
      let excess = Double(arm.0) - expected
      return sum + excess * excess / expected
    }
    p = chiSquareTail(chiSquare, degrees: counts.count - 1)
  }
}
