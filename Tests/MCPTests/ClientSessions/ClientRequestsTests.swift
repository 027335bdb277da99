import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// What happens on the way of a client's request: questions, tasks, progress, cancellation.
@Suite(.timeLimit(.minutes(2))) struct ClientRequestsTests {
  static let modes: [ClientSession.Mode] = [.modern, .legacy(.v2025November)]

  /// A client that can answer everything.
  private static func answering(_ heard: Recorder<Notification> = Recorder()) -> ClientHandlers {
    ClientHandlers(
      elicitForm: { (params: JSONObject) throws(RPCError) in
        let properties = params["requestedSchema"]?["properties"]?.objectValue ?? [:]
        let values: JSONObject = ["name": "Ann", "colour": "blue", "confirm": true]
        let content = JSONObject(properties.members.map { ($0.key, values[$0.key] ?? .null) })
        return ["action": "accept", "content": .object(content)]
      },
      elicitURL: { (_: JSONObject) throws(RPCError) in ["action": "accept"] },
      sample: { (_: JSONObject) throws(RPCError) in
        InputRequiredTests.paris.objectValue ?? [:]
      },
      listRoots: { (_: JSONObject) throws(RPCError) in
        InputRequiredTests.roots.objectValue ?? [:]
      },
      acceptsTasks: true, hear: { heard.append($0) })
  }

  private static func call(
    _ client: ClientSession, _ tool: String, _ arguments: JSONObject = [:],
    onProgress: ClientSession.OnProgress? = nil
  ) async throws -> JSONObject {
    try await client.request(
      "tools/call", ["name": .string(tool), "arguments": .object(arguments)],
      onProgress: onProgress)
  }

  static let asking: [(tool: String, says: String)] = [
    ("test_input_required_result_elicitation", "Hello, Ann!"),
    ("test_input_required_result_sampling", "sampled Paris"),
    ("test_input_required_result_list_roots", "roots file:///work"),
    ("test_input_required_result_multi_round", "Ann likes blue"),
    (
      "test_input_required_result_multiple_inputs",
      #"accepted {"name":"Ann"}; sampled Paris; roots file:///work"#
    ), ("test_elicitation_url", "accepted {}"),
  ]

  @Test(arguments: asking, modes)
  func `questions are answered on the way, in both eras alike`(
    asking: (tool: String, says: String), mode: ClientSession.Mode
  ) async throws {
    for wire in Wire.allCases {
      try await clientServing(
        FixtureServer(), over: wire, mode: mode, handlers: Self.answering()
      ) { client in
        let result = try await Self.call(client, asking.tool)
        #expect(result.firstText == asking.says)
      }
    }
  }

  @Test(arguments: Wire.allCases, modes)
  func `what has no handler is not declared`(wire: Wire, mode: ClientSession.Mode) async throws {
    try await clientServing(FixtureServer(), over: wire, mode: mode) { client in
      let error = await #expect(throws: RPCError.self) {
        try await Self.call(client, "test_missing_capability")
      }
      #expect(error?.code == .missingClientCapability)
    }
  }

  @Test(arguments: modes)
  func `a handler's error ends the call`(mode: ClientSession.Mode) async throws {
    let handlers = ClientHandlers(elicitForm: { (_: JSONObject) throws(RPCError) in
      throw RPCError(-1, "The user has left")
    })
    try await clientServing(FixtureServer(), over: .memory, mode: mode, handlers: handlers) {
      client in
      if mode == .modern {
        let error = await #expect(throws: RPCError.self) {
          try await Self.call(client, "test_streaming_elicitation")
        }
        #expect(error?.message == "The user has left")
      } else {
        let result = try await Self.call(client, "test_streaming_elicitation")
        #expect(result["isError"] == true)
      }
    }
  }

  private static let again = #"{"result":{"resultType":"input_required","requestState":"s"}}"#

  @Test func `a state without questions is sent back, ten times at most`() async throws {
    try await clientScripted { client, server in
      server.answer(
        "server/discover",
        #"{"result":{"resultType":"complete","supportedVersions":["2026-07-28"]}}"#)
      try await client.connect(.modern)
      server.answer(
        "a", Self.again, Self.again, #"{"result":{"resultType":"complete","done":true}}"#)
      #expect(try await client.request("a", ["x": 1])["done"] == true)
      let sent = server.received.values.filter { $0["method"] == "a" }
      #expect(sent.map { $0["params"]?["requestState"] } == [nil, "s", "s"])
      #expect(sent.allSatisfy { $0["params"]?["x"] == 1 })
      #expect(Set(sent.map { $0["id"] }).count == 3)
      server.answer("b", Self.again)
      await #expect(throws: RPCError.self) { try await client.request("b") }
      #expect(server.received.values.filter { $0["method"] == "b" }.count == 10)
    }
  }

  @Test(arguments: Wire.allCases, modes)
  func `progress is reported`(wire: Wire, mode: ClientSession.Mode) async throws {
    let reports = Recorder<String>()
    try await clientServing(FixtureServer(), over: wire, mode: mode) { client in
      _ = try await Self.call(client, "test_tool_with_progress") { progress, total, message in
        reports.append("\(progress) of \(total ?? -1) \(message ?? "")")
      }
      #expect(
        reports.values == ["0.0 of 100.0 at 0", "50.0 of 100.0 at 50", "100.0 of 100.0 at 100"])
    }
  }

  @Test(arguments: Wire.allCases, modes)
  func `cancelling the caller cancels the request`(
    wire: Wire, mode: ClientSession.Mode
  ) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(only: ProbeTools.waiting(probe))
    try await clientServing(fixture, over: wire, mode: mode) { client in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: RPCError.self) { try await Self.call(client, "wait") }
        }
        #expect(await probe["started"].arrives())
        group.cancelAll()
      }
      #expect(await probe["cancelled"].arrives())
      let page = try await client.request("tools/list")
      #expect(page["tools"] != nil)
    }
  }

  private static func quick() -> TaskEngine.Limits {
    var limits = TaskEngine.Limits.quiet
    limits.pollInterval = .milliseconds(1)
    return limits
  }

  static let tasks: [(tool: String, arguments: JSONObject, says: String)] = [
    ("slow_compute", ["seconds": 0, "label": "x"], "computed x"),
    ("confirm_delete", ["filename": "f"], "deleted f"),
    ("multi_input", [:], #"accepted {"name":"Ann"}; accepted {"colour":"blue"}"#),
    ("test_tool_with_task", [:], "Hello from a task, Ann!"),
    ("failing_job", [:], "The job failed"), ("greet", ["name": "Bo"], "Hello, Bo!"),
  ]

  @Test(arguments: Wire.allCases, tasks)
  func `tasks are waited for`(
    wire: Wire, task: (tool: String, arguments: JSONObject, says: String)
  ) async throws {
    try await clientServing(
      FixtureServer(taskLimits: Self.quick()), over: wire, handlers: Self.answering()
    ) { client in
      let result = try await Self.call(client, task.tool, task.arguments)
      #expect(result.firstText == task.says)
      #expect(result["resultType"] == "complete")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a task that failed throws its error`(wire: Wire) async throws {
    try await clientServing(
      FixtureServer(taskLimits: Self.quick()), over: wire, handlers: Self.answering()
    ) { client in
      let error = await #expect(throws: RPCError.self) {
        try await Self.call(client, "protocol_error_job")
      }
      #expect(error?.message == "The job broke")
    }
  }

  @Test(arguments: Wire.allCases, [1, 3_600_000])
  func `cancelling the caller cancels the task`(wire: Wire, pause: Int) async throws {
    let probe = Probe()
    var limits = TaskEngine.Limits.quiet
    limits.pollInterval = .milliseconds(pause)
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .required)], taskLimits: limits)
    try await clientServing(fixture, over: wire, handlers: Self.answering()) { client in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: RPCError.self) { try await Self.call(client, "wait") }
        }
        #expect(await probe["started"].arrives())
        group.cancelAll()
      }
      #expect(await probe["cancelled"].arrives())
      #expect(await fixture.store.saved.reaches { $0.last?.status == .cancelled })
    }
  }
}
