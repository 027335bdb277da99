/// Which positions can follow each position of a pattern, in each context: the tables of the
/// automaton.
struct PatternClosures {
  /// The class number that each position takes.
  private(set) var positions: [Int] = []
  private(set) var width = 1
  private(set) var rowNumbers: [Int32] = []
  private(set) var rows: [UInt64] = []
  private(set) var accepts: [Bool] = []
  private(set) var usesContext = false
  private(set) var beginsAtStart = true

  /// Contexts are numbered by three bits: at the start, at the end, at a word boundary.
  private static let contexts = 8

  private let program: PatternProgram
  /// The position of a consuming instruction.
  private var positionOf: [Int]
  private var visited: [Int]
  private var visit = 0

  init(_ program: PatternProgram, maximum: Int, work: inout Int) throws {
    self.program = program
    self.positionOf = [Int](repeating: -1, count: program.instructions.count)
    self.visited = [Int](repeating: 0, count: program.instructions.count)
    var starts: [Int] = []
    for (index, instruction) in program.instructions.enumerated() {
      switch instruction {
      case .consume(let number):
        positionOf[index] = positions.count
        positions.append(number)
        starts.append(index + 1)
      case .assert: usesContext = true
      default: break
      }
    }
    guard positions.count <= maximum else {
      throw PatternError(
        message: "found a pattern that is \(positions.count) characters long, at most \(maximum) "
          + "are supported; limit lengths with maxLength instead of counted repetitions")
    }
    width = max(1, (positions.count + 63) / 64)
    try close(starts + [0], work: &work)
  }

  private mutating func close(_ starts: [Int], work: inout Int) throws {
    // A row that met no assertion serves every context.
    var shared = [Int32](repeating: -1, count: starts.count)
    for context in 0..<(usesContext ? Self.contexts : 1) {
      for (number, start) in starts.enumerated() {
        if shared[number] >= 0 {
          rowNumbers.append(shared[number])
          continue
        }
        let row = Int32(accepts.count)
        let met = closure(from: start, in: context, work: &work)
        guard work >= 0 else {
          throw PatternError(message: "found patterns that are too large together")
        }
        if !met { shared[number] = row }
        rowNumbers.append(row)
      }
      if context & 1 == 0 { noteStartRow() }
    }
  }

  /// Looks at the row that was added last, the start's, in a context within the text.
  private mutating func noteStartRow() {
    guard let row = rowNumbers.last.map(Int.init) else { return }
    let isEmpty = rows[(row * width)..<((row + 1) * width)].allSatisfy { $0 == 0 }
    if !isEmpty || accepts[row] { beginsAtStart = false }
  }

  /// Adds the row of what can be reached without taking a scalar; whether an assertion was met.
  private mutating func closure(from start: Int, in context: Int, work: inout Int) -> Bool {
    visit += 1
    var row = [UInt64](repeating: 0, count: width)
    var isAccepting = false
    var metAssertion = false
    var pending = [start]
    work -= width
    while let index = pending.popLast() {
      guard visited[index] != visit else { continue }
      visited[index] = visit
      work -= 1
      switch program.instructions[index] {
      case .consume: row[positionOf[index] / 64] |= 1 << UInt64(positionOf[index] % 64)
      case .split(let first, let second): pending += [first, second]
      case .jump(let target): pending.append(target)
      case .assert(let assertion):
        metAssertion = true
        if SchemaPattern.holds(assertion, in: context) { pending.append(index + 1) }
      case .accept: isAccepting = true
      }
    }
    rows += row
    accepts.append(isAccepting)
    return metAssertion
  }
}
