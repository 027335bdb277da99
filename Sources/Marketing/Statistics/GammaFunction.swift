#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// ln Γ(x).
/// - Parameter x: above 0.
package func logGamma(_ x: Double) -> Double {
  // `lgamma` writes the sign to a variable that all threads share; this one does not.
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
}

/// ψ(x), the derivative of ln Γ(x): the recurrence ψ(x) = ψ(x + 1) − 1 ÷ x up to 10, there the asymptotic
/// series (Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.3.5 and 6.3.18), to about 14
/// digits.
/// - Parameter x: above 0.
package func digamma(_ x: Double) -> Double {
  var x = x
  var shift = 0.0
  while x < 10 {
    shift -= 1 / x
    x += 1
  }
  let inverse = 1 / x
  let square = inverse * inverse
  let coefficients = (1.0 / 12, 1.0 / 120, 1.0 / 252, 1.0 / 240, 1.0 / 132, 691.0 / 32_760)
  var series = coefficients.4 - square * coefficients.5
  series = coefficients.3 - square * series
  series = coefficients.2 - square * series
  series = coefficients.1 - square * series
  series = coefficients.0 - square * series
  return shift + log(x) - inverse / 2 - square * series
}
