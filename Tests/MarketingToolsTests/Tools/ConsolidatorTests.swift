import JSONRPC
import Marketing
import MarketingTools
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConsolidatorTests {
  private static let now = ToolHarness.now

  private static func utterance(_ number: Int) -> AnalyzedMemory {
    var record = MemoryRecord(
      id: MemoryID(rawValue: "u\(1000 + number)"), kind: .episodic,
      text: "line \(number) on the renewal", content: .utterance, importance: 0.1,
      source: MemorySource(name: "test"), validFrom: now + .days(-400) + .seconds(number),
      recordedAt: now + .days(-400))
    record.conversationID = ConversationID(rawValue: "C1")
    return AnalyzedMemory(record: record, text: AnalyzedText(plain: record.text))
  }

  private static func episode(_ number: Int, _ action: String, _ outcome: Double) -> AnalyzedMemory
  {
    let record = MemoryRecord(
      id: MemoryID(rawValue: "e\(number)"), kind: .episodic, text: "tried \(number)",
      content: .episode(Episode(situation: "renewal", actions: [action], outcome: outcome)),
      source: MemorySource(name: "test"), validFrom: now, recordedAt: now)
    return AnalyzedMemory(record: record, text: AnalyzedText(plain: record.text))
  }

  private static func consolidator(
    _ stores: InMemoryStores, recordsPerStep: Int = 20_000, now: @escaping @Sendable () -> Timestamp
  ) -> Consolidator {
    var settings = ConsolidationSettings()
    settings.recordsPerStep = recordsPerStep
    return Consolidator(
      memories: stores, store: stores, settings: settings, analyze: { AnalyzedText(plain: $0) },
      now: now)
  }

  @Test func aScopeIsDoneInPartsAndTheNextRunGoesOnWithinIt() async throws {
    let stores = InMemoryStores()
    _ = try await stores.remember((0..<75).map(Self.utterance), events: { _ in [] }, in: .default)
    let consolidator = Self.consolidator(stores, recordsPerStep: 30) { Self.now }
    var request = Consolidator.Request(actor: "test")
    request.limit = 1
    var reports: [Consolidator.Report] = []
    repeat {
      reports.append(try await consolidator.run(request, in: .default))
    } while reports.last?.hasMore == true && reports.count < 20
    // The last part holds the summaries of the two before.
    #expect(reports.map(\.examined) == [30, 30, 17])
    #expect(reports.map(\.summaries) == [1, 1, 0])
    #expect(try stores.consolidationState(in: .default)?.completedAt == Self.now)
    // What is summarised in one part fades though its summary is in another.
    let later = Self.consolidator(stores, recordsPerStep: 30) { Self.now + .days(400) }
    let report = try await later.run(Consolidator.Request(actor: "test"), in: .default)
    #expect(report.decayed == 60 && report.summaries == 0)
  }

  @Test func oneLeadIsDoneToItsEnd() async throws {
    let harness = try ToolHarness()
    let lead = LeadID(rawValue: try await harness.newLead(["email": "ann@acme.test"]))
    let records = (0..<75).map { number in
      var memory = Self.utterance(number)
      memory.record.leadID = lead
      return memory
    }
    _ = try await harness.stores.remember(records, events: { _ in [] }, in: .default)
    var request = Consolidator.Request(actor: "test")
    request.leadID = lead
    let report = try await Self.consolidator(harness.stores, recordsPerStep: 30) { Self.now }
      .run(request, in: .default)
    #expect(report.examined == 77 && report.summaries == 2 && !report.hasMore)
  }

  @Test func itHoldsOnToItsLeaseWhileAScopeTakesLong() async throws {
    let stores = InMemoryStores()
    _ = try await stores.remember((0..<6000).map(Self.utterance), events: { _ in [] }, in: .default)
    // Every look at the clock takes ten seconds. When the first summary is made all pages have been read.
    let clock = Locked((seconds: 0, looks: 0, held: 0))
    var settings = ConsolidationSettings()
    settings.recordsPerStep = 6000
    let consolidator = Consolidator(
      memories: stores, store: stores, settings: settings,
      analyze: { text in
        let now = Self.now + .seconds(clock.withLock { $0.seconds })
        let state = try? stores.consolidationState(in: .default)
        let isHeld = state?.leasedUntil.map { now < $0 } ?? false
        clock.withLock { ($0.looks, $0.held) = ($0.looks + 1, $0.held + (isHeld ? 1 : 0)) }
        return AnalyzedText(plain: text)
      },
      now: {
        Self.now
          + .seconds(
            clock.withLock { clock in
              clock.seconds += 10
              return clock.seconds
            })
      })
    let report = try await consolidator.run(Consolidator.Request(actor: "test"), in: .default)
    #expect(report.examined == 6000 && report.summaries == 30)
    let seen = clock.withLock { $0 }
    #expect(seen.looks >= 30 && seen.held == seen.looks && seen.seconds > 120)
  }

  @Test func theLatestEpisodesTellWhatWorks() async throws {
    let stores = InMemoryStores()
    let old = (0..<60).map { Self.episode($0, $0 % 2 == 0 ? "call" : "mail", $0 % 2 == 0 ? 1 : 0) }
    let new = (60..<110).map { Self.episode($0, "mail", Double($0 % 2)) }
    _ = try await stores.remember(old + new, events: { _ in [] }, in: .default)
    let all = try await Self.consolidator(stores) { Self.now }
      .run(Consolidator.Request(actor: "test"), in: .default)
    #expect(all.patterns == 1 && all.promoted == 1)
    let latest = try await Self.consolidator(stores, recordsPerStep: 50) { Self.now + .days(1) }
      .run(Consolidator.Request(actor: "test"), in: .default)
    #expect(latest.patterns == 0 && latest.promoted == 1, "it does not hold any more")
    func working(days: Int) async throws -> [Relation] {
      let ids = try await stores.entities(
        matching: EntityQuery(for: .agent(nil), knownAt: .distantFuture, limit: 9), in: .default
      ).entities.filter { $0.type == "situation" }.map(\.id)
      let filter = GraphFilter(
        for: .agent(nil),
        at: MemoryMoment(asOf: Self.now + .days(days), knownAt: .distantFuture))
      return try await stores.neighbours(NeighbourQuery(of: ids, filter), in: .default)
        .steps.map(\.step.relation)
    }
    let ended = try await working(days: 0)
    #expect(ended.map(\.validTo) == [Self.now + .days(1)])
    #expect(try await working(days: 1) == [])
  }
}
