import JSONRPC
package import MCP
package import Marketing

/// The protocol's tasks in the product's store, as text.
package struct StoredTasks: TaskStore {
  /// A process that has not written its task for this long is taken for dead; the engine writes every
  /// 15 seconds.
  private static let silence = Duration.seconds(60)

  private let records: any TaskRecordStore
  private let now: @Sendable () -> Timestamp

  /// Tasks in a store.
  package init(_ records: any TaskRecordStore, now: @escaping @Sendable () -> Timestamp) {
    self.records = records
    self.now = now
  }

  package func save(_ task: TaskState) async throws {
    let content = JSONWriter.text(of: try JSONValueEncoder().encode(task))
    let record = TaskRecord(
      id: task.id, principal: task.owner, hasEnded: task.status.isTerminal, touchedAt: now(),
      expiresAt: Timestamp(milliseconds: task.createdAt + task.lifetime), content: content)
    try await records.save(record, in: Self.workspace(task.owner))
    if task.status.isTerminal { try await records.removeExpired(at: now()) }
  }

  package func task(_ id: String, owner: String) async throws -> TaskState? {
    guard let record = try records.record(id, at: now(), in: Self.workspace(owner)),
      record.principal == owner
    else { return nil }
    return try Self.state(record)
  }

  package func abandoned() async throws -> [TaskState] {
    try records.abandoned(before: now() + (.zero - Self.silence)).map { try Self.state($0.1) }
  }

  private static func state(_ record: TaskRecord) throws -> TaskState {
    let json = try JSONParser(maximumBytes: .max).parse(record.content)
    return try JSONValueDecoder().decode(TaskState.self, from: json)
  }

  /// An owner is a workspace, a slash and a principal.
  private static func workspace(_ owner: String) -> WorkspaceID {
    WorkspaceID(rawValue: String(owner.prefix { $0 != "/" }))
  }
}
