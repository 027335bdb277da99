/// Exponential and logarithm from the four operations alone, which IEEE 754 fixes to the last bit: the
/// C library's own differ between machines in it.
enum PortableMath {
  private static let ln2High = 0.693147180369123816490
  private static let ln2Low = 1.90821492927058770002e-10

  /// e to the power of x, to about 15 digits; x from −700 to 700, clamped beyond.
  static func exp(_ x: Double) -> Double {
    let x = min(700, max(-700, x))
    let power = Double(round(x * 1.44269504088896340736))
    let rest = (x - power * ln2High) - power * ln2Low
    var term = 1.0
    var sum = 1.0
    for count in 1...14 {
      term *= rest / Double(count)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(power), significand: 1)
  }

  /// The natural logarithm of a normal positive number, to about 15 digits.
  static func log(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.4142135623730951 {
      significand /= 2
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var power = ratio
    var sum = 0.0
    for count in 0...12 {
      sum += power / Double(2 * count + 1)
      power *= square
    }
    return exponent * ln2High + (2 * sum + exponent * ln2Low)
  }

  /// The nearest whole number, halves away from zero; up to 2^62. Like `squareRoot`, it spares an
  /// optimized build the C library, which a program without it cannot link.
  static func round(_ x: Double) -> Int64 { x < 0 ? -Int64(0.5 - x) : Int64(x + 0.5) }

  /// The square root of a normal positive number, to about 14 digits.
  static func squareRoot(_ x: Double) -> Double { exp(0.5 * log(x)) }

  /// The chance that belongs to log-odds.
  static func logistic(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
