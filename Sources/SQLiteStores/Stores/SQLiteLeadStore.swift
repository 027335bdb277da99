import JSONRPC
package import Marketing

/// Leads, their scores, interactions and outcomes in SQLite.
package struct SQLiteLeadStore: LeadStore {
  let database: SQLiteDatabase

  package func lead(_ id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> Lead? {
    try database.readers.read { try LeadRow.find(id, in: workspace, $0)?.lead }
  }

  package func profile(
    of id: LeadID, interactions limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadProfile? {
    try database.readers.read { connection in
      try connection.reading {
        guard let (lead, triage) = try LeadRow.withTriage(id, in: workspace, connection) else {
          return nil
        }
        return LeadProfile(
          lead: lead, triage: triage,
          interactions: limit > 0
            ? try InteractionRow.latest(of: id, limit: limit, in: workspace, connection) : [],
          outcome: try OutcomeRow.latest(of: id, in: workspace, connection))
      }
    }
  }

  package func latestTriage(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> TriageRecord? {
    try database.readers.read { try TriageRow.find(of: id, in: workspace, $0) }
  }

  package func latestOutcome(
    of id: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Outcome? {
    try database.readers.read { try OutcomeRow.latest(of: id, in: workspace, $0) }
  }

  package func latestOutcome(
    of id: LeadID, otherThan disposition: Disposition, in workspace: WorkspaceID
  ) throws(StoreError) -> Outcome? {
    try database.readers.read {
      try OutcomeRow.latest(of: id, otherThan: disposition, in: workspace, $0)
    }
  }

  package func interactions(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [Interaction] {
    try database.readers.read {
      try InteractionRow.latest(of: id, limit: limit, in: workspace, $0)
    }
  }

  package func saveTriage(
    _ triage: TriageRecord, of lead: Lead, identity: LeadIdentity, basis: TriageBasis,
    shadows: [ShadowPrediction], hold: WorkHold?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> HeldWork? {
    let database = database
    let write = LeadWrite(lead, identity: identity, hasher: database.hasher, in: workspace)
    let reasons = TriageRow.json(of: triage.reasons)
    let moves = JourneyMove.ofTriage(lead, basis: basis, events: events)
    switch basis {
    case .new(let hasDuplicates):
      let (rows, sealedKey) = try newRows(of: lead.id, events, in: workspace)
      let recent = database.recent
      return try await database.writer.perform { connection in
        if !hasDuplicates {
          guard try !write.hasDuplicate(recent, connection) else {
            // Another process may have stored it: what is in memory would say once more that there is none.
            recent.expire()
            throw StoreError.stale(lead.id)
          }
        }
        guard let row = try write.insert(sealedKey: sealedKey, imported: nil, connection)
        else { throw StoreError.leadExists(lead.id) }
        try TriageRow.store(triage, reasons: reasons, leadRow: row, in: workspace, connection)
        try JourneyRow.begin(moves, leadRow: row, in: workspace, connection)
        try ShadowRow.store(
          shadows, of: lead.id, at: triage.triagedAt, in: workspace, connection)
        for event in rows { try event.append(to: connection) }
        return try database.hold(hold, in: workspace, connection)
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
        try TriageRow.store(
          triage, reasons: reasons, leadRow: stored.row, in: workspace, connection)
        try JourneyRow.advance(moves, leadRow: stored.row, connection)
        try ShadowRow.store(
          shadows, of: lead.id, at: triage.triagedAt, in: workspace, connection)
        for event in rows { try event.append(to: connection) }
        return try database.hold(hold, in: workspace, connection)
      }
    }
  }

  /// Events of a lead that is about to be stored, and its new key.
  func newRows(
    of id: LeadID, _ events: [Event], in workspace: WorkspaceID
  ) throws(StoreError) -> (rows: [EventRow], sealedKey: [UInt8]) {
    do {
      let key = try LeadKey.make(for: id, in: workspace)
      let rows = try events.map { event in
        if event.leadID == id { return try EventRow(event, key: key, in: workspace) }
        return try database.row(of: event, in: workspace)
      }
      return (rows, try key.sealed(by: database.keyRing))
    } catch {
      throw StoreError(error)
    }
  }

  package func record(
    _ interaction: Interaction, isTimeAssumed: Bool, memory: AnalyzedMemory?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded {
    let metadata = interaction.metadata.jsonBytes
    let row = try database.row(of: event, in: workspace)
    return try await database.writer.perform { connection in
      let isNew = try InteractionRow.insert(
        interaction, metadata: metadata, in: workspace, connection)
      guard isNew else {
        guard try LeadRow.find(interaction.leadID, in: workspace, connection) != nil else {
          throw StoreError.noSuchLead(interaction.leadID)
        }
        guard let known = try InteractionRow.find(interaction.id, in: workspace, connection),
          known.isSame(as: interaction, atAnyTime: isTimeAssumed)
        else { throw StoreError.interactionExists(interaction.id) }
        return Recorded(isNew: false, occurredAt: known.occurredAt)
      }
      // Only now: one that an import stored before must leave the lead as it is.
      guard try LeadRow.touch(interaction, in: workspace, connection) else {
        throw StoreError.noSuchLead(interaction.leadID)
      }
      if let memory {
        _ = try MemoryWriter(workspace: workspace, connection: connection).remember(memory)
      }
      try row.append(to: connection)
      return Recorded(isNew: true, occurredAt: interaction.occurredAt)
    }
  }

  package func record(
    _ outcome: Outcome, isTimeAssumed: Bool, replacing: Bool, lesson: Lesson?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded {
    let row = try database.row(of: event, in: workspace)
    let hasher = database.hasher
    let move = JourneyMove(
      to: JourneyStage(outcome.disposition), by: event, reason: outcome.reason)
    return try await database.writer.perform { connection in
      guard let stored = try LeadRow.find(outcome.leadID, in: workspace, connection) else {
        throw StoreError.noSuchLead(outcome.leadID)
      }
      let replaces =
        try OutcomeRow.latest(
          of: outcome.leadID, otherThan: outcome.disposition, in: workspace, connection) != nil
      guard replacing || !replaces else { throw StoreError.otherDisposition(outcome.leadID) }
      if !replaces, isTimeAssumed,
        let known = try OutcomeRow.repeated(by: outcome, in: workspace, connection)
      {
        return Recorded(isNew: false, occurredAt: known.occurredAt)
      }
      if replaces { try OutcomeRow.removeContradicted(by: outcome, in: workspace, connection) }
      let change = try OutcomeRow.store(
        outcome, recordedAt: event.occurredAt, in: workspace, connection)
      let isNew = change != .unchanged || replaces
      let recorded = Recorded(isNew: isNew, occurredAt: outcome.occurredAt)
      guard isNew else { return recorded }
      try stored.setStatus(
        outcome.disposition == .converted ? .converted : .unqualified, connection)
      try stored.recountConversions(in: workspace, hasher: hasher, connection)
      try LessonRow.learn(lesson, from: outcome, in: workspace, connection)
      try JourneyRow.advance([move], leadRow: stored.row, connection)
      try row.append(to: connection)
      return recorded
    }
  }
}
