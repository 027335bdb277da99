import JSONRPC

extension SchemaEvaluation {
  mutating func checkObject(
    _ node: SchemaNode, _ rules: ObjectRules, _ object: JSONObject,
    _ parts: inout EvaluatedParts?
  ) -> Bool {
    var isValid = checkCounts(node, rules, object)
    if !isValid, isDone { return false }
    var seen: UInt64 = 0
    for (place, member) in object.members.enumerated() {
      steps += member.key.utf8.count / 64
      var isLookedAt = false
      if let number = rules.slotNumbers[ExactText(member.key)] {
        if number < 64 { seen |= 1 << UInt64(number) }
        if let child = rules.slots[number].node {
          isLookedAt = true
          isValid = checkMember(node, rules, child, member) && isValid
        }
      }
      if !isValid, isDone { return false }
      if !rules.isPlain {
        isValid = checkOtherwise(node, rules, member, &isLookedAt) && isValid
        if !isValid, isDone { return false }
        if isLookedAt { parts?.insert(place) }
      } else if isLookedAt {
        parts?.insert(place)
      }
    }
    isValid = checkRequired(node, rules, object, seen) && isValid
    if !isValid, isDone { return false }
    return rules.dependentKeys.isEmpty && rules.dependentSchemas.isEmpty
      ? isValid : checkDependents(node, rules, object, &parts) && isValid
  }

  private mutating func checkCounts(
    _ node: SchemaNode, _ rules: ObjectRules, _ object: JSONObject
  ) -> Bool {
    var isValid = true
    if object.count < rules.minProperties {
      isValid = refuse(
        node, "minProperties", "minProperties",
        Found.counted(object.count, "property", "properties"),
        "must have at least \(Found.counted(rules.minProperties, "property", "properties"))")
    }
    if let maximum = rules.maxProperties, object.count > maximum {
      isValid = refuse(
        node, "maxProperties", "maxProperties",
        Found.counted(object.count, "property", "properties"),
        "must have at most \(Found.counted(maximum, "property", "properties"))")
    }
    return isValid
  }

  private mutating func checkMember(
    _ node: SchemaNode, _ rules: ObjectRules, _ child: Int, _ member: JSONObject.Member
  ) -> Bool {
    if program.nodes[child].rules.verdict == false {
      return refuse(
        node, "properties/\(JSONPointer.escape(member.key))", "false", Found.quoted(member.key),
        "\(Found.quoted(member.key)) is not allowed here")
    }
    return checkPart(child, member.value, at: .key(member.key))
  }

  /// What `patternProperties`, `additionalProperties` and `propertyNames` ask of a member.
  private mutating func checkOtherwise(
    _ node: SchemaNode, _ rules: ObjectRules, _ member: JSONObject.Member,
    _ isLookedAt: inout Bool
  ) -> Bool {
    var isValid = true
    if let names = rules.names { isValid = checkName(node, names, member.key) }
    for (pattern, child) in rules.patterns where matches(member.key, pattern) {
      isLookedAt = true
      isValid = checkPart(child, member.value, at: .key(member.key)) && isValid
      if !isValid, isDone { return false }
    }
    guard let child = rules.additional, !isLookedAt else { return isValid }
    isLookedAt = true
    if program.nodes[child].rules.verdict == false {
      let program = program
      return refuse(
        node, "additionalProperties", "additionalProperties", Found.quoted(member.key),
        "\(Found.quoted(member.key)) is not allowed; \(rules.allowed(in: program))")
    }
    return checkPart(child, member.value, at: .key(member.key)) && isValid
  }

  private mutating func checkName(_ node: SchemaNode, _ names: Int, _ key: String) -> Bool {
    var none: EvaluatedParts?
    let before = violations.count
    guard isCollecting else { return check(names, .string(key), &none) }
    let isValid = check(names, .string(key), &none)
    for place in before..<violations.count { violations[place] = violations[place].ofName(key) }
    return isValid
  }

  private mutating func checkRequired(
    _ node: SchemaNode, _ rules: ObjectRules, _ object: JSONObject, _ seen: UInt64
  ) -> Bool {
    let missing = rules.requiredBits & ~seen
    guard missing != 0 || rules.slots.count > 64 else { return true }
    let program = program
    var isValid = true
    for (number, slot) in rules.slots.enumerated() where slot.isRequired {
      let isThere =
        number < 64 ? missing & (1 << UInt64(number)) == 0 : object[slot.key] != nil
      guard !isThere else { continue }
      isValid = refuse(node, "required", "required", "nothing", slot.expected(in: program))
      if isDone { return false }
    }
    return isValid
  }

  private mutating func checkDependents(
    _ node: SchemaNode, _ rules: ObjectRules, _ object: JSONObject,
    _ parts: inout EvaluatedParts?
  ) -> Bool {
    var isValid = true
    for (key, needed) in rules.dependentKeys where object[key] != nil {
      for name in needed where object[name] == nil {
        isValid = refuse(
          node, "dependentRequired", "dependentRequired", "nothing",
          "\(Found.quoted(name)) is required where there is \(Found.quoted(key))")
        if isDone { return false }
      }
    }
    for (key, child) in rules.dependentSchemas where object[key] != nil {
      isValid = checkBranch(child, .object(object), &parts) && isValid
      if !isValid, isDone { return false }
    }
    return isValid
  }

  /// Applies `unevaluatedProperties` or `unevaluatedItems` to what is left.
  mutating func checkUnevaluated(
    _ node: SchemaNode, _ value: JSONValue, _ parts: inout EvaluatedParts?
  ) -> Bool {
    let seen = parts ?? EvaluatedParts()
    var isValid = true
    switch value {
    case .object(let object):
      guard let child = node.rules.object?.unevaluated else { return true }
      for (place, member) in object.members.enumerated() where !seen.contains(place) {
        isValid = checkUnevaluated(member, node, child) && isValid
        if !isValid, isDone { return false }
      }
    case .array(let elements):
      guard let child = node.rules.array?.unevaluated else { return true }
      for (place, element) in elements.enumerated() where !seen.contains(place) {
        isValid = checkPart(child, element, at: .index(place)) && isValid
        if !isValid, isDone { return false }
      }
    default: return true
    }
    parts?.insertAll()
    return isValid
  }

  private mutating func checkUnevaluated(
    _ member: JSONObject.Member, _ node: SchemaNode, _ child: Int
  ) -> Bool {
    guard program.nodes[child].rules.verdict == false else {
      return checkPart(child, member.value, at: .key(member.key))
    }
    return refuse(
      node, "unevaluatedProperties", "unevaluatedProperties", Found.quoted(member.key),
      "\(Found.quoted(member.key)) is not allowed here")
  }
}

extension ObjectRules {
  /// Whether members are looked up in `properties` only.
  fileprivate var isPlain: Bool { patterns.isEmpty && additional == nil && names == nil }

  /// What an object may have, for a sentence.
  fileprivate func allowed(in program: SchemaProgram) -> String {
    var items = slots.compactMap { slot -> String? in
      guard let node = slot.node, program.nodes[node].rules.verdict != false else { return nil }
      return Found.shortened(slot.key)
    }
    items += patterns.map { "names that match \(Found.shortened($0.pattern.source))" }
    return items.isEmpty ? "no properties are" : "allowed: \(Found.list(items))"
  }
}

extension ObjectRules.Slot {
  /// That the property is required, and of which type it is.
  fileprivate func expected(in program: SchemaProgram) -> String {
    let types = node.map { program.nodes[$0].rules.types } ?? []
    let hint = types.isEmpty ? "" : " (\(types.phrase))"
    return "\(Found.quoted(key))\(hint) is required"
  }
}

extension SchemaViolation {
  /// The violation as one of a property's name.
  fileprivate func ofName(_ key: String) -> SchemaViolation {
    SchemaViolation(
      instanceLocation: instanceLocation, schemaLocation: schemaLocation, keyword: keyword,
      found: found, expected: "the property name \(Found.quoted(key)) \(expected)")
  }
}
