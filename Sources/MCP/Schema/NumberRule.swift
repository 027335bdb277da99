import JSONRPC

/// What is asked of a number, decided without rounding.
enum NumberRule: Sendable {
  case minimum(NumberBound)
  case maximum(NumberBound)
  case exclusiveMinimum(NumberBound)
  case exclusiveMaximum(NumberBound)
  case multipleOf(NumberDivisor)

  var keyword: String {
    switch self {
    case .minimum: "minimum"
    case .maximum: "maximum"
    case .exclusiveMinimum: "exclusiveMinimum"
    case .exclusiveMaximum: "exclusiveMaximum"
    case .multipleOf: "multipleOf"
    }
  }

  /// What the number must be, for a sentence.
  var expected: String {
    switch self {
    case .minimum(let bound): "must be at least \(bound.spelling)"
    case .maximum(let bound): "must be at most \(bound.spelling)"
    case .exclusiveMinimum(let bound): "must be greater than \(bound.spelling)"
    case .exclusiveMaximum(let bound): "must be less than \(bound.spelling)"
    case .multipleOf(let divisor): "must be a multiple of \(divisor.spelling)"
    }
  }

  func holds(for number: ComparableNumber) -> Bool {
    switch self {
    case .minimum(let bound): number.compared(to: bound) >= 0
    case .maximum(let bound): number.compared(to: bound) <= 0
    case .exclusiveMinimum(let bound): number.compared(to: bound) > 0
    case .exclusiveMaximum(let bound): number.compared(to: bound) < 0
    case .multipleOf(let divisor): divisor.divides(number)
    }
  }
}

/// A number of the value, taken apart only when it is not a plain integer.
enum ComparableNumber {
  case integer(Int64)
  case decimal(DecimalDigits)

  /// `nil` for what is no number, and for exponents beyond 32 bits.
  init?(_ value: JSONValue) {
    switch value {
    case .integer(let integer): self = .integer(integer)
    case .number(let number):
      guard let digits = DecimalDigits(number.spelling) else { return nil }
      self = .decimal(digits)
    default: return nil
    }
  }

  var digits: DecimalDigits {
    switch self {
    case .integer(let integer): DecimalDigits(integer)
    case .decimal(let digits): digits
    }
  }

  /// Below zero, zero or above zero as the number is less than, equal to or greater than the bound.
  func compared(to bound: NumberBound) -> Int {
    if case .integer(let number) = self, let integer = bound.integer {
      return number < integer ? -1 : number > integer ? 1 : 0
    }
    return digits.compared(to: bound.digits)
  }
}

/// The value of `minimum` and its kin.
struct NumberBound: Sendable {
  let spelling: String
  let integer: Int64?
  let digits: DecimalDigits

  init?(_ value: JSONValue) {
    guard let number = ComparableNumber(value) else { return nil }
    spelling = JSONWriter.text(of: value)
    digits = number.digits
    integer = value.integerValue
  }
}

/// The value of `multipleOf`: significant digits below 10³⁷ and a power of ten.
struct NumberDivisor: Sendable {
  let spelling: String
  private let integer: Int64?
  private let significant: UInt128
  private let exponent: Int

  /// `nil` for what is no number above zero, or has more than 37 significant digits.
  init?(_ value: JSONValue) {
    guard let digits = ComparableNumber(value)?.digits, !digits.isNegative,
      (1...37).contains(digits.digits.count)
    else { return nil }
    spelling = JSONWriter.text(of: value)
    integer = value.integerValue
    significant = digits.digits.reduce(0) { $0 * 10 + UInt128($1) }
    exponent = digits.exponent
  }

  func divides(_ number: ComparableNumber) -> Bool {
    if case .integer(let value) = number, let integer { return value % integer == 0 }
    let digits = number.digits
    if digits.digits.isEmpty { return true }
    // With n·10^a and d·10^b, d must divide n·10^(a−b). For a < b it cannot: n does not end in
    // zero.
    let shift = digits.exponent - exponent
    guard shift >= 0 else { return false }
    var remainder = digits.digits.reduce(UInt128(0)) { ($0 * 10 + UInt128($1)) % significant }
    // The twos and fives in d are fewer than 128, so more tens change nothing.
    for _ in 0..<min(shift, 128) where remainder != 0 {
      remainder = remainder * 10 % significant
    }
    return remainder == 0
  }
}

extension DecimalDigits {
  /// Below zero, zero or above zero as the number is less than, equal to or greater than `other`.
  func compared(to other: DecimalDigits) -> Int {
    let signs = (sign, other.sign)
    guard signs.0 == signs.1 else { return signs.0 < signs.1 ? -1 : 1 }
    return signs.0 * magnitudeCompared(to: other)
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  private func magnitudeCompared(to other: DecimalDigits) -> Int {
    let (places, otherPlaces) = (digits.count + exponent, other.digits.count + other.exponent)
    guard places == otherPlaces else { return places < otherPlaces ? -1 : 1 }
    for (digit, otherDigit) in zip(digits, other.digits) where digit != otherDigit {
      return digit < otherDigit ? -1 : 1
    }
    // Neither ends in zero, so the one with digits left is greater.
    return (digits.count - other.digits.count).signum()
  }
}
