import JSONRPC
import MCP
import Testing

/// What users and models read when a value is refused.
@Suite struct SchemaViolationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let schema: JSONValue
    let value: JSONValue
    let expected: [String]
    var testDescription: String { "\(JSONWriter.text(of: schema)) \(JSONWriter.text(of: value))" }

    init(_ schema: JSONValue, _ value: JSONValue, _ expected: String...) {
      self.schema = schema
      self.value = value
      self.expected = expected
    }
  }

  private static let simple: [Case] = [
    Case(["type": "string"], 5, "must be a string, found integer 5"),
    Case(["type": ["string", "null"]], [1], "must be a string or null, found an array"),
    Case(["type": "integer"], 1.5, "must be an integer, found number 1.5"),
    Case(["const": "a"], "b", #"must be "a", found "b""#),
    Case(["enum": ["email", "sms"]], "fax", #"must be one of "email", "sms", found "fax""#),
    Case(["enum": [true]], nil, "must be true, found null"),
    Case(["minLength": 3], "ab", "must have at least 3 characters, found 2 characters"),
    Case(["maxLength": 1], "ab", "must have at most 1 character, found 2 characters"),
    Case(["pattern": "^[a-z]+$"], "A", #"must match the pattern ^[a-z]+$, found "A""#),
    Case(
      ["format": "date"], "1 May", #"must be a date such as 2026-03-01, found "1 May""#),
    Case(["minimum": 1], 0.5, "must be at least 1, found 0.5"),
    Case(["maximum": 1], 2, "must be at most 1, found 2"),
    Case(["exclusiveMinimum": 1], 1, "must be greater than 1, found 1"),
    Case(["exclusiveMaximum": 1], 1, "must be less than 1, found 1"),
    Case(["multipleOf": 0.5], 0.7, "must be a multiple of 0.5, found 0.7"),
    Case(["minItems": 1], [], "must have at least 1 element, found 0 elements"),
    Case(["maxItems": 1], [1, 2], "must have at most 1 element, found 2 elements"),
    Case(
      ["uniqueItems": true], [1, 2, 1.0], "all elements must differ; elements 0 and 2 are equal"),
    Case(["minProperties": 1], [:], "must have at least 1 property, found 0 properties"),
    Case(["maxProperties": 0], ["a": 1], "must have at most 0 properties, found 1 property"),
    Case(false, 1, "nothing is accepted here"),
    Case(["not": ["type": "null"]], nil, "must not match #/not, found null"),
    Case(
      ["contains": ["const": 1]], [2],
      "must contain at least 1 element matching #/contains, found 0 matching elements"),
    Case(
      ["contains": true, "maxContains": 1], [2, 3],
      "must contain at most 1 element matching #/contains, found 2 matching elements"),
  ]

  private static let objects: [Case] = [
    Case(
      ["properties": ["name": true, "email": true], "additionalProperties": false],
      ["colour": "red"], #""colour" is not allowed; allowed: name, email"#),
    Case(["additionalProperties": false], ["a": 1], #""a" is not allowed; no properties are"#),
    Case(
      ["patternProperties": ["^x-": true], "additionalProperties": false], ["a": 1],
      #""a" is not allowed; allowed: names that match ^x-"#),
    Case(["required": ["email"]], [:], #""email" is required"#),
    Case(
      ["properties": ["email": ["type": "string"]], "required": ["email"]], [:],
      #""email" (a string) is required"#),
    Case(["properties": ["a": false]], ["a": 1], #""a" is not allowed here"#),
    Case(["unevaluatedProperties": false], ["a": 1], #""a" is not allowed here"#),
    Case(
      ["propertyNames": ["maxLength": 1]], ["ab": 1],
      #"the property name "ab" must have at most 1 character"#),
    Case(
      ["dependentRequired": ["phone": ["consent"]]], ["phone": "1"],
      #""consent" is required where there is "phone""#),
    Case(
      ["properties": ["contact": ["properties": ["age": ["type": "integer"]]]]],
      ["contact": ["age": "x"]], #"/contact/age: must be an integer, found string "x""#),
    Case(
      ["items": ["properties": ["a/b~c": ["type": "null"]]]], [["a/b~c": true]],
      "/0/a~1b~0c: must be null, found true"),
    Case(
      [
        "properties": ["a": ["type": "string"], "b": ["minimum": 3]], "required": ["c", "d"],
        "additionalProperties": false,
      ],
      ["a": 1, "b": 2, "e": 3], "/a: must be a string, found integer 1",
      "/b: must be at least 3, found 2", #""e" is not allowed; allowed: a, b"#,
      #""c" is required"#, #""d" is required"#),
    Case(
      [
        "allOf": [["properties": ["a": ["type": "string"]]]], "properties": ["b": true],
        "unevaluatedProperties": false,
      ],
      ["a": 1, "b": 1, "c": 1], "/a: must be a string, found integer 1",
      #""c" is not allowed here"#),
  ]

  private static let alternatives: [Case] = [
    Case(
      ["anyOf": [["type": "string"], ["type": "null"]]], 5,
      "must be a string or null, found integer 5"),
    Case(
      ["oneOf": [["const": "a", "title": "A"], ["const": "b"], ["const": "c"]]], "x",
      #"must be "a", "b" or "c", found string "x""#),
    Case(
      ["oneOf": [["minimum": 1], ["maximum": 5]]], 3,
      "must match exactly one of 2 alternatives, found a match of alternatives 0 and 1"),
    Case(
      [
        "anyOf": [
          ["type": "string"],
          ["type": "object", "required": ["id"], "properties": ["id": ["type": "integer"]]],
        ]
      ], ["id": "7"], #"/id: must be an integer, found string "7""#),
    Case(
      [
        "oneOf": [
          ["properties": ["type": ["const": "text"]], "required": ["type", "text"]],
          ["properties": ["type": ["const": "image"]], "required": ["type", "data", "mimeType"]],
        ]
      ], ["type": "image"], #""data" is required"#, #""mimeType" is required"#),
    Case(
      [
        "if": ["properties": ["kind": ["const": "sms"]], "required": ["kind"]],
        "then": ["required": ["phone"]], "else": ["required": ["email"]],
      ], ["kind": "sms"], #""phone" is required"#),
  ]

  @Test(arguments: simple + objects + alternatives)
  func says(_ testCase: Case) throws {
    let schema = try JSONSchema(testCase.schema)
    #expect(schema.validate(testCase.value).map(\.description) == testCase.expected)
    #expect(!schema.accepts(testCase.value))
  }

  @Test func namesPlaceRuleFoundAndExpected() throws {
    let schema = try JSONSchema([
      "properties": ["leads": ["items": ["$ref": "#/$defs/lead"]]],
      "$defs": ["lead": ["properties": ["score/0": ["maximum": 1]]]],
    ])
    let violation = try #require(schema.validate(["leads": [[:], ["score/0": 2]]]).first)
    #expect(violation.instanceLocation == "/leads/1/score~10")
    #expect(violation.schemaLocation == "#/$defs/lead/properties/score~10/maximum")
    #expect(violation.keyword == "maximum")
    #expect(violation.found == "2")
    #expect(violation.expected == "must be at most 1")
  }

  @Test func neverShowsMoreThan40CharactersOfAValue() throws {
    let long = String(repeating: "é", count: 10_000)
    let schema = try JSONSchema([
      "properties": ["a": ["const": 1], "b": ["type": "integer"]], "additionalProperties": false,
      "patternProperties": ["^é": ["type": "null"]],
    ])
    let digits = try JSONParser().parse(String(repeating: "7", count: 5000))
    let violations = schema.validate([
      "a": .string(long), "b": .string(long), "x\(long)": 1, "\(long)": 1, "é": digits,
    ])
    #expect(violations.count == 5)
    for violation in violations {
      #expect(violation.found.count <= 40 + #"string """#.count)
      #expect(violation.description.count < 250)
    }
  }

  @Test func repeatsNothingOfAnAddress() throws {
    let schema = try JSONSchema([
      "properties": ["email": ["format": "email"], "consent": ["type": "boolean"]],
      "additionalProperties": false,
    ])
    let violations = schema.validate([
      "email": "ann@acme co.example", "consent": "ann@acme.example", "ann@acme.example": 1,
    ])
    #expect(
      violations.map(\.found) == [
        "a text of 19 characters with '@'", "a text of 16 characters with '@'",
        "a text of 16 characters with '@'",
      ])
    #expect(violations.allSatisfy { !$0.description.contains("acme co") })
  }

  @Test func collectsAtMostAHundred() throws {
    let schema = try JSONSchema(["items": ["type": "string"]])
    let violations = schema.validate(.array(Array(repeating: 1, count: 1000)))
    #expect(violations.count == 100)
    #expect(violations.last?.instanceLocation == "/99")
  }
}
