import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Who gets a task and who does not.
@Suite(.timeLimit(.minutes(2))) struct TaskNegotiationTests {
  @Test(arguments: Wire.allCases)
  func `a tool that forbids tasks answers at once`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let result = try await tasks.client.result(
        "tools/call",
        ["name": "greet", "arguments": ["name": "Ann"], "task": ["ttl": 60_000]])
      #expect(result["resultType"] == "complete")
      #expect(result.firstText == "Hello, Ann!")
      #expect(fixture.store.saved.values.isEmpty)
    }
  }

  @Test(arguments: Wire.allCases, [ProtocolVersion.v2025March, .v2025November, .latest])
  func `without the extension the same tool is an ordinary call with progress`(
    wire: Wire, version: ProtocolVersion
  ) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let client = try await peer.open(version)
      let result = try await client.call(
        "slow_compute", ["seconds": 0, "label": "x"], meta: ["progressToken": "p"])
      #expect(result.firstText == "computed x")
      let progress = try #require(peer.messages("notifications/progress").first)
      #expect(progress["params"]?["message"] == "computing")
      #expect(fixture.store.saved.values.isEmpty)
    }
  }

  static let required: JSONValue = [
    "requiredCapabilities": ["extensions": [.init(MetaKey.tasksExtension): [:]]]
  ]

  @Test(arguments: Wire.allCases)
  func `a tool that requires tasks names the extension`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let odd = object(#"{"extensions":{"other/tasks":{},"io.modelcontextprotocol/tasks":true}}"#)
      for capabilities in [[:], InputRequiredTests.all, odd] {
        let client = try await peer.open(.latest, capabilities: capabilities)
        let request = client.request("tools/call", ["name": "failing_job"])
        peer.send(raw: request.text)
        let error = try await client.error(of: request["id"] ?? .null)
        #expect(error.code == .missingClientCapability)
        #expect(error.data == Self.required)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a legacy client gets the tool as an ordinary call`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let client = try await peer.open(.v2025November, capabilities: InputRequiredTests.all)
      #expect(try await client.call("failing_job")["isError"] == true)
      let id = client.start("test_tool_with_task")
      client.answer(
        try await peer.next("elicitation/create"), InputRequiredTests.ann.objectValue ?? [:])
      #expect(try await client.result(of: id).firstText == "Hello from a task, Ann!")
    }
  }

  static let methods = ["tasks/get", "tasks/update", "tasks/cancel"]

  @Test(arguments: Wire.allCases, methods)
  func `the methods need the extension on every request`(
    wire: Wire, method: String
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("slow_compute", ["seconds": 0])["taskId"] ?? .null
      let client = try await peer.open(.latest)
      let error = try await client.error(method, ["taskId": id, "inputResponses": [:]])
      #expect(error.code == .missingClientCapability)
      #expect(error.data == Self.required)
    }
  }

  @Test(arguments: Wire.allCases, methods)
  func `a server without tasks does not know the methods`(
    wire: Wire, method: String
  ) async throws {
    try await serving(FixtureServer(hasTasks: false), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let error = try await tasks.client.error(method, ["taskId": "x", "inputResponses": [:]])
      #expect(error.code == .methodNotFound)
      let found = try await tasks.client.result("server/discover")
      #expect(found["capabilities"]?["extensions"] == nil)
      let result = try await tasks.client.call("slow_compute", ["seconds": 0])
      #expect(result["resultType"] == "complete")
    }
  }

  static let unknown: [(id: String, isFaulty: Bool)] = [
    (#""task-00000000000000000000000000000000""#, false), (#""""#, false), (#""x""#, false),
    (#"5"#, true), (#"null"#, true), (#"{}"#, true),
  ]

  @Test(arguments: methods, unknown)
  func `an unknown task is an error`(
    method: String, unknown: (id: String, isFaulty: Bool)
  ) async throws {
    for wire in Wire.allCases {
      try await serving(FixtureServer(), over: wire) { peer in
        let tasks = try await TaskClient.open(peer)
        let params: JSONObject = ["taskId": json(unknown.id), "inputResponses": [:]]
        let error =
          unknown.isFaulty
          ? try await tasks.client.error(ofFaulty: method, params)
          : try await tasks.client.error(method, params)
        #expect(error.code == .invalidParams)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `another principal's task looks unknown`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(tools: [ProbeTools.waiting(probe, support: .optional)])
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let running = try await tasks.start("wait")["taskId"] ?? .null
      let ended = try await tasks.start("slow_compute", ["seconds": 0])["taskId"] ?? .null
      _ = try await tasks.wait(ended, for: "completed")
      let elsewhere = Principal(name: "local", workspace: "elsewhere", scopes: ["*"])
      for principal in [Principal.other, elsewhere] {
        try await connecting(to: fixture, over: wire, as: principal) { peer in
          let stranger = try await TaskClient.open(peer)
          for id in [running, ended] {
            for method in Self.methods {
              let error = try await stranger.client.error(
                method, ["taskId": id, "inputResponses": [:]])
              #expect(error.code == .invalidParams)
              #expect(error.message.hasPrefix("Unknown task"))
            }
          }
        }
      }
      #expect(try await tasks.get(running)["status"] == "working")
      probe["release"].set()
      _ = try await tasks.wait(running, for: "completed")
    }
  }

  @Test(arguments: Wire.allCases)
  func `arguments that break the schema start no task`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let result = try await tasks.client.call("confirm_delete", ["file": "x"])
      #expect(result["resultType"] == "complete")
      #expect(result["isError"] == true)
      #expect(fixture.store.saved.values.isEmpty)
    }
  }

  @Test(arguments: Wire.allCases)
  func `names cannot be guessed and do not repeat`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      var ids: Set<String> = []
      for _ in 0..<20 {
        let created = try await tasks.start("slow_compute", ["seconds": 0])
        ids.insert(created["taskId"]?.stringValue ?? "")
      }
      #expect(ids.count == 20)
      #expect(ids.allSatisfy { $0.count >= 32 })
    }
  }
}
