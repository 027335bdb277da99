import Marketing

/// Stores what follows from messages, within the writer's transaction.
struct OutreachWriter {
  let workspace: WorkspaceID
  let database: SQLiteDatabase
  let connection: SQLConnection

  /// Stores what follows from a message, or from what is reported of it.
  func apply(_ effects: OutreachEffects, of lead: LeadID, at now: Timestamp) throws {
    let hasher = database.hasher
    if let touch = effects.touch {
      let address = effects.addresses.first { $0.isReached(by: touch.channel) }
      try ContactRow.insert(
        touch, hash: address.map { hasher.hash(of: $0.kept, in: workspace) }, in: workspace,
        connection)
    }
    for entry in effects.suppressions {
      guard case .address(let address) = entry.who else { continue }
      _ = try SuppressionRow.insert(
        entry.suppression, hash: hasher.hash(of: address.kept, in: workspace), in: workspace,
        connection)
    }
    if let interaction = effects.interaction { try record(interaction, effects.memory) }
    try PerformanceRow.add(effects.counts, in: workspace, connection)
    if let move = effects.move {
      try JourneyRow.advance(lead, move, in: workspace, connection)
    }
    try append(effects.events)
    if let exit = effects.exit,
      let open = try effects.engagementID.map({
        try EngagementRow.find($0, in: workspace, connection)
      }) ?? EngagementRow.open(of: lead, in: workspace, connection),
      open.engagement.state != .planned || exit == .unsubscribe || exit == .complaint
    {
      try end(open, .exited(exit), at: now, event: effects.ended)
    }
  }

  /// Ends an engagement and takes back what was not sent.
  /// - Returns: the engagement as it is now.
  @discardableResult
  func end(
    _ found: EngagementRow, _ ending: EngagementEnding, at now: Timestamp,
    event: (@Sendable (Engagement) -> Event)?
  ) throws -> Engagement {
    var row = found
    guard try ending.apply(to: &row.engagement, at: now) else { return row.engagement }
    try row.update(connection)
    _ = try OutboxRow.cancel(
      .engagement(row.engagement.id), reason: ending.cancelReason, at: now, ring: database.keyRing,
      in: workspace, connection)
    if let event { try append([event(row.engagement)]) }
    return row.engagement
  }

  /// Logs events without personal values.
  func append(_ events: [Event]) throws {
    for event in events {
      try EventRow(event, key: nil, in: workspace).append(to: connection)
    }
  }

  private func record(_ interaction: Interaction, _ memory: AnalyzedMemory?) throws {
    let isNew = try InteractionRow.insert(
      interaction, metadata: interaction.metadata.jsonBytes, in: workspace, connection)
    guard isNew else { return }
    _ = try LeadRow.touch(interaction, in: workspace, connection)
    if let memory {
      _ = try MemoryWriter(workspace: workspace, connection: connection).remember(memory)
    }
  }
}
