package import JSONRPC

/// Keeps work for agents: each piece is handed out until somebody has done it or its attempts are used up, and to
/// one worker at a time. Every method is one transaction; what it has returned from is durable.
package protocol WorkQueueStore: Sendable {
  /// What is logged of an item that has changed, or is new.
  typealias Events = @Sendable (WorkItem) -> [Event]

  /// Puts work into the queue. Work whose key an open item has is that item.
  /// - Parameter events: of each item that is new.
  /// - Throws: `.conflict` when a name is taken.
  func enqueue(
    _ drafts: [WorkDraft], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QueuedWork]

  /// Hands out work, what is due first first, after taking back what silent workers have.
  /// - Parameter events: of each item that was handed out, or taken back.
  func claim(
    _ request: WorkRequest, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkItem]

  /// The earliest moment at which there may be something to hand out, as far as is known now; `nil` for none.
  func nextChance(
    for role: AgentRoleID, in workspace: WorkspaceID
  ) throws(StoreError) -> Timestamp?

  /// Extends the time of work that a worker still has; never shortens it.
  func heartbeat(
    _ held: [HeldWork], by worker: String, until end: Timestamp, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkHeartbeat

  /// Ends work with its result and puts what follows from it into the queue. Again changes nothing.
  /// - Parameter events: of the item, and of each that is new.
  /// - Throws: `.notFound` when there is no such work; `.conflict` when the claim is not the latest, or the work is
  ///   done.
  func complete(
    _ held: HeldWork, result: JSONObject, next: [WorkDraft], at now: Timestamp,
    events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkCompletion

  /// Notes that an attempt failed: the work waits, or is dead when that was the last attempt. Again changes
  /// nothing.
  /// - Parameters:
  ///   - isFinal: whether no further attempt can succeed.
  ///   - delay: how long to wait after so many attempts.
  ///   - events: of the item as it is afterwards.
  /// - Throws: as `complete`.
  func fail(
    _ held: HeldWork, error: String, isFinal: Bool, delay: @escaping @Sendable (Int) -> Duration,
    at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkItem

  /// Gives work back at once that was not tried: the attempt is not counted. Again changes nothing. What was lost
  /// is left out.
  /// - Parameters:
  ///   - reason: why, in the worker's words; `nil` for no word of it.
  ///   - events: of each item that is given back now.
  /// - Returns: what was given back, now or before.
  func release(
    _ held: [HeldWork], because reason: String?, at now: Timestamp, events: @escaping Events,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkID]

  /// Takes back what silent workers have, in every workspace.
  /// - Parameter events: of each item: it is ready or dead.
  /// - Returns: how many items.
  func takeBack(
    at now: Timestamp, limit: Int, events: @escaping Events
  ) async throws(StoreError) -> Int

  /// Dead items, those that died last first.
  /// - Parameter role: only those of a role.
  func deadLetters(
    of role: AgentRoleID?, limit: Int, after place: WorkPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> WorkPage

  /// Puts dead items into the queue again, with all their attempts.
  /// - Parameter events: of each item that is in it again.
  func requeue(
    _ ids: [WorkID], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> RequeuedWork

  /// The item; `nil` when there is none of this name.
  func item(_ id: WorkID, in workspace: WorkspaceID) throws(StoreError) -> WorkItem?

  /// A lead's items that are not done, in the order they were put into the queue.
  func openItems(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [WorkItem]

  /// How many items there are that are not done, by role, in the order of their names.
  func counts(in workspace: WorkspaceID) throws(StoreError) -> [WorkCount]

  /// Deletes items that were done before a time, in every workspace.
  /// - Returns: how many.
  func removeDone(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

/// A worker's wish for work.
package struct WorkRequest: Sendable, Hashable {
  /// The role it works in.
  package var role: AgentRoleID
  /// Its name.
  package var worker: String
  /// How many items at most.
  package var limit: Int
  /// For how long they are its own.
  package var lease: Duration
  /// The time now.
  package var time: Timestamp

  /// A wish.
  package init(role: AgentRoleID, worker: String, limit: Int, lease: Duration, time: Timestamp) {
    self.role = role
    self.worker = worker
    self.limit = limit
    self.lease = lease
    self.time = time
  }
}

/// Work in a worker's hands, by its name and the number of the claim.
package struct HeldWork: Sendable, Hashable, Codable {
  /// The item.
  package var workID: WorkID
  /// The number of the claim that it was handed out with.
  package var claim: Int64

  /// Held work.
  package init(_ workID: WorkID, claim: Int64) {
    self.workID = workID
    self.claim = claim
  }
}

/// What became of work that was to be put into the queue.
package struct QueuedWork: Sendable, Hashable, Codable {
  /// The item's name; of work that was in the queue already, the name it has there.
  package var workID: WorkID
  /// Whether it is new.
  package var isNew: Bool

  /// Queued work.
  package init(workID: WorkID, isNew: Bool) {
    self.workID = workID
    self.isNew = isNew
  }
}

/// What a worker still has.
package struct WorkHeartbeat: Sendable, Hashable, Codable {
  /// What is its own for longer now.
  package var held: [WorkID]
  /// What it does not have any more.
  package var lost: [WorkID]

  /// What is held and what is lost.
  package init(held: [WorkID] = [], lost: [WorkID] = []) {
    self.held = held
    self.lost = lost
  }
}

/// Work that was ended.
package struct WorkCompletion: Sendable, Hashable {
  /// The item.
  package var item: WorkItem
  /// What follows from it; nothing when it was done before.
  package var next: [QueuedWork]
  /// Whether it was ended now.
  package var isNew: Bool

  /// Ended work.
  package init(item: WorkItem, next: [QueuedWork], isNew: Bool) {
    self.item = item
    self.next = next
    self.isNew = isNew
  }
}

/// What became of dead items that were to be tried again.
package struct RequeuedWork: Sendable, Hashable {
  /// In the queue again.
  package var requeued: [WorkID]
  /// There is none of this name, or it is not dead.
  package var notDead: [WorkID]
  /// Another item of its key is open.
  package var duplicates: [WorkID]

  /// Nothing yet.
  package init(requeued: [WorkID] = [], notDead: [WorkID] = [], duplicates: [WorkID] = []) {
    self.requeued = requeued
    self.notDead = notDead
    self.duplicates = duplicates
  }
}

/// One page of items.
package struct WorkPage: Sendable, Hashable {
  /// A place between two items.
  package struct Place: Sendable, Hashable, Codable {
    /// When the last item of the page changed.
    package var time: Timestamp
    /// Its name.
    package var id: WorkID

    /// The place behind an item.
    package init(behind item: WorkItem) {
      time = item.updatedAt
      id = item.id
    }
  }

  /// The items in their order.
  package var items: [WorkItem]
  /// Whether there are more.
  package var hasMore: Bool

  /// A page.
  package init(items: [WorkItem], hasMore: Bool) {
    self.items = items
    self.hasMore = hasMore
  }

  /// Where the next page begins when only so many items of this one are shown; `nil` for nowhere.
  package func next(behind shown: Int) -> Place? {
    guard shown < items.count || hasMore, shown > 0 else { return nil }
    return Place(behind: items[shown - 1])
  }
}

/// How much work of a role there is.
package struct WorkCount: Sendable, Hashable {
  /// The role.
  package var role: AgentRoleID
  /// Items that wait.
  package var ready = 0
  /// Items that workers have.
  package var claimed = 0
  /// Items that are dead.
  package var dead = 0
  /// When the first of those that wait is due.
  package var firstDueAt: Timestamp?

  /// No work of a role.
  package init(role: AgentRoleID) { self.role = role }
}
