import JSONRPC
package import Marketing
import Sealing

/// Handoffs and escalations in SQLite.
package struct SQLiteHandoffStore: HandoffStore {
  let database: SQLiteDatabase

  package func save(
    _ handoff: Handoff, packet: [UInt8], behind number: Int?, escalation: Escalation?,
    takeover: HandoffTakeover?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> SavedHandoff {
    let lead = handoff.leadID
    guard let key = try key(of: lead, in: workspace) else { throw .noSuchLead(lead) }
    let sealed: [UInt8]
    do {
      sealed = try key.seal(packet, for: handoff.id)
    } catch {
      throw StoreError(error)
    }
    let database = database
    return try await database.writer.perform { connection in
      if let stored = try HandoffRow.find(handoff.id, in: workspace, connection)?.row.handoff {
        guard stored.isSame(as: handoff) else { throw StoreError.handoffExists(handoff.id) }
        return SavedHandoff(stored, isNew: false)
      }
      // Erased meanwhile, it is not to come back; under another key nobody could read the packet.
      guard
        let now = try LeadKey.find(
          for: lead, in: workspace, ring: database.keyRing, connection),
        try now.tag() == key.tag()
      else { throw StoreError.noSuchLead(lead) }
      let last = try HandoffRow.latest(of: lead, in: workspace, connection)?.row.handoff.number
      guard number == nil || number == last ?? 0 else { throw StoreError.staleHandoff(of: lead) }
      let opened = try escalation.map {
        try EscalationRow.open($0, because: handoff, in: workspace, connection)
      }
      var row = try HandoffRow.insert(handoff, packet: sealed, now, in: workspace, connection)
      for event in events where opened?.isOpened ?? true || event.kind != .escalationOpened {
        try database.row(of: event, in: workspace).append(to: connection)
      }
      if let takeover, handoff.state == .prepared {
        let time = takeover.time
        try row.offer(
          at: time, until: takeover.offerEnd, work: nil, event: takeover.offered, connection)
        try row.accept(
          by: takeover.receiver, lease: takeover.lease, at: time, event: takeover.accepted,
          connection)
      }
      return SavedHandoff(row.handoff, isNew: true, escalationID: opened?.0)
    }
  }

  package func offer(
    _ id: HandoffID, at now: Timestamp, until end: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    return try await database.writer.perform { connection in
      var row = try Self.row(id, in: workspace, connection).row
      try row.offer(at: now, until: end, work: work, event: event, connection)
      return row.handoff
    }
  }

  package func accept(
    _ id: HandoffID, by receiver: String, lease: Duration, at now: Timestamp,
    event: @escaping @Sendable (Handoff) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredHandoff {
    let ring = database.keyRing
    return try await database.writer.perform { connection in
      var (row, sealed) = try Self.row(id, in: workspace, connection)
      try row.accept(by: receiver, lease: lease, at: now, event: event, connection)
      // Whoever has it can read it: what nobody can read is not given to anybody.
      let key = try LeadKey.find(for: row.handoff.leadID, in: workspace, ring: ring, connection)
      guard let packet = try sealed.flatMap({ try key?.open($0, of: id) }) else {
        throw StoreError(.corrupt, "The packet of handoff '\(id)' cannot be read")
      }
      return StoredHandoff(row.handoff, packet: packet)
    }
  }

  package func reject(
    _ id: HandoffID, by receiver: String, because reason: String, at now: Timestamp,
    work: (@Sendable (Handoff) -> WorkDraft)?, event: @escaping @Sendable (Handoff) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Handoff {
    return try await database.writer.perform { connection in
      var row = try Self.row(id, in: workspace, connection).row
      let change: HandoffChange = row.handoff.state == .accepted ? .rejected : .declined
      if try row.handoff.reject(by: receiver, because: reason) {
        try row.store(change, event(row.handoff), connection)
        try row.giveBack(work, at: now, connection)
      }
      return row.handoff
    }
  }

  package func expire(
    dueBy now: Timestamp, limit: Int, work: (@Sendable (Handoff) -> WorkDraft)?,
    event: @escaping @Sendable (Handoff) -> Event
  ) async throws(StoreError) -> [Handoff] {
    let isDue = try database.readers.read { try !HandoffRow.due(by: now, limit: 1, $0).isEmpty }
    guard isDue else { return [] }
    return try await database.writer.perform { connection in
      var expired: [Handoff] = []
      for var row in try HandoffRow.due(by: now, limit: limit, connection) {
        guard row.handoff.expire(at: now) else { continue }
        try row.store(.expired, event(row.handoff), connection)
        try row.giveBack(work, at: now, connection)
        expired.append(row.handoff)
      }
      return expired
    }
  }

  package func handoff(
    _ id: HandoffID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff? {
    let found = try database.readers.read { try HandoffRow.find(id, in: workspace, $0) }
    guard let (row, packet) = found else { return nil }
    return try opened(row.handoff, packet, in: workspace)
  }

  package func latestHandoff(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff? {
    let found = try database.readers.read { try HandoffRow.latest(of: lead, in: workspace, $0) }
    guard let (row, packet) = found else { return nil }
    return try opened(row.handoff, packet, in: workspace)
  }

  package func handoffs(
    _ query: HandoffQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Handoff> {
    let found = try await database.pooled.read { try HandoffRow.list(query, in: workspace, $0) }
    return HandoffPage(found, limit: query.limit)
  }

  package func isIntact(_ id: HandoffID, in workspace: WorkspaceID) throws(StoreError) -> Bool {
    try database.readers.read { connection in
      try connection.reading {
        guard let row = try HandoffRow.find(id, in: workspace, connection)?.row else {
          return false
        }
        let (lead, number) = (row.handoff.leadID, row.handoff.number)
        let links = try HandoffRow.chain(
          of: lead, number - 1...number, in: workspace, connection)
        guard let link = links.last,
          let (key, head) = try end(of: lead, in: workspace, connection)
        else { return false }
        return try HandoffChain.isIntact(
          link, behind: links.count > 1 ? links[0] : nil, endingAt: head, by: key.sealPacket)
      }
    }
  }

  package func brokenHandoffs(
    of lead: LeadID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [HandoffID] {
    try await database.pooled.read { connection in
      guard let (key, head) = try end(of: lead, in: workspace, connection) else { return [] }
      return try HandoffChain.broken(
        HandoffRow.chain(of: lead, in: workspace, connection), endingAt: head, by: key.sealPacket)
    }
  }

  /// A lead's key and where its chain ends; `nil` for a lead that is not stored. An end that is not as it was stored
  /// is none.
  private func end(
    of lead: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (LeadKey, HandoffChain.Head?)? {
    let ring = database.keyRing
    guard let key = try LeadKey.find(for: lead, in: workspace, ring: ring, connection) else {
      return nil
    }
    do {
      return (key, try HandoffHead.find(of: lead, key, in: workspace, connection))
    } catch let error as StoreError where error.code == .corrupt {
      return (key, nil)
    }
  }

  private static func row(
    _ id: HandoffID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (row: HandoffRow, packet: [UInt8]?) {
    guard let found = try HandoffRow.find(id, in: workspace, connection) else {
      throw StoreError.noSuchHandoff(id)
    }
    return found
  }

  private func key(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadKey? {
    try database.readers.read { connection in
      try LeadKey.find(for: lead, in: workspace, ring: database.keyRing, connection)
    }
  }

  /// A handoff with its packet decrypted.
  private func opened(
    _ handoff: Handoff, _ packet: [UInt8]?, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredHandoff {
    let key = try key(of: handoff.leadID, in: workspace)
    do {
      return StoredHandoff(
        handoff, packet: try packet.flatMap { try key?.open($0, of: handoff.id) })
    } catch {
      throw StoreError(error)
    }
  }
}

extension SQLiteHandoffStore: EscalationStore {
  package func open(
    _ escalation: Escalation, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) {
    let event = try database.row(of: event, in: workspace)
    try await database.writer.perform { connection in
      if let stored = try EscalationRow.find(escalation.id, in: workspace, connection) {
        guard stored == escalation else { throw StoreError.escalationExists(escalation.id) }
        return
      }
      if let lead = escalation.leadID,
        try LeadRow.find(lead, in: workspace, connection) == nil
      {
        throw StoreError.noSuchLead(lead)
      }
      try EscalationRow.insert(escalation, in: workspace, connection)
      try event.append(to: connection)
    }
  }

  package func resolve(
    _ id: EscalationID, with resolution: String, by person: String, at now: Timestamp,
    event: @escaping @Sendable (Escalation) -> Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Escalation {
    try await database.writer.perform { connection in
      guard var escalation = try EscalationRow.find(id, in: workspace, connection) else {
        throw StoreError.noSuchEscalation(id)
      }
      guard escalation.resolve(resolution, by: person, at: now) else { return escalation }
      try EscalationRow.update(escalation, in: workspace, connection)
      let subject = HandoffID(rawValue: escalation.subject)
      if var row = try HandoffRow.find(subject, in: workspace, connection)?.row {
        row.handoff.release()
        try row.update(connection)
      }
      try EventRow(event(escalation), key: nil, in: workspace).append(to: connection)
      return escalation
    }
  }

  package func escalation(
    _ id: EscalationID, in workspace: WorkspaceID
  ) throws(StoreError) -> Escalation? {
    try database.readers.read { try EscalationRow.find(id, in: workspace, $0) }
  }

  package func escalations(
    _ query: EscalationQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> HandoffPage<Escalation> {
    let found = try await database.pooled.read { try EscalationRow.list(query, in: workspace, $0) }
    return HandoffPage(found, limit: query.limit)
  }
}
