import ConformanceFixture
import JSONRPC
import MCP
import Testing

/// Tasks and the processes that work on them: stopped ones, killed ones, others that are alive.
@Suite(.timeLimit(.minutes(2))) struct TaskOwnerTests {
  /// A task as a process has left it.
  private static func task(
    _ status: String, _ clock: TestClock, id: String = "task-of-another-process"
  ) throws -> TaskState {
    let now = clock.wallClock.milliseconds()
    let stored = object(
      """
      {"id": "\(id)", "owner": "default/local", "tool": "wait", "status": "\(status)",
       "createdAt": \(now), "updatedAt": \(now), "lifetime": 60000, "pollInterval": 500}
      """)
    return try JSONValueDecoder().decode(TaskState.self, from: .object(stored))
  }

  enum Stop: CaseIterable, Sendable {
    case asked, cancelled
  }

  @Test(arguments: Stop.allCases)
  func `the end of a stopped task is stored although all that ran is cancelled`(
    stop: Stop
  ) async throws {
    let probe = Probe()
    let clock = TestClock()
    // A store that refuses what cancelled tasks want of it, as a database's writer does.
    let store = RecordingTaskStore(clock: clock.wallClock) { _ async throws in
      try Task.checkCancellation()
    }
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], store: store,
      clock: clock)
    let engine = try #require(fixture.server.tasks)
    let ids = Recorder<String>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await engine.run() }
      try await connecting(to: fixture, over: .pipes) { peer in
        let tasks = try await TaskClient.open(peer)
        for tool in ["wait", "multi_input"] {
          ids.append(try await tasks.start(tool)["taskId"]?.stringValue ?? "")
        }
        #expect(await probe["started"].arrives())
        _ = try await tasks.wait(.string(ids.values[1]), for: "input_required")
      }
      switch stop {
      case .asked: engine.stop()
      case .cancelled: group.cancelAll()
      }
      try await group.waitForAll()
    }
    #expect(probe["cancelled"].isSet)
    for id in ids.values { #expect(store.history(of: id).last == .failed) }
  }

  @Test func `work that does not stop does not keep its end from being stored`() async throws {
    let probe = Probe()
    let fixture = try FixtureServer(
      tools: [ProbeTools.stubborn(probe, support: .optional)], probe: probe)
    let engine = try #require(fixture.server.tasks)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await engine.run() }
      try await connecting(to: fixture, over: .pipes) { peer in
        _ = try await TaskClient.open(peer).start("stubborn")
        #expect(await probe["started"].arrives())
      }
      engine.stop()
      #expect(await fixture.store.saved.reaches { $0.last?.status == .failed })
      #expect(!probe["done"].isSet)
      probe["release"].set()
      try await group.waitForAll()
    }
    #expect(fixture.store.saved.values.last?.status == .failed, "what comes later is ignored")
  }

  @Test(arguments: Wire.allCases)
  func `the cancelling of a task is stored although the request is cancelled`(
    wire: Wire
  ) async throws {
    let probe = Probe()
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock) { task in
      guard task.status == .cancelled else { return }
      probe["storing"].set()
      await probe["go on"].waitDeafly()
      try Task.checkCancellation()
    }
    let fixture = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], store: store,
      clock: clock)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("wait")["taskId"] ?? .null
      #expect(await probe["started"].arrives())
      let request = tasks.client.send("tasks/cancel", ["taskId": id])
      #expect(await probe["storing"].arrives())
      tasks.client.cancel(request)
      try await tasks.client.settle()
      probe["go on"].set()
      #expect(await store.saved.reaches { $0.last?.status == .cancelled })
      _ = try await tasks.wait(id, for: "cancelled")
    }
  }

  @Test(arguments: ["tasks/get", "tasks/cancel", "tasks/update"], ["working", "input_required"])
  func `asking for a task whose process is gone ends it`(
    method: String, status: String
  ) async throws {
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock)
    for wire in Wire.allCases {
      try await serving(FixtureServer(store: store, clock: clock), over: wire) { peer in
        let tasks = try await TaskClient.open(peer)
        // The engine has looked for such tasks already when it started.
        try await tasks.client.settle()
        let left = try Self.task(status, clock, id: "task-of-another-\(wire)")
        await store.leave(left)
        _ = try await tasks.client.result(
          method, ["taskId": .string(left.id), "inputResponses": [:]])
        let end = try await tasks.get(.string(left.id))
        #expect(end["status"] == "failed")
        #expect(end["error"]?["code"] == -32603)
        #expect(store.history(of: left.id) == [.failed])
      }
    }
  }

  @Test func `tasks whose process is gone are ended without anybody asking`() async throws {
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock)
    var limits = TaskEngine.Limits.quiet
    limits.heartbeat = .milliseconds(1)
    let fixture = try FixtureServer(taskLimits: limits, store: store, clock: clock)
    try await serving(fixture, over: .memory) { _ in
      await store.leave(try Self.task("working", clock))
      #expect(await store.saved.reaches { $0.map(\.status) == [.failed] })
    }
  }

  @Test(arguments: Wire.allCases)
  func `a task of another process that lives can be cancelled`(wire: Wire) async throws {
    let probe = Probe()
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock)
    var limits = TaskEngine.Limits.quiet
    limits.heartbeat = .milliseconds(1)
    let first = try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], taskLimits: limits,
      store: store, clock: clock)
    let second = try FixtureServer(store: store, clock: clock)
    try await serving(first, over: wire) { peer in
      let working = try await TaskClient.open(peer)
      let id = try await working.start("wait")["taskId"]
      #expect(await probe["started"].arrives())
      try await serving(second, over: wire) { peer in
        let other = try await TaskClient.open(peer)
        #expect(try await other.get(id)["status"] == "working")
        _ = try await other.cancel(id)
        #expect(try await other.get(id)["status"] == "cancelled")
      }
      // Its next heartbeat tells the one who works on it.
      #expect(await probe["cancelled"].arrives())
      _ = try await working.wait(id, for: "cancelled")
      #expect(store.history(of: id?.stringValue ?? "").last == .cancelled)
    }
  }

  @Test(arguments: Wire.allCases)
  func `an end that could not be stored is stored later`(wire: Wire) async throws {
    struct Full: Error {}
    let clock = TestClock()
    let failures = Locked(3)
    let store = RecordingTaskStore(clock: clock.wallClock) { task in
      guard task.status.isTerminal else { return }
      let fails = failures.withLock { (left: inout Int) -> Bool in
        left -= 1
        return left >= 0
      }
      if fails { throw Full() }
    }
    var limits = TaskEngine.Limits.quiet
    limits.heartbeat = .milliseconds(1)
    try await serving(
      FixtureServer(taskLimits: limits, store: store, clock: clock), over: wire
    ) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      _ = try await tasks.wait(id, for: "completed")
      #expect(failures.withLock { $0 } < 0)
    }
  }

  @Test(arguments: Wire.allCases)
  func `a result that no client accepts is a failure that says so`(wire: Wire) async throws {
    var limits = TaskEngine.Limits.quiet
    limits.resultBytes = 10_000
    let big = try RegisteredTool.test("big", support: .optional) {
      (arguments: JSONObject, _: RequestContext) in
      ToolResult(
        structured: [
          "x": .string(String(repeating: "x", count: arguments["size"] == 1 ? 100 : 9000))
        ])
    }
    let fixture = try FixtureServer(tools: [big], taskLimits: limits)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let small = try await tasks.start("big", ["size": 1])["taskId"]
      #expect(try await tasks.wait(small, for: "completed")["result"]?["isError"] == nil)
      let id = try await tasks.start("big", ["size": 2])["taskId"]
      let end = try await tasks.wait(id, for: "completed")
      #expect(end["result"]?["isError"] == true)
      let says = end["result"]?["content"]?[0]?["text"]?.stringValue
      #expect(says?.contains("big") == true && says?.contains("limit") == true)
      #expect(
        fixture.store.saved.values.allSatisfy {
          JSONWriter.text(of: .object($0.result ?? [:])).count < 1000
        })
    }
  }

  @Test(arguments: Wire.allCases)
  func `a stored result that no client accepts is not shown`(wire: Wire) async throws {
    let clock = TestClock()
    let store = RecordingTaskStore(clock: clock.wallClock)
    var limits = TaskEngine.Limits.quiet
    limits.resultBytes = 10_000
    var task = try Self.task("completed", clock)
    task.result = ["x": .string(String(repeating: "x", count: 100_000))]
    await store.leave(task)
    let fixture = try FixtureServer(taskLimits: limits, store: store, clock: clock)
    try await serving(fixture, over: wire) { [task] peer in
      let shown = try await TaskClient.open(peer).get(.string(task.id))
      #expect(shown["status"] == "completed")
      #expect(shown["result"]?["isError"] == true)
      #expect(shown.text.utf8.count < 2000)
    }
  }
}
