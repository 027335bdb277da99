import JSONRPC
import MCP
import Testing

@testable import Marketing

@Suite struct ClaimWorkToolTests {
  @Test func workIsTakenWithWhatItNeeds() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1", lead: "L1")
    try await harness.enqueue("work_2", role: "engagement")
    try await harness.enqueue("work_3")
    let claimed = try await harness.call(
      "claim_work", ["role": "triage", "worker": "w1", "capacity": 5, "leaseSeconds": 30])
    let work = try #require(claimed["work"]?.arrayValue)
    #expect(work.map { $0["workID"] } == ["work_1", "work_3"])
    #expect(work[0]["leadID"] == "L1" && work[0]["claim"] == 1 && work[0]["attempts"] == 1)
    #expect(work[0]["payload"] == ["note": "n"] && work[0]["worker"] == "w1")
    #expect(work[0]["leaseUntil"] == .string((ToolHarness.now + .seconds(30)).iso8601))
    #expect(try await harness.claimed() == .null)
    #expect(
      try harness.workEvents() == .init(repeating: "work.enqueued", count: 3)
        + .init(repeating: "work.claimed", count: 2))
    #expect(try harness.events().last?.facts["worker"] == "w1")
  }

  @Test func ofASilentWorkersWorkTheLogTellsWhenItDies() async throws {
    let harness = try ToolHarness()
    try await harness.enqueue("work_1", attempts: 1)
    _ = try await harness.stores.claim(
      WorkRequest(
        role: "triage", worker: "gone", limit: 1, lease: .seconds(10),
        time: ToolHarness.now + .seconds(-20)), events: { _ in [] }, in: .default)
    #expect(try await harness.claimed() == .null)
    let event = try #require(try harness.events().last)
    #expect(event.kind == .workDeadLettered && event.actor == "tester/claim_work")
    #expect(
      event.facts == ["workID": "work_1", "kind": "triage_lead", "role": "triage", "attempts": 1])
  }

  @Test(.timeLimit(.minutes(1))) func whoWaitsIsHandedWorkWhenItComes() async throws {
    let harness = try ToolHarness()
    let start = ContinuousClock.now
    async let waiting = harness.claimed(["waitSeconds": 30])
    while harness.stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
    // What is not for it does not end the waiting.
    try await harness.enqueue("work_0", role: "engagement")
    try await harness.enqueue("work_1")
    #expect(try await waiting["workID"] == "work_1")
    #expect(ContinuousClock.now - start < .seconds(20))
    while !harness.stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
  }

  @Test func waitingEnds() async throws {
    let harness = try ToolHarness()
    let start = ContinuousClock.now
    #expect(try await harness.claimed(["waitSeconds": 1]) == .null)
    #expect(ContinuousClock.now - start >= .milliseconds(900))
  }

  @Test func whatDoesNotFitIsThereForOthersAtOnce() async throws {
    var limits = SessionLimits()
    limits.pageBytes = 10_000
    let harness = try ToolHarness(limits: limits)
    for number in 0..<40 { try await harness.enqueue("work_\(number)") }
    var taken: [JSONValue] = []
    while taken.count < 40 {
      let wish: JSONObject = ["role": "triage", "worker": "w1", "capacity": 100]
      let work = try await harness.call("claim_work", wish)["work"]?.arrayValue ?? []
      try #require(!work.isEmpty && work.count < 40)
      taken += work
    }
    // In their order, none twice, and no attempt counted for what was given back.
    #expect(taken.map { $0["workID"] } == (0..<40).map { .string("work_\($0)") })
    #expect(taken.allSatisfy { $0["attempts"] == 1 })
    #expect(try harness.workEvents().contains("work.released"))
  }

  @Test(.timeLimit(.minutes(1))) func whoGoesAwayTakesNothing() async throws {
    let harness = try ToolHarness()
    let waiting = Task { try await harness.claimed(["waitSeconds": 30]) }
    while harness.stores.state.withLock({ $0.listeners.isEmpty }) { await Task.yield() }
    waiting.cancel()
    _ = await waiting.result
    try await harness.enqueue("work_1")
    #expect(try await harness.claimed()["attempts"] == 1)
  }

  static let refused: [(JSONObject, String)] = [
    (["role": "triage"], "worker"), (["role": "a b", "worker": "w"], "role"),
    (["role": "triage", "worker": "w", "capacity": 101], "capacity"),
    (["role": "triage", "worker": "w", "waitSeconds": 31], "waitSeconds"),
    (["role": "triage", "worker": ""], "worker"),
  ]

  @Test(arguments: refused.indices) func badWishesAreRefused(_ index: Int) async throws {
    let (arguments, named) = Self.refused[index]
    #expect(try await ToolHarness().failure("claim_work", arguments).contains(named))
  }
}
