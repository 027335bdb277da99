package import Marketing

extension SQLiteScoringModelStore {
  package func drift(
    of model: String, in workspace: WorkspaceID
  ) throws(StoreError) -> String? {
    try database.readers.read { try Self.drift(of: model, in: workspace, $0) }
  }

  private static func drift(
    of model: String, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> String? {
    var select = try connection.prepare(
      "SELECT content FROM model_drifts WHERE model = ? AND workspace = ?")
    select.bind(model)
    select.bind(workspace)
    return try select.step() ? select.text() : nil
  }

  package func changeDrift(
    of model: String, in workspace: WorkspaceID,
    _ change: @escaping @Sendable (_ stored: String?) -> DriftChange?
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      let stored = try Self.drift(of: model, in: workspace, connection)
      guard let change = change(stored) else { return }
      var replace = try connection.prepare(
        "INSERT OR REPLACE INTO model_drifts (model, workspace, content) VALUES (?, ?, ?)")
      replace.bind(model)
      replace.bind(workspace)
      replace.bind(change.content)
      try replace.run()
      if let event = change.event { try Self.log(event, in: workspace, connection) }
    }
  }

  package func workspaces() async throws(StoreError) -> [WorkspaceID] {
    try await database.pooled.read { connection in
      // Outcomes are many: from each workspace straight to the next, by the index.
      var select = try connection.prepare(
        """
        WITH RECURSIVE decided(workspace) AS (
          SELECT min(workspace) FROM outcomes
          UNION ALL
          SELECT (SELECT min(workspace) FROM outcomes WHERE workspace > decided.workspace)
          FROM decided WHERE decided.workspace IS NOT NULL)
        SELECT workspace FROM decided WHERE workspace IS NOT NULL
        UNION SELECT workspace FROM scoring_models
        UNION SELECT workspace FROM lesson_totals
        ORDER BY 1
        """)
      var workspaces: [WorkspaceID] = []
      while try select.step() { workspaces.append(select.identifier(WorkspaceID.self)) }
      return workspaces
    }
  }

  package func retrainingTime(in workspace: WorkspaceID) throws(StoreError) -> Timestamp? {
    try database.readers.read { connection in
      var select = try connection.prepare(
        "SELECT claimed_at FROM model_retrainings WHERE workspace = ?")
      select.bind(workspace)
      return try select.step() ? select.timestamp() : nil
    }
  }

  package func claimRetraining(
    at now: Timestamp, interval: Duration, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await database.writer.perform { connection in
      // A time far ahead was written by a clock that has been put right since.
      var claim = try connection.prepare(
        """
        INSERT INTO model_retrainings (workspace, claimed_at) VALUES (?1, ?2)
        ON CONFLICT (workspace) DO UPDATE SET claimed_at = ?2
        WHERE claimed_at <= ?3 OR claimed_at >= ?4
        """)
      claim.bind(workspace)
      claim.bind(now)
      claim.bind(now + (.zero - interval))
      claim.bind(now + interval)
      try claim.run()
      return connection.changedRows > 0
    }
  }

  package func releaseRetraining(
    to time: Timestamp?, in workspace: WorkspaceID
  ) async throws(StoreError) {
    try await database.writer.perform { connection in
      var release = try connection.prepare(
        time == nil
          ? "DELETE FROM model_retrainings WHERE workspace = ?1"
          : "UPDATE model_retrainings SET claimed_at = ?2 WHERE workspace = ?1")
      release.bind(workspace)
      if let time { release.bind(time) }
      try release.run()
    }
  }
}
