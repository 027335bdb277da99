#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The chance that a beta variable lies at `x` or below: the regularised incomplete beta function
/// I_x(alpha, beta), by its continued fraction (Press et al., "Numerical Recipes", 3rd edition, 6.4), to
/// about 9 digits for parameters up to 10⁹, the tails down to 10⁻¹² included.
/// - Parameters:
///   - x: what lies beyond 0 and 1 is taken for the nearer of them.
///   - alpha: above 0.
///   - beta: above 0.
package func betaChance(upTo x: Double, _ alpha: Double, _ beta: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  return incompleteBeta(x, rest: 1 - x, alpha, beta)
}

/// - Parameter rest: 1 − x, which has more digits than x where that is near 1.
private func incompleteBeta(
  _ x: Double, rest: Double, _ alpha: Double, _ beta: Double
) -> Double {
  guard x > 0 else { return 0 }
  guard rest > 0 else { return 1 }
  let factor = betaFactor(x, rest: rest, alpha, beta)
  if x < (alpha + 1) / (alpha + beta + 2) {
    return min(1, factor * betaFraction(x, alpha, beta) / alpha)
  }
  return max(0, 1 - factor * betaFraction(rest, beta, alpha) / beta)
}

/// x^alpha (1 − x)^beta ÷ B(alpha, beta).
private func betaFactor(_ x: Double, rest: Double, _ alpha: Double, _ beta: Double) -> Double {
  let whole = alpha + beta
  let errors = stirlingError(whole) - stirlingError(alpha) - stirlingError(beta)
  return (alpha / whole * beta / (2 * Double.pi)).squareRoot()
    * exp(errors - deviance(alpha, whole * x) - deviance(beta, whole * rest))
}

/// The x at or below which a beta variable lies with a chance: Newton's method on I_x, kept within a
/// bracket by halving.
/// - Parameters:
///   - chance: 0–1.
///   - alpha: above 0.
///   - beta: above 0.
/// - Returns: 0–1.
package func betaQuantile(_ chance: Double, _ alpha: Double, _ beta: Double) -> Double {
  guard chance > 0 else { return 0 }
  guard chance < 1 else { return 1 }
  var (low, high) = (0.0, 1.0)
  var x = alpha / (alpha + beta)
  if alpha < 1 {
    // Far below the mean the first term of the series is all there is, and halving would not get there.
    let logBeta = logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta)
    x = min(x, max(.leastNormalMagnitude, exp((log(chance * alpha) + logBeta) / alpha)))
  }
  for _ in 0..<200 {
    let excess = betaChance(upTo: x, alpha, beta) - chance
    if excess > 0 { high = x } else { low = x }
    let density = betaFactor(x, rest: 1 - x, alpha, beta) / x / (1 - x)
    var next = x - excess / density
    if !(next > low && next < high) { next = (low + high) / 2 }
    if abs(next - x) <= 1e-12 * x { return next }
    x = next
  }
  return x
}

/// The chance that a variable of Student's distribution exceeds t: I_{ν÷(ν+t²)}(ν÷2, ½) ÷ 2 (Abramowitz and
/// Stegun, "Handbook of Mathematical Functions", 26.7.1); the normal tail beyond 10¹² degrees.
/// - Parameter degrees: of freedom, above 0, not necessarily whole.
package func studentTail(above t: Double, degrees: Double) -> Double {
  guard degrees <= 1e12 else { return normalTail(above: t) }
  let whole = degrees + t * t
  // Beyond all numbers the chance is 0.
  let (x, rest) = whole.isFinite ? (degrees / whole, t * t / whole) : (0, 1)
  let half = incompleteBeta(x, rest: rest, degrees / 2, 0.5) / 2
  return t >= 0 ? half : 1 - half
}

/// The t above which a variable of Student's distribution lies with a chance: 2.228 for 2.5 % of 10
/// degrees. By halving, to about 10 digits.
/// - Parameters:
///   - chance: above 0 and below 1.
///   - degrees: of freedom, above 0.
package func studentQuantile(above chance: Double, degrees: Double) -> Double {
  guard chance <= 0.5 else { return -studentQuantile(above: 1 - chance, degrees: degrees) }
  var (low, high) = (0.0, 1.0)
  while studentTail(above: high, degrees: degrees) > chance, high < 1e150 {
    (low, high) = (high, high * 2)
  }
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if studentTail(above: middle, degrees: degrees) > chance { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The continued fraction of the incomplete beta function by the method of Lentz.
private func betaFraction(_ x: Double, _ alpha: Double, _ beta: Double) -> Double {
  func bounded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
  var c = 1.0
  var d = 1 / bounded(1 - (alpha + beta) * x / (alpha + 1))
  var value = d
  for step in 1..<100_000 {
    let m = Double(step)
    let even = m * (beta - m) * x / ((alpha + 2 * m - 1) * (alpha + 2 * m))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    value *= d * c
    let odd = -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2 * m) * (alpha + 2 * m + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    value *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return value
}
