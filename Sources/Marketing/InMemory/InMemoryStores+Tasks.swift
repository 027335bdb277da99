import JSONRPC

extension InMemoryStores: TaskRecordStore {
  @discardableResult
  package func save(
    _ record: TaskRecord, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try write(in: workspace) { (content) throws(StoreError) in
      guard content.tasks[record.id]?.hasEnded != true else { return (false, []) }
      content.tasks[record.id] = record
      return (true, [])
    }
  }

  package func record(
    _ id: String, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> TaskRecord? {
    read(in: workspace) { content in
      content.tasks[id].flatMap { $0.hasExpired(at: now) ? nil : $0 }
    }
  }

  package func removeExpired(at now: Timestamp) async throws(StoreError) {
    state.withLock { state in
      for (workspace, content) in state.workspaces {
        state.workspaces[workspace]?.tasks = content.tasks.filter { !$0.value.hasExpired(at: now) }
      }
    }
  }

  package func abandoned(
    before time: Timestamp
  ) throws(StoreError) -> [(WorkspaceID, TaskRecord)] {
    state.withLock { state in
      state.workspaces.flatMap { workspace, content in
        content.tasks.values.filter { !$0.hasEnded && $0.touchedAt < time }
          .map { (workspace, $0) }
      }
      .sorted { ($0.1.touchedAt, $0.1.id) < ($1.1.touchedAt, $1.1.id) }
    }
  }
}

extension TaskRecord {
  /// Whether the record may be forgotten by now.
  package func hasExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
