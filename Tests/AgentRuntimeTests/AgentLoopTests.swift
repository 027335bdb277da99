import Foundation
import JSONRPC
import Logging
import MCP
import Marketing
import ServerApp
import Testing

@testable import AgentRuntime

/// Agents at work in the product on a database of its own.
@Suite(.timeLimit(.minutes(1))) struct AgentLoopTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// The product, with leads that wait for their triage.
  private struct Bench: Sendable {
    let application: Application
    let folder: URL

    init() throws {
      folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("agents-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      application = try Application(
        ServerConfiguration(databasePath: folder.appendingPathComponent("leads.sqlite").path),
        logger: AgentLoopTests.logger)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func call(_ tool: String, _ arguments: JSONObject) async throws -> JSONObject {
      try await application.withLocalClient { try await AgentTools($0).call(tool, arguments) }
    }

    /// Takes leads in.
    /// - Returns: their names.
    func receive(_ count: Int) async throws -> [String] {
      var names: [String] = []
      for number in 1...count {
        let received = try await call("receive_lead", ["email": "p\(number)@c\(number).example"])
        names.append(try #require(received["leadID"]?.stringValue))
      }
      return names
    }

    /// The work of a lead that is not done.
    func openWork(_ leadID: String) async throws -> JSONValue? {
      try await call("get_journey", ["leadID": .string(leadID)])["work"]?[0]
    }
  }

  private static func loop(
    capacity: Int = 2, lease: Duration = .seconds(60), grace: Duration = .seconds(30),
    _ perform: @escaping AgentLoop.Perform
  ) -> AgentLoop {
    AgentLoop(
      settings: .init(
        role: "triage", worker: "w", capacity: capacity, lease: lease, grace: grace),
      logger: logger, perform: perform)
  }

  @Test func everyPieceOfWorkIsDoneOnce() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let names = try await bench.receive(7)
    let done = Locked<[String]>([])
    let finished = OneShot<Void>()
    let loop = Self.loop { work, _ in
      let count = done.withLock { done in
        done.append(work.leadID ?? "")
        return done.count
      }
      if count == 7 { finished.fulfil(()) }
      return FinishedWork(["seen": true])
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await finished.value()
        loop.stop()
      }
      await loop.run { try await bench.application.withLocalClient($0) }
    }
    #expect(done.withLock { $0.sorted() } == names.sorted())
    for name in names { #expect(try await bench.openWork(name) == nil) }
  }

  @Test(arguments: [(true, "dead"), (false, "ready")])
  func whatFailsIsToldToTheQueue(_ isFinal: Bool, _ state: String) async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let name = try await bench.receive(1)[0]
    let loops = Locked<AgentLoop?>(nil)
    let loop = Self.loop { _, _ in
      loops.withLock { $0 }?.stop()
      throw WorkFailure(String(repeating: "no ", count: 400), isFinal: isFinal)
    }
    loops.withLock { $0 = loop }
    await loop.run { try await bench.application.withLocalClient($0) }
    let work = try #require(try await bench.openWork(name))
    #expect(work["state"] == .string(state) && work["attempts"] == 1)
  }

  @Test func whoIsToldToStopGivesBackWhatIsNotDone() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let name = try await bench.receive(1)[0]
    let began = OneShot<Void>()
    let loop = Self.loop(grace: .milliseconds(20)) { _, _ in
      began.fulfil(())
      try await Task.sleep(for: .seconds(3600))
      return FinishedWork([:])
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await began.value()
        loop.stop()
      }
      await loop.run { try await bench.application.withLocalClient($0) }
    }
    let work = try #require(try await bench.openWork(name))
    // Not an attempt: it was not tried to its end.
    #expect(work["state"] == "ready" && work["attempts"] == 0)
  }

  @Test func whoIsToldToStopFinishesWhatItHas() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let name = try await bench.receive(1)[0]
    let loops = Locked<AgentLoop?>(nil)
    let loop = Self.loop { work, tools in
      loops.withLock { $0 }?.stop()
      _ = try await tools.call("triage_lead", ["leadID": .string(work.leadID ?? "")])
      return FinishedWork([:])
    }
    loops.withLock { $0 = loop }
    await loop.run { try await bench.application.withLocalClient($0) }
    #expect(try await bench.openWork(name) == nil)
    let journey = try await bench.call("get_journey", ["leadID": .string(name)])
    #expect(journey["stage"] == "triaged")
  }

  @Test func aLostConnectionIsOpenedAgainAndTheWorkDone() async throws {
    let bench = try Bench()
    defer { bench.remove() }
    let name = try await bench.receive(1)[0]
    let (attempts, connections) = (Locked(0), Locked(0))
    let loops = Locked<AgentLoop?>(nil)
    let loop = Self.loop(lease: .seconds(3600)) { _, _ in
      let attempt = attempts.withLock { count in
        count += 1
        return count
      }
      guard attempt > 1 else { throw RPCError(.internalError, "The connection is closed") }
      loops.withLock { $0 }?.stop()
      return FinishedWork([:])
    }
    loops.withLock { $0 = loop }
    await loop.run { body in
      let number = connections.withLock { count in
        count += 1
        return count
      }
      guard number > 1 else { throw RPCError(.internalError, "nobody listens") }
      try await bench.application.withLocalClient(body)
    }
    // Long before its lease ran out: what was lost with the connection was given back first.
    #expect(attempts.withLock { $0 } == 2 && connections.withLock { $0 } == 3)
    #expect(try await bench.openWork(name) == nil)
  }
}
