import JSONRPC
import MCP
import Testing

/// Numbers and text are compared as JSON Schema has it, without rounding.
@Suite struct SchemaValueTests {
  /// A schema, values it accepts and values it refuses, all as they are written.
  struct Case: Sendable {
    let schema: String
    let accepted: [String]
    let refused: [String]

    init(_ schema: String, accepts accepted: [String], refuses refused: [String]) {
      self.schema = schema
      self.accepted = accepted
      self.refused = refused
    }
  }

  private static let cases: [Case] = [
    Case(
      #"{"type":"integer"}"#,
      accepts: ["1", "1.0", "-2e3", "1e400", "18446744073709551616", "-0", "10e-1"],
      refuses: ["1.5", "1e-1", "\"1\"", "true", "1e-400"]),
    Case(#"{"type":"number"}"#, accepts: ["1", "1.5", "1e400"], refuses: ["\"1\"", "null"]),
    Case(
      #"{"const":1}"#, accepts: ["1", "1.0", "10e-1"],
      refuses: ["true", "\"1\"", "1.0000000000000000000001"]),
    Case(
      #"{"const":9007199254740993}"#, accepts: ["9007199254740993"], refuses: ["9007199254740992"]),
    Case(
      #"{"const":[1,{"a":2.0}]}"#, accepts: [#"[1.0,{"a":2}]"#],
      refuses: [#"[1,{"a":3}]"#, "[1]", #"[1,{"b":2}]"#]),
    Case(
      #"{"enum":[false,0,"a",null]}"#, accepts: ["false", "0", "-0", "0.0", "\"a\"", "null"],
      refuses: ["true", "\"\"", "[]"]),
    Case("{\"const\":\"\\u00e9\"}", accepts: ["\"\\u00e9\""], refuses: ["\"e\\u0301\""]),
    Case(
      "{\"properties\":{\"\\u00e9\":false}}", accepts: ["{\"e\\u0301\":1}"],
      refuses: ["{\"\\u00e9\":1}"]),
    Case(
      #"{"minimum":9007199254740993}"#, accepts: ["9007199254740993", "1e17"],
      refuses: ["9007199254740992", "9007199254740992.9"]),
    Case(
      #"{"maximum":0.1}"#, accepts: ["0.1", "0.1000", "-5", "1e-400"],
      refuses: ["0.10000000000000000001", "1"]),
    Case(
      #"{"exclusiveMaximum":1e400}"#, accepts: ["9.99e399", "5", "-1e401"],
      refuses: ["1e400", "1e401"]),
    Case(
      #"{"exclusiveMinimum":-0.5}"#, accepts: ["-0.4999", "0"],
      refuses: ["-0.5", "-0.50", "-0.51", "-5"]),
    Case(
      #"{"minimum":1e99999999999}"#.replacing("1e99999999999", with: "1e9"),
      accepts: ["1000000000"], refuses: ["999999999", "1e99999999999"]),
    Case(
      #"{"multipleOf":0.01}"#, accepts: ["0.07", "19.99", "4.35", "0", "1e300"],
      refuses: ["0.075", "1e-3"]),
    Case(
      #"{"multipleOf":3}"#, accepts: ["9", "3e0", "-6", "0", "111111111111111111111"],
      refuses: ["10", "1.5", "1e30"]),
    Case(#"{"multipleOf":1e308}"#, accepts: ["1e308", "5e308", "0"], refuses: ["1e307", "1"]),
    Case(#"{"multipleOf":1e-8}"#, accepts: ["12391239123", "1e-8"], refuses: ["1e-9"]),
    Case(
      #"{"uniqueItems":true}"#,
      accepts: ["[1,true,\"1\"]", #"[{"a":1},{"a":2}]"#, "[[1],[2]]", "[0,false,null]"],
      refuses: ["[1,1.0]", #"[{"a":1,"b":2},{"b":2.0,"a":1}]"#, "[[1],[1e0]]"]),
    Case(
      #"{"minLength":2,"maxLength":2}"#, accepts: ["\"ab\"", "\"💡é\"", "\"e\\u0301\"", "3"],
      refuses: ["\"💡\"", "\"abc\"", "\"\\u00e9\""]),
  ]

  @Test(arguments: cases)
  func decides(_ testCase: Case) throws {
    let parser = JSONParser()
    let schema = try JSONSchema(parser.parse(testCase.schema))
    for text in testCase.accepted {
      #expect(schema.validate(try parser.parse(text)).map(\.description) == [], "\(text)")
    }
    for text in testCase.refused {
      #expect(!schema.validate(try parser.parse(text)).isEmpty, "\(text)")
      #expect(!schema.accepts(try parser.parse(text)), "\(text)")
    }
  }

  @Test func readsManyRequiredProperties() throws {
    let names = (0..<100).map { "property\($0)" }
    let schema = try JSONSchema(["required": .array(names.map { .string($0) })])
    var object = JSONObject(names.map { ($0, 1) })
    #expect(schema.accepts(.object(object)))
    object["property3"] = nil
    object["property97"] = nil
    #expect(
      schema.validate(.object(object)).map(\.description) == [
        #""property3" is required"#, #""property97" is required"#,
      ])
  }

  @Test func treatsFormatsAsAnnotationWhenAsked() throws {
    let json: JSONValue = ["format": "email"]
    #expect(!(try JSONSchema(json).accepts("nobody")))
    #expect(try JSONSchema(json, options: SchemaOptions(formats: .annotation)).accepts("nobody"))
  }

  @Test func validatesOnManyThreadsAtOnce() async throws {
    let schema = try JSONSchema([
      "properties": ["a": ["pattern": "^[a-z]{1,9}$"]], "additionalProperties": false,
    ])
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          let isValid = number.isMultiple(of: 2)
          return schema.accepts(["a": isValid ? "abc" : "ABC"]) == isValid
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
