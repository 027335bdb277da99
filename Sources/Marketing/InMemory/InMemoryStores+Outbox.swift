import JSONRPC

extension InMemoryStores: OutboxStore {
  package func enqueue(
    _ messages: [OutboundMessage], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    try write(in: workspace) { (content) throws(StoreError) in
      for message in messages where content.leads[message.leadID] == nil {
        throw .noSuchLead(message.leadID)
      }
      var outbox = content.outbox
      var ids: [MessageID] = []
      for message in messages { ids.append(try outbox.enqueue(message)) }
      let isNew = outbox.entries.count > content.outbox.entries.count
      content.outbox = outbox
      return (ids, isNew ? events : [])
    }
  }

  package func claimDue(
    _ limits: [OutreachChannel: Int], lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> [DeliveryAttempt] {
    let hasher = addressHasher
    func recipient(
      of message: OutboundMessage, in workspace: WorkspaceID
    ) -> BusyRecipients.Recipient {
      BusyRecipients.Recipient(
        message.leadID, address: message.address.map { hasher.hash(of: $0, in: workspace) },
        in: workspace)
    }
    return state.withLock { state in
      var left = limits
      var attempts: [DeliveryAttempt] = []
      let waiting = state.workspaces.flatMap { workspace, content in
        content.outbox.entries.values.filter { $0.isClaimable(at: now) }.map { (workspace, $0) }
      }
      var busy = BusyRecipients()
      for (workspace, content) in state.workspaces {
        for entry in content.outbox.entries.values where entry.isHeld(at: now) {
          busy.insert(recipient(of: entry.message, in: workspace))
        }
      }
      for (workspace, found) in waiting.sorted(by: { $0.1.claimOrder < $1.1.claimOrder }) {
        guard let places = left[found.message.channel], places > 0 else { continue }
        let recipient = recipient(of: found.message, in: workspace)
        guard !busy.contains(recipient) else { continue }
        var entry = found
        if entry.take(until: now + lease, at: now) {
          busy.insert(recipient)
          left[found.message.channel] = places - 1
          attempts.append(
            DeliveryAttempt(
              workspace: workspace, message: entry.message, claim: entry.claim,
              number: entry.attempts + 1, isPossibleDuplicate: entry.isPossibleDuplicate))
        }
        state.workspaces[workspace]?.outbox.entries[entry.message.id] = entry
      }
      return attempts
    }
  }

  package func begin(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool {
    try write(in: attempt.workspace) { (content) throws(StoreError) in
      guard let entry = content.outbox.entries[attempt.message.id], entry.claim == attempt.claim,
        entry.state == .claimed
      else { return (false, []) }
      content.outbox.entries[attempt.message.id]?.begin(until: now + lease)
      return (true, [])
    }
  }

  package func hold(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool {
    try write(in: attempt.workspace) { (content) throws(StoreError) in
      let held = content.outbox.entries[attempt.message.id]?.hold(attempt, until: now + lease)
      return (held == true, [])
    }
  }

  @discardableResult
  package func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, effects: OutreachEffects?,
    at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event]
  ) async throws(StoreError) -> OutboxEntry {
    try write(in: attempt.workspace) { (content) throws(StoreError) in
      let id = attempt.message.id
      guard var entry = content.outbox.entries[id] else { throw .noSuchMessage(id) }
      guard entry.claim == attempt.claim, entry.state == .claimed || entry.state == .sending
      else { throw .lostClaim(id) }
      entry.settle(settlement, at: now)
      content.outbox.entries[id] = entry
      var logged = events(entry)
      if let effects, entry.state == .delivered || entry.state == .refused {
        logged += try content.apply(
          effects, of: entry.message.leadID, hasher: addressHasher, in: attempt.workspace, at: now)
      } else if let opening = effects?.escalation, entry.state == .dead {
        logged += content.open(opening)
      }
      return (entry, logged)
    }
  }

  package func cancel(
    _ scope: OutboxScope, reason: String, at now: Timestamp,
    events: @escaping @Sendable ([MessageID]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    try write(in: workspace) { (content) throws(StoreError) in
      var ids: [MessageID] = []
      for id in content.outbox.ids(scope)
      where content.outbox.entries[id]?.cancel(reason: reason, at: now) == true {
        ids.append(id)
      }
      return (ids, ids.isEmpty ? [] : events(ids))
    }
  }

  package func requeue(
    _ ids: [MessageID], at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    try write(in: workspace) { (content) throws(StoreError) in
      var requeued: [MessageID] = []
      var logged: [Event] = []
      for id in ids {
        guard var entry = content.outbox.entries[id], entry.requeue(at: now) else { continue }
        content.outbox.entries[id] = entry
        requeued.append(id)
        logged += events(entry)
      }
      return (requeued, logged)
    }
  }

  package func entry(
    _ id: MessageID, in workspace: WorkspaceID
  ) throws(StoreError) -> OutboxEntry? {
    read(in: workspace) { $0.outbox.entries[id] }
  }

  package func entries(
    _ scope: OutboxScope, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry] {
    read(in: workspace) { content in
      content.outbox.ids(scope).prefix(max(0, limit)).compactMap { content.outbox.entries[$0] }
    }
  }

  package func deadLetters(
    limit: Int, after place: OutboxPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> OutboxPage {
    read(in: workspace) { content in
      let limit = max(0, limit)
      let dead = content.outbox.entries.values.filter { entry in
        entry.state == .dead && (place.map { ($0.time, $0.id) > entry.endOrder } ?? true)
      }.sorted { $0.endOrder > $1.endOrder }
      return OutboxPage(entries: Array(dead.prefix(limit)), hasMore: dead.count > limit)
    }
  }

  package func counts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry.State: Int] {
    read(in: workspace) { content in
      content.outbox.entries.values.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }
  }

  package func nextDue(
    _ channels: Set<OutreachChannel>
  ) async throws(StoreError) -> Timestamp? {
    state.withLock { state in
      state.workspaces.values.flatMap(\.outbox.entries.values)
        .filter { !$0.state.isFinal && channels.contains($0.message.channel) }
        .map { $0.leaseUntil ?? $0.message.notBefore }.min()
    }
  }

  package func pruneSettled(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    state.withLock { state in
      var left = max(0, limit)
      for (workspace, content) in state.workspaces {
        let old = content.outbox.entries.values.filter {
          $0.state.isFinal && $0.state != .dead && ($0.settledAt ?? time) < time
        }.prefix(left)
        for entry in old { state.workspaces[workspace]?.outbox.remove(entry.message) }
        left -= old.count
      }
      return max(0, limit) - left
    }
  }
}

/// The messages of a workspace.
struct InMemoryOutbox: Sendable {
  var entries: [MessageID: OutboxEntry] = [:]
  private var keys: [String: MessageID] = [:]
  /// In the order they were stored.
  private var order: [MessageID] = []

  /// Stores a message; returns the name of the one that has its key.
  mutating func enqueue(_ message: OutboundMessage) throws(StoreError) -> MessageID {
    if let known = keys[message.idempotencyKey] { return known }
    guard entries[message.id] == nil else { throw .messageExists(message.id) }
    entries[message.id] = OutboxEntry(message)
    keys[message.idempotencyKey] = message.id
    order.append(message.id)
    return message.id
  }

  func ids(_ scope: OutboxScope) -> [MessageID] {
    order.filter { entries[$0].map { scope.contains($0.message) } ?? false }
  }

  mutating func remove(_ message: OutboundMessage) {
    entries[message.id] = nil
    keys[message.idempotencyKey] = nil
    order.removeAll { $0 == message.id }
  }

  /// - Returns: how many messages were the lead's.
  mutating func erase(_ id: LeadID) -> Int {
    let own = entries.values.filter { $0.message.leadID == id }
    for entry in own { remove(entry.message) }
    return own.count
  }
}

extension OutboxEntry {
  /// Whether somebody may claim it.
  fileprivate func isClaimable(at now: Timestamp) -> Bool {
    switch state {
    case .queued: message.notBefore <= now
    case .claimed, .sending: leaseUntil.map { $0 <= now } ?? true
    case .delivered, .refused, .cancelled, .dead: false
    }
  }

  /// Whether somebody has it.
  fileprivate func isHeld(at now: Timestamp) -> Bool { leaseUntil.map { $0 > now } ?? false }

  fileprivate var endOrder: (Timestamp, MessageID) {
    (settledAt ?? message.createdAt, message.id)
  }

  /// Those of lost claims first, then by time.
  fileprivate var claimOrder: (Int, Timestamp, MessageID) {
    (state == .queued ? 1 : 0, leaseUntil ?? message.notBefore, message.id)
  }
}
