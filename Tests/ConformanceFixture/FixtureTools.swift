package import JSONRPC
package import MCP

/// The tools of the conformance fixture.
package enum FixtureTools {
  /// A picture of one pixel, in Base64.
  package static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
  /// A sound without samples, in Base64.
  package static let wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="

  /// All of them, their schemas compiled once.
  package static let all = Result {
    try content() + asking() + conformanceInput() + tasks()
  }

  static let nothing: JSONObject = ["type": "object", "additionalProperties": false]

  static func tool(
    _ name: String, _ summary: String, _ schema: JSONObject = nothing,
    support: ToolDefinition.TaskSupport = .forbidden, questionsBeforeTask: [NamedInput] = [],
    handle:
      @escaping @Sendable (JSONObject, RequestContext) async throws(CallInterruption) -> ToolResult
  ) throws -> RegisteredTool {
    try RegisteredTool(
      ToolDefinition(name: name, summary: summary, inputSchema: schema, taskSupport: support),
      questionsBeforeTask: questionsBeforeTask, handle: handle)
  }

  /// A schema of properties that are all required.
  static func schema(_ properties: JSONObject) -> JSONObject {
    [
      "type": "object", "properties": .object(properties),
      "required": .array(properties.keys.map(JSONValue.string)), "additionalProperties": false,
    ]
  }

  static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }

  /// The tools whose answer is fixed.
  static func content() throws -> [RegisteredTool] {
    let image = ContentBlock(.image(data: png, mimeType: "image/png"))
    return [
      try tool("test_simple_text", "Answers with text") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) in
        text("This is a simple text response for testing.")
      },
      try tool("test_image_content", "Answers with a picture") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) in
        ToolResult(content: [image])
      },
      try tool("test_audio_content", "Answers with a sound") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) in
        ToolResult(content: [ContentBlock(.audio(data: wav, mimeType: "audio/wav"))])
      },
      try tool("test_embedded_resource", "Answers with a resource") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) in
        ToolResult(content: [embedded("test://embedded-resource", "text/plain", "Embedded.")])
      },
      try tool("test_multiple_content_types", "Answers with several kinds of content") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) in
        ToolResult(content: [
          .text("Multiple content types:"), image,
          embedded("test://mixed-content-resource", "application/json", #"{"test":"data"}"#),
        ])
      },
      try tool("test_error_handling", "Always fails") {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) -> ToolResult in
        throw .toolError("This tool intentionally returns an error for testing")
      },
      try tool("test_tool_with_progress", "Reports progress three times") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        for step in [0, 50, 100] {
          if step > 0 { try? await Task.sleep(for: .milliseconds(50)) }
          context.progress?.report(Double(step), of: 100, message: "at \(step)")
        }
        return text("done")
      },
      try json2020(),
      try tool(
        "test_x_mcp_header", "Has an argument that HTTP clients mirror in a header",
        schema(["region": ["type": "string", "x-mcp-header": "Region"]])
      ) { (arguments: JSONObject, _: RequestContext) throws(CallInterruption) in
        text("region \(arguments["region"]?.stringValue ?? "")")
      },
    ]
  }

  private static func embedded(_ uri: String, _ type: String, _ text: String) -> ContentBlock {
    ContentBlock(.resource(ResourceContents(uri: uri, mimeType: type, data: .text(text))))
  }

  /// The schema whose keywords must reach the client as they are.
  package static let schema2020: JSONObject =
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
      "$defs": [
        "address": [
          "$anchor": "addressDef", "type": "object",
          "properties": ["street": ["type": "string"], "city": ["type": "string"]],
        ]
      ],
      "properties": [
        "name": ["type": "string"], "address": ["$ref": "#/$defs/address"],
        "contactMethod": ["type": "string", "enum": ["phone", "email"]],
        "phone": ["type": "string"], "email": ["type": "string"],
      ],
      "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
      "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
      "then": ["required": ["phone"]], "else": ["required": ["email"]],
      "additionalProperties": false,
    ]

  private static func json2020() throws -> RegisteredTool {
    try tool("json_schema_2020_12_tool", "Has a schema with many keywords", schema2020) {
      (arguments: JSONObject, _: RequestContext) throws(CallInterruption) in
      text("called with \(JSONWriter.text(of: .object(arguments)))")
    }
  }
}
