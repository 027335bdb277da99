import Foundation
import JSONRPC
import MCP
import Testing

/// The protocol's own schemas, which messages are held against.
@Suite struct ProtocolSchemaTests {
  private static let examples = "mcp-schema/2026-07-28/examples"

  @Test(arguments: [
    ("2024-11-05", "definitions", 79), ("2025-03-26", "definitions", 83),
    ("2025-06-18", "definitions", 91), ("2025-11-25", "$defs", 145), ("2026-07-28", "$defs", 155),
  ])
  func compilesEveryDefinition(revision: String, keyword: String, count: Int) throws {
    let json = try Fixture.json("mcp-schema/\(revision)/schema.json")
    let document = try JSONSchemaDocument(json)
    let names = try #require(json[keyword]?.objectValue).keys
    #expect(names.count == count)
    for name in names {
      #expect(throws: Never.self) { try document.schema(at: "#/\(keyword)/\(name)") }
    }
  }

  @Test func acceptsEveryExample() throws {
    let document = try JSONSchemaDocument(Fixture.json("mcp-schema/2026-07-28/schema.json"))
    var count = 0
    for folder in try Fixture.names(in: Self.examples, suffix: "") {
      let schema = try document.schema(at: "#/$defs/\(folder)")
      for file in try Fixture.names(in: "\(Self.examples)/\(folder)") {
        let example = try Fixture.json("\(Self.examples)/\(folder)/\(file)")
        #expect(schema.validate(example).map(\.description) == [], "\(folder)/\(file)")
        #expect(schema.accepts(example))
        count += 1
      }
    }
    #expect(count == 129)
  }

  @Test func refusesBrokenMessages() throws {
    let document = try JSONSchemaDocument(Fixture.json("mcp-schema/2026-07-28/schema.json"))
    let schema = try document.schema(at: "#/$defs/TextContent")
    let violations = schema.validate(["type": "txt", "text": 5, "annotations": ["priority": 2]])
    #expect(
      violations.map(\.description) == [
        "/type: must be \"text\", found \"txt\"",
        "/text: must be a string, found integer 5",
        "/annotations/priority: must be at most 1, found 2",
      ])
  }

  @Test func takesOneDefinitionOfADocument() throws {
    let json = try Fixture.json("mcp-schema/2025-06-18/schema.json")
    let schema = try JSONSchema(document: json, at: "#/definitions/Implementation")
    #expect(schema.accepts(["name": "leadrelay", "version": "1.0.0"]))
    #expect(
      schema.validate(["name": "leadrelay"]).map(\.description) == [
        #""version" (a string) is required"#
      ])
    #expect(throws: SchemaError.self) {
      try JSONSchema(document: json, at: "#/definitions/NoSuchThing")
    }
  }
}
