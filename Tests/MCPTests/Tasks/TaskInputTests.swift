import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Questions of a task and their answers.
@Suite(.timeLimit(.minutes(2))) struct TaskInputTests {
  private static let yes: JSONValue = ["action": "accept", "content": ["confirm": true]]
  private static let blue: JSONValue = ["action": "accept", "content": ["colour": "blue"]]

  private static func keys(_ task: JSONObject) -> [String] {
    task["inputRequests"]?.objectValue?.keys ?? []
  }

  static let answers: [(answer: JSONValue, says: String)] = [
    (yes, "deleted a.txt"), (["action": "decline"], "kept a.txt"),
    (["action": "cancel"], "kept a.txt"),
  ]

  @Test(arguments: Wire.allCases, answers)
  func `a question waits in the task for its answer`(
    wire: Wire, answer: (answer: JSONValue, says: String)
  ) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("confirm_delete", ["filename": "a.txt"])["taskId"]
      let asking = try await tasks.wait(id, for: "input_required")
      #expect(asking["inputRequests"]?["confirm"]?["method"] == "elicitation/create")
      #expect(asking["inputRequests"]?["confirm"]?["params"]?["message"] == "Delete a.txt?")
      let done = try await tasks.update(id, ["confirm": answer.answer])
      #expect(done["resultType"] == "complete")
      let end = try await tasks.wait(id, for: "completed")
      #expect(end["result"]?["content"]?[0]?["text"] == .string(answer.says))
      #expect(
        fixture.store.history(of: id?.stringValue ?? "")
          == [.working, .inputRequired, .working, .completed])
    }
  }

  @Test(arguments: Wire.allCases)
  func `answers may come one by one, and what is not asked is ignored`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("multi_input")["taskId"]
      #expect(Self.keys(try await tasks.wait(id, for: "input_required")) == ["name", "colour"])
      _ = try await tasks.update(id, [:])
      _ = try await tasks.update(id, ["other": ["action": "cancel"]])
      #expect(Self.keys(try await tasks.get(id)) == ["name", "colour"])
      _ = try await tasks.update(id, ["colour": Self.blue])
      let between = try await tasks.get(id)
      #expect(between["status"] == "input_required")
      #expect(Self.keys(between) == ["name"])
      _ = try await tasks.update(id, ["colour": ["action": "decline"]])
      _ = try await tasks.update(id, ["name": InputRequiredTests.ann])
      let end = try await tasks.wait(id, for: "completed")
      #expect(
        end["result"]?["content"]?[0]?["text"]
          == #"accepted {"name":"Ann"}; accepted {"colour":"blue"}"#)
      #expect(
        try await tasks.update(id, ["name": InputRequiredTests.ann])["resultType"] == "complete")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a key is not used twice in a task`(wire: Wire) async throws {
    let tool = try RegisteredTool.test("twice", support: .required) {
      (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
      let first = try await context.ask("form", FixtureTools.nameForm)
      let second = try await context.ask("form", FixtureTools.nameForm)
      return .text(FixtureTools.describe(first) + " " + FixtureTools.describe(second))
    }
    try await serving(FixtureServer(tools: [tool]), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("twice")["taskId"]
      let first = Self.keys(try await tasks.wait(id, for: "input_required"))
      _ = try await tasks.update(id, [first.first ?? "": ["action": "decline"]])
      var second = first
      while second == first {
        second = Self.keys(try await tasks.wait(id, for: "input_required"))
      }
      #expect(second.count == 1)
      _ = try await tasks.update(id, [first.first ?? "": ["action": "decline"]])
      #expect(try await tasks.get(id)["status"] == "input_required")
      _ = try await tasks.update(id, [second.first ?? "": ["action": "cancel"]])
      let end = try await tasks.wait(id, for: "completed")
      #expect(end["result"]?["content"]?[0]?["text"] == "declined cancelled")
    }
  }

  @Test(arguments: Wire.allCases)
  func `an answer that does not fit becomes the tool's error`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("confirm_delete", ["filename": "a.txt"])["taskId"]
      _ = try await tasks.wait(id, for: "input_required")
      let misfit: JSONValue = ["action": "accept", "content": ["confirm": "yes"]]
      _ = try await tasks.update(id, ["confirm": misfit])
      let end = try await tasks.wait(id, for: "completed")
      #expect(end["result"]?["isError"] == true)
      #expect(end["result"]?.text.contains("inputResponses/confirm") == true)
    }
  }

  @Test(arguments: Wire.allCases, [#"{}"#, #"{"inputResponses":null}"#, #"{"inputResponses":[]}"#])
  func `answers must be an object`(wire: Wire, params: String) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("confirm_delete", ["filename": "a.txt"])["taskId"]
      let error = try await tasks.client.error(
        ofFaulty: "tasks/update", object(params).merging(["taskId": id ?? .null]))
      #expect(error.code == .invalidParams)
      _ = try await tasks.cancel(id)
    }
  }

  @Test(arguments: Wire.allCases)
  func `what is asked before the task comes first`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let asked = try await tasks.client.call("test_tool_with_task")
      #expect(asked["resultType"] == "input_required")
      #expect(Self.keys(asked) == ["user_name"])
      #expect(fixture.store.saved.values.isEmpty)
      let created = try await tasks.client.result(
        "tools/call",
        [
          "name": "test_tool_with_task", "arguments": [:],
          "inputResponses": ["user_name": InputRequiredTests.ann],
          "requestState": asked["requestState"] ?? .null,
        ])
      #expect(created["resultType"] == "task")
      #expect(created["requestState"] == nil)
      let end = try await tasks.wait(created["taskId"], for: "completed", "input_required")
      #expect(end["result"]?["content"]?[0]?["text"] == "Hello from a task, Ann!")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a question needs its capability`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = TaskClient(
        client: try await peer.open(.latest, capabilities: TaskClient.extensions))
      let id = try await tasks.start("confirm_delete", ["filename": "a.txt"])["taskId"]
      let end = try await tasks.wait(id, for: "failed")
      #expect(end["error"]?["code"] == -32021)
      #expect(
        end["error"]?["data"] == ["requiredCapabilities": ["elicitation": ["form": [:]]]])
    }
  }
}
