/// Numbers as people read them. What is no finite number is written as a dash.
package enum NumberText {
  /// What stands for a number that is not there.
  package static let missing = "–"

  /// A whole number with a narrow space, which does not break, between thousands: `12 345`. A space
  /// reads the same where the comma parts thousands and where it parts decimals.
  package static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  /// A share of 0–1 in per cent with one decimal. Only 0 and 1 themselves are written as none and all.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return missing }
    if share > 0, share < 0.0005 { return "< 0.1\u{A0}%" }
    if share < 1, share >= 0.9995 { return "> 99.9\u{A0}%" }
    return decimals(share * 100, share == 0 || share == 1 ? 0 : 1) + "\u{A0}%"
  }

  /// A number with a fixed count of decimals; what rounds to nothing carries no sign.
  /// - Parameter places: 0 to 9.
  package static func decimals(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return missing }
    let power = power10(places)
    let scaled = (value.magnitude * power).rounded()
    // Beyond this a double has no decimals, and an integer no room.
    guard scaled < 1e15 else { return scientific(value) }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "−" : ""
    guard places > 0 else { return sign + count(whole) }
    let fraction = String(whole % Int(power))
    return sign + count(whole / Int(power)) + "."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A number with three significant digits, trailing zeros kept: `0.911`, `12.0`, `1 250`.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite else { return missing }
    guard value != 0 else { return "0" }
    let size = value.magnitude
    if size < 0.00001 || size >= 1e12 { return scientific(value) }
    if size >= 99.95 { return decimals(value, 0) }
    if size >= 9.995 { return decimals(value, 1) }
    var places = 2
    while places < 9, size < 0.9995 * power10(2 - places) { places += 1 }
    return decimals(value, places)
  }

  /// A setting: whole numbers as they are, others with up to three significant digits.
  package static func setting(_ value: Double) -> String {
    if value.isFinite, value == value.rounded(), value.magnitude < 1e12 { return count(Int(value)) }
    var text = significant(value)
    guard text.contains("."), !text.contains("e") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }

  /// A position in a picture: two decimals at most, no spaces.
  static func coordinate(_ value: Double) -> String {
    let hundredths = Int((max(-1e6, min(1e6, value.isNaN ? 0 : value)) * 100).rounded())
    var text = hundredths < 0 ? "-" : ""
    text += String(hundredths.magnitude / 100)
    let fraction = hundredths.magnitude % 100
    if fraction == 0 { return text }
    if fraction.isMultiple(of: 10) { return text + ".\(fraction / 10)" }
    return text + (fraction < 10 ? ".0\(fraction)" : ".\(fraction)")
  }

  /// A number of an unusual size, for example `1.2e−7`.
  private static func scientific(_ value: Double) -> String {
    var size = value.magnitude
    var exponent = 0
    while size >= 9.995 {
      size /= 10
      exponent += 1
    }
    while size > 0, size < 0.9995 {
      size *= 10
      exponent -= 1
    }
    return (value < 0 ? "−" : "") + decimals(size, 2) + "e" + count(exponent)
  }

  private static func power10(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent) { power *= 10 }
    return exponent < 0 ? 1 / power : power
  }
}
