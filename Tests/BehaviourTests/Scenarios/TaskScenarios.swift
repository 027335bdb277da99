import ConformanceFixture
import JSONRPC
import MCP
import Testing

extension Scenario {
  private static let extensions: JSONObject = ["extensions": [.init(MetaKey.tasksExtension): [:]]]
  private static let able: JSONObject = [
    "elicitation": ["form": [:]], "extensions": [.init(MetaKey.tasksExtension): [:]],
  ]
  private static let ann: JSONValue = ["action": "accept", "content": ["name": "Ann"]]
  private static let yes: JSONValue = ["action": "accept", "content": ["confirm": true]]
  private static let required: JSONValue = ["requiredCapabilities": .object(extensions)]

  private static func task(
    _ name: String, capabilities: JSONObject = able,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ run: @escaping @Sendable (Peer) async throws -> Void
  ) -> [Scenario] {
    each("tasks-\(name)", in: .modern, sourceLocation: sourceLocation) {
      try await $0.peer(capabilities, run)
    }
  }

  /// The extension for tasks. What its answers must look like is held against them by the connection's
  /// log.
  static let tasks: [Scenario] = lives + negotiations + inputs

  private static let lives: [Scenario] =
    task("lifecycle") { peer in
      let id = try await peer.start("slow_compute", ["seconds": 0, "label": "x"])
      let done = try await peer.wait(id, for: "completed")
      #expect(done["result"]?["content"]?[0]?["text"] == "computed x")
      #expect(try await peer.result("tasks/cancel", ["taskId": id])["resultType"] == "complete")
      #expect(try await peer.wait(id, for: "completed") == done, "the end is final")
      let running = try await peer.start("slow_compute", ["seconds": 600, "label": "y"])
      _ = try await peer.result("tasks/cancel", ["taskId": running])
      let cancelled = try await peer.wait(running, for: "cancelled")
      #expect(cancelled["result"] == nil)
    }
    + each("tasks-lifecycle: a session waits for the result by itself", in: .modern) {
      try await $0.session(ClientHandlers(acceptsTasks: true)) { session in
        let result = try await session.call("slow_compute", ["seconds": 0, "label": "x"])
        #expect(result.firstText == "computed x")
      }
    }
    + task("wire-fields") { peer in
      let created = try await peer.call("slow_compute", ["seconds": 0, "label": "x"])
      #expect(created["resultType"] == "task")
      #expect(created["task"] == nil)
      #expect(created["status"] == "working")
      #expect(created["ttlMs"]?.integerValue != nil)
      #expect(created["pollIntervalMs"]?.integerValue != nil)
      for key in ["createdAt", "lastUpdatedAt"] { #expect(created[key]?.stringValue != nil) }
      let done = try await peer.wait(created["taskId"] ?? .null, for: "completed")
      #expect(done["resultType"] == "complete")
      #expect(done["createdAt"] == created["createdAt"])
      #expect(done["result"]?["_meta"]?["io.modelcontextprotocol/related-task"] == nil)
    }
    + task("request-state-removal") { peer in
      let id = try await peer.start("confirm_delete", ["filename": "a.txt"])
      let asking = try await peer.wait(id, for: "input_required")
      let done = try await peer.result(
        "tasks/update", ["taskId": id, "inputResponses": ["confirm": yes]])
      let end = try await peer.wait(id, for: "completed")
      for seen in [asking, done, end] { #expect(seen["requestState"] == nil) }
    }
    + task("status-notifications") { peer in
      let id = try await peer.start("confirm_delete", ["filename": "a.txt"])
      _ = try await peer.wait(id, for: "input_required")
      peer.post("subscriptions/listen", ["notifications": ["taskIds": [id]]], id: "L")
      let first = try await peer.next("an acknowledgement") {
        $0["method"] == "notifications/subscriptions/acknowledged"
      }
      #expect(first["params"]?["notifications"] == ["taskIds": [id]])
      _ = try await peer.result(
        "tasks/update", ["taskId": id, "inputResponses": ["confirm": yes]])
      let told = try await peer.next("the task's end") {
        $0["method"] == "notifications/tasks" && $0["params"]?["status"] == "completed"
      }
      #expect(told["params"]?["taskId"] == id)
      #expect(told["params"]?["result"]?["content"]?[0]?["text"] == "deleted a.txt")
      peer.notify("notifications/cancelled", ["requestId": "L"])
      _ = try await peer.result("server/discover")
    }

  private static let negotiations: [Scenario] =
    task("capability-negotiation") { peer in
      let found = try await peer.result("server/discover")
      #expect(found["capabilities"]?["extensions"]?[MetaKey.tasksExtension]?.objectValue != nil)
      let id = try await peer.start("slow_compute", ["seconds": 0, "label": "x"])
      // The extension is declared by each request, or it is not there.
      let plain = try await peer.result(
        "tools/call", ["name": "slow_compute", "arguments": ["seconds": 0, "label": "x"]],
        envelope: Peer.envelope())
      #expect(plain["resultType"] == "complete")
      #expect(plain.firstText == "computed x")
      for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let error = try await peer.error(
          method, ["taskId": id, "inputResponses": [:]], envelope: Peer.envelope())
        #expect(error.code == .missingClientCapability)
        #expect(error.data == required)
      }
    }
    + task("required-task-error", capabilities: [:]) { peer in
      let error = try await peer.error("tools/call", ["name": "failing_job"])
      #expect(error.code == .missingClientCapability)
      #expect(error.data == required)
    }
    + task("dispatch-and-envelope") { peer in
      #expect(try await peer.call("greet", ["name": "Ann"]).firstText == "Hello, Ann!")
      for (tool, status, key) in [
        ("failing_job", "completed", "result"), ("protocol_error_job", "failed", "error"),
      ] {
        let id = try await peer.start(tool)
        let end = try await peer.wait(id, for: "completed", "failed")
        #expect(end["status"] == .string(status))
        #expect(end[key] != nil)
        if key == "result" { #expect(end["result"]?["isError"] == true) }
      }
      for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let error = try await peer.error(method, ["taskId": "none", "inputResponses": [:]])
        #expect(error.code == .invalidParams)
      }
      for method in ["tasks/list", "tasks/result"] {
        let error = try await peer.error(method, ["taskId": "none"], isFaulty: true)
        #expect(error.code == .methodNotFound)
      }
    }

  private static let inputs: [Scenario] =
    task("mrtr-input") { peer in
      let id = try await peer.start("confirm_delete", ["filename": "a.txt"])
      let asking = try await peer.wait(id, for: "input_required")
      #expect(asking["inputRequests"]?["confirm"]?["method"] == "elicitation/create")
      _ = try await peer.result(
        "tasks/update", ["taskId": id, "inputResponses": ["other": yes]])
      let still = try await peer.wait(id, for: "input_required")
      #expect(still["inputRequests"] == asking["inputRequests"])
      let done = try await peer.result(
        "tasks/update", ["taskId": id, "inputResponses": ["confirm": yes]])
      #expect(done["resultType"] == "complete")
      let end = try await peer.wait(id, for: "completed")
      #expect(end["result"]?["content"]?[0]?["text"] == "deleted a.txt")
    }
    + task("mrtr-input: answers come one by one") { peer in
      let id = try await peer.start("multi_input")
      let asking = try await peer.wait(id, for: "input_required")
      #expect(asking["inputRequests"]?.objectValue?.keys == ["name", "colour"])
      _ = try await peer.result("tasks/update", ["taskId": id, "inputResponses": ["name": ann]])
      let left = try await peer.wait(id, for: "input_required")
      #expect(left["inputRequests"]?.objectValue?.keys == ["colour"])
      _ = try await peer.result(
        "tasks/update", ["taskId": id, "inputResponses": ["colour": ["action": "decline"]]])
      let end = try await peer.wait(id, for: "completed")
      #expect(end["result"]?["content"]?[0]?["text"] == #"accepted {"name":"Ann"}; declined"#)
    }
    + task("mrtr-composition") { peer in
      let asked = try await peer.call("test_tool_with_task")
      #expect(asked["resultType"] == "input_required")
      #expect(asked["inputRequests"]?.objectValue?.keys == ["user_name"])
      let created = try await peer.result(
        "tools/call",
        [
          "name": "test_tool_with_task", "arguments": [:], "inputResponses": ["user_name": ann],
          "requestState": asked["requestState"] ?? .null,
        ])
      #expect(created["resultType"] == "task")
      let end = try await peer.wait(created["taskId"] ?? .null, for: "completed")
      #expect(end["result"]?["content"]?[0]?["text"] == "Hello from a task, Ann!")
    }
}

extension Peer {
  /// Starts a tool that becomes a task.
  /// - Returns: the task's name.
  fileprivate func start(_ tool: String, _ arguments: JSONObject = [:]) async throws -> JSONValue {
    let created = try await call(tool, arguments)
    guard created["resultType"] == "task", let id = created["taskId"] else {
      throw Unexpected(description: "no task: \(JSONWriter.text(of: .object(created)))")
    }
    return id
  }

  /// Looks at the task until it has one of these states.
  fileprivate func wait(_ id: JSONValue, for states: String...) async throws -> JSONObject {
    let end = ContinuousClock.now + testPatience
    while true {
      let task = try await result("tasks/get", ["taskId": id])
      if states.contains(task["status"]?.stringValue ?? "") { return task }
      if ContinuousClock.now > end {
        throw Unexpected(description: "still \(JSONWriter.text(of: .object(task)))")
      }
      await Task.yield()
    }
  }
}
