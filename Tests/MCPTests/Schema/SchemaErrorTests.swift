import JSONRPC
import MCP
import Testing

/// Schemas that do not compile, and what is said about them.
@Suite struct SchemaErrorTests {
  struct Case: Sendable {
    let schema: JSONValue
    let location: String
    let message: String

    init(_ schema: JSONValue, _ location: String, _ message: String) {
      self.schema = schema
      self.location = location
      self.message = message
    }
  }

  private static let supported =
    "supported is 'https://json-schema.org/draft/2020-12/schema'"

  private static let cases: [Case] = [
    Case(5, "#", "found integer, expected a schema (an object or a boolean)"),
    Case(
      ["items": [1]], "#/items",
      "found an array, expected a schema; a tuple's schemas go to 'prefixItems'"),
    Case(
      ["type": "text"], "#/type",
      #"found "text", expected one of string, integer, number, boolean, object, array, null"#),
    Case(["type": []], "#/type", "found no type, expected one or more"),
    Case(["minLength": -1], "#/minLength", "found -1, expected an integer of 0 or more"),
    Case(["minimum": "1"], "#/minimum", #"found "1", expected a number"#),
    Case(
      ["multipleOf": 0], "#/multipleOf", "found 0, expected a number above 0 of at most 37 digits"),
    Case(["required": [1]], "#/required", "found an array, expected an array of strings"),
    Case(["enum": "a"], "#/enum", #"found "a", expected an array"#),
    Case(["uniqueItems": 1], "#/uniqueItems", "found 1, expected true or false"),
    Case(["properties": []], "#/properties", "found array, expected an object of schemas"),
    Case(["anyOf": []], "#/anyOf", "found an empty array, expected an array of one schema or more"),
    Case(["not": "x"], "#/not", "found string, expected a schema (an object or a boolean)"),
    Case(["$ref": 1], "#/$ref", "found 1, expected a string"),
    Case(["$ref": "#/$defs/lead"], "#/$ref", "'#/$defs/lead' leads to nothing"),
    Case(["$ref": "#lead"], "#/$ref", "'#lead' names no anchor of this document"),
    Case(["$ref": "#/~2"], "#/$ref", "'#/~2' holds no JSON Pointer"),
    Case(
      ["$ref": "#/type", "type": "string"], "#/type",
      "found string, expected a schema (an object or a boolean)"),
    Case(
      ["properties": ["a": ["$ref": "https://example.com/schema.json"]]], "#/properties/a/$ref",
      "'https://example.com/schema.json' is not part of this document, and references are not fetched"
    ),
    Case(["$anchor": "1a"], "#/$anchor", "expected a name of letters, digits, '-', '_' and '.'"),
    Case(
      ["$defs": ["a": ["$anchor": "x"], "b": ["$anchor": "x"]]], "#/$defs/b/$anchor",
      "'x' names two schemas"),
    Case(["$id": "a#b"], "#/$id", "found 'a#b' with a fragment; name a subschema by '$anchor'"),
    Case(
      ["$schema": "http://json-schema.org/draft-04/schema#"], "#/$schema",
      "found 'http://json-schema.org/draft-04/schema#', \(supported)"),
    Case(["$schema": 7], "#/$schema", "found integer, \(supported)"),
    Case(
      ["$schema": "http://json-schema.org/draft-07/schema#", "additionalItems": false],
      "#/additionalItems",
      "'additionalItems' is not part of 2020-12, by which schemas are validated"),
    Case(
      [
        "$schema": "http://json-schema.org/draft-07/schema#", "definitions": ["a": true],
        "properties": ["x": ["$ref": "#/definitions/a", "minimum": 1]],
      ], "#/properties/x/minimum",
      "draft-07 ignores 'minimum' beside '$ref' and 2020-12 does not: remove one"),
    Case(
      ["$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"],
      "#/$recursiveRef", "'$recursiveRef' is not part of 2020-12, by which schemas are validated"),
    Case(
      ["pattern": "(a"], "#/pattern",
      #"the pattern "(a" cannot be used: found '(' without ')' at character 3"#),
    Case(
      ["patternProperties": ["(?=a)": true]], "#/patternProperties",
      #"the pattern "(?=a)" cannot be used: found a lookahead, which is not supported"#),
  ]

  @Test(arguments: cases)
  func names(_ testCase: Case) throws {
    let error = try #require(throws: SchemaError.self) { try JSONSchema(testCase.schema) }
    #expect(error.location == testCase.location)
    #expect(error.message == testCase.message)
  }

  @Test(arguments: [
    "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#",
    "https://json-schema.org/draft/2019-09/schema", "http://json-schema.org/draft-07/schema#",
  ])
  func acceptsCompatibleDialects(uri: String) throws {
    let schema = try JSONSchema([
      "$schema": .string(uri), "definitions": ["name": ["type": "string"]],
      "properties": ["a": ["$ref": "#/definitions/name", "description": "a name"]],
    ])
    #expect(schema.accepts(["a": "x"]))
    #expect(!schema.accepts(["a": 1]))
  }

  @Test func readsDependenciesOfOlderDrafts() throws {
    let schema = try JSONSchema(["dependencies": ["a": ["b"], "c": ["minProperties": 2]]])
    #expect(schema.accepts(["a": 1, "b": 1]))
    #expect(!schema.accepts(["a": 1]))
    #expect(!schema.accepts(["c": 1]))
  }

  @Test func ignoresUnknownKeywordsAndFormats() throws {
    let schema = try JSONSchema(["x-mcp-header": "Region", "format": "byte", "deprecated": true])
    #expect(schema.accepts("anything"))
  }

  @Test func knowsTheMetaSchema() throws {
    let schema = try JSONSchema(["$ref": "https://json-schema.org/draft/2020-12/schema"])
    #expect(schema.accepts(["properties": ["a": ["minLength": 1]]]))
    let violations = schema.validate(["properties": ["a": ["minLength": -1, "type": "text"]]])
    #expect(violations.contains { $0.instanceLocation == "/properties/a/minLength" })
    #expect(violations.contains { $0.instanceLocation == "/properties/a/type" })
    for part in [
      "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation",
      "format-assertion", "content",
    ] {
      let uri = "https://json-schema.org/draft/2020-12/meta/\(part)"
      #expect(throws: Never.self) { try JSONSchema(["$ref": .string(uri)]) }
    }
  }
}
