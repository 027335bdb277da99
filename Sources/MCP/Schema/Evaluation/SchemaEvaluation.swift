import JSONRPC

/// One run of a value through a program.
///
/// It runs in two ways: quickly, where the first thing wrong ends it and nothing is worded, and
/// collecting. A value is run quickly first, so a valid one costs no more than that.
struct SchemaEvaluation {
  /// A step from a value into one of its parts.
  enum PathStep {
    case key(String)
    case index(Int)
  }

  let program: SchemaProgram
  /// Whether violations are worded and kept.
  var isCollecting: Bool
  var violations: [SchemaViolation] = []
  var path: [PathStep] = []
  /// The resources entered, outermost first; kept only for dynamic references.
  var scopes: [Int] = []
  var steps = 0
  private var depth = 0
  /// Whether a limit has ended the run.
  private(set) var isExhausted = false

  private init(program: SchemaProgram, isCollecting: Bool) {
    self.program = program
    self.isCollecting = isCollecting
  }

  static func accepts(_ value: JSONValue, root: Int, program: SchemaProgram) -> Bool {
    var evaluation = SchemaEvaluation(program: program, isCollecting: false)
    return evaluation.run(root, value)
  }

  static func violations(
    of value: JSONValue, root: Int, program: SchemaProgram
  ) -> [SchemaViolation] {
    var evaluation = SchemaEvaluation(program: program, isCollecting: false)
    if evaluation.run(root, value) { return [] }
    if !evaluation.isExhausted {
      evaluation = SchemaEvaluation(program: program, isCollecting: true)
      if !evaluation.run(root, value), !evaluation.isExhausted { return evaluation.violations }
    }
    return evaluation.violations + [
      SchemaViolation(
        instanceLocation: "", schemaLocation: program.nodes[root].rules.location,
        keyword: "limits", found: Found.text(of: value),
        expected: "the value is too complex to be validated; send a smaller one")
    ]
  }

  private mutating func run(_ root: Int, _ value: JSONValue) -> Bool {
    var parts: EvaluatedParts?
    return check(root, value, &parts) && !isExhausted
  }

  /// Ends the run: a limit has been reached.
  mutating func exhaust() { isExhausted = true }

  /// Whether nothing more needs to be found out.
  var isDone: Bool {
    !isCollecting || isExhausted || violations.count >= program.limits.violations
  }

  /// Applies a subschema. `parts`, where there are any, must be empty and take what it looks at.
  mutating func check(_ number: Int, _ value: JSONValue, _ parts: inout EvaluatedParts?) -> Bool {
    steps += 1 + Self.cost(of: value)
    depth += 1
    defer { depth -= 1 }
    guard !isExhausted, steps <= program.limits.steps, depth <= program.limits.evaluationDepth
    else {
      isExhausted = true
      return false
    }
    let node = program.nodes[number]
    if let verdict = node.rules.verdict {
      return verdict
        || refuse(node, "", "false", Found.text(of: value), "nothing is accepted here")
    }
    guard program.hasDynamicReferences, scopes.last != node.rules.resource else {
      return checkTracking(node, value, &parts)
    }
    scopes.append(node.rules.resource)
    defer { scopes.removeLast() }
    return checkTracking(node, value, &parts)
  }

  private mutating func checkTracking(
    _ node: SchemaNode, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    guard parts == nil, node.rules.tracksParts else { return checkRules(node, value, &parts) }
    var own: EvaluatedParts? = EvaluatedParts()
    return checkRules(node, value, &own)
  }

  private mutating func checkRules(
    _ node: SchemaNode, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    guard node.rules.types.isEmpty || node.rules.types.accepts(value) else {
      // The rules for other types say nothing, and those for any type would say it again.
      return refuse(
        node, "type", "type", Found.typedText(of: value), "must be \(node.rules.types.phrase)")
    }
    var isValid = checkValues(node, value)
    if !isValid, isDone { return false }
    switch value {
    case .string(let text): isValid = checkText(node, text) && isValid
    case .integer, .number: isValid = checkNumber(node, value) && isValid
    case .array(let elements):
      if let rules = node.rules.array {
        isValid = checkArray(node, rules, elements, &parts) && isValid
      }
    case .object(let object):
      if let rules = node.rules.object {
        isValid = checkObject(node, rules, object, &parts) && isValid
      }
    case .null, .bool: break
    }
    if !isValid, isDone { return false }
    if let rules = node.rules.inPlace {
      isValid = checkInPlace(node, rules, value, &parts) && isValid
      if !isValid, isDone { return false }
    }
    if node.rules.tracksParts { isValid = checkUnevaluated(node, value, &parts) && isValid }
    return isValid
  }

  /// What long scalars cost beyond one step, a few dozen bytes each.
  private static func cost(of value: JSONValue) -> Int {
    switch value {
    case .string(let text): text.utf8.count / 64
    case .number(let number): number.spelling.utf8.count / 16
    default: 0
    }
  }

  private mutating func checkValues(_ node: SchemaNode, _ value: JSONValue) -> Bool {
    if let constant = node.rules.constant, !EqualValue.areEqual(constant, value) {
      return refuse(
        node, "const", "const", Found.text(of: value), "must be \(Self.literal(constant))")
    }
    if let choices = node.rules.choices, !choices.contains(value) {
      return refuse(node, "enum", "enum", Found.text(of: value), Self.phrase(choices))
    }
    return true
  }

  private static func phrase(_ choices: SchemaChoices) -> String {
    let values = choices.values.map(literal)
    return values.count == 1 ? "must be \(values[0])" : "must be one of \(Found.list(values))"
  }

  /// A value of the schema as JSON, cut at 200 characters.
  private static func literal(_ value: JSONValue) -> String {
    Found.shortened(JSONWriter.text(of: value), to: 200)
  }
}

extension SchemaEvaluation {
  /// Notes what is wrong, when violations are collected. Returns `false`, for the caller to return.
  /// - Parameters:
  ///   - place: the keyword's place below the subschema; empty for the subschema itself.
  mutating func refuse(
    _ node: SchemaNode, _ place: String, _ keyword: String, _ found: @autoclosure () -> String,
    _ expected: @autoclosure () -> String
  ) -> Bool {
    guard isCollecting, !isDone else { return false }
    violations.append(
      SchemaViolation(
        instanceLocation: pointer,
        schemaLocation: place.isEmpty ? node.rules.location : "\(node.rules.location)/\(place)",
        keyword: keyword, found: found(), expected: expected()))
    return false
  }

  /// The place in the value as a JSON Pointer; long keys are shortened, so that a message stays
  /// one.
  var pointer: String {
    path.reduce(into: "") { pointer, step in
      switch step {
      case .key(let key): pointer += "/" + JSONPointer.escape(Found.shortened(key, to: 64))
      case .index(let index): pointer += "/\(index)"
      }
    }
  }

  /// Applies a subschema to a part of the value.
  mutating func checkPart(
    _ number: Int, _ value: JSONValue, at step: @autoclosure () -> PathStep
  ) -> Bool {
    var none: EvaluatedParts?
    guard isCollecting else { return check(number, value, &none) }
    path.append(step())
    defer { path.removeLast() }
    return check(number, value, &none)
  }

  /// Applies a subschema without wording what it refuses.
  mutating func checkQuietly(
    _ number: Int, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    let wasCollecting = isCollecting
    isCollecting = false
    defer { isCollecting = wasCollecting }
    return check(number, value, &parts)
  }
}
