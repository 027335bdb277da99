package import Marketing

/// Engagements and what came of their messages, in SQLite.
package struct SQLiteEngagementStore: EngagementStore {
  let database: SQLiteDatabase

  package func save(
    _ plan: Engagement, event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool) {
    try await write(in: workspace) { writer in
      let connection = writer.connection
      guard try LeadRow.find(plan.leadID, in: workspace, connection) != nil else {
        throw StoreError.noSuchLead(plan.leadID)
      }
      try plan.checkFollows(
        plan.handoffID.flatMap { try HandoffRow.find($0, in: workspace, connection)?.row.handoff })
      let known =
        try EngagementRow.open(of: plan.leadID, in: workspace, connection)
        ?? plan.handoffID.flatMap {
          try EngagementRow.following($0, of: plan.leadID, in: workspace, connection)
        }
      if var known {
        guard try known.engagement.isReplaced(by: plan) else { return (known.engagement, false) }
        known.engagement = plan.replacing(known.engagement)
        try known.update(connection)
        try writer.append([event(known.engagement)])
        return (known.engagement, true)
      }
      guard try EngagementRow.find(plan.id, in: workspace, connection) == nil else {
        throw StoreError.engagementExists(plan.id)
      }
      try EngagementRow.insert(plan, in: workspace, connection)
      try writer.append([event(plan)])
      return (plan, true)
    }
  }

  package func start(
    _ id: EngagementID, number: Int, steps: [EngagementStep], messages: [OutboundMessage],
    ending: WorkEnding?, at now: Timestamp, event: @escaping EngagementEvent,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> (engagement: Engagement, isNew: Bool) {
    try await write(in: workspace) { writer in
      let connection = writer.connection
      guard var row = try EngagementRow.find(id, in: workspace, connection) else {
        throw StoreError.noSuchEngagement(id)
      }
      if row.engagement.state == .running { return (row.engagement, false) }
      guard !row.engagement.state.isOver else { throw StoreError.isOver(row.engagement) }
      guard row.engagement.number == number else { throw StoreError.staleEngagement(id) }
      row.engagement.start(steps, at: now)
      _ = try OutboxRow.enqueue(
        messages, ring: writer.database.keyRing, hasher: writer.database.hasher, in: workspace,
        connection)
      try row.update(connection)
      try EngagementRow.noteFinished(id, in: workspace, connection)
      let started = event(row.engagement)
      try writer.append([started])
      try JourneyRow.advance(
        row.engagement.leadID, JourneyMove(to: .engaged, by: started), in: workspace, connection)
      try writer.database.end(ending, in: workspace, connection)
      return (row.engagement, true)
    }
  }

  package func end(
    _ id: EngagementID, _ ending: EngagementEnding, at now: Timestamp,
    event: @escaping EngagementEvent, in workspace: WorkspaceID
  ) async throws(StoreError) -> Engagement {
    try await write(in: workspace) { writer in
      guard let row = try EngagementRow.find(id, in: workspace, writer.connection) else {
        throw StoreError.noSuchEngagement(id)
      }
      return try writer.end(row, ending, at: now, event: event)
    }
  }

  package func completeFinished(
    at now: Timestamp, limit: Int, event: @escaping EngagementEvent
  ) async throws(StoreError) -> Int {
    let hasAny = try database.readers.read { try !EngagementRow.finished(limit: 1, $0).isEmpty }
    guard hasAny else { return 0 }
    let database = database
    return try await database.writer.perform { connection in
      let finished = try EngagementRow.finished(limit: limit, connection)
      for var row in finished {
        let dead = try OutboxRow.dead(of: row.engagement.id, in: row.workspace, connection)
        guard row.engagement.complete(dead: dead, at: now) else { continue }
        try row.update(connection)
        try EventRow(event(row.engagement), key: nil, in: row.workspace).append(to: connection)
      }
      return finished.count
    }
  }

  package func engagement(
    _ id: EngagementID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement? {
    try database.readers.read { try EngagementRow.find(id, in: workspace, $0)?.engagement }
  }

  package func latestEngagement(
    of lead: LeadID, in workspace: WorkspaceID
  ) throws(StoreError) -> Engagement? {
    try database.readers.read { try EngagementRow.latest(of: lead, in: workspace, $0)?.engagement }
  }

  package func record(
    _ report: DeliveryReport, effects: OutreachEffects, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ReportReceipt {
    try await write(in: workspace) { writer in
      let connection = writer.connection
      guard let entry = try OutboxRow.find(report.messageID, in: workspace, connection)?.entry
      else { throw StoreError.noSuchMessage(report.messageID) }
      guard entry.mayHaveLeft else { return .notSent(entry.state) }
      guard try DeliveryReportRow.insert(report, of: entry.message, in: workspace, connection)
      else { return .known }
      try writer.apply(effects, of: entry.message.leadID, at: now)
      return .new
    }
  }

  package func reports(
    of engagement: EngagementID, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [DeliveryReport] {
    try await database.pooled.read {
      try DeliveryReportRow.all(of: engagement, limit: limit, in: workspace, $0)
    }
  }

  package func performance(
    by dimension: PerformanceDimension, since: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [PerformanceRecord] {
    try await database.pooled.read {
      try PerformanceRow.sums(by: dimension, since: since, in: workspace, $0)
    }
  }

  package func prunePerformance(
    before time: Timestamp, limit: Int
  ) async throws(StoreError) -> Int {
    try await database.writer.perform {
      try PerformanceRow.prune(before: time, limit: limit, $0)
    }
  }

  private func write<Result: Sendable>(
    in workspace: WorkspaceID, _ body: @escaping @Sendable (OutreachWriter) throws -> Result
  ) async throws(StoreError) -> Result {
    let database = database
    return try await database.writer.perform { connection in
      try body(OutreachWriter(workspace: workspace, database: database, connection: connection))
    }
  }
}

/// What was reported of a message in its table.
enum DeliveryReportRow {
  static let ofEngagementSQL = """
    SELECT id, message_id, kind, happened_at, is_permanent, detail FROM delivery_reports
    WHERE engagement_id = ? AND workspace = ? ORDER BY row LIMIT ?
    """

  /// - Returns: whether it is new.
  static func insert(
    _ report: DeliveryReport, of message: OutboundMessage, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> Bool {
    var insert = try connection.prepare(
      """
      INSERT INTO delivery_reports (workspace, id, message_id, lead_id, engagement_id, kind, happened_at,
        is_permanent, detail)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """)
    insert.bind(workspace)
    insert.bind(report.id)
    insert.bind(report.messageID)
    insert.bind(message.leadID)
    insert.bind(message.engagementID)
    insert.bind(report.kind)
    insert.bind(report.at)
    insert.bind(report.isPermanent)
    insert.bind(report.detail)
    try insert.run()
    return connection.changedRows > 0
  }

  static func all(
    of engagement: EngagementID, limit: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [DeliveryReport] {
    var select = try connection.prepare(ofEngagementSQL)
    select.bind(engagement)
    select.bind(workspace)
    select.bind(max(0, limit))
    var reports: [DeliveryReport] = []
    while try select.step() {
      let (id, message) = (select.text(), select.identifier(MessageID.self))
      var report = DeliveryReport(
        id: id, messageID: message, kind: try select.choice(), at: select.timestamp(),
        isPermanent: select.integer() != 0)
      report.detail = select.optionalText()
      reports.append(report)
    }
    return reports
  }
}
