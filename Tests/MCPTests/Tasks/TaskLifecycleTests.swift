import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// A client that declares the tasks extension, and what it does with a task.
struct TaskClient: Sendable {
  static let extensions: JSONObject = ["extensions": [.init(MetaKey.tasksExtension): [:]]]
  static let all = InputRequiredTests.all.merging(extensions)

  let client: Client
  var peer: RawPeer { client.peer }

  static func open(_ peer: RawPeer) async throws -> TaskClient {
    TaskClient(client: try await peer.open(.latest, capabilities: all))
  }

  /// Starts a tool that becomes a task.
  /// - Returns: the task as it was created.
  func start(_ tool: String, _ arguments: JSONObject = [:]) async throws -> JSONObject {
    let created = try await client.call(tool, arguments)
    try #require(created["resultType"] == "task", "found \(created.text)")
    return created
  }

  func get(_ id: JSONValue?) async throws -> JSONObject {
    try await client.result("tasks/get", ["taskId": id ?? .null])
  }

  /// Looks at the task until it has one of these states.
  func wait(_ id: JSONValue?, for states: String...) async throws -> JSONObject {
    let end = ContinuousClock.now + testPatience
    while true {
      let task = try await get(id)
      if states.contains(task["status"]?.stringValue ?? "") { return task }
      if ContinuousClock.now > end { throw Client.Unexpected(description: task.text) }
      await Task.yield()
    }
  }

  func update(_ id: JSONValue?, _ responses: JSONObject) async throws -> JSONObject {
    try await client.result(
      "tasks/update", ["taskId": id ?? .null, "inputResponses": .object(responses)])
  }

  func cancel(_ id: JSONValue?) async throws -> JSONObject {
    try await client.result("tasks/cancel", ["taskId": id ?? .null])
  }
}

/// Tasks from their start to their end.
@Suite(.timeLimit(.minutes(2))) struct TaskLifecycleTests {
  @Test(arguments: Wire.allCases)
  func `a call becomes a task and the task the result`(wire: Wire) async throws {
    let fixture = try FixtureServer()
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let created = try await tasks.start("slow_compute", ["seconds": 0, "label": "x"])
      let id = created["taskId"]
      #expect(created["status"] == "working")
      #expect(created["ttlMs"] == 86_400_000)
      #expect(created["pollIntervalMs"] == 500)
      #expect(created["createdAt"] == "2026-05-28T20:26:40.000Z")
      let done = try await tasks.wait(id, for: "completed")
      #expect(done["result"]?["content"]?[0]?["text"] == "computed x")
      #expect(done["result"]?["resultType"] == "complete")
      #expect(done["createdAt"] == created["createdAt"])
      #expect(try await tasks.get(id) == done)
    }
  }

  @Test(arguments: Wire.allCases)
  func `it is durable before the client learns of it`(wire: Wire) async throws {
    let gate = Signal()
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock) { task in
      if task.status == .working { await gate.waitDeafly() }
    }
    try await serving(FixtureServer(store: store, clock: clock), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let request = tasks.client.start("slow_compute", ["seconds": 0])
      try await tasks.client.settle()
      #expect(peer.messages(about: request).isEmpty)
      gate.set()
      let id = try await tasks.client.result(of: request)["taskId"]?.stringValue ?? ""
      #expect(store.history(of: id).first == .working)
      _ = try await tasks.wait(.string(id), for: "completed")
      #expect(store.history(of: id).last == .completed)
    }
  }

  @Test(arguments: Wire.allCases)
  func `what cannot be stored does not start`(wire: Wire) async throws {
    let probe = Probe()
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock) { _ in
      throw RecordingTaskStore.Failure()
    }
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], store: store, clock: clock)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let error = try await tasks.client.error("tools/call", ["name": "wait"])
      #expect(error.code == .internalError)
      #expect(!probe["started"].isSet)
      #expect(fixture.lines.values.contains { $0.contains("Failure") })
    }
  }

  @Test(arguments: Wire.allCases)
  func `its end is shown when it is durable, and not before`(wire: Wire) async throws {
    let probe = Probe()
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock) { task in
      if task.status == .completed {
        probe["ending"].set()
        await probe["stored"].waitDeafly()
      }
    }
    try await serving(FixtureServer(store: store, clock: clock), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      #expect(await probe["ending"].arrives())
      #expect(try await tasks.get(id)["status"] == "working")
      probe["stored"].set()
      _ = try await tasks.wait(id, for: "completed")
    }
  }

  @Test(arguments: Wire.allCases)
  func `states are stored in the order in which they came`(wire: Wire) async throws {
    let probe = Probe()
    let clock = TestClock()
    let count = Locked(0)
    let store = RecordingTaskStore(clock: clock.wallClock) { task in
      let number = count.withLock { (count: inout Int) -> Int in
        count += 1
        return count
      }
      guard number == 2 else { return }
      probe["heartbeat"].set()
      await probe["go on"].waitDeafly()
    }
    var limits = TaskEngine.Limits.quiet
    limits.heartbeat = .milliseconds(1)
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], taskLimits: limits, store: store,
      clock: clock)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("wait")["taskId"]
      // The heartbeat holds an old state in its hands while the task ends.
      #expect(await probe["heartbeat"].arrives())
      probe["release"].set()
      for _ in 0..<10 { try await tasks.client.settle() }
      probe["go on"].set()
      #expect(await store.saved.reaches { $0.contains { $0.status == .completed } })
      for _ in 0..<10 { try await tasks.client.settle() }
      #expect(store.history(of: id?.stringValue ?? "").last == .completed)
      #expect(try await tasks.get(id)["status"] == "completed")
    }
  }

  @Test(arguments: Wire.allCases)
  func `a running task shows that it is alive`(wire: Wire) async throws {
    let probe = Probe()
    var limits = TaskEngine.Limits.quiet
    limits.heartbeat = .milliseconds(1)
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], taskLimits: limits)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("wait")["taskId"]
      #expect(await fixture.store.saved.reaches { $0.count > 3 })
      probe["release"].set()
      _ = try await tasks.wait(id, for: "completed")
    }
  }

  static let failures: [(tool: String, status: String, key: String, says: String)] = [
    ("failing_job", "completed", "result", #""isError":true"#),
    ("protocol_error_job", "failed", "error", #"{"code":-31999,"message":"The job broke"}"#),
  ]

  @Test(arguments: Wire.allCases, failures)
  func `a tool's failure is a result, a request's an error`(
    wire: Wire, failure: (tool: String, status: String, key: String, says: String)
  ) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start(failure.tool)["taskId"]
      let end = try await tasks.wait(id, for: "completed", "failed")
      #expect(end["status"] == .string(failure.status))
      #expect(end[failure.key]?.text.contains(failure.says) == true)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a fault of ours is not told`(wire: Wire) async throws {
    struct Secret: Error, CustomStringConvertible {
      let description = "swordfish"
    }
    let broken = try RegisteredTool.test("broken", support: .optional) {
      (_: JSONObject, _: RequestContext) throws(CallInterruption) in throw .fault(Secret())
    }
    let fixture = try FixtureServer(tools: [broken])
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("broken")["taskId"]
      let end = try await tasks.wait(id, for: "failed")
      #expect(end["error"] == ["code": -32603, "message": "Internal error"])
      #expect(fixture.lines.values.contains { $0.contains("swordfish") })
    }
  }

  @Test(arguments: Wire.allCases)
  func `progress becomes its status message`(wire: Wire) async throws {
    let probe = Probe()
    let tool = try RegisteredTool.test("report", support: .optional) {
      (_: JSONObject, context: RequestContext) async throws(CallInterruption) in
      context.progress?.report(1, of: 3, message: "counting")
      context.log(.emergency, "nobody listens")
      probe["reported"].set()
      await probe["release"].wait()
      return .text("done")
    }
    try await serving(FixtureServer(tools: [tool]), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let created = try await tasks.client.call(
        "report", meta: ["progressToken": 1, MetaKey.logLevel: "debug"])
      #expect(await probe["reported"].arrives())
      let task = try await tasks.get(created["taskId"])
      #expect(task["statusMessage"] == "1 of 3: counting")
      probe["release"].set()
      _ = try await tasks.wait(created["taskId"], for: "completed")
      #expect(peer.all.allSatisfy { $0["method"] == nil }, "the request has been answered")
    }
  }

  @Test(arguments: Wire.allCases)
  func `it outlives its connection and expires at last`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try FixtureServer(tools: [ProbeTools.waiting(probe, support: .optional)])
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let kept = Locked(JSONValue?.none)
      try await connecting(to: fixture, over: wire) { peer in
        let id = try await TaskClient.open(peer).start("wait")["taskId"]
        kept.withLock { $0 = id }
      }
      let id = kept.withLock { $0 }
      #expect(try await tasks.get(id)["status"] == "working")
      probe["release"].set()
      let done = try await tasks.wait(id, for: "completed")
      #expect(done["result"]?["content"]?[0]?["text"] == "released")
      fixture.clock.advance(by: .seconds(86_399))
      #expect(try await tasks.get(id)["status"] == "completed")
      fixture.clock.advance(by: .seconds(1))
      let gone = try await tasks.client.error("tasks/get", ["taskId": id ?? .null])
      #expect(gone.code == .invalidParams)
    }
  }
}
