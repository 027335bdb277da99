import ConformanceFixture
import JSONRPC
import Logging
import MCP
import Testing

/// Cancellation, limits, and tasks whose server stops.
@Suite(.timeLimit(.minutes(2))) struct TaskEndTests {
  private static func fixture(
    _ probe: Probe, running: Int = 4, open: Int = 256
  ) throws -> FixtureServer {
    var limits = TaskEngine.Limits.quiet
    limits.running = running
    limits.open = open
    return try FixtureServer(
      tools: [ProbeTools.waiting(probe, support: .optional)], taskLimits: limits, probe: probe)
  }

  @Test(arguments: Wire.allCases)
  func `a task is cancelled once and stays so`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("wait")["taskId"]
      #expect(await probe["started"].arrives())
      for _ in 0..<3 { #expect(try await tasks.cancel(id)["status"] == nil) }
      #expect(await probe["cancelled"].arrives())
      #expect(try await tasks.get(id)["status"] == "cancelled")
      #expect(fixture.store.history(of: id?.stringValue ?? "") == [.working, .cancelled])
    }
  }

  @Test(arguments: Wire.allCases)
  func `cancelling what has ended changes nothing`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      for (tool, status) in [("failing_job", "completed"), ("protocol_error_job", "failed")] {
        let id = try await tasks.start(tool)["taskId"]
        let end = try await tasks.wait(id, for: status)
        _ = try await tasks.cancel(id)
        #expect(try await tasks.get(id) == end)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a task that asks can be cancelled`(wire: Wire) async throws {
    try await serving(FixtureServer(), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("multi_input")["taskId"]
      _ = try await tasks.wait(id, for: "input_required")
      _ = try await tasks.cancel(id)
      _ = try await tasks.update(id, ["name": InputRequiredTests.ann])
      #expect(try await tasks.get(id)["status"] == "cancelled")
    }
  }

  @Test(arguments: Wire.allCases)
  func `so many run and the others wait their turn`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, running: 1)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let first = try await tasks.start("wait")["taskId"]
      let second = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      let third = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      #expect(await probe["started"].arrives())
      #expect(try await tasks.get(second)["status"] == "working")
      _ = try await tasks.cancel(third)
      #expect(try await tasks.get(third)["status"] == "cancelled")
      probe["release"].set()
      _ = try await tasks.wait(first, for: "completed")
      _ = try await tasks.wait(second, for: "completed")
      #expect(try await tasks.get(third)["status"] == "cancelled")
    }
  }

  @Test(arguments: Wire.allCases)
  func `one too many is refused`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, open: 2)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let first = try await tasks.start("wait")["taskId"]
      let second = try await tasks.start("wait")["taskId"]
      let error = try await tasks.client.error("tools/call", ["name": "wait"])
      #expect(error.code == .overloaded)
      _ = try await tasks.cancel(first)
      let third = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      probe["release"].set()
      _ = try await tasks.wait(second, for: "completed")
      _ = try await tasks.wait(third, for: "completed")
    }
  }

  @Test(arguments: Wire.allCases)
  func `stopping the engine fails what runs, asks or waits`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, running: 2)
    let engine = try #require(fixture.server.tasks)
    let ids = Recorder<String>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await engine.run() }
      try await connecting(to: fixture, over: wire) { peer in
        let tasks = try await TaskClient.open(peer)
        for tool in ["wait", "multi_input", "wait"] {
          ids.append(try await tasks.start(tool)["taskId"]?.stringValue ?? "")
        }
        #expect(await probe["started"].arrives())
        _ = try await tasks.wait(.string(ids.values[1]), for: "input_required")
      }
      group.cancelAll()
      try await group.waitForAll()
      #expect(probe["cancelled"].isSet)
      try await connecting(to: fixture, over: wire) { peer in
        let tasks = try await TaskClient.open(peer)
        for id in ids.values {
          let end = try await tasks.get(.string(id))
          #expect(end["status"] == "failed")
          #expect(end["error"]?["code"] == -32603)
          #expect(fixture.store.history(of: id).last == .failed)
        }
        let late = try await tasks.client.error("tools/call", ["name": "wait"])
        #expect(late.code == .overloaded)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `what an earlier process left is ended at the start`(wire: Wire) async throws {
    let clock = TestClock()
    let now = clock.wallClock.milliseconds()
    let left = try ["working", "input_required"].map { status in
      let stored = object(
        """
        {"id": "task-of-an-earlier-process-\(status)", "owner": "default/local", "tool": "wait",
         "status": "\(status)", "createdAt": \(now), "updatedAt": \(now), "lifetime": 60000,
         "pollInterval": 500, "inputRequests": {"a": {"method": "roots/list"}}}
        """)
      return try JSONValueDecoder().decode(TaskState.self, from: .object(stored))
    }
    let store = RecordingTaskStore(clock: clock.wallClock, left: left)
    try await serving(FixtureServer(store: store, clock: clock), over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      #expect(await store.saved.reaches { $0.count == 2 })
      for task in left {
        let end = try await tasks.get(.string(task.id))
        #expect(end["status"] == "failed")
        #expect(end["error"]?["message"]?.stringValue?.contains("stopped") == true)
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `who listens hears each change of its own tasks`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe, running: 1)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      _ = try await tasks.start("wait")
      #expect(await probe["started"].arrives())
      let id = try await tasks.start("confirm_delete", ["filename": "a"])["taskId"] ?? .null
      let other = try await tasks.start("slow_compute", ["seconds": 0])["taskId"]
      tasks.client.send("subscriptions/listen", ["notifications": ["taskIds": [id]]], id: "L")
      let ack = try await peer.next("notifications/subscriptions/acknowledged")
      #expect(ack["params"]?["notifications"] == ["taskIds": [id]])
      probe["release"].set()
      let asking = try await peer.next("a question") {
        $0["method"] == "notifications/tasks" && $0["params"]?["status"] == "input_required"
      }
      #expect(asking["params"]?["inputRequests"]?["confirm"] != nil)
      _ = try await tasks.update(id, ["confirm": ["action": "decline"]])
      let end = try await peer.next("the end") {
        $0["method"] == "notifications/tasks" && $0["params"]?["status"] == "completed"
      }
      #expect(end["params"]?["result"]?["content"]?[0]?["text"] == "kept a")
      _ = try await tasks.wait(other, for: "completed")
      let heard = peer.messages("notifications/tasks")
      #expect(heard.allSatisfy { $0["params"]?["taskId"] == id })
      #expect(heard.allSatisfy { $0["params"]?["_meta"]?[MetaKey.subscriptionID] == "L" })
      tasks.client.cancel("L")
    }
  }

  @Test(arguments: Wire.allCases)
  func `who may not see a task hears nothing of it`(wire: Wire) async throws {
    let probe = Probe()
    let fixture = try Self.fixture(probe)
    try await serving(fixture, over: wire) { peer in
      let tasks = try await TaskClient.open(peer)
      let id = try await tasks.start("wait")["taskId"] ?? .null
      let filter: JSONObject = ["notifications": ["taskIds": [id]]]
      let bare = try await peer.open(.latest)
      let error = try await bare.error("subscriptions/listen", filter)
      #expect(error.code == .missingClientCapability)
      try await connecting(to: fixture, over: wire, as: .other) { peer in
        let stranger = try await TaskClient.open(peer)
        stranger.client.send("subscriptions/listen", filter, id: "L")
        _ = try await peer.next("notifications/subscriptions/acknowledged")
        probe["release"].set()
        _ = try await tasks.wait(id, for: "completed")
        try await stranger.client.settle()
        #expect(peer.messages("notifications/tasks").isEmpty)
        stranger.client.cancel("L")
      }
    }
  }
}
