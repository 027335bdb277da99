/// Keeps how far the consolidation of memory has come, and changes memory step by step. A workspace is
/// consolidated by one process at a time; whoever follows goes on where the last one stopped. Every method
/// is one transaction.
package protocol MemoryConsolidationStore: Sendable {
  /// Lets one of all processes consolidate, or goes on letting it: an open run where there is one, a
  /// new one where there is none.
  /// - Returns: `nil` while another holder's lease lasts.
  func claimConsolidation(
    _ claim: ConsolidationClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationRun?

  /// How the consolidation of a workspace stands; `nil` when there never was one. A point read.
  func consolidationState(
    in workspace: WorkspaceID
  ) throws(StoreError) -> ConsolidationState?

  /// Ends a holder's lease. Passed over when the lease is not its own any more.
  /// - Parameter completedAt: when the run came to its end; `nil` leaves it open.
  func releaseConsolidation(
    by holder: String, completedAt: Timestamp?, in workspace: WorkspaceID
  ) async throws(StoreError)

  /// The scopes behind one, in their order: records without a lead, those of each lead that has some,
  /// then the situations of episodes.
  /// - Parameter scope: `nil` for the first ones.
  func consolidationScopes(
    after scope: ConsolidationScope?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ConsolidationScope]

  /// How many scopes are behind one.
  func consolidationScopeCount(
    after scope: ConsolidationScope?, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int

  /// The records of a scope that are current on the record clock and have not expired, in the order they
  /// were stored: long-term and episodic ones of everybody's; of a situation its episodes.
  /// - Parameter place: 0, or where the page before ended.
  func consolidationPage(
    of scope: ConsolidationScope, after place: Int64, limit: Int, now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage

  /// The summaries among the records of a lead, or of none, that are current on the record clock and have
  /// not expired, in the order they were stored.
  /// - Parameter place: 0, or where the page before ended.
  func consolidationSummaries(
    of lead: LeadID?, after place: Int64, limit: Int, now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage

  /// Does everything of a step and notes how far the run has come, or nothing. What is not there any more
  /// or has changed meanwhile is passed over, and so is what has another record's name. Then the graph says of
  /// the situations that were learned from what is concluded of them: `GraphTable.learn`.
  /// - Parameter events: what happened, from what was done; asked only when something was.
  /// - Throws: `.stale` when the lease is another's; `.notFound` when a summary's lead is not stored any
  ///   more.
  func consolidate(
    _ step: ConsolidationStep, events: @escaping @Sendable (ConsolidationEffect) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationEffect

  /// The workspaces that remember something, in the order of their names.
  func rememberingWorkspaces() async throws(StoreError) -> [WorkspaceID]
}

/// The wish to consolidate.
package struct ConsolidationClaim: Sendable, Hashable {
  /// Who: a name that nobody else has.
  package var holder: String
  /// The present.
  package var now: Timestamp
  /// For how long, unless it is claimed again.
  package var lease: Duration
  /// Whether a run is opened where none is open. Without one only a part is looked at.
  package var opensRun: Bool

  /// A claim.
  package init(holder: String, now: Timestamp, lease: Duration, opensRun: Bool = true) {
    self.holder = holder
    self.now = now
    self.lease = lease
    self.opensRun = opensRun
  }

  /// When another holder's lease can end at the latest. One that ends later was written by a clock that has
  /// been put right since. Claims that wait for the writer are older than those that overtook them: hence the
  /// second lease.
  package var latestEnd: Timestamp { now + lease + lease }
}

/// A run that may go on.
package struct ConsolidationRun: Sendable, Hashable {
  /// When it began: ages count to this time until it ends.
  package var startedAt: Timestamp
  /// The scope that was done last; `nil` when none is.
  package var place: ConsolidationScope?
  /// Where that scope goes on, as a page says it; `nil` when it is done.
  package var row: Int64?

  /// A run.
  package init(startedAt: Timestamp, place: ConsolidationScope?, row: Int64? = nil) {
    self.startedAt = startedAt
    self.place = place
    self.row = row
  }
}

/// How the consolidation of a workspace stands.
package struct ConsolidationState: Sendable, Hashable {
  /// The run that is open; `nil` when none is.
  package var open: ConsolidationRun?
  /// Until when nobody else may go on with it.
  package var leasedUntil: Timestamp?
  /// When a run last came to its end.
  package var completedAt: Timestamp?

  /// A state.
  package init(open: ConsolidationRun?, leasedUntil: Timestamp?, completedAt: Timestamp?) {
    self.open = open
    self.leasedUntil = leasedUntil
    self.completedAt = completedAt
  }
}

/// Records that are looked at together.
package enum ConsolidationScope: Sendable, Hashable {
  /// Everything of a lead, or what belongs to none.
  case records(of: LeadID?)
  /// The episodes of a situation, whoever's they are.
  case episodes(of: String)
}

extension ConsolidationScope: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.records, .episodes): true
    case (.episodes, .records): false
    case (.records(let left), .records(let right)):
      right.map { right in left.map { $0 < right } ?? true } ?? false
    // As the databases order texts: by their bytes.
    case (.episodes(let left), .episodes(let right)):
      left.utf8.lexicographicallyPrecedes(right.utf8)
    }
  }
}

/// Some records of a scope.
package struct ConsolidationPage: Sendable, Hashable {
  /// The records.
  package var memories: [AnalyzedMemory]
  /// Where the next page starts; `nil` when this is the last.
  package var next: Int64?

  /// A page.
  package init(memories: [AnalyzedMemory], next: Int64?) {
    self.memories = memories
    self.next = next
  }
}

/// What is done in one transaction.
package struct ConsolidationStep: Sendable, Hashable {
  /// By whom, and until when it holds on to the run.
  package var claim: ConsolidationClaim
  /// The scope that is done with it; `nil` where the run has not come further.
  package var place: ConsolidationScope?
  /// Where the scope goes on where only a part of it is done.
  package var row: Int64?
  /// Records that are given up for others, which take over their uses, since when they hold and what they
  /// were made from.
  package var merges: [MemoryMerge] = []
  /// Records that are stored: summaries, and facts by the rule of `MemoryStore.remember`.
  package var stored: [AnalyzedMemory] = []
  /// Records that expire now.
  package var expiring: [OwnedMemoryID] = []
  /// Situations of which the graph is to say what is concluded of them once the records are stored.
  package var learned: [LearnedSituation] = []

  /// A step that does nothing yet.
  package init(_ claim: ConsolidationClaim, place: ConsolidationScope?) {
    self.claim = claim
    self.place = place
  }
}

extension ConsolidationStep {
  /// The step in parts of so many changes at most, to be done one after the other: each is a transaction, and
  /// whoever writes beside them does not wait long. Only the last one says how far the run has come.
  package func parts(of limit: Int) -> [ConsolidationStep] {
    let limit = max(1, limit)
    var parts: [ConsolidationStep] = []
    var part = ConsolidationStep(claim, place: nil)
    var room = limit
    /// - Returns: how many of some changes there is room for, at least one.
    func take(_ count: Int) -> Int {
      if room == 0 {
        parts.append(part)
        part = ConsolidationStep(claim, place: nil)
        room = limit
      }
      let taken = min(room, count)
      room -= taken
      return taken
    }
    for id in expiring {
      _ = take(1)
      part.expiring.append(id)
    }
    for merge in merges {
      var rest = merge.givenUp[...]
      while !rest.isEmpty {
        let count = take(rest.count)
        part.merges.append(
          MemoryMerge(
            of: merge.role, survivor: merge.survivor, givenUp: Array(rest.prefix(count))))
        rest = rest.dropFirst(count)
      }
    }
    for memory in stored {
      _ = take(1)
      part.stored.append(memory)
      // What is concluded and what the graph says of it are never apart.
      part.learned += learned.filter { $0.isConcluded(by: memory.record) }
    }
    let told = Set((parts + [part]).flatMap(\.learned))
    for situation in learned where !told.contains(situation) {
      _ = take(1)
      part.learned.append(situation)
    }
    (part.place, part.row) = (place, row)
    return parts + [part]
  }
}

/// What a step has done.
package struct ConsolidationEffect: Sendable, Hashable {
  /// How many records were given up for others.
  package var merged = 0
  /// The summaries that were stored.
  package var summaries: [MemoryID] = []
  /// How many records those are of.
  package var compressed = 0
  /// The facts that were stored.
  package var promoted: [MemoryID] = []
  /// How many records expired.
  package var expired = 0
  /// What the graph says now that it did not say before, and what it says no more.
  package var related: [Related] = []

  /// Whether memory is as it was.
  package var leavesMemory: Bool {
    merged == 0 && summaries.isEmpty && promoted.isEmpty && expired == 0
  }

  /// Whether nothing was done.
  package var isEmpty: Bool { leavesMemory && related.isEmpty }

  /// Nothing done.
  package init() {}
}

extension MemoryRecord {
  /// The most records that one names as those it was made from.
  package static let mostOrigins = 1000

  /// The record with what others that said the same bring along.
  package func merging(_ others: [MemoryRecord]) -> MemoryRecord {
    var merged = self
    var known = Set(derivedFrom)
    known.insert(id)
    for other in others {
      merged.uses += other.uses
      // It has been known to hold since the first of them did.
      merged.validFrom = min(merged.validFrom, other.validFrom)
      if let used = other.lastUsedAt { merged.lastUsedAt = max(merged.lastUsedAt ?? used, used) }
      for origin in [other.id] + other.derivedFrom
      where merged.derivedFrom.count < Self.mostOrigins && known.insert(origin).inserted {
        merged.derivedFrom.append(origin)
      }
    }
    return merged
  }
}

extension Event.Kind {
  /// Memory was merged, summarised, concluded from or let go.
  package static let memoryConsolidated: Event.Kind = "memory.consolidated"
}

extension StoreError {
  /// Somebody else consolidates.
  package static var otherConsolidation: StoreError {
    StoreError(.stale, "Another process has gone on with the consolidation of memory")
  }
}
