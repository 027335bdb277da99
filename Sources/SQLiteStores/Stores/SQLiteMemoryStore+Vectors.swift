package import Marketing

extension SQLiteMemoryStore: MemoryVectorStore {
  package func withoutVectors(
    of model: String, after version: Int64, limit: Int, now: Timestamp
  ) async throws(StoreError) -> [UnembeddedMemory] {
    try await database.pooled.read { connection in
      var select = try connection.prepare(
        """
        SELECT m.workspace, m.row, m.text FROM memories AS m
        WHERE m.row > ? AND m.retracted_at IS NULL AND (m.expires_at IS NULL OR m.expires_at > ?)
          AND NOT EXISTS (
            SELECT 1 FROM memory_vectors AS v WHERE v.version = m.row AND v.model = ?)
        ORDER BY m.row LIMIT ?
        """)
      select.bind(version)
      select.bind(now)
      select.bind(model)
      select.bind(limit)
      var found: [UnembeddedMemory] = []
      while try select.step() {
        found.append(
          UnembeddedMemory(
            workspace: select.identifier(), version: select.integer(), text: select.text()))
      }
      return found
    }
  }

  package func store(
    _ vectors: [MemoryVector], of model: String
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      for vector in vectors { try VectorRow.insert(vector, of: model, connection) }
    }
  }

  package func vectors(
    of model: String, after place: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> MemoryVectorPage {
    try await database.pooled.read { connection in
      var select = try connection.prepare(
        """
        SELECT place, version, vector FROM memory_vectors
        WHERE model = ? AND workspace = ? AND place > ? ORDER BY place LIMIT ?
        """)
      select.bind(model)
      select.bind(workspace)
      select.bind(place)
      select.bind(limit + 1)
      var page = MemoryVectorPage(vectors: [], place: place, hasMore: false)
      while try select.step() {
        guard page.vectors.count < limit else {
          page.hasMore = true
          break
        }
        page.place = select.integer()
        let version = select.integer()
        let vector = VectorRow.vector(of: select.optionalBlob() ?? [])
        page.vectors.append(MemoryVector(version: version, vector: vector))
      }
      return page
    }
  }

  package func latestVector(
    of model: String, in workspace: WorkspaceID
  ) throws(StoreError) -> Int64 {
    try database.readers.read { connection in
      var select = try connection.prepare(
        "SELECT max(place) FROM memory_vectors WHERE model = ? AND workspace = ?")
      select.bind(model)
      select.bind(workspace)
      return try select.step() ? select.optionalInteger() ?? 0 : 0
    }
  }
}
