/// Keeps records of memory: short-term, long-term and episodic. Every method is one transaction, sees and
/// touches one workspace only, and shows nothing that has expired; what a method has returned from is
/// durable. A name stands for a record of its owner: a reader's own comes before a shared one, and what is
/// private to another role changes no answer.
package protocol MemoryStore: Sendable {
  /// Stores records in their order, with their events.
  ///
  /// A fact takes the place of the one that its owner role has under its lead and key, as
  /// `FactSuccession` says: that one ends when the new one begins, and holds again when the new one ends or
  /// expires. A fact that begins before one that is known gives way to it. One that is less trusted than the
  /// one that holds does not end it: both stand, and conflict. A fact equal to the one that holds then is
  /// not stored again, and neither is a record of a known name with the same text and content. A
  /// conversation's context takes the place of the one before, and a summary of a conversation that of those
  /// whose originals are all among its own.
  /// - Throws: `.conflict` when a name belongs to another record that the owner sees, `.notFound` when a lead is not stored.
  /// - Parameter events: what happened, from what became of each.
  func remember(
    _ memories: [AnalyzedMemory], events: @escaping @Sendable ([Remembered]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered]

  /// The records of some names as they were known at a time, in the order of the names; those that are
  /// not there for the reader are left out. Of a record that was superseded the last version known then, of a
  /// fact that was interrupted the version that holds last.
  func memories(
    _ ids: [MemoryID], for reader: MemoryReader, knownAt: Timestamp, now: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [MemoryRecord]

  /// Versions by the store's own numbers, as `changes` gives them; those that are not there any more are
  /// left out. For indexes: nothing is hidden here, their owner hides what a reader may not see.
  func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord]

  /// Records that match, the latest recorded first.
  func list(
    _ query: MemoryQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryPage

  /// Deletes records with all their versions. What was derived from them stays.
  /// - Parameter events: makes the events to log from what was deleted, each record as it was recorded last.
  /// - Returns: the names that were there for the reader and are not any more.
  func forget(
    _ ids: [MemoryID], for reader: MemoryReader,
    events: @escaping @Sendable ([MemoryRecord]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryID]

  /// Counts that records were recalled. Names that are not there any more are passed over.
  /// - Parameter lifetime: whether records of short-term memory that had not run out live for their own time
  ///   again, and for how long those of which it is not known; `nil` leaves their ends as they are.
  func noteUses(
    _ uses: [OwnedMemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError)

  /// Deletes records of every workspace that have expired.
  /// - Returns: how many were deleted; fewer than the limit when none is left.
  func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int

  /// What has changed behind a place, in the order of the changes, for indexes that follow.
  /// - Parameter place: `start` for one that holds nothing, or what the page before ended with.
  /// - Returns: `nil` when it is not known any more what was deleted behind that place: what follows may hold
  ///   some of it, so it begins anew, with nothing and from the start, where this is never said. It can also
  ///   happen between two pages, when as much is deleted meanwhile.
  func changes(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges?

  /// The place of the latest change, which never goes back; read in place.
  func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64

  /// Prunes the changes of every workspace that say that a version is not there any more, the oldest first.
  /// - Parameter newest: so many of a workspace's latest changes stay, whatever they say, and one at least.
  /// - Returns: how many were pruned; fewer than the limit when none is left.
  func pruneChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int
}

extension MemoryStore {
  /// Stores records in their order, with events that are logged when any of them is new.
  package func remember(
    _ memories: [AnalyzedMemory], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered] {
    try await remember(
      memories, events: { $0.contains(where: \.isNew) ? events : [] }, in: workspace)
  }
}

/// What became of a record.
package struct Remembered: Sendable, Hashable {
  /// The record's name: that of the stored one when it was there already.
  package var id: MemoryID
  /// Whether it was stored now.
  package var isNew: Bool
  /// The facts that it ended or interrupted, or the summaries that it took the place of.
  package var superseded: [MemoryID] = []
  /// The facts that say otherwise and stand beside it.
  package var conflicts: [MemoryID] = []

  /// A record's fate.
  package init(
    id: MemoryID, isNew: Bool, superseded: [MemoryID] = [], conflicts: [MemoryID] = []
  ) {
    self.id = id
    self.isNew = isNew
    self.superseded = superseded
    self.conflicts = conflicts
  }
}

/// How often a record was recalled.
package struct MemoryUse: Sendable, Hashable {
  /// How often.
  package var count: Int
  /// When last.
  package var lastAt: Timestamp

  /// Uses of a record.
  package init(count: Int, lastAt: Timestamp) {
    self.count = count
    self.lastAt = lastAt
  }
}

/// Which records to list. All conditions must hold; an absent one holds always.
package struct MemoryQuery: Sendable, Hashable {
  /// Who asks.
  package var reader: MemoryReader
  /// The moment to look at.
  package var moment: MemoryMoment
  /// The present, by which records expire.
  package var now: Timestamp
  /// Any of these kinds; empty for every one.
  package var kinds: Set<MemoryKind> = []
  /// The lead they are about.
  package var leadID: LeadID?
  /// The conversation they belong to.
  package var conversationID: ConversationID?
  /// Whether they are facts; `nil` for both.
  package var isFact: Bool?
  /// Facts of this key.
  package var factKey: String?
  /// Episodes of this situation.
  package var situation: String?
  /// Stems that all have to be in the text.
  package var stems: [String] = []
  /// Also those that do not hold at the moment on the world's clock.
  package var includesPast = false
  /// Where the page before ended.
  package var after: MemoryPlace?
  /// How many at most.
  package var limit: Int

  /// A query of everything.
  package init(
    for reader: MemoryReader, at moment: MemoryMoment, now: Timestamp, limit: Int = 50
  ) {
    self.reader = reader
    self.moment = moment
    self.now = now
    self.limit = limit
  }
}

/// A place in a list of records, which is in the order of its members, the greatest first.
package struct MemoryPlace: Sendable, Hashable, Codable {
  /// When the record was recorded, in milliseconds.
  package var recordedAt: Int64
  /// The record's name.
  package var id: MemoryID
  /// The store's own number of its version: a fact that was interrupted is listed once for each period.
  package var version: Int64

  /// The place of a record.
  package init(of record: MemoryRecord, version: Int64) {
    recordedAt = record.recordedAt.milliseconds
    id = record.id
    self.version = version
  }
}

/// A page of records.
package struct MemoryPage: Sendable, Hashable {
  /// The records.
  package var records: [MemoryRecord]
  /// The place of each record.
  package var places: [MemoryPlace]
  /// Whether more follow.
  package var hasMore: Bool
  /// Where the next page starts; `nil` when this is the last.
  package var next: MemoryPlace? { next(behind: records.count) }

  /// A page.
  /// - Parameter hasMore: whether there are more records behind these.
  package init(_ records: [(record: MemoryRecord, place: MemoryPlace)], hasMore: Bool) {
    self.records = records.map(\.record)
    places = records.map(\.place)
    self.hasMore = hasMore
  }

  /// Where the next page starts when only so many of the records are shown; `nil` when no more follow.
  package func next(behind count: Int) -> MemoryPlace? {
    guard count > 0, count < records.count || hasMore else { return nil }
    return places[count - 1]
  }
}

/// One version of a record, by the store's own number for it.
package enum MemoryChange: Sendable, Hashable {
  /// It is there, new or with other values.
  case stored(version: Int64, AnalyzedMemory)
  /// It is not there any more.
  case deleted(version: Int64)
}

/// Changes of a workspace's memory.
package typealias MemoryChanges = StoreChanges<MemoryChange>
