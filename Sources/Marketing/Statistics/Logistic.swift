#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The probability with the given log-odds: 1 ÷ (1 + e^−x), in (0, 1) up to rounding.
package func logistic(_ logOdds: Double) -> Double {
  // Both branches raise e to a negative power only, so neither overflows.
  if logOdds >= 0 { return 1 / (1 + exp(-logOdds)) }
  let power = exp(logOdds)
  return power / (1 + power)
}

/// The log-odds of a probability in (0, 1): ln(p ÷ (1 − p)); infinite at 0 and 1.
package func logit(_ probability: Double) -> Double {
  log(probability) - log1p(-probability)
}

/// By what an addition in log-odds multiplies the odds: e^x.
package func oddsFactor(_ logOdds: Double) -> Double { exp(logOdds) }

/// What is left of a weight of 1 after a time: 0.5^(age ÷ half-life), 1 for ages below zero.
/// - Parameter halfLifeDays: above zero.
package func halfLifeDecay(ageDays: Double, halfLifeDays: Double) -> Double {
  ageDays <= 0 ? 1 : exp2(-ageDays / halfLifeDays)
}
