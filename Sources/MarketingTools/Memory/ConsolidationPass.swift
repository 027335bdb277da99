import JSONRPC
import MCP
import Marketing

/// One run of the consolidator.
struct ConsolidationPass: Sendable {
  let consolidator: Consolidator
  let request: Consolidator.Request
  let workspace: WorkspaceID
  let progress: @Sendable (Int, Int) -> Void
  private let holder = Self.newHolder()
  /// When the lease was last made longer.
  private let leasedAt = Locked<Timestamp?>(nil)
  private static let changesAtOnce = 500

  init(
    consolidator: Consolidator, request: Consolidator.Request, workspace: WorkspaceID,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) {
    self.consolidator = consolidator
    self.request = request
    self.workspace = workspace
    self.progress = progress
  }

  private typealias Refusal = Consolidator.Refusal

  private var store: any MemoryConsolidationStore { consolidator.store }

  /// A claim as of now.
  private var claim: ConsolidationClaim {
    ConsolidationClaim(
      holder: holder, now: consolidator.now(), lease: Consolidator.lease,
      opensRun: request.leadID == nil)
  }

  private static func newHolder() -> String {
    var generator = SystemRandomNumberGenerator()
    return "\(generator.next() as UInt64)-\(generator.next() as UInt64)"
  }

  func run() async throws(Consolidator.Refusal) -> Consolidator.Report {
    if request.isDryRun {
      return try await work(ConsolidationRun(startedAt: consolidator.now(), place: nil))
    }
    let claim = claim
    let run = try await consolidator.storing { () async throws(StoreError) in
      try await store.claimConsolidation(claim, in: workspace)
    }
    guard let run else {
      let state = try? store.consolidationState(in: workspace)
      throw .busy(until: state?.leasedUntil)
    }
    leasedAt.withLock { $0 = claim.now }
    do throws(Consolidator.Refusal) {
      let report = try await work(run)
      let isComplete = request.leadID == nil && !report.hasMore
      try await release(completedAt: isComplete ? consolidator.now() : nil)
      return report
    } catch {
      // So that the next one need not wait for the lease to end.
      try? await release(completedAt: nil)
      throw error
    }
  }

  /// Also where the task is cancelled.
  private func release(completedAt: Timestamp?) async throws(Consolidator.Refusal) {
    let (store, holder, workspace) = (store, holder, workspace)
    do {
      try await shielded {
        try await store.releaseConsolidation(
          by: holder, completedAt: completedAt, in: workspace)
      }
    } catch {
      throw .store(
        error as? StoreError ?? StoreError(.unavailable, "The run could not be ended"))
    }
  }

  /// Shows that somebody is still at work, well before the lease ends.
  private func holdOn() async throws(Consolidator.Refusal) {
    let claim = claim
    let isDue = leasedAt.withLock { leasedAt in
      leasedAt.map { claim.now - $0 >= Consolidator.lease / 4 } ?? false
    }
    guard isDue else { return }
    let run = try await consolidator.storing { () async throws(StoreError) in
      try await store.claimConsolidation(claim, in: workspace)
    }
    if run == nil { throw .store(.otherConsolidation) }
    leasedAt.withLock { $0 = claim.now }
  }

  private func work(_ run: ConsolidationRun) async throws(Consolidator.Refusal)
    -> Consolidator.Report
  {
    var report = Consolidator.Report()
    if let lead = request.leadID {
      var row: Int64? = 0
      while let start = row {
        row = try await consolidate(
          .records(of: lead), after: start, asOf: run.startedAt, into: &report)
      }
      progress(1, 1)
      return report
    }
    let settings = consolidator.settings
    let end = consolidator.now() + .seconds(settings.secondsPerRun)
    var place = run.place
    // The scope that the run is within.
    var scopes = run.row == nil ? [] : [run.place].compactMap(\.self)
    let behind = try await consolidator.storing { () async throws(StoreError) in
      try await store.consolidationScopeCount(after: run.place, in: workspace)
    }
    let total = behind + scopes.count
    var row = run.row
    var done = 0
    var hasBegun = false
    progress(0, total)
    while true {
      if scopes.isEmpty { scopes = try await consolidator.scopes(after: place, in: workspace) }
      if scopes.isEmpty { return report }
      for scope in scopes {
        repeat {
          if hasBegun,
            report.examined >= request.limit ?? settings.recordsPerRun || consolidator.now() >= end
          {
            report.hasMore = true
            return report
          }
          hasBegun = true
          row = try await consolidate(
            scope, after: row ?? 0, asOf: run.startedAt, into: &report)
        } while row != nil
        place = scope
        done += 1
        progress(done, max(done, total))
      }
      scopes = []
    }
  }

  /// - Returns: where the rest of the scope starts; `nil` when there is none.
  private func consolidate(
    _ scope: ConsolidationScope, after row: Int64, asOf: Timestamp,
    into report: inout Consolidator.Report
  ) async throws(Consolidator.Refusal) -> Int64? {
    if Task.isCancelled { throw .cancelled }
    var step: ConsolidationStep
    switch scope {
    case .records(let lead):
      step = try await recordsStep(of: lead, after: row, asOf: asOf, into: &report)
    case .episodes(let situation):
      step = try await episodesStep(of: situation, asOf: asOf, into: &report)
    }
    if request.isDryRun {
      report.add(step)
      return step.row
    }
    if request.leadID == nil { step.place = scope }
    do throws(StoreError) {
      for var part in step.parts(of: Self.changesAtOnce) {
        part.claim = claim
        let next = part
        let effect = try await store.consolidate(
          next, events: { events(of: $0, scope) }, in: workspace)
        leasedAt.withLock { $0 = next.claim.now }
        report.add(effect)
      }
      return step.row
    } catch {
      switch error.code {
      case _ where Task.isCancelled: throw .cancelled
      // Erased meanwhile: there is nothing left of it.
      case .notFound: return nil
      default: throw .store(error)
      }
    }
  }

  private func recordsStep(
    of lead: LeadID?, after row: Int64, asOf: Timestamp, into report: inout Consolidator.Report
  ) async throws(Consolidator.Refusal) -> ConsolidationStep {
    var gathered = GatheredRecords(asOf: asOf)
    let rest = try await consolidator.forEachRecord(
      of: .records(of: lead), after: row, atMost: consolidator.settings.recordsPerStep,
      in: workspace
    ) { (memory) throws(Consolidator.Refusal) in
      gathered.add(memory)
    } afterPage: { () async throws(Consolidator.Refusal) in
      try await holdOn()
    }
    if row > 0 || rest != nil {
      // What is summarised here may be so by a record that is elsewhere.
      try await consolidator.forEachSummary(of: lead, in: workspace) { gathered.note($0) }
    }
    report.examined += gathered.count
    var step = ConsolidationStep(claim, place: nil)
    step.row = rest
    let plan: PlannedConsolidation
    do {
      plan = try PlannedConsolidation(gathered, consolidator.settings)
    } catch {
      throw .cancelled
    }
    step.expiring = plan.expiring
    step.merges = plan.merges
    for summary in plan.summaries {
      try await holdOn()
      step.stored.append(try await record(of: summary, lead, step.claim.now))
    }
    return step
  }

  private func record(
    of summary: PlannedConsolidation.Summary, _ lead: LeadID?, _ now: Timestamp
  ) async throws(Consolidator.Refusal) -> AnalyzedMemory {
    let originals = try await consolidator.storing { () throws(StoreError) in
      try consolidator.memories.memories(
        summary.originals, for: .agent(summary.role), knownAt: now, now: now, in: workspace)
    }
    let analyze = consolidator.analyze
    let record = summary.record(
      of: lead,
      texts: originals.map {
        Extract.Source(id: $0.id, speaker: $0.speaker, text: $0.text)
      }, tokens: consolidator.settings.summaryTokens, recordedAt: now,
      stems: { analyze($0).stems })
    return AnalyzedMemory(record: record, text: analyze(record.text))
  }

  private func episodesStep(
    of situation: String, asOf: Timestamp, into report: inout Consolidator.Report
  ) async throws(Consolidator.Refusal) -> ConsolidationStep {
    var latest: [AgentRoleID?: LatestTrials] = [:]
    let most = consolidator.settings.recordsPerStep
    var examined = 0
    _ = try await consolidator.forEachRecord(of: .episodes(of: situation), in: workspace) {
      (memory) throws(Consolidator.Refusal) in
      examined += 1
      guard let trial = ActionTrial(memory.record) else { return }
      latest[memory.record.role, default: LatestTrials(most: most)].add(trial)
    } afterPage: { () async throws(Consolidator.Refusal) in
      try await holdOn()
    }
    let trials = latest.mapValues(\.trials)
    report.examined += examined
    let claim = claim
    let known = try await known(ActionPatterns.key(of: situation), at: claim.now)
    var step = ConsolidationStep(claim, place: nil)
    let roles = Set(trials.keys).union(known.keys)
    for role in roles.sorted(by: { ($0?.rawValue ?? "") < ($1?.rawValue ?? "") }) {
      try await holdOn()
      let found = ActionPatterns(in: situation, trials[role] ?? [], consolidator.settings)
      report.patterns += found.patterns.count
      if !found.patterns.isEmpty || known[role] != nil {
        // Also where it is known already: what the graph says of it may have been forgotten since.
        step.learned.append(LearnedSituation(situation, role: role))
      }
      // That nothing is known to work is worth a fact only where something was.
      guard found.value != known[role] ?? [] else { continue }
      let record = found.record(for: role, asOf: asOf, recordedAt: claim.now)
      step.stored.append(AnalyzedMemory(record: record, text: consolidator.analyze(record.text)))
    }
    return step
  }

  /// What is known of a situation, by whom it is known.
  private func known(
    _ key: String, at now: Timestamp
  ) async throws(Consolidator.Refusal) -> [AgentRoleID?: JSONValue] {
    var query = MemoryQuery(for: .upkeep, at: MemoryMoment(now: now), now: now, limit: 500)
    query.factKey = key
    let wanted = query
    let page = try await consolidator.storing { () async throws(StoreError) in
      try await consolidator.memories.list(wanted, in: workspace)
    }
    var known: [AgentRoleID?: JSONValue] = [:]
    for record in page.records
    where record.leadID == nil && record.source.name == ActionPatterns.sourceName {
      known[record.role] = record.fact?.value
    }
    return known
  }

  private func events(
    of effect: ConsolidationEffect, _ scope: ConsolidationScope
  ) -> [Event] {
    let now = consolidator.now()
    var lead: LeadID?
    if case .records(let id) = scope { lead = id }
    var events: [Event] = []
    if !effect.leavesMemory {
      events.append(
        Event(
          id: Self.newEventID(at: now), kind: .memoryConsolidated, leadID: lead, occurredAt: now,
          actor: request.actor,
          facts: [
            "merged": JSONValue(effect.merged), "compressed": JSONValue(effect.compressed),
            "decayed": JSONValue(effect.expired), "promoted": JSONValue(effect.promoted.count),
          ]))
    }
    if !effect.related.isEmpty {
      // What works in a situation is nobody's own.
      events.append(
        .related(
          effect.related, of: nil, id: Self.newEventID(at: now), actor: request.actor, at: now))
    }
    return events
  }

  private static func newEventID(at now: Timestamp) -> EventID {
    var generator = SystemRandomNumberGenerator()
    return .make(prefix: "evt_", at: now, random: (generator.next(), generator.next()))
  }
}

extension Consolidator.Report {
  fileprivate mutating func add(_ effect: ConsolidationEffect) {
    merged += effect.merged
    compressed += effect.compressed
    summaries += effect.summaries.count
    promoted += effect.promoted.count
    decayed += effect.expired
  }

  /// What a step would do.
  fileprivate mutating func add(_ step: ConsolidationStep) {
    var effect = ConsolidationEffect()
    for memory in step.stored { effect.note(memory.record) }
    effect.merged = step.merges.reduce(0) { $0 + $1.givenUp.count }
    effect.expired = step.expiring.count
    add(effect)
  }
}

/// The episodes that were stored last.
private struct LatestTrials {
  private let most: Int
  private var all: [ActionTrial] = []

  init(most: Int) { self.most = max(1, most) }

  var trials: [ActionTrial] { Array(all.suffix(most)) }

  mutating func add(_ trial: ActionTrial) {
    all.append(trial)
    if all.count >= 2 * most { all.removeFirst(all.count - most) }
  }
}
