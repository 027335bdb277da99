/// How much of the chance of a false positive may be used up by a fraction of the planned information, in
/// the manner of O'Brien and Fleming: almost nothing early, almost all at the end (Lan, DeMets, "Discrete
/// Sequential Boundaries for Clinical Trials", 1983).
package enum AlphaSpending: String, Sendable, Hashable, CaseIterable {
  /// α(t) = 2(1 − Φ(z_{α/2} ÷ √t)) for both sides together.
  case bothSides
  /// The same function with α ÷ 2 for each side, as the tables of two-sided boundaries have it: a little
  /// stricter early.
  case eachSide

  /// The chance that is used up.
  /// - Parameters:
  ///   - alpha: the chance over all looks and both sides, above 0 and below 1.
  ///   - fraction: t, of the information; all of alpha is used up from 1 on, nothing at 0.
  package func spent(of alpha: Double, at fraction: Double) -> Double {
    guard fraction > 0 else { return 0 }
    guard fraction < 1 else { return alpha }
    let root = fraction.squareRoot()
    switch self {
    case .bothSides: return 2 * normalTail(above: normalQuantile(above: alpha / 2) / root)
    case .eachSide: return 4 * normalTail(above: normalQuantile(above: alpha / 4) / root)
    }
  }
}
