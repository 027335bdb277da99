package import Marketing

extension SQLiteMemoryStore: MemoryConsolidationStore {
  package func claimConsolidation(
    _ claim: ConsolidationClaim, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationRun? {
    try await database.writer.perform { try ConsolidationRow.claim(claim, in: workspace, $0) }
  }

  package func consolidationState(
    in workspace: WorkspaceID
  ) throws(StoreError) -> ConsolidationState? {
    try database.readers.read { try ConsolidationRow.find(in: workspace, $0)?.state }
  }

  package func releaseConsolidation(
    by holder: String, completedAt: Timestamp?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      try ConsolidationRow.release(
        by: holder, completedAt: completedAt, in: workspace, connection)
    }
  }

  package func consolidationScopes(
    after scope: ConsolidationScope?, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ConsolidationScope] {
    try await database.pooled.read { connection in
      var scopes: [ConsolidationScope] = []
      for part in ScopePart.parts(after: scope) where scopes.count < limit {
        var select = try connection.prepare(
          "SELECT DISTINCT \(part.column) \(part.rows) ORDER BY 1 LIMIT ?")
        part.bind(workspace, to: &select)
        select.bind(limit - scopes.count)
        while try select.step() { scopes.append(part.scope(reading: &select)) }
      }
      return scopes
    }
  }

  package func consolidationScopeCount(
    after scope: ConsolidationScope?, in workspace: WorkspaceID
  ) async throws(StoreError) -> Int {
    try await database.pooled.read { connection in
      var count = 0
      for part in ScopePart.parts(after: scope) {
        var select = try connection.prepare(
          "SELECT count(*) FROM (SELECT DISTINCT \(part.column) \(part.rows))")
        part.bind(workspace, to: &select)
        if try select.step() { count += Int(select.integer()) }
      }
      return count
    }
  }

  package func consolidationPage(
    of scope: ConsolidationScope, after place: Int64, limit: Int, now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage {
    try await page(of: scope, "", after: place, limit: limit, now: now, in: workspace)
  }

  package func consolidationSummaries(
    of lead: LeadID?, after place: Int64, limit: Int, now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage {
    try await page(
      of: .records(of: lead), " AND m.form = 'summary'", after: place, limit: limit, now: now,
      in: workspace)
  }

  /// - Parameter condition: what else must hold.
  private func page(
    of scope: ConsolidationScope, _ condition: String, after place: Int64, limit: Int,
    now: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationPage {
    try await database.pooled.read { connection in
      let isInScope =
        switch scope {
        case .records(nil): "m.lead_id IS NULL AND m.kind IN ('long_term', 'episodic')"
        case .records: "m.lead_id = ?5 AND m.kind IN ('long_term', 'episodic')"
        case .episodes: "m.form = 'episode' AND m.key = ?5"
        }
      var select = try connection.prepare(
        """
        SELECT \(MemoryRow.selected) FROM memories AS m
        WHERE m.workspace = ?1 AND m.retracted_at IS NULL AND m.row > ?2
          AND (m.expires_at IS NULL OR m.expires_at > ?3) AND \(isInScope)\(condition)
        ORDER BY m.row LIMIT ?4
        """)
      select.bind(workspace)
      select.bind(place)
      select.bind(now)
      select.bind(limit < .max ? limit + 1 : limit)
      switch scope {
      case .records(let lead): if let lead { select.bind(lead) }
      case .episodes(let situation): select.bind(situation)
      }
      var page = ConsolidationPage(memories: [], next: nil)
      var last: Int64 = place
      while try select.step() {
        guard page.memories.count < limit else {
          page.next = last
          break
        }
        let row = try MemoryRow(reading: &select)
        page.memories.append(row.memory)
        last = row.row
      }
      return page
    }
  }

  package func consolidate(
    _ step: ConsolidationStep, events: @escaping @Sendable (ConsolidationEffect) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ConsolidationEffect {
    let database = database
    return try await database.writer.perform { connection in
      try ConsolidationRow.goOn(step, in: workspace, connection)
      let writer = MemoryWriter(workspace: workspace, connection: connection)
      let effect = try writer.consolidate(step)
      if !effect.isEmpty {
        for event in events(effect) {
          try database.row(of: event, in: workspace).append(to: connection)
        }
      }
      return effect
    }
  }

  package func rememberingWorkspaces() async throws(StoreError) -> [WorkspaceID] {
    try await database.pooled.read { connection in
      // Records are many: from each workspace straight to the next, by the index.
      var select = try connection.prepare(
        """
        WITH RECURSIVE found(workspace) AS (
          SELECT min(workspace) FROM memories
          UNION ALL
          SELECT (SELECT min(workspace) FROM memories WHERE workspace > found.workspace)
          FROM found WHERE found.workspace IS NOT NULL)
        SELECT workspace FROM found WHERE workspace IS NOT NULL
        """)
      var workspaces: [WorkspaceID] = []
      while try select.step() { workspaces.append(select.identifier(WorkspaceID.self)) }
      return workspaces
    }
  }
}

/// Scopes that follow each other by one column.
private enum ScopePart {
  case unowned
  case leads(after: String?)
  case situations(after: String?)

  static func parts(after scope: ConsolidationScope?) -> [ScopePart] {
    switch scope {
    case nil: [.unowned, .leads(after: nil), .situations(after: nil)]
    case .records(let lead): [.leads(after: lead?.rawValue), .situations(after: nil)]
    case .episodes(let situation): [.situations(after: situation)]
    }
  }

  var column: String {
    switch self {
    case .unowned, .leads: "lead_id"
    case .situations: "key"
    }
  }

  /// From where; the workspace is the first parameter, where to go on the second.
  var rows: String {
    switch self {
    case .unowned:
      "FROM memories WHERE workspace = ? AND retracted_at IS NULL AND lead_id IS NULL"
    case .leads:
      "FROM memories WHERE workspace = ? AND retracted_at IS NULL AND lead_id > ?"
    case .situations(nil):
      "FROM memories WHERE workspace = ? AND retracted_at IS NULL AND form = 'episode'"
    case .situations:
      """
      FROM memories WHERE workspace = ? AND retracted_at IS NULL AND form = 'episode' AND key > ?
      """
    }
  }

  func bind(_ workspace: WorkspaceID, to statement: inout SQLStatement) {
    statement.bind(workspace)
    switch self {
    case .unowned, .situations(nil): break
    // Every name is greater than nothing.
    case .leads(let lead): statement.bind(lead ?? "")
    case .situations(let situation?): statement.bind(situation)
    }
  }

  func scope(reading statement: inout SQLStatement) -> ConsolidationScope {
    switch self {
    case .unowned: .records(of: nil)
    case .leads: .records(of: statement.identifier(LeadID.self))
    case .situations: .episodes(of: statement.text())
    }
  }
}
