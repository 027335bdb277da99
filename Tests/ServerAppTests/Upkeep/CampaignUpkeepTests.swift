import JSONRPC
import Logging
import Marketing
import MarketingTools
import ServerApp
import Testing

@Suite struct CampaignUpkeepTests {
  private static let start = Timestamp(milliseconds: 1_752_580_800_000)
  private let stores = InMemoryStores()
  private let clock = Locked(Self.start)
  private let id = CampaignID(rawValue: "C1")

  private var desk: CampaignDesk {
    CampaignDesk(store: stores, optimizations: stores, memory: MemoryDesk(store: stores))
  }

  private var experiments: ExperimentDesk { ExperimentDesk(store: stores, campaigns: stores) }

  private func upkeep() -> CampaignUpkeep {
    CampaignUpkeep(
      desk, experiments, work: WorkDesk(store: stores, journeys: stores, events: stores),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { [clock] in clock.withLock { $0 } })
  }

  /// Records a day of search: 200 leads at such a cost.
  private func record(_ day: CalendarDay, _ id: CampaignID? = nil, cost: Double) async throws {
    let key = CampaignMetric.Key(campaignID: id ?? self.id, day: day, channel: "search")
    let figures = CampaignFigures(
      impressions: 10_000, clicks: 300, leads: 200, conversions: 30, spend: 200 * cost,
      revenue: 30_000)
    _ = try await stores.record(
      [CampaignMetric(key, figures, currency: "USD")], at: Self.start,
      event: { id, _ in
        Event(
          id: EventID(rawValue: "evt_\(id)_\(day.rawValue)"), kind: .campaignMetricsRecorded,
          campaignID: id, occurredAt: Self.start, actor: "tests")
      }, in: .default)
  }

  private func kinds() throws -> [Event.Kind] {
    try stores.events(after: 0, limit: 1000).map(\.event.kind)
      .filter { $0 != .campaignMetricsRecorded }
  }

  @Test func aBrokenRuleCallsForAnOptimizerOnce() async throws {
    let today = CalendarDay(Self.start)
    for day in 1...28 { try await record(today + -day, cost: 25) }
    let upkeep = upkeep()
    await upkeep.keep()
    #expect(try kinds() == [])
    for day in 1...7 { try await record(today + -day, cost: 75) }
    await upkeep.keep()
    #expect(try kinds() == [.campaignOptimizationNeeded, .workEnqueued])
    let event = try #require(
      try stores.events(after: 0, limit: 1000).map(\.event).first {
        $0.kind == .campaignOptimizationNeeded
      })
    #expect(
      event.campaignID == id && event.facts["rules"]?[0]?.stringValue?.hasPrefix("cpl") == true)
    // Further figures of the same kind are no news.
    try await record(today + -1, cost: 76)
    await upkeep.keep()
    #expect(try kinds().count == 2)
    let claimed = try await stores.claim(
      WorkRequest(
        role: .optimizer, worker: "w", limit: 9, lease: .seconds(60), time: Self.start),
      events: { _ in [] }, in: .default)
    #expect(claimed.map(\.subject) == ["C1"] && claimed.map(\.kind) == [.optimizeCampaign])
    // A week later it is, while it stays.
    clock.withLock { $0 = Self.start + .days(7) }
    try await record(today + 6, cost: 75)
    await upkeep.keep()
    #expect(try kinds().filter { $0 == .campaignOptimizationNeeded }.count == 2)
  }

  @Test func oldFiguresCallForNobody() async throws {
    let today = CalendarDay(Self.start)
    for day in 20...27 { try await record(today + -day, cost: 75) }
    await upkeep().keep()
    #expect(try kinds() == [])
    #expect(try await stores.unevaluated(limit: 9).isEmpty)
  }

  @Test func whatWasAppliedIsMeasuredAgainstItsSiblingsAndRemembered() async throws {
    let today = CalendarDay(Self.start)
    let siblings = ["S1", "S2", "S3"].map { CampaignID(rawValue: $0) }
    for day in 1...28 {
      try await record(today + -day, cost: 75)
      for sibling in siblings { try await record(today + -day, sibling, cost: 30) }
    }
    let proposed = try await desk.plan(for: id, as: Self.start, at: Self.start, in: .default)
    _ = try await desk.store(
      proposed.plan, for: id, by: "tests", at: Self.start, in: .default)
    let optimization = try #require(proposed.plan.proposals.first)
    _ = try await desk.apply(
      optimization.id, approvedBy: "maria", by: "tests", at: Self.start, in: .default)
    for day in 0..<18 {
      try await record(today + day, cost: 50)
      for sibling in siblings { try await record(today + day, sibling, cost: 30) }
    }
    // Two whole weeks behind the days in which it settles.
    clock.withLock { $0 = Self.start + .days(16) }
    let upkeep = upkeep()
    await upkeep.keep()
    #expect(try stores.optimization(optimization.id, in: .default)?.measurement == nil)
    clock.withLock { $0 = Self.start + .days(17) }
    await upkeep.keep()
    let measured = try #require(
      try stores.optimization(optimization.id, in: .default)?.measurement)
    #expect(measured.verdict == .success && measured.siblings == 3)
    let effect = try #require(measured.effect)
    #expect(abs(effect + 1.0 / 3) < 0.05)
    let kinds = try kinds()
    #expect(kinds.contains(.optimizationMeasured))
    let time = clock.withLock { $0 }
    let query = MemoryQuery(
      for: .upkeep, at: MemoryMoment(now: time), now: time)
    let memories = try await stores.list(query, in: .default)
    let episode = try #require(memories.records.first { $0.kind == .episodic })
    #expect(episode.text.contains("C1"))
    guard case .episode(let told) = episode.content else {
      Issue.record("no episode")
      return
    }
    #expect(told.outcome == 1 && told.situation == "campaign_cpl")
  }

  @Test func whatIsPastItsHorizonEndsAsItsVerdictSays() async throws {
    let id = ExperimentID(rawValue: "E1")
    try await begin()
    try await assign(200)
    let upkeep = upkeep()
    for (day, isOver) in [(27, false), (29, false), (30, true)] {
      clock.withLock { $0 = Self.start + .days(day) }
      await upkeep.keep()
      #expect(try stores.experiment(id, in: .default)?.state == (isOver ? .stopped : .running))
    }
    let stop = try #require(try stores.experiment(id, in: .default)?.stop)
    #expect(stop.decision == .inconclusive && stop.reason.contains("no look is left"))
    #expect(try kinds().filter { $0 == .experimentStopped }.count == 1)
  }

  @Test func aVariantThatBreaksItsGuardrailIsTakenOut() async throws {
    let experiment = try await begin()
    try await assign(600)
    let upkeep = upkeep()
    await upkeep.keep()
    #expect(try stores.experiment(experiment.id, in: .default)?.switchedOff == [])
    // Every third of B's leads unsubscribes, one of A's.
    for number in 0..<600 where number % 6 == 1 || number == 0 {
      try await unsubscribe(number)
    }
    clock.withLock { $0 = Self.start + .seconds(3600) }
    await upkeep.keep()
    let off = try #require(try stores.experiment(experiment.id, in: .default)?.switchedOff.first)
    #expect(off.variant == "B" && off.guardrail == .unsubscribe)
    #expect(try kinds().contains(.experimentVariantStopped))
  }

  @discardableResult
  private func begin() async throws -> Experiment {
    var experiment = Experiment(
      id: ExperimentID(rawValue: "E1"), name: "Texts", hypothesis: "B is answered more often",
      variants: [ExperimentVariant("A", isControl: true), ExperimentVariant("B")],
      primaryMetric: .reply, design: ExperimentDesign(minimumEffect: 0.1, horizonDays: 28),
      startedAt: Self.start)
    experiment.design.unitsPerArm = 300
    _ = try await stores.create(
      experiment,
      event: Event(
        id: EventID(rawValue: "evt_e"), kind: .experimentCreated, occurredAt: Self.start,
        actor: "tests"), in: .default)
    return experiment
  }

  /// Half of the leads get A, those of odd numbers B.
  private func assign(_ count: Int) async throws {
    let leads = (0..<count).map { Lead(id: LeadID(rawValue: "L\($0)"), createdAt: Self.start) }
    _ = try await stores.importRows(
      ImportStep(
        source: ImportSource(file: "leads", reading: 1),
        rows: .leads(leads.map { ImportedLead($0) }, identity: { _ in LeadIdentity() })),
      event: Event(
        id: EventID(rawValue: "evt_leads"), kind: .datasetImported, occurredAt: Self.start,
        actor: "tests"), in: .default)
    for number in 0..<count {
      _ = try await stores.assign(
        ExperimentID(rawValue: "E1"), to: LeadID(rawValue: "L\(number)"),
        shares: number % 2 == 1 ? ["A": 0, "B": 1] : ["A": 1, "B": 0], at: Self.start,
        event: { _ in
          Event(
            id: EventID(rawValue: "evt_a\(number)"), kind: .experimentAssigned,
            occurredAt: Self.start, actor: "tests")
        }, in: .default)
    }
  }

  private func unsubscribe(_ number: Int) async throws {
    let interaction = Interaction(
      id: InteractionID(rawValue: "I\(number)"), leadID: LeadID(rawValue: "L\(number)"),
      occurredAt: Self.start + .seconds(60), channel: .email, kind: .emailClick,
      outcome: .unsubscribe)
    _ = try await stores.record(
      interaction,
      event: Event(
        id: EventID(rawValue: "evt_u\(number)"), kind: .interactionRecorded,
        occurredAt: Self.start, actor: "tests"), in: .default)
  }
}
