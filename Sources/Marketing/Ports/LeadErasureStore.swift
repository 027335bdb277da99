/// Erases people. What was stored of a lead is gone from every table, index and log of the store; what
/// copies of the store still hold of it is encrypted under a key that is destroyed.
package protocol LeadErasureStore: Sendable {
  /// Erases a lead in one transaction: its record, scores, interactions, outcomes, memory with what was
  /// summarised and concluded from that alone, knowledge with what the graph has from such conclusions,
  /// imported rows, what was learned from it, and answers and task results that name it. A salted hash of its
  /// addresses goes to the suppression list; counts of cohorts are made as if it had never been; keys of
  /// requests stay, answered by `StoredReply.erased`.
  /// - Parameter event: makes the event that is logged, from what was erased.
  /// - Throws: `.notFound` when nothing of this lead is stored.
  func erase(
    _ id: LeadID, identity: @escaping @Sendable (Lead) -> LeadIdentity, at now: Timestamp,
    event: @escaping @Sendable (LeadErasure) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadErasure

  /// Tries again to empty the store's own log of changes where an erasure could not: another process
  /// read from it then. The first call of a process always tries: one before it may have erased somebody and
  /// ended before that log was empty.
  /// - Returns: whether that log holds nothing any more of anybody who was erased.
  func finishErasures() async throws(StoreError) -> Bool

  /// Whether somebody with one of these addresses was erased.
  func isSuppressed(
    _ identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool
}

/// The proof of an erasure: what was there, and that none of it is left.
package struct LeadErasure: Sendable, Hashable, Codable {
  /// One place where something of the lead was kept.
  package struct Place: Sendable, Hashable, Codable {
    /// The place, for example `interactions`.
    package var name: String
    /// How many entries were erased there.
    package var erased: Int
    /// How many are left, counted again afterwards.
    package var remaining: Int

    /// A place.
    package init(name: String, erased: Int, remaining: Int) {
      self.name = name
      self.erased = erased
      self.remaining = remaining
    }
  }

  /// Every place, also those that held nothing.
  package var places: [Place]
  /// Whether the store's own log of changes holds nothing of it any more. Where another process keeps
  /// that log open for reading it does not yet; `finishErasures` empties it once that has ended.
  package var isLogClean: Bool
  /// The entities that went with the lead, and those that stay and were next to one.
  package var entities: [EntityID]

  /// A proof.
  package init(places: [Place], isLogClean: Bool, entities: [EntityID] = []) {
    self.entities = entities
    self.places = places
    self.isLogClean = isLogClean
  }

  /// Whether nothing is left anywhere.
  package var isComplete: Bool { isLogClean && places.allSatisfy { $0.remaining == 0 } }
}
