/// A pattern as the instructions of a nondeterministic automaton (Thompson's construction).
struct PatternProgram {
  enum Instruction {
    /// Takes one scalar of the class with this number.
    case consume(Int)
    case split(Int, Int)
    case jump(Int)
    case assert(PatternAssertion)
    case accept
  }

  /// How many instructions one pattern may take; counted repetitions are written out.
  static let maximumInstructions = 4096

  private(set) var instructions: [Instruction] = []
  /// The classes, each once.
  private(set) var classes: [ScalarClass] = []
  private var classNumbers: [ScalarClass: Int] = [:]

  /// Translates a pattern.
  /// - Throws: `PatternError` when it needs what the automaton cannot do, or is too large.
  init(_ syntax: PatternSyntax) throws {
    try emit(syntax)
    instructions.append(.accept)
  }

  private mutating func emit(_ syntax: PatternSyntax) throws {
    switch syntax {
    case .empty: break
    case .scalar(let scalars): try append(.consume(number(of: scalars)))
    case .assertion(let assertion): try append(.assert(assertion))
    case .sequence(let terms): for term in terms { try emit(term) }
    case .choice(let branches): try emit(choice: branches[...])
    case .repeated(let inner, let atLeast, let atMost):
      try emit(inner, atLeast: atLeast, atMost: atMost)
    case .unsupported(let name):
      throw PatternError(message: "found \(name), which is not supported")
    }
  }

  private mutating func emit(choice branches: ArraySlice<PatternSyntax>) throws {
    var jumps: [Int] = []
    for branch in branches.dropLast() {
      let split = try append(.split(0, 0))
      try emit(branch)
      jumps.append(try append(.jump(0)))
      instructions[split] = .split(split + 1, instructions.count)
    }
    if let last = branches.last { try emit(last) }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emit(_ inner: PatternSyntax, atLeast: Int, atMost: Int?) throws {
    for _ in 0..<atLeast {
      let before = instructions.count
      try emit(inner)
      // What takes no instruction takes none however often it is repeated.
      if instructions.count == before { return }
    }
    guard let atMost else {
      let split = try append(.split(0, 0))
      try emit(inner)
      try append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in atLeast..<atMost {
      splits.append(try append(.split(0, 0)))
      try emit(inner)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  @discardableResult
  private mutating func append(_ instruction: Instruction) throws -> Int {
    guard instructions.count < Self.maximumInstructions else {
      throw PatternError(
        message: "found a pattern over \(Self.maximumInstructions) steps long; limit lengths "
          + "with maxLength instead of counted repetitions")
    }
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func number(of scalars: ScalarClass) -> Int {
    if let number = classNumbers[scalars] { return number }
    classNumbers[scalars] = classes.count
    classes.append(scalars)
    return classes.count - 1
  }
}
