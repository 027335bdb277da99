import JSONRPC

extension SchemaEvaluation {
  /// Applies the subschemas that look at the value itself.
  mutating func checkInPlace(
    _ node: SchemaNode, _ rules: InPlaceRules, _ value: JSONValue,
    _ parts: inout EvaluatedParts?
  ) -> Bool {
    var isValid = true
    for reference in rules.references {
      isValid = checkBranch(target(of: reference), value, &parts) && isValid
      if !isValid, isDone { return false }
    }
    for child in rules.all {
      isValid = checkBranch(child, value, &parts) && isValid
      if !isValid, isDone { return false }
    }
    if !rules.any.isEmpty {
      isValid = checkAny(node, rules.any, value, &parts) && isValid
      if !isValid, isDone { return false }
    }
    if !rules.one.isEmpty {
      isValid = checkOne(node, rules.one, value, &parts) && isValid
      if !isValid, isDone { return false }
    }
    if let child = rules.not {
      var none: EvaluatedParts?
      if checkQuietly(child, value, &none) {
        let refused = program.nodes[child]
        isValid = refuse(
          node, "not", "not", Found.text(of: value), "must not match \(refused.rules.location)")
      }
      if !isValid, isDone || isExhausted { return false }
    }
    if let condition = rules.condition {
      isValid = check(condition, value, &parts) && isValid
    }
    return isValid && !isExhausted
  }

  /// Applies a subschema to the value itself and takes over which parts it has looked at.
  mutating func checkBranch(
    _ number: Int, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    guard parts != nil else { return check(number, value, &parts) }
    var own: EvaluatedParts? = EvaluatedParts()
    let isValid = check(number, value, &own)
    // A branch that fails has looked at nothing, says the specification. The value is refused
    // anyway; to report all its properties as unexpected on top of that would only mislead.
    if let own, isValid || isCollecting { parts?.formUnion(own) }
    return isValid
  }

  private mutating func check(
    _ condition: SchemaCondition, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    var own: EvaluatedParts? = parts == nil ? nil : EvaluatedParts()
    let holds = checkQuietly(condition.test, value, &own)
    if isExhausted { return false }
    if holds, let own { parts?.formUnion(own) }
    guard let child = holds ? condition.then : condition.otherwise else { return true }
    return checkBranch(child, value, &parts)
  }

  /// Where a reference leads: for a dynamic one, the outermost resource entered that knows the
  /// anchor decides.
  private func target(of reference: SchemaReference) -> Int {
    guard let anchor = reference.dynamicAnchor else { return reference.target }
    for scope in scopes {
      if let number = program.dynamicAnchors[scope][anchor] { return number }
    }
    return reference.target
  }
}
