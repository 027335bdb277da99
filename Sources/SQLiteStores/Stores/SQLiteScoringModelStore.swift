import JSONRPC
package import Marketing

/// Trained models, which of them answers, and what was learned, in SQLite.
package struct SQLiteScoringModelStore: ScoringModelStore {
  let database: SQLiteDatabase

  package func add(
    _ model: NewScoringModel, role: ScoringModelRole,
    events: @escaping @Sendable (StoredModel) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> StoredModel {
    let report = try Self.json(of: model.report)
    return try await database.writer.perform { connection in
      let stored = try ScoringModelRow.insert(model, report: report, in: workspace, connection)
      var row = try ScoringChoicesRow(in: workspace, connection)
      switch role {
      case .stored: break
      case .challenger: _ = try row.challenge(with: stored.id)
      case .active: _ = try row.activate(.trained(stored.id), at: model.createdAt)
      }
      for event in events(stored) { try Self.log(event, in: workspace, connection) }
      return stored
    }
  }

  package func models(
    named name: String?, in workspace: WorkspaceID
  ) async throws(StoreError) -> [StoredModel] {
    try await database.pooled.read { try ScoringModelRow.list(named: name, in: workspace, $0) }
  }

  package func model(
    _ id: ScoringModelID, in workspace: WorkspaceID
  ) throws(StoreError) -> StoredModel? {
    try database.readers.read { try ScoringModelRow.find(id, in: workspace, $0) }
  }

  package func content(
    of id: ScoringModelID, in workspace: WorkspaceID
  ) async throws(StoreError) -> [UInt8]? {
    try await database.pooled.read { try ScoringModelRow.content(of: id, in: workspace, $0) }
  }

  package func choices(in workspace: WorkspaceID) throws(StoreError) -> ScoringChoices {
    try database.readers.read { try ScoringChoicesRow(in: workspace, $0).choices }
  }

  package func activate(
    _ choice: ScoringChoice, at now: Timestamp, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try await database.writer.perform { connection in
      if case .trained(let id) = choice {
        try ScoringModelRow.require(id, in: workspace, connection)
      }
      var row = try ScoringChoicesRow(in: workspace, connection)
      if try row.activate(choice, at: now) { try Self.log(event, in: workspace, connection) }
      return row.choices
    }
  }

  package func rollBack(
    at now: Timestamp, event: @escaping @Sendable (ScoringChoices) -> Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try await database.writer.perform { connection in
      var row = try ScoringChoicesRow(in: workspace, connection)
      try row.rollBack(at: now)
      try Self.log(event(row.choices), in: workspace, connection)
      return row.choices
    }
  }

  package func setChallenger(
    _ id: ScoringModelID?, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> ScoringChoices {
    try await database.writer.perform { connection in
      var row = try ScoringChoicesRow(in: workspace, connection)
      if let id {
        try ScoringModelRow.require(id, in: workspace, connection)
        guard row.choices.active != .trained(id) else { throw StoreError.isActive(id) }
      }
      if try row.challenge(with: id) { try Self.log(event, in: workspace, connection) }
      return row.choices
    }
  }

  private static func json(of report: ModelReport) throws(StoreError) -> [UInt8] {
    do {
      return try JSONValueEncoder().bytes(of: report)
    } catch {
      throw StoreError(
        .corrupt, "The model's report holds a number that cannot be stored", cause: "\(error)")
    }
  }

  /// Events of models concern no lead and hold nothing personal.
  static func log(
    _ event: Event, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    try EventRow(event, key: nil, in: workspace).append(to: connection)
  }
}
