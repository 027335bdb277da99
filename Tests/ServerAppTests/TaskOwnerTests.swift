import Glibc
import JSONRPC
import MCP
import Testing

/// What becomes of a task when the process that works on it ends.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TaskOwnerTests {
  enum End: CaseIterable, Sendable {
    case endOfInput, terminated, interrupted
  }

  @Test(arguments: End.allCases)
  func aProcessThatEndsInOrderEndsItsTasks(_ end: End) async throws {
    try await ServerProcess.withFolder { folder in
      let first = try RawServer(database: "\(folder)/l.sqlite")
      let task = try await first.startTask()
      #expect(try await first.status(of: task) == "working")
      switch end {
      case .endOfInput: break
      case .terminated: first.child.send(signal: SIGTERM)
      case .interrupted: first.child.send(signal: SIGINT)
      }
      #expect(await first.child.stop() == 0)
      let second = try RawServer(database: "\(folder)/l.sqlite")
      #expect(try await second.status(of: task) == "failed")
      #expect(await second.child.stop() == 0)
    }
  }

  @Test(arguments: ["tasks/get", "tasks/cancel"])
  func aKilledProcessLeavesNoTaskAtWork(_ method: String) async throws {
    try await ServerProcess.withFolder { folder in
      let first = try RawServer(database: "\(folder)/l.sqlite")
      // It was there before, so that it has not looked for such tasks since.
      let second = try RawServer(database: "\(folder)/l.sqlite")
      let task = try await first.startTask()
      #expect(try await second.status(of: task) == "working", "its process is alive")
      first.child.send(signal: SIGKILL)
      #expect(await first.child.waitForExit(atMost: .seconds(30)).map { $0 & 0x7F } == SIGKILL)
      _ = try await second.request(method, ["taskId": task])
      #expect(try await second.status(of: task) == "failed")
      await first.child.stop()
      await second.child.stop()
    }
  }

  @Test func aTaskOfAnotherProcessCanBeCancelled() async throws {
    try await ServerProcess.withFolder { folder in
      let first = try RawServer(database: "\(folder)/l.sqlite")
      let second = try RawServer(database: "\(folder)/l.sqlite")
      let task = try await first.startTask()
      _ = try await second.request("tasks/cancel", ["taskId": task])
      #expect(try await second.status(of: task) == "cancelled")
      await first.child.stop()
      #expect(try await second.status(of: task) == "cancelled", "its end comes too late")
      await second.child.stop()
    }
  }
}
