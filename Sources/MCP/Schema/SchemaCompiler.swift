import JSONRPC

/// Turns a document into a program, one subschema after the other.
struct SchemaCompiler {
  private(set) var index: SchemaIndex
  private let options: SchemaOptions
  private var patternWork: Int
  private var hasDynamicReferences = false

  init(_ document: JSONValue, options: SchemaOptions) throws {
    self.index = try SchemaIndex(document, limits: options.limits)
    self.options = options
    self.patternWork = options.limits.patternWork
  }

  /// Compiles every subschema, those too that references into other parts bring in on the way.
  /// - Throws: `SchemaError` for the first keyword that cannot be used.
  mutating func compile() throws -> SchemaProgram {
    var nodes: [SchemaNode] = []
    while nodes.count < index.entries.count {
      nodes.append(SchemaNode(try rules(of: index.entries[nodes.count])))
    }
    return SchemaProgram(
      nodes: nodes, dynamicAnchors: index.resources.map(\.dynamicAnchors),
      hasDynamicReferences: hasDynamicReferences, limits: options.limits)
  }

  private mutating func rules(of entry: SchemaIndex.Entry) throws -> SchemaRules {
    let location = index.location(of: entry.place)
    var rules = SchemaRules(location: location, resource: entry.resource)
    guard case .object(let object) = entry.json else {
      rules.verdict = entry.json.boolValue
      return rules
    }
    let reader = KeywordReader(object: object, location: location)
    rules.types = try reader.types("type")
    rules.constant = object["const"]
    rules.choices = try reader.choices("enum")
    rules.numbers = try numberRules(reader)
    rules.texts = try textRules(reader)
    let array = try arrayRules(reader, entry.place)
    rules.array = array.isEmpty ? nil : array
    let members = try objectRules(reader, entry.place)
    rules.object = members.isEmpty ? nil : members
    let inPlace = try inPlaceRules(reader, entry)
    rules.inPlace = inPlace.isEmpty ? nil : inPlace
    return rules
  }

  private func numberRules(_ reader: KeywordReader) throws -> [NumberRule] {
    let rules: [NumberRule?] = [
      try reader.bound("minimum").map(NumberRule.minimum),
      try reader.bound("maximum").map(NumberRule.maximum),
      try reader.bound("exclusiveMinimum").map(NumberRule.exclusiveMinimum),
      try reader.bound("exclusiveMaximum").map(NumberRule.exclusiveMaximum),
      try reader.divisor("multipleOf").map(NumberRule.multipleOf),
    ]
    return rules.compactMap(\.self)
  }

  private mutating func textRules(_ reader: KeywordReader) throws -> [TextRule] {
    var rules: [TextRule] = []
    if let count = try reader.count("minLength"), count > 0 { rules.append(.minLength(count)) }
    if let count = try reader.count("maxLength") { rules.append(.maxLength(count)) }
    if let name = try reader.text("format"), options.formats == .assertion,
      let format = TextFormat(rawValue: name)
    {
      rules.append(.format(format))
    }
    if let source = try reader.text("pattern") {
      rules.append(.pattern(try pattern(source, reader, "pattern")))
    }
    return rules
  }

  private mutating func pattern(
    _ source: String, _ reader: KeywordReader, _ keyword: String
  ) throws -> SchemaPattern {
    do {
      return try SchemaPattern(source, work: &patternWork)
    } catch let error as PatternError {
      throw reader.error(
        keyword, "the pattern \(Found.quoted(source)) cannot be used: \(error.message)")
    }
  }

  private func arrayRules(_ reader: KeywordReader, _ place: SchemaPlace) throws -> ArrayRules {
    var rules = ArrayRules()
    rules.prefix = try list("prefixItems", reader, place)
    rules.items = try one("items", reader, place)
    if let node = try one("contains", reader, place) {
      rules.contains = ArrayRules.ContainsRule(
        node: node, atLeast: try reader.count("minContains") ?? 1,
        atMost: try reader.count("maxContains"))
    }
    rules.minItems = try reader.count("minItems") ?? 0
    rules.maxItems = try reader.count("maxItems")
    rules.isUnique = try reader.flag("uniqueItems") ?? false
    rules.unevaluated = try one("unevaluatedItems", reader, place)
    return rules
  }

  private mutating func objectRules(
    _ reader: KeywordReader, _ place: SchemaPlace
  ) throws -> ObjectRules {
    var rules = ObjectRules()
    for (key, node) in try map("properties", reader, place) {
      rules.addSlot(key, node: node, isRequired: false)
    }
    for key in try reader.names("required") { rules.addSlot(key, node: nil, isRequired: true) }
    for (source, node) in try map("patternProperties", reader, place) {
      rules.patterns.append((try pattern(source, reader, "patternProperties"), node))
    }
    rules.additional = try one("additionalProperties", reader, place)
    rules.names = try one("propertyNames", reader, place)
    rules.minProperties = try reader.count("minProperties") ?? 0
    rules.maxProperties = try reader.count("maxProperties")
    rules.dependentKeys = try reader.dependentNames("dependentRequired")
    rules.dependentSchemas = try map("dependentSchemas", reader, place)
    try addDependencies(reader, place, to: &rules)
    rules.unevaluated = try one("unevaluatedProperties", reader, place)
    return rules
  }

  private func addDependencies(
    _ reader: KeywordReader, _ place: SchemaPlace, to rules: inout ObjectRules
  ) throws {
    guard let members = reader.object["dependencies"]?.objectValue else { return }
    for member in members {
      guard case .array(let names) = member.value else {
        let child = place.appending("dependencies").appending(member.key)
        rules.dependentSchemas.append((member.key, try index.number(of: child)))
        continue
      }
      let needed = names.compactMap(\.stringValue)
      guard needed.count == names.count else {
        throw reader.error(
          "dependencies", "\(Found.quoted(member.key)) must hold an array of strings or a schema")
      }
      rules.dependentKeys.append((member.key, needed))
    }
  }

  private mutating func inPlaceRules(
    _ reader: KeywordReader, _ entry: SchemaIndex.Entry
  ) throws -> InPlaceRules {
    var rules = InPlaceRules()
    for keyword in ["$ref", "$dynamicRef"] {
      guard let text = try reader.text(keyword) else { continue }
      let target = try index.resolve(
        text, from: entry.resource, at: "\(reader.location)/\(keyword)")
      let anchor = keyword == "$dynamicRef" ? target.dynamicAnchor : nil
      if anchor != nil { hasDynamicReferences = true }
      rules.references.append(SchemaReference(target: target.number, dynamicAnchor: anchor))
    }
    rules.all = try list("allOf", reader, entry.place)
    rules.any = try list("anyOf", reader, entry.place)
    rules.one = try list("oneOf", reader, entry.place)
    rules.not = try one("not", reader, entry.place)
    if let test = try one("if", reader, entry.place) {
      let then = try one("then", reader, entry.place)
      let otherwise = try one("else", reader, entry.place)
      rules.condition = SchemaCondition(test: test, then: then, otherwise: otherwise)
    }
    return rules
  }

  private func one(
    _ keyword: String, _ reader: KeywordReader, _ place: SchemaPlace
  ) throws -> Int? {
    guard reader.object[keyword] != nil else { return nil }
    return try index.number(of: place.appending(keyword))
  }

  private func list(
    _ keyword: String, _ reader: KeywordReader, _ place: SchemaPlace
  ) throws -> [Int] {
    guard let schemas = reader.object[keyword]?.arrayValue else { return [] }
    return try schemas.indices.map {
      try index.number(of: place.appending(keyword).appending(String($0)))
    }
  }

  private func map(
    _ keyword: String, _ reader: KeywordReader, _ place: SchemaPlace
  ) throws -> [(key: String, node: Int)] {
    guard let schemas = reader.object[keyword]?.objectValue else { return [] }
    return try schemas.keys.map {
      ($0, try index.number(of: place.appending(keyword).appending($0)))
    }
  }
}

extension ObjectRules {
  fileprivate mutating func addSlot(_ key: String, node: Int?, isRequired: Bool) {
    let number = slotNumbers[ExactText(key)] ?? slots.count
    if number == slots.count {
      slots.append(Slot(key: key))
      slotNumbers[ExactText(key)] = number
    }
    if let node { slots[number].node = node }
    if isRequired {
      slots[number].isRequired = true
      if number < 64 { requiredBits |= 1 << UInt64(number) }
    }
  }
}
