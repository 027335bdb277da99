package import Marketing

extension SQLiteWorkQueueStore {
  package func takeBack(
    at now: Timestamp, limit: Int, events: @escaping Events
  ) async throws(StoreError) -> Int {
    // Asked every second, and nearly always in vain: nothing is written then.
    let isNeeded = try database.readers.read { connection in
      var select = try connection.prepare(
        "SELECT 1 FROM work_items WHERE state = 'claimed' AND lease_until <= ? LIMIT 1")
      select.bind(now)
      return try select.step()
    }
    guard isNeeded else { return 0 }
    let database = database
    return try await database.writer.perform { connection in
      let rows = try WorkRow.takeBack(at: now, limit: limit, in: nil, connection)
      for row in rows {
        try database.log(events(row.item), in: row.workspace, connection)
      }
      return rows.count
    }
  }

  package func deadLetters(
    of role: AgentRoleID?, limit: Int, after place: WorkPage.Place?, in workspace: WorkspaceID
  ) throws(StoreError) -> WorkPage {
    let limit = max(0, limit)
    let rows = try database.readers.read { connection in
      try WorkRow.dead(of: role, limit: limit + 1, after: place, in: workspace, connection)
    }
    return WorkPage(items: rows.prefix(limit).map(\.item), hasMore: rows.count > limit)
  }

  package func requeue(
    _ ids: [WorkID], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> RequeuedWork {
    let database = database
    return try await database.writer.perform { connection in
      var outcome = RequeuedWork()
      for id in ids {
        guard var row = try WorkRow.find(id, in: workspace, connection), row.item.state == .dead
        else {
          outcome.notDead.append(id)
          continue
        }
        guard try WorkRow.open(row.item.key, in: workspace, connection) == nil else {
          outcome.duplicates.append(id)
          continue
        }
        row.item.requeue(at: now)
        try row.save(connection)
        try database.log(events(row.item), in: workspace, connection)
        outcome.requeued.append(id)
      }
      return outcome
    }
  }

  package func item(_ id: WorkID, in workspace: WorkspaceID) throws(StoreError) -> WorkItem? {
    try database.readers.read { try WorkRow.find(id, in: workspace, $0)?.item }
  }

  package func openItems(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [WorkItem] {
    try database.readers.read {
      try WorkRow.open(of: id, limit: limit, in: workspace, $0).map(\.item)
    }
  }

  package func counts(in workspace: WorkspaceID) throws(StoreError) -> [WorkCount] {
    try database.readers.read { connection in
      // One query for each state: what is done, the most, is in the index of none.
      var select = try connection.prepare(
        """
        SELECT role, 'ready', count(*), min(due_at) FROM work_items
          WHERE workspace = ?1 AND state = 'ready' GROUP BY role
        UNION ALL SELECT role, 'claimed', count(*), min(due_at) FROM work_items
          WHERE workspace = ?1 AND state = 'claimed' GROUP BY role
        UNION ALL SELECT role, 'dead', count(*), min(due_at) FROM work_items
          WHERE workspace = ?1 AND state = 'dead' GROUP BY role
        """)
      select.bind(workspace)
      var counts: [AgentRoleID: WorkCount] = [:]
      while try select.step() {
        let role = select.identifier(AgentRoleID.self)
        let state: WorkItem.State = try select.choice()
        let count = Int(select.integer())
        counts[role, default: WorkCount(role: role)].add(
          state, count, firstDueAt: select.timestamp())
      }
      return counts.values.sorted { $0.role < $1.role }
    }
  }

  package func removeDone(before time: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await database.writer.perform { connection in
      var delete = try connection.prepare(
        """
        DELETE FROM work_items WHERE row IN (SELECT row FROM work_items
          WHERE state = 'done' AND updated_at < ? ORDER BY updated_at LIMIT ?)
        """)
      delete.bind(time)
      delete.bind(max(0, limit))
      try delete.run()
      return connection.changedRows
    }
  }
}

extension SQLiteDatabase {
  /// Puts work into the queue in somebody's hands within a transaction, and logs it.
  /// - Returns: the work; `nil` when another one has it.
  func hold(
    _ hold: WorkHold?, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> HeldWork? {
    guard let hold, let item = try WorkRow.hold(hold, in: workspace, connection) else {
      return nil
    }
    try log(hold.events(item), in: workspace, connection)
    return HeldWork(item.id, claim: item.claim)
  }

  /// Ends work within the transaction of what ends it, and logs it, unless another one has it by now.
  func end(
    _ ending: WorkEnding?, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    guard let ending,
      var row = try WorkRow.find(ending.held.workID, in: workspace, connection),
      row.item.canBeCompleted(by: ending.held.claim)
    else { return }
    row.item.complete(ending.result, at: ending.time)
    try row.save(connection)
    try log(ending.events(row.item), in: workspace, connection)
  }

  /// Puts work into the queue within a transaction, and logs what is new.
  func enqueue(
    _ drafts: [WorkDraft], at now: Timestamp, events: WorkQueueStore.Events,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [QueuedWork] {
    try drafts.map { try enqueue($0, at: now, events: events, in: workspace, connection) }
  }

  /// Puts one piece of work into the queue within a transaction, and logs it when it is new.
  func enqueue(
    _ draft: WorkDraft, at now: Timestamp, events: WorkQueueStore.Events,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> QueuedWork {
    let (queued, item) = try WorkRow.enqueue(draft, at: now, in: workspace, connection)
    if let item { try log(events(item), in: workspace, connection) }
    return queued
  }

  /// Logs events within a transaction.
  func log(
    _ events: [Event], in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    for event in events { try row(of: event, in: workspace).append(to: connection) }
  }
}
