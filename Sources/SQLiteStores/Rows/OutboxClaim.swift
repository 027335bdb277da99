import Marketing
import Sealing

/// Gives messages out to a sender, within the writer's transaction.
struct OutboxClaim {
  let ring: KeyRing
  let connection: SQLConnection
  let now: Timestamp
  let lease: Duration

  // One message to a person at a time, over all processes: the gates of the next see what came of it. Caps count by
  // address, so that leads who share one are one person.
  private static let isFree = """
    NOT EXISTS (
      SELECT 1 FROM outbox AS other INDEXED BY outbox_held_of_lead
      WHERE other.lead_id = outbox.lead_id AND other.workspace = outbox.workspace
        AND other.lease_until > ?2)
    AND NOT EXISTS (
      SELECT 1 FROM outbox AS other INDEXED BY outbox_held_of_address
      WHERE other.address = outbox.address AND other.workspace = outbox.workspace
        AND other.lease_until > ?2)
    """

  private static let heldSQL = """
    SELECT \(OutboxRow.selected) FROM outbox INDEXED BY outbox_held
    WHERE channel = ?1 AND lease_until <= ?2 AND \(isFree) ORDER BY lease_until LIMIT ?3
    """

  private static let dueSQL = """
    SELECT \(OutboxRow.selected) FROM outbox INDEXED BY outbox_due
    WHERE channel = ?1 AND not_before <= ?2 AND state = 'queued' AND \(isFree)
    ORDER BY not_before, id LIMIT ?3
    """

  /// What a channel is to send: first what other senders held too long.
  func claim(_ channel: OutreachChannel, limit: Int) throws -> [DeliveryAttempt] {
    var attempts: [DeliveryAttempt] = []
    var busy = BusyRecipients()
    var keys = OutboxKeys(ring: ring, connection: connection)
    for sql in [Self.heldSQL, Self.dueSQL] where attempts.count < limit {
      // What comes to its end here takes no place.
      while attempts.count < limit {
        let found = try rows(sql, channel, limit: limit - attempts.count)
        if found.isEmpty { break }
        for row in found {
          let recipient = BusyRecipients.Recipient(
            row.entry.message.leadID, address: row.address, in: row.workspace)
          // Looked for again, and not found any more.
          guard !busy.contains(recipient) else { continue }
          guard let attempt = try take(row, &keys) else { continue }
          attempts.append(attempt)
          busy.insert(recipient)
        }
      }
    }
    return attempts
  }

  private func take(_ found: OutboxRow, _ keys: inout OutboxKeys) throws -> DeliveryAttempt? {
    // One that cannot be read keeps no others from being sent.
    guard let opened = try found.readable(&keys) else {
      // The lead's key is gone, or the row is damaged: nobody can read it any more.
      var lost = found
      _ = lost.entry.take(until: now + lease, at: now)
      if !lost.entry.state.isFinal {
        lost.entry.settle(.cancelled(reason: "unreadable"), at: now)
      }
      try lost.updateState(connection)
      if let engagement = lost.entry.message.engagementID {
        try EngagementRow.noteFinished(engagement, in: found.workspace, connection)
      }
      return nil
    }
    var entry = opened
    let isTaken = entry.take(until: now + lease, at: now)
    let key = try keys.key(of: entry.message.leadID, in: found.workspace)
    try found.update(from: opened, to: entry, key: key, connection)
    if entry.state.isFinal, let engagement = entry.message.engagementID {
      try EngagementRow.noteFinished(engagement, in: found.workspace, connection)
    }
    guard isTaken else { return nil }
    return DeliveryAttempt(
      workspace: found.workspace, message: entry.message, claim: entry.claim,
      number: entry.attempts + 1, isPossibleDuplicate: entry.isPossibleDuplicate)
  }

  private func rows(
    _ sql: String, _ channel: OutreachChannel, limit: Int
  ) throws -> [OutboxRow] {
    var select = try connection.prepare(sql)
    select.bind(channel.rawValue)
    select.bind(now)
    select.bind(limit)
    var rows: [OutboxRow] = []
    while try select.step() { rows.append(try OutboxRow(reading: &select)) }
    return rows
  }
}
