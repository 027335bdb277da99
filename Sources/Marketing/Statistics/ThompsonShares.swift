/// The shares by which a bandit spreads its next units: Thompson's rule with an additive floor, p_i = f +
/// (1 − k·f)·w_i, w_i being the chance of arm i to be the best (Thompson, "On the Likelihood that One
/// Unknown Probability Exceeds Another", 1933; Scott, "A Modern Bayesian Look at the Multi-Armed Bandit",
/// 2010).
/// - Parameters:
///   - arms: what is believed of each arm, more being better; at least one.
///   - floor: f, the least share of an arm, 0 or more, k·f below 1; what exceeds it is taken for an even
///     spread.
/// - Returns: shares in the order of the arms, with the sum of 1.
package func thompsonShares(_ arms: [Posterior], floor: Double) -> [Double] {
  thompsonShares(chances: PosteriorComparison(arms).chancesToBeBest, floor: floor)
}

/// The same by the chances of the arms to be the best, with the sum of 1.
package func thompsonShares(chances: [Double], floor: Double) -> [Double] {
  let count = Double(chances.count)
  let floor = min(max(0, floor), 1 / max(1, count))
  return chances.map { floor + (1 - count * floor) * $0 }
}
