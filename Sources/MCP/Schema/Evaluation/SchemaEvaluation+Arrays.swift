import JSONRPC

extension SchemaEvaluation {
  mutating func checkArray(
    _ node: SchemaNode, _ rules: ArrayRules, _ elements: [JSONValue],
    _ parts: inout EvaluatedParts?
  ) -> Bool {
    var isValid = checkCounts(node, rules, elements)
    if !isValid, isDone { return false }
    for (index, element) in elements.enumerated() {
      guard let child = index < rules.prefix.count ? rules.prefix[index] : rules.items else {
        break
      }
      if !checkPart(child, element, at: .index(index)) {
        isValid = false
        if isDone { return false }
      }
    }
    if parts != nil {
      if rules.items != nil { parts?.insertAll() }
      for index in 0..<min(rules.prefix.count, elements.count) { parts?.insert(index) }
    }
    if let contains = rules.contains {
      isValid = checkContains(node, contains, elements, &parts) && isValid
    }
    return isValid
  }

  private mutating func checkCounts(
    _ node: SchemaNode, _ rules: ArrayRules, _ elements: [JSONValue]
  ) -> Bool {
    var isValid = true
    if elements.count < rules.minItems {
      isValid = refuse(
        node, "minItems", "minItems", Found.counted(elements.count, "element", "elements"),
        "must have at least \(Found.counted(rules.minItems, "element", "elements"))")
    }
    if let maximum = rules.maxItems, elements.count > maximum {
      isValid = refuse(
        node, "maxItems", "maxItems", Found.counted(elements.count, "element", "elements"),
        "must have at most \(Found.counted(maximum, "element", "elements"))")
    }
    if !isValid, isDone { return false }
    if rules.isUnique, let (first, second) = equalElements(elements) {
      isValid = refuse(
        node, "uniqueItems", "uniqueItems", Found.text(of: elements[second]),
        "all elements must differ; elements \(first) and \(second) are equal")
    }
    return isValid
  }

  /// The first element that equals an earlier one, behind that one.
  private mutating func equalElements(_ elements: [JSONValue]) -> (Int, Int)? {
    guard elements.count > 1 else { return nil }
    steps += elements.reduce(0) { $0 + Self.weight(of: $1) }
    guard steps <= program.limits.steps else {
      exhaust()
      return nil
    }
    var seen: [EqualValue: Int] = [:]
    seen.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      if let earlier = seen.updateValue(index, forKey: EqualValue(element)) {
        return (earlier, index)
      }
    }
    return nil
  }

  /// What hashing a value costs: its parts, long text counting as more.
  private static func weight(of value: JSONValue) -> Int {
    switch value {
    case .string(let text): 1 + text.utf8.count / 64
    case .array(let elements): elements.reduce(1) { $0 + weight(of: $1) }
    case .object(let object):
      object.members.reduce(1) { $0 + weight(of: $1.value) + $1.key.utf8.count / 64 }
    default: 1
    }
  }

  private mutating func checkContains(
    _ node: SchemaNode, _ rule: ArrayRules.ContainsRule, _ elements: [JSONValue],
    _ parts: inout EvaluatedParts?
  ) -> Bool {
    var matches = 0
    for (index, element) in elements.enumerated() {
      var none: EvaluatedParts?
      guard checkQuietly(rule.node, element, &none) else { continue }
      matches += 1
      parts?.insert(index)
      if parts == nil, rule.atMost == nil, matches >= rule.atLeast { break }
    }
    let sought = program.nodes[rule.node]
    if matches < rule.atLeast {
      let keyword = rule.atLeast == 1 ? "contains" : "minContains"
      return refuse(
        node, keyword, keyword, Found.counted(matches, "matching element", "matching elements"),
        "must contain at least \(Self.matching(rule.atLeast)) matching \(sought.rules.location)")
    }
    if let maximum = rule.atMost, matches > maximum {
      return refuse(
        node, "maxContains", "maxContains",
        Found.counted(matches, "matching element", "matching elements"),
        "must contain at most \(Self.matching(maximum)) matching \(sought.rules.location)")
    }
    return true
  }

  private static func matching(_ count: Int) -> String {
    Found.counted(count, "element", "elements")
  }
}
