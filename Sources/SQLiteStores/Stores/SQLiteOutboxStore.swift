package import Marketing

/// Messages that are to be sent, in SQLite.
package struct SQLiteOutboxStore: OutboxStore {
  let database: SQLiteDatabase

  package func enqueue(
    _ messages: [OutboundMessage], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    let rows = try database.rows(of: events, in: workspace)
    let (ring, hasher) = (database.keyRing, database.hasher)
    return try await database.writer.perform { connection in
      let (ids, new) = try OutboxRow.enqueue(
        messages, ring: ring, hasher: hasher, in: workspace, connection)
      if new > 0 { for row in rows { try row.append(to: connection) } }
      return ids
    }
  }

  package func claimDue(
    _ limits: [OutreachChannel: Int], lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> [DeliveryAttempt] {
    let ring = database.keyRing
    return try await database.writer.perform { connection in
      let claim = OutboxClaim(ring: ring, connection: connection, now: now, lease: lease)
      return try limits.sorted { $0.key.rawValue < $1.key.rawValue }
        .flatMap { try claim.claim($0.key, limit: max(0, $0.value)) }
    }
  }

  package func begin(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool {
    try await database.writer.perform { connection in
      guard
        var row = try OutboxRow.find(attempt.message.id, in: attempt.workspace, connection),
        row.entry.claim == attempt.claim, row.entry.state == .claimed
      else { return false }
      row.entry.begin(until: now + lease)
      try row.updateState(connection)
      return true
    }
  }

  package func hold(
    _ attempt: DeliveryAttempt, lease: Duration, at now: Timestamp
  ) async throws(StoreError) -> Bool {
    try await database.writer.perform { connection in
      guard
        var row = try OutboxRow.find(attempt.message.id, in: attempt.workspace, connection),
        row.entry.hold(attempt, until: now + lease)
      else { return false }
      try row.updateState(connection)
      return true
    }
  }

  @discardableResult
  package func settle(
    _ attempt: DeliveryAttempt, as settlement: OutboxSettlement, effects: OutreachEffects?,
    at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event]
  ) async throws(StoreError) -> OutboxEntry {
    let database = database
    let ring = database.keyRing
    return try await database.writer.perform { connection in
      let id = attempt.message.id
      guard let row = try OutboxRow.find(id, in: attempt.workspace, connection) else {
        throw StoreError.noSuchMessage(id)
      }
      guard row.entry.claim == attempt.claim,
        row.entry.state == .claimed || row.entry.state == .sending
      else { throw StoreError.lostClaim(id) }
      var keys = OutboxKeys(ring: ring, connection: connection)
      guard let opened = try row.opened(&keys) else { throw StoreError.noSuchMessage(id) }
      var entry = opened
      entry.settle(settlement, at: now)
      let key = try keys.key(of: entry.message.leadID, in: attempt.workspace)
      try row.update(from: opened, to: entry, key: key, connection)
      try append(events(entry), key: key, in: attempt.workspace, connection)
      if entry.state.isFinal, let engagement = entry.message.engagementID {
        try EngagementRow.noteFinished(engagement, in: attempt.workspace, connection)
      }
      if let effects, entry.state == .delivered || entry.state == .refused {
        try OutreachWriter(
          workspace: attempt.workspace, database: database, connection: connection
        ).apply(effects, of: entry.message.leadID, at: now)
      } else if let opening = effects?.escalation, entry.state == .dead,
        try EscalationRow.open(opening.escalation, in: attempt.workspace, connection)
      {
        try append([opening.event], key: nil, in: attempt.workspace, connection)
      }
      return entry
    }
  }

  package func cancel(
    _ scope: OutboxScope, reason: String, at now: Timestamp,
    events: @escaping @Sendable ([MessageID]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    let ring = database.keyRing
    return try await database.writer.perform { connection in
      let ids = try OutboxRow.cancel(
        scope, reason: reason, at: now, ring: ring, in: workspace, connection)
      if !ids.isEmpty { try append(events(ids), key: nil, in: workspace, connection) }
      return ids
    }
  }

  package func requeue(
    _ ids: [MessageID], at now: Timestamp, events: @escaping @Sendable (OutboxEntry) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [MessageID] {
    try await database.writer.perform { connection in
      var requeued: [MessageID] = []
      for id in ids {
        guard var row = try OutboxRow.find(id, in: workspace, connection),
          row.entry.requeue(at: now)
        else { continue }
        try row.updateState(connection)
        if let engagement = row.entry.message.engagementID {
          try EngagementRow.noteFinished(engagement, in: workspace, connection)
        }
        try append(events(row.entry), key: nil, in: workspace, connection)
        requeued.append(id)
      }
      return requeued
    }
  }

  package func entry(
    _ id: MessageID, in workspace: WorkspaceID
  ) throws(StoreError) -> OutboxEntry? {
    let ring = database.keyRing
    return try database.readers.read { connection in
      try connection.reading {
        var keys = OutboxKeys(ring: ring, connection: connection)
        return try OutboxRow.find(id, in: workspace, connection)?.opened(&keys)
      }
    }
  }

  package func entries(
    _ scope: OutboxScope, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry] {
    try await opened { try OutboxRow.all(scope, limit: limit, in: workspace, $0) }
  }

  package func deadLetters(
    limit: Int, after place: OutboxPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> OutboxPage {
    let ring = database.keyRing
    let limit = max(0, limit)
    return try database.readers.read { connection in
      try connection.reading {
        let rows = try OutboxRow.dead(limit: limit + 1, after: place, in: workspace, connection)
        var keys = OutboxKeys(ring: ring, connection: connection)
        let entries = try rows.prefix(limit).map { try $0.readable(&keys) ?? $0.entry }
        return OutboxPage(entries: entries, hasMore: rows.count > limit)
      }
    }
  }

  package func counts(
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [OutboxEntry.State: Int] {
    try await database.pooled.read { connection in
      var select = try connection.prepare(
        "SELECT state, count(*) FROM outbox WHERE workspace = ? GROUP BY state")
      select.bind(workspace)
      var counts: [OutboxEntry.State: Int] = [:]
      while try select.step() {
        let state = try select.choice(OutboxEntry.State.self)
        counts[state] = Int(select.integer())
      }
      return counts
    }
  }

  package func nextDue(
    _ channels: Set<OutreachChannel>
  ) async throws(StoreError) -> Timestamp? {
    try await database.pooled.read { connection in
      var earliest: Timestamp?
      for channel in channels {
        for sql in [
          "SELECT min(not_before) FROM outbox WHERE channel = ? AND state = 'queued'",
          "SELECT min(lease_until) FROM outbox WHERE channel = ? AND lease_until IS NOT NULL",
        ] {
          var select = try connection.prepare(sql)
          select.bind(channel.rawValue)
          guard try select.step(), let found = select.optionalTimestamp() else { continue }
          earliest = min(found, earliest ?? found)
        }
      }
      return earliest
    }
  }

  package func pruneSettled(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    try await database.writer.perform { connection in
      var deleted = 0
      for state in OutboxEntry.State.allCases where state.isFinal && state != .dead {
        var delete = try connection.prepare(
          """
          DELETE FROM outbox WHERE row IN (
            SELECT row FROM outbox WHERE state = ? AND settled_at < ? ORDER BY settled_at LIMIT ?)
          """)
        delete.bind(state.rawValue)
        delete.bind(time)
        delete.bind(max(0, limit) - deleted)
        try delete.run()
        deleted += connection.changedRows
      }
      return deleted
    }
  }

  /// Reads entries and opens them; those that nobody can read are left out.
  private func opened(
    _ find: @escaping @Sendable (SQLConnection) throws -> [OutboxRow]
  ) async throws(StoreError) -> [OutboxEntry] {
    let ring = database.keyRing
    return try await database.pooled.read { connection in
      var keys = OutboxKeys(ring: ring, connection: connection)
      return try find(connection).compactMap { try $0.opened(&keys) }
    }
  }
}

private func append(
  _ events: [Event], key: LeadKey?, in workspace: WorkspaceID, _ connection: SQLConnection
) throws {
  for event in events {
    try EventRow(event, key: key, in: workspace).append(to: connection)
  }
}
