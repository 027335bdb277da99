package import Marketing

/// Records of memory in SQLite.
package struct SQLiteMemoryStore: MemoryStore {
  let database: SQLiteDatabase

  /// The versions of a name. Without an order that its index gives SQLite would rather read all that the
  /// workspace has recorded.
  static let versionSQL = """
    SELECT \(MemoryRow.selected) FROM memories AS m
    WHERE m.id = ? AND m.workspace = ? ORDER BY m.row
    """

  package func remember(
    _ memories: [AnalyzedMemory], events: @escaping @Sendable ([Remembered]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Remembered] {
    let database = database
    return try await database.writer.perform { connection in
      let writer = MemoryWriter(workspace: workspace, connection: connection)
      let fates = try memories.map { try writer.remember($0) }
      for event in events(fates) {
        try database.row(of: event, in: workspace).append(to: connection)
      }
      return fates
    }
  }

  package func memories(
    _ ids: [MemoryID], for reader: MemoryReader, knownAt: Timestamp, now: Timestamp,
    in workspace: WorkspaceID
  ) throws(StoreError) -> [MemoryRecord] {
    try database.readers.read { connection in
      try connection.reading {
        try ids.compactMap { id in
          var select = try connection.prepare(Self.versionSQL)
          select.bind(id)
          select.bind(workspace)
          var versions: [MemoryRecord] = []
          while try select.step() { versions.append(try MemoryRow(reading: &select).memory.record) }
          return reader.version(among: versions, knownAt: knownAt, now: now)
        }
      }
    }
  }

  package func versions(
    _ versions: [Int64], in workspace: WorkspaceID
  ) throws(StoreError) -> [Int64: MemoryRecord] {
    try database.readers.read { connection in
      try connection.reading {
        var found: [Int64: MemoryRecord] = [:]
        for version in versions {
          var select = try connection.prepare(
            "SELECT \(MemoryRow.selected) FROM memories AS m WHERE m.row = ? AND m.workspace = ?")
          select.bind(version)
          select.bind(workspace)
          if try select.step() { found[version] = try MemoryRow(reading: &select).memory.record }
        }
        return found
      }
    }
  }

  package func list(
    _ query: MemoryQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryPage {
    try await database.pooled.read { connection in
      let search = MemorySearch(query, in: workspace)
      var select = try connection.prepare(search.sql)
      search.bind(to: &select)
      var rows: [MemoryRow] = []
      while try select.step() { rows.append(try MemoryRow(reading: &select)) }
      let hasMore = rows.count > query.limit
      if hasMore { rows.removeLast() }
      return MemoryPage(
        rows.map { row in
          let record = row.memory.record
          return (record, MemoryPlace(of: record, version: row.row))
        }, hasMore: hasMore)
    }
  }

  package func forget(
    _ ids: [MemoryID], for reader: MemoryReader,
    events: @escaping @Sendable ([MemoryRecord]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [MemoryID] {
    let database = database
    return try await database.writer.perform { connection in
      let writer = MemoryWriter(workspace: workspace, connection: connection)
      let forgotten = try ids.compactMap { try writer.forget($0, for: reader) }
      if !forgotten.isEmpty {
        for event in events(forgotten) {
          try database.row(of: event, in: workspace).append(to: connection)
        }
      }
      return forgotten.map(\.id)
    }
  }

  package func noteUses(
    _ uses: [OwnedMemoryID: MemoryUse], extending lifetime: Duration?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      let writer = MemoryWriter(workspace: workspace, connection: connection)
      for (id, use) in uses { try writer.note(use, of: id, extending: lifetime) }
    }
  }

  package func sweep(expiredBy now: Timestamp, limit: Int) async throws(StoreError) -> Int {
    try await database.writer.perform { connection in
      var select = try connection.prepare(
        """
        SELECT m.workspace, \(MemoryRow.selected) FROM memories AS m
        WHERE m.expires_at <= ? ORDER BY m.expires_at LIMIT ?
        """)
      select.bind(now)
      select.bind(limit)
      var expired: [(WorkspaceID, MemoryRow)] = []
      while try select.step() {
        expired.append((select.identifier(), try MemoryRow(reading: &select)))
      }
      for (workspace, row) in expired { try row.delete(in: workspace, connection) }
      return expired.count
    }
  }

  package func changes(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryChanges? {
    try await database.pooled.read { connection in
      let start = try ChangeList.memory.start(after: place, in: workspace, connection)
      guard let start else { return nil }
      var select = try connection.prepare(
        """
        SELECT c.sequence, c.version, \(MemoryRow.selected)
        FROM memory_changes AS c LEFT JOIN memories AS m ON m.row = c.version
        WHERE c.workspace = ? AND c.sequence > ? ORDER BY c.sequence LIMIT ?
        """)
      select.bind(workspace)
      select.bind(start.sequence)
      select.bind(limit < .max ? limit + 1 : limit)
      var page = MemoryChanges(changes: [], place: start, hasMore: false)
      while try select.step() {
        guard page.changes.count < limit else {
          page.hasMore = true
          break
        }
        page.place.sequence = select.integer()
        let version = select.integer()
        if select.optionalInteger() == nil {
          page.changes.append(.deleted(version: version))
        } else {
          select.seek(toColumn: 2)
          page.changes.append(
            .stored(version: version, try MemoryRow(reading: &select).memory))
        }
      }
      return page
    }
  }

  package func latestChange(in workspace: WorkspaceID) throws(StoreError) -> Int64 {
    try database.readers.read { try ChangeList.memory.latest(in: workspace, $0) }
  }

  package func pruneChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int {
    try await ChangeList.memory.prune(keeping: newest, limit: limit, in: database)
  }
}
