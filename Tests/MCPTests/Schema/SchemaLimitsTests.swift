import JSONRPC
import MCP
import Testing

/// Schemas and values that would cost too much.
@Suite struct SchemaLimitsTests {
  @Test func refusesSchemasThatNestTooDeeply() throws {
    let nested = { (depth: Int) in
      (0..<depth).reduce(JSONValue.bool(true)) { inner, _ in ["not": inner] }
    }
    #expect(throws: Never.self) { try JSONSchema(nested(100)) }
    let error = try #require(throws: SchemaError.self) { try JSONSchema(nested(101)) }
    #expect(error.message == "subschemas nest deeper than 100 levels, the limit")
  }

  @Test func refusesTooManySubschemas() throws {
    var options = SchemaOptions()
    options.limits.subschemas = 10
    let schema = { (count: Int) in
      JSONValue.object(["allOf": .array(Array(repeating: true, count: count))])
    }
    #expect(throws: Never.self) { try JSONSchema(schema(9), options: options) }
    let error = try #require(throws: SchemaError.self) {
      try JSONSchema(schema(10), options: options)
    }
    #expect(error.message == "there are over 10 subschemas, which is the limit")
  }

  @Test func refusesPatternsThatAreTooLargeTogether() throws {
    let patterns = (0..<300).map { (number: Int) -> JSONValue in
      ["pattern": .string("\\b(a|b){1,200}$|\(number)")]
    }
    let error = try #require(throws: SchemaError.self) {
      try JSONSchema(["allOf": .array(patterns)])
    }
    #expect(error.message.hasSuffix("found patterns that are too large together"))
  }

  /// References in a circle, alone and doubling at every turn.
  @Test(
    arguments: [
      ["$ref": "#"], ["allOf": [["$ref": "#"], ["$ref": "#"]]],
      ["anyOf": [["$ref": "#"], ["$ref": "#"]]], ["not": ["$ref": "#"]],
      ["if": ["$ref": "#"], "then": ["$ref": "#"]], ["oneOf": [["$ref": "#"], ["$ref": "#"]]],
      ["dependentSchemas": ["a": ["$ref": "#"]]], ["$dynamicAnchor": "x", "$dynamicRef": "#x"],
      ["propertyNames": ["$ref": "#/$defs/a"], "$defs": ["a": ["$ref": "#/$defs/a"]]],
      ["unevaluatedProperties": false, "anyOf": [["$ref": "#"], ["$ref": "#"]]],
    ] as [JSONValue])
  func endsEndlessRecursion(schema: JSONValue) throws {
    var options = SchemaOptions()
    options.limits.steps = 100_000
    let compiled = try JSONSchema(schema, options: options)
    #expect(!compiled.accepts(["a": 1]))
    let violation = try #require(compiled.validate(["a": 1]).last)
    #expect(violation.keyword == "limits")
    #expect(
      violation.description == "the value is too complex to be validated; send a smaller one")
  }

  private static let costly: [(schema: JSONValue, value: JSONValue)] = [
    (["items": true], .array(Array(repeating: 1, count: 20_000))),
    (["uniqueItems": true], .array([.array((0..<20_000).map { JSONValue($0) }), 1])),
    (["pattern": "b"], .string(String(repeating: "a", count: 20_000))),
    (["maxLength": 9_000_000], .string(String(repeating: "a", count: 2_000_000))),
  ]

  /// Values whose validation takes many steps, each for its own reason.
  @Test(arguments: costly)
  func endsAfterTheStepsAllowed(schema: JSONValue, value: JSONValue) throws {
    var options = SchemaOptions()
    options.limits.steps = 10_000
    #expect(try JSONSchema(schema, options: options).validate(value).last?.keyword == "limits")
    #expect(try JSONSchema(schema).validate(value).last?.keyword != "limits")
  }

  @Test func followsRecursionAsDeepAsMessagesNest() throws {
    let schema = try JSONSchema([
      "$ref": "#/$defs/node",
      "$defs": [
        "node": ["type": ["object", "integer"], "additionalProperties": ["$ref": "#/$defs/node"]]
      ],
    ])
    let nested = { (leaf: JSONValue) in (0..<128).reduce(leaf) { inner, _ in ["a": inner] } }
    #expect(schema.accepts(nested(1)))
    let violation = try #require(schema.validate(nested("x")).first)
    #expect(violation.instanceLocation == String(repeating: "/a", count: 128))
  }
}
