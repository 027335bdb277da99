import JSONRPC

/// The revision of JSON Schema that a schema is written in.
enum SchemaDialect: Sendable, Hashable {
  case draft2020, draft2019, draft07

  /// The dialect that `$schema` names, or the one around it.
  /// - Throws: what `error` makes of a keyword and a message: for a dialect that is not supported
  ///   and for keywords that mean something else in 2020-12, by whose rules everything is
  ///   validated.
  init(
    _ object: JSONObject, in outer: SchemaDialect, error: (String, String) -> SchemaError
  ) throws {
    self = outer
    if let named = object["$schema"] {
      guard case .string(let uri) = named, let dialect = Self.byURI[Self.trimmed(uri)] else {
        let found = named.stringValue.map { "'\($0)'" } ?? named.typeName
        throw error(
          "$schema", "found \(found), supported is 'https://json-schema.org/draft/2020-12/schema'")
      }
      self = dialect
    }
    for keyword in incompatible where object[keyword] != nil {
      throw error(keyword, "'\(keyword)' is not part of 2020-12, by which schemas are validated")
    }
    guard self == .draft07, object["$ref"] != nil else { return }
    if let ignored = object.keys.first(where: { !Self.besideReference.contains($0) }) {
      throw error(
        ignored, "draft-07 ignores '\(ignored)' beside '$ref' and 2020-12 does not: remove one")
    }
  }

  private var incompatible: [String] {
    switch self {
    case .draft2020: []
    case .draft2019: ["additionalItems", "$recursiveRef", "$recursiveAnchor"]
    case .draft07: ["additionalItems"]
    }
  }

  /// What may stand beside `$ref` in draft-07 without a difference.
  private static let besideReference: Set<String> = [
    "$ref", "$schema", "$comment", "definitions", "$defs", "title", "description", "default",
    "examples", "readOnly", "writeOnly", "deprecated",
  ]

  private static let byURI: [String: SchemaDialect] = [
    "https://json-schema.org/draft/2020-12/schema": .draft2020,
    "https://json-schema.org/draft/2019-09/schema": .draft2019,
    "http://json-schema.org/draft-07/schema": .draft07,
    "https://json-schema.org/draft-07/schema": .draft07,
  ]

  private static func trimmed(_ uri: String) -> String {
    uri.hasSuffix("#") ? String(uri.dropLast()) : uri
  }
}

/// How subschemas stand in a keyword's value.
enum SubschemaShape {
  case one, list, map

  /// The keywords whose values hold subschemas. `definitions` is the older name of `$defs`, and
  /// `dependencies` what `dependentSchemas` and `dependentRequired` were before they were two.
  static let of: [String: SubschemaShape] = [
    "additionalProperties": .one, "contains": .one, "contentSchema": .one, "else": .one,
    "if": .one, "items": .one, "not": .one, "propertyNames": .one, "then": .one,
    "unevaluatedItems": .one, "unevaluatedProperties": .one,
    "allOf": .list, "anyOf": .list, "oneOf": .list, "prefixItems": .list,
    "$defs": .map, "definitions": .map, "dependencies": .map, "dependentSchemas": .map,
    "patternProperties": .map, "properties": .map,
  ]
}
