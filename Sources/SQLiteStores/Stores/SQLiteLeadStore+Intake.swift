package import Marketing

extension SQLiteLeadStore {
  package func receive(
    _ lead: Lead, identity: LeadIdentity, basis: TriageBasis, work: WorkDraft, at now: Timestamp,
    events: [Event], noting: @escaping WorkQueueStore.Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> QueuedWork {
    let write = LeadWrite(lead, identity: identity, hasher: database.hasher, in: workspace)
    let database = database
    let moves = JourneyMove.ofReceipt(lead, basis: basis, events: events)
    switch basis {
    case .new:
      let (rows, sealedKey) = try newRows(of: lead.id, events, in: workspace)
      return try await database.writer.perform { connection in
        guard let row = try write.insert(sealedKey: sealedKey, imported: nil, connection)
        else { throw StoreError.leadExists(lead.id) }
        try JourneyRow.begin(moves, leadRow: row, in: workspace, connection)
        for event in rows { try event.append(to: connection) }
        return try database.enqueue(
          work, at: now, events: noting, in: workspace, connection)
      }
    case .stored(let known):
      let rows = try database.rows(of: events, in: workspace)
      let hasher = database.hasher
      return try await database.writer.perform { connection in
        guard let stored = try LeadRow.find(lead.id, in: workspace, connection) else {
          throw StoreError.noSuchLead(lead.id)
        }
        guard stored.lead == known else { throw StoreError.stale(lead.id) }
        try write.update(stored, imported: stored.imported, hasher: hasher, connection)
        try JourneyRow.advance(moves, leadRow: stored.row, connection)
        for event in rows { try event.append(to: connection) }
        let next =
          lead == known ? work : try WorkRow.behindClaimed(work, in: workspace, connection)
        return try database.enqueue(next, at: now, events: noting, in: workspace, connection)
      }
    }
  }
}
