/// Keeps messages from when they are written until a channel has them, so that none is lost. Each is held by
/// one sender at a time, whose claim ends by itself; claims are numbered, and a sender whose claim was lost
/// changes nothing any more.
///
/// Every method is one transaction; what it has returned from is durable. Those that do not name a workspace
/// work on all of them, for there is one sender for all.
package protocol OutboxStore: Sendable {
  /// Stores messages. One whose idempotency key is known in the workspace is not stored again.
  /// - Parameter events: logged in the same transaction when anything new was stored.
  /// - Returns: the names under which they are stored, in the order of the messages.
  /// - Throws: `.notFound` when a lead is not stored; `.conflict` when the name of a new one is taken.
  func enqueue(
    _ messages: [OutboundMessage], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID]

  /// Claims messages that are due, the earliest first, and those whose senders' claims have run out before
  /// them. Of the messages to one lead, and of those to one address, one is claimed at a time, whoever asks: what
  /// came of it counts for the gates of the next.
  /// - Parameters:
  ///   - limits: so many of each channel at most; others are left alone.
  ///   - lease: how long the claims hold.
  func claimDue(
    _ limits: [OutreachChannel: Int], lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> [DeliveryAttempt]

  /// Notes that a message is being sent from now on, and makes its claim hold anew. Asked last before the first
  /// byte leaves.
  /// - Returns: whether the claim still holds: not when the message was cancelled, erased, or claimed by another.
  func begin(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool

  /// Makes the claim of a message that is being sent hold anew: sending may last longer than a claim.
  /// - Returns: whether it still holds; not when the message was erased, settled, or claimed by another.
  func hold(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool

  /// Says what came of a claimed message.
  /// - Parameters:
  ///   - effects: what follows when it was delivered or refused.
  ///   - events: makes the events that are logged in the same transaction, from the entry as it is now.
  /// - Returns: the entry as it is now.
  /// - Throws: `.stale` when the claim does not hold any more, `.notFound` when the message is gone.
  @discardableResult
  func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, effects: OutreachEffects?,
    at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event]
  ) async throws(StoreError) -> OutboxEntry

  /// Takes back what has not been sent. What is being sent this moment is not sent again.
  /// - Parameter reason: without personal data.
  /// - Returns: which messages that concerns.
  func cancel(
    _ scope: OutboxScope, reason: String, at now: Timestamp,
    events: @escaping @Sendable ([MessageID]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID]

  /// Gives dead messages all their attempts again, due at once.
  /// - Parameter events: makes what is logged of each.
  /// - Returns: which of them were dead.
  func requeue(
    _ ids: [MessageID], at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID]

  /// A message with what became of it; `nil` when there is none of this name.
  func entry(_ id: MessageID, in workspace: WorkspaceID) throws(StoreError) -> OutboxEntry?

  /// The messages that are meant in the order they were stored.
  func entries(
    _ scope: OutboxScope, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry]

  /// The messages whose attempts are used up, those that came to it last first. One that nobody can read comes
  /// without what is sealed.
  func deadLetters(
    limit: Int, after place: OutboxPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> OutboxPage

  /// How many messages there are in each state; states of none are left out.
  func counts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry.State: Int]

  /// When something of these channels is due next, or a claim runs out; `nil` when nothing waits.
  func nextDue(_ channels: Set<OutreachChannel>) async throws(StoreError) -> Timestamp?

  /// Deletes messages that came to their end before a time, the dead ones left.
  /// - Returns: how many were deleted, no more than the limit.
  func pruneSettled(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

extension OutboxStore {
  /// Says what came of a claimed message from which nothing else follows.
  @discardableResult
  package func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, at now: Timestamp,
    events: @escaping @Sendable (OutboxEntry) -> [Event]
  ) async throws(StoreError) -> OutboxEntry {
    try await settle(attempt, as: settlement, effects: nil, at: now, events: events)
  }
}

/// One page of messages that came to their end.
package struct OutboxPage: Sendable, Hashable {
  /// A place between two messages.
  package struct Place: Sendable, Hashable, Codable {
    /// When the last message of the page came to its end.
    package var time: Timestamp
    /// Its name.
    package var id: MessageID

    /// The place behind a message.
    package init(behind entry: OutboxEntry) {
      time = entry.settledAt ?? entry.message.createdAt
      id = entry.message.id
    }
  }

  /// The messages in their order.
  package var entries: [OutboxEntry]
  /// Whether there are more.
  package var hasMore: Bool

  /// A page.
  package init(entries: [OutboxEntry], hasMore: Bool) {
    self.entries = entries
    self.hasMore = hasMore
  }

  /// Where the next page begins when only so many messages of this one are shown; `nil` for nowhere.
  package func next(behind shown: Int) -> Place? {
    guard shown < entries.count || hasMore, shown > 0 else { return nil }
    return Place(behind: entries[shown - 1])
  }
}

/// Which messages are meant.
package enum OutboxScope: Sendable, Hashable {
  case lead(LeadID)
  case engagement(EngagementID)
  /// Those of a lead that nobody asked for.
  case marketing(LeadID)

  /// Whether a message is meant.
  package func contains(_ message: OutboundMessage) -> Bool {
    switch self {
    case .lead(let id): message.leadID == id
    case .engagement(let id): message.engagementID == id
    case .marketing(let id): message.leadID == id && message.purpose == .marketing
    }
  }
}

extension StoreError {
  /// What a sender is told whose claim was lost.
  package static func lostClaim(_ id: MessageID) -> StoreError {
    StoreError(.stale, "Message '\(id)' was claimed anew, cancelled or settled meanwhile")
  }

  /// A message that is not there.
  package static func noSuchMessage(_ id: MessageID) -> StoreError {
    StoreError(.notFound, "There is no message '\(id)'")
  }

  /// A name that another message has.
  package static func messageExists(_ id: MessageID) -> StoreError {
    StoreError(.conflict, "There is another message '\(id)'")
  }
}
