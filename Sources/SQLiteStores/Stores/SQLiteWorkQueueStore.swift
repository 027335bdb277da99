package import JSONRPC
package import Marketing

/// Work for agents in SQLite.
package struct SQLiteWorkQueueStore: WorkQueueStore {
  let database: SQLiteDatabase

  package func enqueue(
    _ drafts: [WorkDraft], at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [QueuedWork] {
    let database = database
    return try await database.writer.perform { connection in
      try database.enqueue(drafts, at: now, events: events, in: workspace, connection)
    }
  }

  package func claim(
    _ request: WorkRequest, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkItem] {
    // Many wait for work, and all look when something has happened: who would find nothing does not write.
    guard try mayFind(request, in: workspace) else { return [] }
    let database = database
    return try await database.writer.perform { connection in
      let silent = try WorkRow.takeBack(
        at: request.time, limit: WorkItem.mostTakenBack, in: workspace, connection)
      var claimed: [WorkItem] = []
      for row in try WorkRow.ready(
        for: request.role, at: request.time, limit: request.limit, in: workspace, connection)
      {
        var row = row
        row.item.claim(
          by: request.worker, until: request.time + request.lease, at: request.time)
        try row.save(connection)
        claimed.append(row.item)
      }
      let names = Set(claimed.map(\.id))
      let changed = silent.map(\.item).filter { !names.contains($0.id) } + claimed
      for item in changed { try database.log(events(item), in: workspace, connection) }
      return claimed
    }
  }

  private func mayFind(
    _ request: WorkRequest, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    try database.readers.read { connection in
      try connection.reading {
        var select = try connection.prepare(
          """
          SELECT EXISTS (SELECT 1 FROM work_items
              WHERE role = ?1 AND workspace = ?2 AND state = 'ready' AND not_before <= ?3)
            OR EXISTS (SELECT 1 FROM work_items
              WHERE state = 'claimed' AND lease_until <= ?3 AND workspace = ?2)
          """)
        select.bind(request.role)
        select.bind(workspace)
        select.bind(request.time)
        return try select.step() && select.integer() != 0
      }
    }
  }

  package func nextChance(
    for role: AgentRoleID, in workspace: WorkspaceID
  ) throws(StoreError) -> Timestamp? {
    try database.readers.read { connection in
      var select = try connection.prepare(
        """
        SELECT min(time) FROM (
          SELECT min(not_before) AS time FROM work_items
            WHERE role = ?1 AND workspace = ?2 AND state = 'ready'
          UNION ALL SELECT min(lease_until) FROM work_items
            WHERE state = 'claimed' AND workspace = ?2 AND role = ?1)
        """)
      select.bind(role)
      select.bind(workspace)
      return try select.step() ? select.optionalTimestamp() : nil
    }
  }

  package func heartbeat(
    _ held: [HeldWork], by worker: String, until end: Timestamp, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkHeartbeat {
    try await database.writer.perform { connection in
      var heartbeat = WorkHeartbeat()
      for held in held {
        guard var row = try WorkRow.find(held.workID, in: workspace, connection),
          row.item.isHeld(held.claim), row.item.worker == worker
        else {
          heartbeat.lost.append(held.workID)
          continue
        }
        row.item.extend(until: end, at: now)
        try row.save(connection)
        heartbeat.held.append(held.workID)
      }
      return heartbeat
    }
  }

  package func complete(
    _ held: HeldWork, result: JSONObject, next: [WorkDraft], at now: Timestamp,
    events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkCompletion {
    let database = database
    return try await database.writer.perform { connection in
      guard var row = try WorkRow.find(held.workID, in: workspace, connection) else {
        throw StoreError.noSuchWork(held.workID)
      }
      if row.item.state == .done, row.item.claim == held.claim {
        return WorkCompletion(item: row.item, next: [], isNew: false)
      }
      guard row.item.canBeCompleted(by: held.claim) else {
        throw StoreError.lostWork(held.workID)
      }
      row.item.complete(result, at: now)
      try row.save(connection)
      try database.log(events(row.item), in: workspace, connection)
      let queued = try database.enqueue(
        next, at: now, events: events, in: workspace, connection)
      return WorkCompletion(item: row.item, next: queued, isNew: true)
    }
  }

  package func fail(
    _ held: HeldWork, error: String, isFinal: Bool, delay: @escaping @Sendable (Int) -> Duration,
    at now: Timestamp, events: @escaping Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> WorkItem {
    let database = database
    return try await database.writer.perform { connection in
      guard var row = try WorkRow.find(held.workID, in: workspace, connection) else {
        throw StoreError.noSuchWork(held.workID)
      }
      if row.item.hasFailed(held.claim, error) { return row.item }
      guard row.item.isHeld(held.claim) else { throw StoreError.lostWork(held.workID) }
      row.item.fail(error, isFinal: isFinal, delay: delay, at: now)
      try row.save(connection)
      try database.log(events(row.item), in: workspace, connection)
      return row.item
    }
  }

  package func release(
    _ held: [HeldWork], because reason: String?, at now: Timestamp, events: @escaping Events,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [WorkID] {
    let database = database
    return try await database.writer.perform { connection in
      var released: [WorkID] = []
      for held in held {
        guard var row = try WorkRow.find(held.workID, in: workspace, connection) else { continue }
        if row.item.isHeld(held.claim) {
          row.item.giveBack(because: reason, at: now)
          try row.save(connection)
          try database.log(events(row.item), in: workspace, connection)
        }
        if row.item.wasGivenBack(held.claim) { released.append(held.workID) }
      }
      return released
    }
  }
}
