/// Reads the regular expressions of ECMA-262 as its `u` flag has them, which is what JSON Schema
/// asks for. More lenient in one point: any ASCII punctuation may be escaped (`\@`), not syntax
/// alone.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0
  private static let maximumDepth = 64

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// Takes the pattern apart.
  /// - Throws: `PatternError` for what is not ECMA-262.
  static func parse(_ text: String) throws -> PatternSyntax {
    var parser = PatternParser(text)
    let syntax = try parser.choice()
    guard parser.at == parser.scalars.count else { throw parser.error("')' without '('") }
    return syntax
  }

  private mutating func choice() throws -> PatternSyntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("groups nested too deeply") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws -> PatternSyntax {
    var terms: [PatternSyntax] = []
    while let next = peek, next != "|", next != ")" {
      let (term, canRepeat) = try term()
      guard let (atLeast, atMost) = try quantifier() else {
        terms.append(term)
        continue
      }
      guard canRepeat else { throw error("a quantifier behind an assertion") }
      terms.append(.repeated(term, atLeast: atLeast, atMost: atMost))
    }
    return terms.count == 1 ? terms[0] : terms.isEmpty ? .empty : .sequence(terms)
  }

  private mutating func term() throws -> (PatternSyntax, canRepeat: Bool) {
    guard let scalar = advance() else { return (.empty, false) }
    switch scalar {
    case "^": return (.assertion(.start), false)
    case "$": return (.assertion(.end), false)
    case "(": return try group()
    case "[": return (.scalar(try characterClass()), true)
    case ".": return (.scalar(.notLineEnds), true)
    case "\\":
      if take("b") { return (.assertion(.wordBoundary), false) }
      if take("B") { return (.assertion(.notWordBoundary), false) }
      if let reference = try backreference() { return (reference, true) }
      return (.scalar(try escape(inClass: false)), true)
    case "*", "+", "?": throw error("'\(scalar)' with nothing before it to repeat", back: 1)
    case "{", "}", "]": throw error("'\(scalar)', which must be written '\\\(scalar)'", back: 1)
    default: return (.scalar(ScalarClass(scalar.value)), true)
    }
  }

  /// Behind `(`.
  private mutating func group() throws -> (PatternSyntax, canRepeat: Bool) {
    var unsupported: String?
    if take("?") {
      switch advance() {
      case ":": break
      case "=", "!": unsupported = "a lookahead"
      case "<" where take("=") || take("!"): unsupported = "a lookbehind"
      case "<": try groupName()
      default: throw error("'(?' without ':', '=', '!' or '<' behind it")
      }
    }
    let inner = try choice()
    guard take(")") else { throw error("'(' without ')'") }
    if let unsupported { return (.unsupported(unsupported), false) }
    return (inner, true)
  }

  /// Up to the `>` that ends it.
  private mutating func groupName() throws {
    let start = at
    while let scalar = advance() {
      if scalar == ">", at - 1 > start { return }
      let isPart = scalar == "_" || scalar == "$" || scalar.properties.isIDContinue
      guard isPart, at - 1 > start || !("0"..."9").contains(scalar) else { break }
    }
    throw error("a group's name that is not an identifier")
  }

  private mutating func backreference() throws -> PatternSyntax? {
    if take("k") {
      guard take("<") else { throw error("'\\k' without '<name>'") }
      try groupName()
      return .unsupported("a backreference")
    }
    guard let first = peek, ("1"..."9").contains(first) else { return nil }
    while let next = peek, ("0"..."9").contains(next) { at += 1 }
    return .unsupported("a backreference")
  }

  private mutating func quantifier() throws -> (Int, Int?)? {
    let bounds: (Int, Int?)
    if take("*") {
      bounds = (0, nil)
    } else if take("+") {
      bounds = (1, nil)
    } else if take("?") {
      bounds = (0, 1)
    } else if take("{") {
      bounds = try countedQuantifier()
    } else {
      return nil
    }
    // Whether few or many repetitions are preferred makes no difference to whether there is a
    // match.
    _ = take("?")
    return bounds
  }

  private mutating func countedQuantifier() throws -> (Int, Int?) {
    guard let atLeast = number() else { throw error("'{' without a count, or to be '\\{'") }
    var atMost: Int? = atLeast
    if take(",") { atMost = number() }
    guard take("}") else { throw error("a count without '}'") }
    if let atMost, atMost < atLeast { throw error("a count whose maximum is below its minimum") }
    return (atLeast, atMost)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let next = peek, let digit = Self.digit(next), digit < 10 {
      let (scaled, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
      // A count that large is refused later, for the size of its automaton.
      value = overflow || scaled > Int(Int32.max) ? Int(Int32.max) : scaled + digit
      at += 1
    }
    return value
  }

  /// Behind `[`.
  private mutating func characterClass() throws -> ScalarClass {
    var result = ScalarClass()
    result.isNegated = take("^")
    while true {
      guard let first = peek else { throw error("'[' without ']'") }
      if take("]") { return result }
      let low = try classPart()
      guard peek == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else {
        result.add(low)
        continue
      }
      at += 1
      let high = try classPart()
      guard let from = low.only, let to = high.only else {
        throw error("a range in '[\(first)…]' whose end is a class")
      }
      guard from <= to else { throw error("a range whose end is below its start") }
      result.ranges.append(from...to)
    }
  }

  private mutating func classPart() throws -> ScalarClass {
    guard let scalar = advance() else { throw error("'[' without ']'") }
    return scalar == "\\" ? try escape(inClass: true) : ScalarClass(scalar.value)
  }

  /// Behind a backslash.
  private mutating func escape(inClass: Bool) throws -> ScalarClass {
    guard let scalar = advance() else { throw error("a backslash at the end") }
    switch scalar {
    case "d": return .digits
    case "D": return .notDigits
    case "w": return .wordParts
    case "W": return .notWordParts
    case "s": return .spaces
    case "S": return .notSpaces
    case "t": return ScalarClass(0x09)
    case "n": return ScalarClass(0x0A)
    case "v": return ScalarClass(0x0B)
    case "f": return ScalarClass(0x0C)
    case "r": return ScalarClass(0x0D)
    case "b" where inClass: return ScalarClass(0x08)
    case "0":
      if let next = peek, ("0"..."9").contains(next) { throw error("an octal escape") }
      return ScalarClass(0)
    case "c":
      guard let letter = advance(), letter.isASCII, letter.properties.isAlphabetic else {
        throw error("'\\c' without a letter")
      }
      return ScalarClass(letter.value % 32)
    case "x": return ScalarClass(try hexadecimal(digits: 2))
    case "u": return try unicodeEscape()
    case "p", "P": return try property(isNegated: scalar == "P")
    default:
      guard Self.isPunctuation(scalar) else { throw error("the unknown escape '\\\(scalar)'") }
      return ScalarClass(scalar.value)
    }
  }

  private mutating func unicodeEscape() throws -> ScalarClass {
    if take("{") {
      var value: UInt32 = 0
      let start = at
      while let next = peek, let digit = Self.digit(next) {
        value = value << 4 | UInt32(digit)
        guard value <= 0x10FFFF else { throw error("a code point beyond 10FFFF") }
        at += 1
      }
      guard at > start, take("}") else { throw error("'\\u{' without a code point and '}'") }
      return ScalarClass(value)
    }
    let first = try hexadecimal(digits: 4)
    guard (0xD800...0xDBFF).contains(first), peek == "\\", at + 1 < scalars.count,
      scalars[at + 1] == "u"
    else { return ScalarClass(first) }
    let behindFirst = at
    at += 2
    if let second = try? hexadecimal(digits: 4), (0xDC00...0xDFFF).contains(second) {
      return ScalarClass(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }
    at = behindFirst
    return ScalarClass(first)
  }

  private mutating func property(isNegated: Bool) throws -> ScalarClass {
    guard take("{"), let end = scalars[at...].firstIndex(of: "}") else {
      throw error("'\\p' without '{property}'")
    }
    var name = ""
    name.unicodeScalars.append(contentsOf: scalars[at..<end])
    guard let property = UnicodeProperty(named: name) else {
      throw error("'\\p{\(name)}', expected a general category such as 'L' or 'Letter'")
    }
    at = end + 1
    return ScalarClass(tests: [.init(property: property, isNegated: isNegated)])
  }

  private mutating func hexadecimal(digits: Int) throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = advance(), let digit = Self.digit(scalar) else {
        throw error("an escape with fewer than \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "0"..."9": Int(scalar.value) - 0x30
    case "a"..."f": Int(scalar.value) - 0x61 + 10
    case "A"..."F": Int(scalar.value) - 0x41 + 10
    default: nil
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private mutating func advance() -> Unicode.Scalar? {
    guard at < scalars.count else { return nil }
    at += 1
    return scalars[at - 1]
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    at += 1
    return true
  }

  private func error(_ found: String, back: Int = 0) -> PatternError {
    PatternError(message: "found \(found) at character \(at - back + 1)")
  }
}

extension ScalarClass {
  /// The only scalar of a class that was written as one.
  fileprivate var only: UInt32? {
    guard tests.isEmpty, !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
    return ranges[0].lowerBound
  }
}
