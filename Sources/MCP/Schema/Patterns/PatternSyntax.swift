/// A regular expression of ECMA-262 (with its `u` flag), taken apart.
indirect enum PatternSyntax: Sendable {
  case empty
  /// Exactly one scalar of the class.
  case scalar(ScalarClass)
  case assertion(PatternAssertion)
  case sequence([PatternSyntax])
  case choice([PatternSyntax])
  case repeated(PatternSyntax, atLeast: Int, atMost: Int?)
  /// Valid ECMA-262 that cannot be matched in linear time, by the name a message gives it.
  case unsupported(String)
}

/// What must hold between two scalars.
enum PatternAssertion: Sendable, Hashable {
  case start, end, wordBoundary, notWordBoundary
}

/// Why a pattern cannot be used.
struct PatternError: Error, Sendable, Hashable {
  /// What was found, at which scalar, and what would be accepted.
  let message: String
}

/// A set of Unicode scalars: ranges and properties, or everything else when negated.
struct ScalarClass: Sendable, Hashable {
  /// One Unicode property that a scalar has, or has not.
  struct Test: Sendable, Hashable {
    let property: UnicodeProperty
    let isNegated: Bool
  }

  var ranges: [ClosedRange<UInt32>] = []
  var tests: [Test] = []
  var isNegated = false

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isListed =
      ranges.contains { $0.contains(scalar.value) }
      || tests.contains { $0.property.holds(for: scalar) != $0.isNegated }
    return isListed != isNegated
  }

  mutating func add(_ other: ScalarClass) {
    ranges += other.ranges
    tests += other.tests
  }

  /// The class of one scalar.
  init(_ value: UInt32) { ranges = [value...value] }

  init(ranges: [ClosedRange<UInt32>] = [], tests: [Test] = [], isNegated: Bool = false) {
    self.ranges = ranges
    self.tests = tests
    self.isNegated = isNegated
  }

  /// Everything outside of the ranges, as ranges, which must be in ascending order.
  private init(complementOf ranges: [ClosedRange<UInt32>]) {
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { self.ranges.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    self.ranges.append(next...0x10FFFF)
  }

  static let digits = ScalarClass(ranges: [0x30...0x39])
  static let wordParts = ScalarClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// WhiteSpace and LineTerminator of ECMA-262.
  static let spaces = ScalarClass(ranges: [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
    0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ])
  static let notDigits = ScalarClass(complementOf: digits.ranges)
  static let notWordParts = ScalarClass(complementOf: wordParts.ranges)
  static let notSpaces = ScalarClass(complementOf: spaces.ranges)
  /// What the dot matches: everything but line ends.
  static let notLineEnds = ScalarClass(complementOf: [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
}
