import JSONRPC
import Logging
import MCP
import Marketing
import MarketingTools
import ServerApp
import Testing

@Suite struct WorkUpkeepTests {
  private static let start = Timestamp(milliseconds: 1_752_580_800_000)
  private let stores = InMemoryStores()
  private let clock = Locked(Self.start)

  private func upkeep() -> WorkUpkeep {
    WorkUpkeep(
      WorkDesk(store: stores, journeys: stores, events: stores),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { [clock] in clock.withLock { $0 } })
  }

  private func pass(_ time: Duration) { clock.withLock { $0 = $0 + time } }

  private func enqueue(_ count: Int) async throws {
    let drafts = (0..<count).map {
      WorkDraft(
        id: WorkID(rawValue: "work_\($0)"), kind: .triageLead,
        role: AgentRoleID(rawValue: "triage"),
        dueAt: Self.start)
    }
    _ = try await stores.enqueue(drafts, at: Self.start, events: { _ in [] }, in: .default)
  }

  private func claim(_ count: Int) async throws -> [WorkItem] {
    let now = clock.withLock { $0 }
    return try await stores.claim(
      WorkRequest(
        role: AgentRoleID(rawValue: "triage"), worker: "w", limit: count, lease: .seconds(60),
        time: now), events: { _ in [] }, in: .default)
  }

  @Test func whatSilentWorkersHaveIsTakenBackAndTold() async throws {
    try await enqueue(1300)
    #expect(try await claim(1200).count == 1200)
    let upkeep = upkeep()
    pass(.seconds(59))
    await upkeep.keep()
    #expect(try stores.counts(in: .default).map(\.ready) == [100])
    pass(.seconds(1))
    await upkeep.keep()
    #expect(try stores.counts(in: .default).map(\.ready) == [1300])
    let events = try stores.events(after: 0, limit: 9999).map(\.event)
    #expect(events.count == 1200 && Set(events.map(\.id)).count == 1200)
    #expect(events.allSatisfy { $0.kind == .workReleased && $0.actor == "server/upkeep" })
  }

  @Test func whatWasDoneAWeekAgoIsDeletedFromTimeToTime() async throws {
    try await enqueue(1201)
    let items = try await claim(1201)
    func complete(_ item: WorkItem) async throws {
      _ = try await stores.complete(
        HeldWork(item.id, claim: item.claim), result: [:], next: [],
        at: clock.withLock { $0 }, events: { _ in [] }, in: .default)
    }
    func left() throws -> Int {
      try items.count { try stores.item($0.id, in: .default) != nil }
    }
    for item in items.dropLast() { try await complete(item) }
    let upkeep = upkeep()
    pass(.days(7))
    await upkeep.keep()
    #expect(try left() == 1201)
    // Its worker was silent for that week.
    let last = try await claim(1)
    #expect(last.map(\.id) == [items[1200].id])
    try await complete(last[0])
    pass(.seconds(299))
    await upkeep.keep()
    #expect(try left() == 1201, "not at every look")
    pass(.seconds(1))
    await upkeep.keep()
    #expect(try left() == 1)
  }

  @Test(.timeLimit(.minutes(1))) func whoWaitsGetsWhatASilentWorkerHad() async throws {
    try await ServerProcess.withFolder { folder in
      try await UpkeepApplication.with("\(folder)/leads.sqlite") { application, caller in
        let draft = WorkDraft(
          id: WorkID(rawValue: "work_1"), kind: .triageLead, role: AgentRoleID(rawValue: "triage"),
          dueAt: SystemClock.now())
        _ = try await application.work.store.enqueue(
          [draft], at: SystemClock.now(), events: { _ in [] }, in: .default)
        let wish: JSONObject = ["role": "triage", "worker": "silent", "leaseSeconds": 1]
        let first = try await caller.call("claim_work", wish)
        #expect(first["work"]?[0]?["claim"] == 1)
        let second = try await caller.call(
          "claim_work", ["role": "triage", "worker": "patient", "waitSeconds": 30])
        #expect(second["work"]?[0]?["claim"] == 2)
      }
    }
  }
}
