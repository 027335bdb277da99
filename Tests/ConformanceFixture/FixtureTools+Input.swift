import JSONRPC
import MCP

extension FixtureTools {
  private static let prefix = "test_input_required_result_"

  private static func accepted(_ answer: InputResponse?, _ key: String) -> String? {
    guard case .accepted(let content)? = answer else { return nil }
    return content[key]?.stringValue
  }

  /// The tools of the scenarios named input-required-result.
  static func conformanceInput() throws -> [RegisteredTool] {
    let confirm = InputRequest.form(
      message: "Confirm", schema: schema(["confirmed": ["type": "boolean"]]))
    return [
      try tool(prefix + "elicitation", "Asks the user's name") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let answer = try await context.ask("user_name", nameForm)
        return text("Hello, \(accepted(answer, "name") ?? "stranger")!")
      },
      try tool(prefix + "sampling", "Asks the host's model") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let question = sampling("What is the capital of France?")
        return text(describe(try await context.ask("capital_question", question)))
      },
      try tool(prefix + "list_roots", "Asks for the root folders") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        text(describe(try await context.ask("client_roots", .roots)))
      },
      try tool(prefix + "request_state", "Carries a state from round to round") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        _ = try await context.ask("confirm", confirm)
        return text("state-ok")
      },
      try tool(prefix + "tampered_state", "Refuses a state that was changed") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        _ = try await context.ask("confirm", confirm)
        return text("state-ok")
      },
      try tool(prefix + "multiple_inputs", "Asks three things at once") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let answers = try await context.ask([
          NamedInput("user_name", nameForm), NamedInput("greeting", sampling("Greet")),
          NamedInput("client_roots", .roots),
        ])
        let said = ["user_name", "greeting", "client_roots"].map { describe(answers[$0]) }
        return text(said.joined(separator: "; "))
      },
      try tool(prefix + "multi_round", "Asks twice, one after the other") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let name = accepted(try await context.ask("step1", nameForm), "name") ?? "?"
        let colour = InputRequest.form(
          message: "Which colour, \(name)?", schema: schema(["colour": ["type": "string"]]))
        let second = accepted(try await context.ask("step2", colour), "colour") ?? "?"
        return text("\(name) likes \(second)")
      },
      try tool(prefix + "capabilities", "Asks only what the client can answer") {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let possible = [
          NamedInput("user_name", nameForm), NamedInput("greeting", sampling("Greet")),
          NamedInput("client_roots", .roots),
        ].filter { context.canAsk($0.request) }
        guard !possible.isEmpty else { return text("nothing to ask") }
        let answers = try await context.ask(possible)
        return text("answers to " + answers.keys.sorted().joined(separator: ", "))
      },
    ]
  }

  /// The tools of the tasks scenarios.
  static func tasks() throws -> [RegisteredTool] {
    let amount: JSONObject = [
      "type": "object",
      "properties": ["seconds": ["type": "number"], "label": ["type": "string"]],
    ]
    return [
      try tool("greet", "Greets at once", schema(["name": ["type": "string"]])) {
        (arguments: JSONObject, _: RequestContext) throws(CallInterruption) in
        text("Hello, \(arguments["name"]?.stringValue ?? "")!")
      },
      try tool("slow_compute", "Takes its time", amount, support: .optional) {
        (arguments: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let seconds = arguments["seconds"]?.doubleValue ?? 0
        context.progress?.report(1, of: 2, message: "computing")
        do { try await Task.sleep(for: .seconds(seconds)) } catch { throw .cancelled }
        return text("computed \(arguments["label"]?.stringValue ?? "")")
      },
      try tool("failing_job", "Fails as a tool", support: .required) {
        (_: JSONObject, _: RequestContext) async throws(CallInterruption) -> ToolResult in
        // Long enough for a client to find it at work.
        do { try await Task.sleep(for: .seconds(1)) } catch { throw .cancelled }
        throw .toolError("The job failed")
      },
      try tool("protocol_error_job", "Fails as a request", support: .required) {
        (_: JSONObject, _: RequestContext) throws(CallInterruption) -> ToolResult in
        throw .protocolError(RPCError(-31_999, "The job broke"))
      },
      try tool(
        "confirm_delete", "Asks before it deletes", schema(["filename": ["type": "string"]]),
        support: .required
      ) { (arguments: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let file = arguments["filename"]?.stringValue ?? ""
        let form = InputRequest.form(
          message: "Delete \(file)?", schema: schema(["confirm": ["type": "boolean"]]))
        guard case .accepted(let content) = try await context.ask("confirm", form),
          content["confirm"] == true
        else { return text("kept \(file)") }
        return text("deleted \(file)")
      },
      try tool("multi_input", "Asks two things at once", support: .required) {
        (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let colour = InputRequest.form(
          message: "Colour?", schema: schema(["colour": ["type": "string"]]))
        let answers = try await context.ask([
          NamedInput("name", nameForm), NamedInput("colour", colour),
        ])
        return text("\(describe(answers["name"])); \(describe(answers["colour"]))")
      },
      try tool(
        "test_tool_with_task", "Asks, then goes on as a task", support: .required,
        questionsBeforeTask: [NamedInput("user_name", nameForm)]
      ) { (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
        let answer = try await context.ask("user_name", nameForm)
        return text("Hello from a task, \(accepted(answer, "name") ?? "stranger")!")
      },
    ]
  }
}
