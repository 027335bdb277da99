/// A rate drawn toward a prior one, as if the prior had been seen in `priorWeight` further trials:
/// (successes + m·prior) ÷ (trials + m), the posterior mean of a beta-binomial model (Gelman et al.,
/// "Bayesian Data Analysis", 3rd edition, chapter 2).
/// - Parameters:
///   - prior: the rate of the parent group, 0–1.
///   - priorWeight: m ≥ 0, in trials; with 0 the raw rate is kept where there are trials.
/// - Returns: 0–1; the prior itself when there is nothing else to go by.
package func shrunkenRate(
  successes: Int, trials: Int, prior: Double, priorWeight: Double
) -> Double {
  let weight = Double(trials) + priorWeight
  guard weight > 0 else { return prior }
  return (Double(successes) + priorWeight * prior) / weight
}
