package import JSONRPC
package import MCP

extension FixtureTools {
  /// Asks the user's name.
  package static let nameForm = InputRequest.form(
    message: "What is your name?", schema: schema(["name": ["type": "string"]]))

  /// A form whose fields have defaults.
  package static let defaultsForm: JSONObject =
    [
      "type": "object",
      "properties": [
        "name": ["type": "string", "default": "John Doe"],
        "age": ["type": "integer", "default": 30],
        "score": ["type": "number", "default": 95.5],
        "status": [
          "type": "string", "enum": ["active", "inactive", "pending"], "default": "active",
        ],
        "verified": ["type": "boolean", "default": true],
      ],
    ]

  /// A form with each way to write a choice.
  package static let enumsForm: JSONObject =
    [
      "type": "object",
      "properties": [
        "untitledSingle": ["type": "string", "enum": ["option1", "option2", "option3"]],
        "titledSingle": [
          "type": "string",
          "oneOf": [
            ["const": "value1", "title": "First"],
            ["const": "value2", "title": "Second"],
          ],
        ],
        "legacyEnum": ["type": "string", "enum": ["opt1", "opt2"], "enumNames": ["One", "Two"]],
        "untitledMulti": ["type": "array", "items": ["type": "string", "enum": ["a", "b", "c"]]],
        "titledMulti": [
          "type": "array",
          "items": [
            "anyOf": [
              ["const": "x", "title": "X"],
              ["const": "y", "title": "Y"],
            ]
          ],
        ],
      ],
    ]

  static func sampling(_ prompt: String) -> InputRequest {
    .sampling(
      SamplingRequest(
        messages: [PromptMessage(role: .user, content: .text(prompt))], maximumTokens: 100))
  }

  /// The tools that ask the client or tell it something meanwhile, in whatever era.
  static func asking() throws -> [RegisteredTool] {
    [
      try tool("test_tool_with_logging", "Logs three times") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        for (step, line) in ["started", "processing", "completed"].enumerated() {
          if step > 0 { try? await Task.sleep(for: .milliseconds(50)) }
          context.log(.info, .string("Tool execution \(line)"), logger: "fixture")
        }
        return text("logged")
      },
      try tool("test_logging_tool", "Logs once at every level") {
        (_: JSONObject, context: RequestContext) throws(CallInterruption) in
        for level in LogLevel.allCases {
          context.log(level, ["level": .string(level.rawValue)])
        }
        return text("logged")
      },
      try tool("test_sampling", "Asks the host's model", schema(["prompt": ["type": "string"]])) {
        (arguments: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let prompt = arguments["prompt"]?.stringValue ?? ""
        let answer = try await context.ask("prompt", sampling(prompt))
        guard case .sampled(let said, _) = answer else { return text("no answer") }
        return text("LLM response: \(said)")
      },
      try form("test_elicitation", schema(["message": ["type": "string"]])) { arguments in
        .form(
          message: arguments["message"]?.stringValue ?? "",
          schema: schema(["username": ["type": "string"], "email": ["type": "string"]]))
      },
      try form("test_streaming_elicitation", nothing) { _ in nameForm },
      try form("test_elicitation_sep1034_defaults", nothing) { _ in
        .form(message: "Your profile", schema: defaultsForm)
      },
      try form("test_elicitation_sep1330_enums", nothing) { _ in
        .form(message: "Choose", schema: enumsForm)
      },
      try form("test_elicitation_url", nothing) { _ in
        .url(message: "Please sign in", url: "https://example.com/sign-in")
      },
      try tool("test_missing_capability", "Cannot do without the host's model") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        _ = try await context.ask("question", sampling("What is the capital of France?"))
        return text("answered")
      },
      try tool("test_reconnection", "Lets go of its stream, then answers") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        // Whether the client is back by then or not: the answer is kept for it.
        context.releaseStream(for: .milliseconds(100))
        do { try await Task.sleep(for: .milliseconds(300)) } catch { throw .cancelled }
        return text("Answered after the stream was closed.")
      },
      try tool("test_trigger_tool_change", "Tells that the tools changed") {
        (_: JSONObject, context: RequestContext) throws(CallInterruption) in
        context.changes.publish(.toolsListChanged)
        return text("told")
      },
      try tool("test_trigger_prompt_change", "Tells that the prompts changed") {
        (_: JSONObject, context: RequestContext) throws(CallInterruption) in
        context.changes.publish(.promptsListChanged)
        return text("told")
      },
    ]
  }

  /// A tool that asks one question of the user and says what came back.
  private static func form(
    _ name: String, _ schema: JSONObject,
    _ question: @escaping @Sendable (JSONObject) -> InputRequest
  ) throws -> RegisteredTool {
    try tool(name, "Asks the user", schema) {
      (arguments: JSONObject, context: RequestContext) async throws(CallInterruption) in
      let answer = try await context.ask("form", question(arguments))
      return text(describe(answer))
    }
  }

  /// An answer in words.
  package static func describe(_ answer: InputResponse?) -> String {
    switch answer {
    case .accepted(let content)?: "accepted \(JSONWriter.text(of: .object(content)))"
    case .declined?: "declined"
    case .cancelled?: "cancelled"
    case .sampled(let said, _)?: "sampled \(said)"
    case .roots(let uris)?: "roots \(uris.joined(separator: " "))"
    case nil: "nothing"
    }
  }
}
