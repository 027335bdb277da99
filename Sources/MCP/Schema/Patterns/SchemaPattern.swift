/// A regular expression that matches in time linear in the text, whatever the pattern.
///
/// There is no backtracking: the automaton (Glushkov's, one position for each scalar that the
/// pattern takes) follows all alternatives at once as a set of bits. What cannot be done so,
/// backreferences and looking around, is refused when the pattern is compiled.
struct SchemaPattern: Sendable {
  /// The pattern as it was written.
  let source: String

  /// What holds between two scalars, as bits that number the contexts.
  private enum Context {
    static let start = 1
    static let end = 2
    static let wordBoundary = 4
  }

  /// How many positions one pattern may have.
  private static let maximumPositions = 1024

  /// How many words of 64 bits a set of positions takes.
  private let width: Int
  /// How many positions there are; the row behind theirs is the start's.
  private let positions: Int
  /// Which row of `rows` follows a position in a context: context × (positions + 1) + position.
  private let rowNumbers: [Int32]
  /// Sets of positions, `width` words each.
  private let rows: [UInt64]
  /// Whether the text matches where the row is reached.
  private let accepts: [Bool]
  /// The positions that take an ASCII scalar, `width` words for each of the 128.
  private let asciiMasks: [UInt64]
  private let classes: [ScalarClass]
  /// The positions of each class, `width` words each.
  private let classMasks: [UInt64]
  private let usesContext: Bool
  /// Whether nothing can match unless it begins at the start of the text.
  private let beginsAtStart: Bool

  /// Compiles a pattern.
  /// - Parameter work: how many steps compiling may take; what was needed is subtracted, so that
  ///   the patterns of one schema share a bound.
  /// - Throws: `PatternError`.
  init(_ source: String, work: inout Int) throws {
    let program = try PatternProgram(PatternParser.parse(source))
    let closures = try PatternClosures(program, maximum: Self.maximumPositions, work: &work)
    self.source = source
    self.width = closures.width
    self.positions = closures.positions.count
    self.rowNumbers = closures.rowNumbers
    self.rows = closures.rows
    self.accepts = closures.accepts
    self.usesContext = closures.usesContext
    self.classes = program.classes
    var classMasks = [UInt64](repeating: 0, count: program.classes.count * width)
    for (position, number) in closures.positions.enumerated() {
      classMasks[number * width + position / 64] |= 1 << UInt64(position % 64)
    }
    var asciiMasks = [UInt64](repeating: 0, count: 128 * width)
    for (number, scalars) in program.classes.enumerated() {
      for value in UInt8(0)..<128 where scalars.contains(Unicode.Scalar(value)) {
        for word in 0..<width {
          asciiMasks[Int(value) * width + word] |= classMasks[number * width + word]
        }
      }
    }
    self.classMasks = classMasks
    self.asciiMasks = asciiMasks
    self.beginsAtStart = closures.beginsAtStart
  }

  /// Whether the pattern is found anywhere in the text; `nil` when that would take over `limit`
  /// steps.
  /// - Parameter work: is increased by the steps it took, about one for each scalar and 16
  ///   positions.
  func matches(_ text: String, work: inout Int, limit: Int) -> Bool? {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * width) { buffer in
      buffer.initialize(repeating: 0)
      return search(text, buffer, &work, limit)
    }
  }

  private func search(
    _ text: String, _ buffer: UnsafeMutableBufferPointer<UInt64>, _ work: inout Int, _ limit: Int
  ) -> Bool? {
    let current = UnsafeMutableBufferPointer(rebasing: buffer[..<width])
    let reached = UnsafeMutableBufferPointer(rebasing: buffer[width...])
    var scalars = text.unicodeScalars.makeIterator()
    var previous: Unicode.Scalar?
    while true {
      let next = scalars.next()
      let context = usesContext ? Self.context(between: previous, and: next) : 0
      let first = context * (positions + 1)
      let start = Int(rowNumbers[first + positions])
      if accepts[start] { return true }
      for word in 0..<width { reached[word] = rows[start * width + word] }
      for word in 0..<width {
        var bits = current[word]
        while bits != 0 {
          let row = Int(rowNumbers[first + word * 64 + bits.trailingZeroBitCount])
          bits &= bits - 1
          if accepts[row] { return true }
          for target in 0..<width { reached[target] |= rows[row * width + target] }
          work += (width + 15) / 16
        }
      }
      guard let next else { return false }
      let isAlive = take(next, from: reached, to: current)
      if !isAlive, beginsAtStart { return false }
      work += 1
      guard work <= limit else { return nil }
      previous = next
    }
  }

  /// Keeps the reached positions that take the scalar; whether there are any.
  private func take(
    _ scalar: Unicode.Scalar, from reached: UnsafeMutableBufferPointer<UInt64>,
    to current: UnsafeMutableBufferPointer<UInt64>
  ) -> Bool {
    var alive: UInt64 = 0
    if scalar.isASCII {
      let mask = Int(scalar.value) * width
      for word in 0..<width {
        current[word] = reached[word] & asciiMasks[mask + word]
        alive |= current[word]
      }
      return alive != 0
    }
    current.update(repeating: 0)
    for (number, scalars) in classes.enumerated() where scalars.contains(scalar) {
      for word in 0..<width {
        current[word] |= reached[word] & classMasks[number * width + word]
        alive |= current[word]
      }
    }
    return alive != 0
  }

  private static func context(
    between previous: Unicode.Scalar?, and next: Unicode.Scalar?
  ) -> Int {
    var context = 0
    if previous == nil { context |= Context.start }
    if next == nil { context |= Context.end }
    if isWordPart(previous) != isWordPart(next) { context |= Context.wordBoundary }
    return context
  }

  private static func isWordPart(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return ScalarClass.wordParts.contains(scalar)
  }

  /// Whether an assertion holds in a context.
  static func holds(_ assertion: PatternAssertion, in context: Int) -> Bool {
    switch assertion {
    case .start: context & Context.start != 0
    case .end: context & Context.end != 0
    case .wordBoundary: context & Context.wordBoundary != 0
    case .notWordBoundary: context & Context.wordBoundary == 0
    }
  }
}
