import JSONRPC

extension SchemaEvaluation {
  mutating func checkAny(
    _ node: SchemaNode, _ branches: [Int], _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    var isMatched = false
    for branch in branches {
      guard checkAlternative(branch, value, &parts) else { continue }
      isMatched = true
      // Every branch that matches has its say about which parts have been looked at.
      if parts == nil { return true }
    }
    return isMatched || explain(node, "anyOf", branches, value)
  }

  mutating func checkOne(
    _ node: SchemaNode, _ branches: [Int], _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    var first: Int?
    for (number, branch) in branches.enumerated() {
      guard checkAlternative(branch, value, &parts) else { continue }
      guard let earlier = first else {
        first = number
        continue
      }
      return refuse(
        node, "oneOf", "oneOf", "a match of alternatives \(earlier) and \(number)",
        "must match exactly one of \(branches.count) alternatives")
    }
    return first != nil || explain(node, "oneOf", branches, value)
  }

  private mutating func checkAlternative(
    _ branch: Int, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    guard parts != nil else {
      var none: EvaluatedParts?
      return checkQuietly(branch, value, &none)
    }
    var own: EvaluatedParts? = EvaluatedParts()
    guard checkQuietly(branch, value, &own) else { return false }
    if let own { parts?.formUnion(own) }
    return true
  }

  /// Says what is wrong where no alternative matches: what all of them would accept when each asks
  /// one thing of the value, and otherwise what the alternative closest to the value lacks.
  private mutating func explain(
    _ node: SchemaNode, _ keyword: String, _ branches: [Int], _ value: JSONValue
  ) -> Bool {
    guard isCollecting, !isExhausted else { return false }
    let place = pointer
    let outer = violations
    var alternatives: [[SchemaViolation]] = []
    for branch in branches {
      violations = []
      var none: EvaluatedParts?
      _ = check(branch, value, &none)
      if isExhausted { break }
      alternatives.append(violations)
    }
    violations = outer
    guard !isExhausted else { return false }
    if let expected = Self.union(of: alternatives, at: place) {
      return refuse(node, keyword, keyword, Found.typedText(of: value), expected)
    }
    let closest = alternatives.min { Self.distance($0, place) < Self.distance($1, place) }
    for violation in closest ?? [] where !isDone { violations.append(violation) }
    return false
  }

  /// `must be "a", "b" or null` when each alternative asks one such thing of the value itself.
  private static func union(of alternatives: [[SchemaViolation]], at place: String) -> String? {
    let start = "must be "
    var phrases: [String] = []
    for violations in alternatives {
      guard violations.count == 1, let violation = violations.first,
        violation.instanceLocation == place, violation.expected.hasPrefix(start)
      else { return nil }
      let phrase = String(violation.expected.dropFirst(start.count))
      if !phrases.contains(phrase) { phrases.append(phrase) }
    }
    guard phrases.count > 1, phrases.count <= 20, let last = phrases.popLast() else { return nil }
    return start + phrases.joined(separator: ", ") + " or " + last
  }

  /// How far the value is from an alternative: first whether it has the right type, then whether
  /// the constants that tell alternatives apart are right, then how much is wrong.
  private static func distance(
    _ violations: [SchemaViolation], _ place: String
  ) -> (Int, Int, Int) {
    let hasOtherType = violations.contains {
      $0.instanceLocation == place && $0.keyword == "type"
    }
    let otherConstants = violations.count {
      ($0.keyword == "const" || $0.keyword == "enum")
        && isDirectlyBelow($0.instanceLocation, place)
    }
    return (hasOtherType ? 1 : 0, otherConstants, violations.count)
  }

  private static func isDirectlyBelow(_ location: String, _ place: String) -> Bool {
    location.hasPrefix(place + "/") && !location.dropFirst(place.count + 1).contains("/")
  }
}
