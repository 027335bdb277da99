import Dispatch
import JSONRPC
import LeadModels
import Marketing
import Testing

@testable import MarketingTools

/// Models in memory: when they are made ready, and what is kept of them.
@Suite(.timeLimit(.minutes(1))) struct ScoringModelsTests {
  @Test func triageDoesNotWaitForATraining() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let release = DispatchSemaphore(value: 0)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (version, isHeld) = try await withThrowingTaskGroup(of: Bool.self) { group in
      let pool = harness.models.models.pool
      group.addTask {
        await pool.run {
          start.finish()
          return release.isSignalled(within: .seconds(20))
        }
      }
      for await _ in started {}
      let triage = try await harness.call("triage_lead", ["email": "a@acme.test"])
      release.signal()
      return (triage.modelVersion, try await group.next())
    }
    #expect(version == "leads-1")
    #expect(isHeld == true, "triage waited for what trains")
  }

  @Test func manyWhoAskAtOnceGetTheSameModel() async throws {
    let harness = try ToolHarness()
    try await harness.add("leads", activating: true)
    let models = harness.models.models
    let watches = try await withThrowingTaskGroup(of: DriftWatch?.self) { group in
      for _ in 0..<32 { group.addTask { try await models.lineup(in: .default).drift } }
      return try await group.reduce(into: [DriftWatch?]()) { $0.append($1) }
    }
    let answering = try #require(try await models.lineup(in: .default).drift)
    #expect(watches.count == 32)
    #expect(watches.allSatisfy { $0 === answering })
  }

  @Test func whatWasCountedOutlivesAChangeOfTheChampion() async throws {
    let harness = try ToolHarness()
    for name in ["first", "second"] { try await harness.add(name) }
    let models = harness.models.models
    for (model, count) in [("first-1", 3), ("second-1", 2), ("first-1", 1), ("scorecard", 1)] {
      _ = try await harness.call("activate_model", ["model": .string(model)])
      for number in 0..<count {
        _ = try await harness.call("triage_lead", ["email": .string("\(model)\(number)@acme.test")])
      }
    }
    _ = try await models.keepDrift(at: ToolHarness.now, actor: "tests", in: .default)
    for (model, rows) in [("first-1", 4), ("second-1", 2)] {
      let drift = try harness.stores.drift(of: model, in: .default).flatMap(StoredDrift.init)
      #expect(drift?.counts.rows == rows, "\(model)")
    }
    #expect(models.state.withLock { $0.watches }.isEmpty)
  }

  @Test func lookingAtDriftKeepsNoMoreModelsThanAreLookedAt() async throws {
    let stores = InMemoryStores()
    for number in 0..<5 {
      try await ToolHarness(stores: stores, workspace: "w\(number)").add("leads", activating: true)
    }
    let harness = try ToolHarness(stores: stores, workspace: "w4")
    let models = harness.models.models
    _ = try await harness.call("triage_lead", ["email": "a@acme.test"])
    for _ in 0..<3 {
      let watched = try await models.watchedWorkspaces(limit: 2)
      #expect(watched.map(\.rawValue) == ["w0", "w1", "w4"])
      for workspace in watched {
        let drift = try await models.keepDrift(
          at: ToolHarness.now, actor: "tests", in: workspace)
        #expect(drift?.model.version == "leads-1")
      }
      #expect(models.state.withLock { Set($0.unasked.keys.map(\.rawValue)) } == ["w0", "w1"])
      #expect(models.state.withLock { $0.asked } == [harness.workspace])
    }
  }

  @Test func aContentThatIsNotWhatWasStoredDoesNotAnswer() async throws {
    let harness = try ToolHarness()
    var model = try await TrainedModels.full.value
    model.digest = String(repeating: "0", count: 64)
    let id = try await harness.stores.add(
      model, role: .active, events: { _ in [] }, in: .default
    ).id
    let loaded = try await harness.models.models.load(id, in: .default)
    #expect(throws: ScoringFailure.self) { try loaded.get() }
    let lead: JSONObject = ["email": "a@acme.test"]
    #expect(try await harness.call("triage_lead", lead).modelVersion == "scorecard-1")
  }

  @Test func theModelsUsedLeastLatelyAreForgotten() async throws {
    let models = try ToolHarness().models.models
    let most = ScoringModelsState.mostLineups
    for number in 0..<most { _ = try await models.lineup(in: .numbered(number)) }
    _ = try await models.lineup(in: .numbered(0))
    _ = try await models.lineup(in: .numbered(most))
    let known = models.state.withLock { $0.asked }
    #expect(known.count == most)
    #expect(known.isSuperset(of: [.numbered(0), .numbered(most)]))
    #expect(!known.contains(.numbered(1)))
  }
}

extension DispatchSemaphore {
  /// Holds the thread, as a long computation does.
  fileprivate func isSignalled(within time: DispatchTimeInterval) -> Bool {
    wait(timeout: .now() + time) == .success
  }
}

extension WorkspaceID {
  fileprivate static func numbered(_ number: Int) -> WorkspaceID {
    WorkspaceID(rawValue: "w\(number)")
  }
}
