import JSONRPC
import Testing

@testable import Marketing
@testable import MarketingTools

/// Waiting for work, with a clock that runs.
@Suite struct WorkWaitingTests {
  private let stores = InMemoryStores()
  private let begin = ContinuousClock.now

  private var now: @Sendable () -> Timestamp {
    { [begin] in ToolHarness.now + (ContinuousClock.now - begin) }
  }

  private func claim(
    within patience: Duration, by worker: String = "w1", lease: Duration = .seconds(60)
  ) async throws -> [WorkItem] {
    try await WorkDesk(store: stores, journeys: stores, events: stores).claim(
      within: patience, actor: "tests", in: .default, now: now
    ) {
      WorkRequest(role: "triage", worker: worker, limit: 1, lease: lease, time: $0)
    }
  }

  private func enqueue(_ id: String, after wait: Duration = .zero) async throws {
    let draft = WorkDraft(
      id: WorkID(rawValue: id), kind: .triageLead, role: "triage", dueAt: now(),
      notBefore: now() + wait)
    _ = try await stores.enqueue([draft], at: now(), events: { _ in [] }, in: .default)
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNotToBeHandedOutYetIsAwaited() async throws {
    try await enqueue("a", after: .milliseconds(200))
    let claimed = try await claim(within: .seconds(30))
    #expect(claimed.map(\.id) == ["a"])
    #expect((.milliseconds(190) ..< .seconds(15)).contains(ContinuousClock.now - begin))
  }

  @Test(.timeLimit(.minutes(1))) func aLeaseThatRunsOutIsAwaited() async throws {
    try await enqueue("a")
    #expect(try await claim(within: .zero, by: "silent", lease: .milliseconds(200)).count == 1)
    let claimed = try await claim(within: .seconds(30), by: "w2")
    #expect(claimed.map(\.claim) == [2] && claimed[0].worker == "w2")
    #expect(ContinuousClock.now - begin < .seconds(15))
  }

  @Test(.timeLimit(.minutes(1))) func whoIsCancelledLeaves() async throws {
    let waiting = Task { try await claim(within: .seconds(300)) }
    while stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
    waiting.cancel()
    #expect(try await waiting.value.isEmpty)
    while !stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
    try await enqueue("a")
    #expect(try await claim(within: .zero).map(\.attempts) == [1], "nobody else has had it")
  }

  @Test(.timeLimit(.minutes(1))) func whenTheStoreClosesNobodyWaits() async throws {
    let waiting = Task { try await claim(within: .seconds(300)) }
    while stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
    stores.close()
    #expect(try await waiting.value.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func ofManyWhoWaitEachGetsAnother() async throws {
    let names = try await withThrowingTaskGroup(of: [WorkID].self) { group in
      for number in 0..<20 {
        group.addTask { try await claim(within: .seconds(30), by: "w\(number)").map(\.id) }
      }
      while stores.state.withLock({ $0.listeners.count < 20 }) { await Task.yield() }
      for number in 0..<20 {
        let draft = WorkDraft(
          id: WorkID(rawValue: "a\(number)"), kind: .triageLead, role: "triage", dueAt: now())
        _ = try await stores.enqueue(
          [draft], at: now(),
          events: { [.ofWork($0, .workEnqueued, id: "evt", actor: "tests", at: $0.createdAt)] },
          in: .default)
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(names.count == 20 && Set(names).count == 20)
  }
}
