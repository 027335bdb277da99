#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The chance that a gamma variable of scale 1 lies at `x` or below: the regularised lower incomplete gamma
/// function P(shape, x), by its series below shape + 1 and by its continued fraction above (Press et al.,
/// "Numerical Recipes", 3rd edition, 6.2), to about 10 digits; for shapes beyond a million by the uniform
/// expansion of Temme ("The Asymptotic Expansion of the Incomplete Gamma Functions", 1979), to about 8.
/// - Parameters:
///   - x: what is below 0 is taken for 0.
///   - shape: above 0.
package func gammaChance(upTo x: Double, shape: Double) -> Double {
  incompleteGamma(x, shape: shape).lower
}

/// The chance that a gamma variable of scale 1 lies above `x`: the regularised upper incomplete gamma
/// function Q(shape, x), computed so that small chances keep their digits; see `gammaChance(upTo:shape:)`.
package func gammaTail(above x: Double, shape: Double) -> Double {
  incompleteGamma(x, shape: shape).upper
}

/// The chance that a χ² variable exceeds a statistic.
/// - Parameters:
///   - statistic: 0 or more.
///   - degrees: of freedom, 1 or more.
package func chiSquareTail(_ statistic: Double, degrees: Int) -> Double {
  gammaTail(above: statistic / 2, shape: Double(degrees) / 2)
}

/// The x at or below which a gamma variable of scale 1 lies with a chance: Newton's method on P(shape, x),
/// kept within a bracket by halving.
/// - Parameters:
///   - chance: above 0 and below 1; 0 and less gives 0, 1 and more gives infinity.
///   - shape: above 0.
package func gammaQuantile(_ chance: Double, shape: Double) -> Double {
  guard chance > 0 else { return 0 }
  guard chance < 1 else { return .infinity }
  var (low, high) = (0.0, max(1, shape))
  while gammaChance(upTo: high, shape: shape) < chance { (low, high) = (high, high * 2) }
  // The first term of the series where the quantile is far below the shape, Wilson and Hilferty elsewhere.
  let cube = 1 - 1 / (9 * shape) - normalQuantile(above: chance) / (3 * shape.squareRoot())
  let small = exp((log(chance) + logGamma(shape + 1)) / shape)
  var x = shape < 1 || cube <= 0.2 ? small : shape * cube * cube * cube
  for _ in 0..<200 {
    if !(x > low && x < high) { x = (low + high) / 2 }
    let (lower, upper) = incompleteGamma(x, shape: shape)
    // The smaller of the two tails has the digits.
    let excess = chance > 0.5 ? (1 - chance) - upper : lower - chance
    if excess > 0 { high = x } else { low = x }
    let density = gammaFactor(x, shape: shape) / x
    let next = x - excess / density
    if abs(next - x) <= 1e-12 * x || high - low <= 1e-14 * high { return next.isFinite ? next : x }
    x = next
  }
  return x
}

private func incompleteGamma(_ x: Double, shape: Double) -> (lower: Double, upper: Double) {
  guard x > 0 else { return (0, 1) }
  guard x.isFinite else { return (1, 0) }
  if shape > 1e6 { return largeGamma(x, shape: shape) }
  let factor = gammaFactor(x, shape: shape)
  if x < shape + 1 {
    let lower = min(1, factor * gammaSeries(x, shape: shape))
    return (lower, 1 - lower)
  }
  let upper = min(1, factor * gammaFraction(x, shape: shape))
  return (1 - upper, upper)
}

/// x^shape e^−x ÷ Γ(shape).
private func gammaFactor(_ x: Double, shape: Double) -> Double {
  (shape / (2 * Double.pi)).squareRoot() * exp(-stirlingError(shape) - deviance(shape, x))
}

/// Temme's expansion: the normal tails at z = η√shape, ½η² being the deviance of one unit, and the first
/// terms of what is left in powers of η and 1 ÷ shape. Where η is not small, both tails are 0 and 1.
private func largeGamma(_ x: Double, shape: Double) -> (lower: Double, upper: Double) {
  let size = (2 * deviance(shape, x)).squareRoot()
  let z = x < shape ? -size : size
  let eta = z / shape.squareRoot()
  let first =
    -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta * (1.0 / 864 + eta / 2835)))
  let rest = normalDensity(z) / shape.squareRoot() * (first - (1.0 / 540 + eta / 288) / shape)
  return (
    min(1, max(0, normalTail(above: -z) - rest)), min(1, max(0, normalTail(above: z) + rest))
  )
}

/// Σ xⁿ ÷ (shape·(shape + 1)···(shape + n)).
private func gammaSeries(_ x: Double, shape: Double) -> Double {
  var (term, place) = (1 / shape, shape)
  var sum = term
  while term > sum * 1e-16 {
    place += 1
    term *= x / place
    sum += term
  }
  return sum
}

/// The continued fraction of the upper function by the method of Lentz.
private func gammaFraction(_ x: Double, shape: Double) -> Double {
  let tiny = 1e-300
  var b = x + 1 - shape
  var c = 1 / tiny
  var d = 1 / max(b, tiny)
  var value = d
  for step in 1..<100_000 {
    let a = -Double(step) * (Double(step) - shape)
    b += 2
    d = a * d + b
    if abs(d) < tiny { d = tiny }
    c = b + a / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    value *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return value
}
