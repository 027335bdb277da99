import JSONRPC

/// Where a subschema stands: in which document and at which JSON Pointer.
struct SchemaPlace: Sendable, Hashable {
  let document: Int
  let pointer: String

  func appending(_ token: String) -> SchemaPlace {
    SchemaPlace(document: document, pointer: pointer + "/" + JSONPointer.escape(token))
  }
}

/// A schema resource: a document's root or a subschema with an `$id`.
struct SchemaResource: Sendable {
  let uri: URIReference
  let root: SchemaPlace
  let dialect: SchemaDialect
  var anchors: [String: SchemaPlace] = [:]
  /// The numbers of the subschemas that `$dynamicAnchor` names here.
  var dynamicAnchors: [String: Int] = [:]
}

/// Every subschema of a document, numbered, and what they are called.
struct SchemaIndex {
  struct Entry {
    let place: SchemaPlace
    let json: JSONValue
    let resource: Int
    let depth: Int
  }

  /// What a schema without an absolute `$id` is resolved against.
  private static let defaultURI = URIReference("schema:///")

  private(set) var entries: [Entry] = []
  private(set) var resources: [SchemaResource] = []
  private var numbers: [SchemaPlace: Int] = [:]
  private var resourceNumbers: [String: Int] = [:]
  private var documents: [(json: JSONValue, uri: String)] = []
  private let limits: SchemaLimits

  /// Indexes a document.
  /// - Throws: `SchemaError` where it is no schema, or exceeds the limits.
  init(_ document: JSONValue, limits: SchemaLimits) throws {
    self.limits = limits
    try add(document, uri: Self.defaultURI)
  }

  /// The place as a URI reference, from the document's root on.
  func location(of place: SchemaPlace) -> String {
    let prefix = place.document == 0 ? "" : documents[place.document].uri
    return "\(prefix)#\(place.pointer)"
  }

  /// The number of a subschema that the index has met.
  func number(of place: SchemaPlace) throws -> Int {
    guard let number = numbers[place] else {
      throw SchemaError(location: location(of: place), message: "there is no schema")
    }
    return number
  }

  private mutating func add(_ document: JSONValue, uri: URIReference) throws {
    let root = SchemaPlace(document: documents.count, pointer: "")
    documents.append((document, uri.text))
    resources.append(SchemaResource(uri: uri, root: root, dialect: .draft2020))
    resourceNumbers[uri.text] = resources.count - 1
    try index(document, at: root, resource: resources.count - 1, depth: 0)
  }

  private mutating func index(
    _ json: JSONValue, at place: SchemaPlace, resource outer: Int, depth: Int
  ) throws {
    guard numbers[place] == nil else { return }
    guard depth <= limits.schemaDepth else {
      throw error(place, "subschemas nest deeper than \(limits.schemaDepth) levels, the limit")
    }
    guard entries.count < limits.subschemas else {
      throw error(place, "there are over \(limits.subschemas) subschemas, which is the limit")
    }
    numbers[place] = entries.count
    guard case .object(let object) = json else {
      guard case .bool = json else {
        throw error(place, "found \(json.typeName), expected a schema (an object or a boolean)")
      }
      entries.append(Entry(place: place, json: json, resource: outer, depth: depth))
      return
    }
    let resource = try resourceStarting(at: place, object, in: outer)
    entries.append(Entry(place: place, json: json, resource: resource, depth: depth))
    try noteAnchors(object, at: place, resource: resource)
    for member in object {
      guard let shape = SubschemaShape.of[member.key] else { continue }
      try index(
        member, shape: shape, at: place.appending(member.key), resource: resource,
        depth: depth + 1)
    }
  }

  private mutating func index(
    _ member: JSONObject.Member, shape: SubschemaShape, at place: SchemaPlace, resource: Int,
    depth: Int
  ) throws {
    switch (shape, member.value) {
    case (.one, .array) where member.key == "items":
      throw error(place, "found an array, expected a schema; a tuple's schemas go to 'prefixItems'")
    case (.one, let schema):
      try index(schema, at: place, resource: resource, depth: depth)
    case (.list, .array(let schemas)) where !schemas.isEmpty:
      for (number, schema) in schemas.enumerated() {
        try index(schema, at: place.appending(String(number)), resource: resource, depth: depth)
      }
    case (.map, .object(let schemas)):
      // In `dependencies` an array names properties.
      for schema in schemas where member.key != "dependencies" || schema.value.arrayValue == nil {
        try index(
          schema.value, at: place.appending(schema.key), resource: resource, depth: depth)
      }
    case (.list, let other):
      let found = other == [] ? "an empty array" : other.typeName
      throw error(place, "found \(found), expected an array of one schema or more")
    case (.map, let other):
      throw error(place, "found \(other.typeName), expected an object of schemas")
    }
  }

  /// The resource that a subschema belongs to: a new one when it has an `$id`.
  private mutating func resourceStarting(
    at place: SchemaPlace, _ object: JSONObject, in outer: Int
  ) throws -> Int {
    let dialect = try SchemaDialect(object, in: resources[outer].dialect) {
      error(place.appending($0), $1)
    }
    let isDocument = resources[outer].root == place
    guard let id = object["$id"] else {
      if isDocument {
        resources[outer] = SchemaResource(
          uri: resources[outer].uri, root: place, dialect: dialect)
      }
      return outer
    }
    guard case .string(let text) = id else {
      throw error(place.appending("$id"), "found \(id.typeName), expected a URI reference")
    }
    let reference = URIReference(text)
    guard reference.fragment ?? "" == "" else {
      throw error(
        place.appending("$id"), "found '\(text)' with a fragment; name a subschema by '$anchor'")
    }
    let uri = reference.withoutFragment.resolved(against: resources[outer].uri)
    if let taken = resourceNumbers[uri.text], resources[taken].root != place {
      throw error(place.appending("$id"), "'\(text)' names two schemas")
    }
    // A document is found by its `$id` and by the place it was given to begin with.
    resources.append(SchemaResource(uri: uri, root: place, dialect: dialect))
    resourceNumbers[uri.text] = resources.count - 1
    return resources.count - 1
  }

  private mutating func noteAnchors(
    _ object: JSONObject, at place: SchemaPlace, resource: Int
  ) throws {
    for keyword in ["$anchor", "$dynamicAnchor"] {
      guard let value = object[keyword] else { continue }
      guard case .string(let name) = value, Self.isAnchor(name) else {
        throw error(
          place.appending(keyword), "expected a name of letters, digits, '-', '_' and '.'")
      }
      if let taken = resources[resource].anchors[name], taken != place {
        throw error(place.appending(keyword), "'\(name)' names two schemas")
      }
      resources[resource].anchors[name] = place
      if keyword == "$dynamicAnchor" {
        resources[resource].dynamicAnchors[name] = try number(of: place)
      }
    }
  }

  private static func isAnchor(_ name: String) -> Bool {
    guard let first = name.utf8.first, ASCII.isLetter(first) || first == UInt8(ascii: "_") else {
      return false
    }
    return name.utf8.allSatisfy {
      ASCII.isLetterOrDigit($0)
        || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")]
          .contains($0)
    }
  }

  private func error(_ place: SchemaPlace, _ message: String) -> SchemaError {
    SchemaError(location: location(of: place), message: message)
  }
}

extension SchemaIndex {
  /// What a reference leads to.
  struct Target {
    let number: Int
    /// The anchor's name when it is a dynamic one.
    let dynamicAnchor: String?
  }

  /// Finds what `$ref` or `$dynamicRef` names, in this document or the meta-schema's.
  /// - Throws: `SchemaError` naming the reference when nothing is found: no network is asked.
  mutating func resolve(
    _ text: String, from resource: Int, at location: String
  ) throws -> Target {
    let reference = URIReference(text).resolved(against: resources[resource].uri)
    let uri = reference.withoutFragment
    if resourceNumbers[uri.text] == nil, let document = MetaSchema.document(uri.text) {
      try add(document, uri: uri)
    }
    guard let found = resourceNumbers[uri.text] else {
      throw SchemaError(
        location: location,
        message: "'\(text)' is not part of this document, and references are not fetched")
    }
    guard let fragment = URIReference.percentDecoded(reference.fragment ?? "") else {
      throw SchemaError(location: location, message: "'\(text)' is not a URI reference")
    }
    if fragment.isEmpty {
      return Target(number: try number(of: resources[found].root), dynamicAnchor: nil)
    }
    if fragment.hasPrefix("/") {
      let number = try number(ofPointer: fragment, in: found, text, location)
      return Target(number: number, dynamicAnchor: nil)
    }
    guard let place = resources[found].anchors[fragment] else {
      throw SchemaError(location: location, message: "'\(text)' names no anchor of this document")
    }
    let isDynamic = resources[found].dynamicAnchors[fragment] != nil
    return Target(number: try number(of: place), dynamicAnchor: isDynamic ? fragment : nil)
  }

  /// Follows a pointer from a resource's root, also to places that are no subschemas by themselves.
  private mutating func number(
    ofPointer pointer: String, in resource: Int, _ text: String, _ location: String
  ) throws -> Int {
    let root = resources[resource].root
    var place = root
    var owner = entries[try number(of: root)]
    var json = owner.json
    guard let tokens = JSONPointer.tokens(pointer) else {
      throw SchemaError(location: location, message: "'\(text)' holds no JSON Pointer")
    }
    for token in tokens {
      let next =
        switch json {
        case .object(let object): object[token]
        case .array: Int(token).flatMap { String($0) == token ? json[$0] : nil }
        default: JSONValue?.none
        }
      guard let next else {
        throw SchemaError(location: location, message: "'\(text)' leads to nothing")
      }
      place = place.appending(token)
      json = next
      if let number = numbers[place] { owner = entries[number] }
    }
    if numbers[place] == nil {
      try index(json, at: place, resource: owner.resource, depth: owner.depth + 1)
    }
    return try number(of: place)
  }
}
