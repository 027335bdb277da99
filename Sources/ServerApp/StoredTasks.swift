import JSONRPC
package import MCP
package import Marketing

/// The protocol's tasks in the product's store, as text, each with the process that works on it.
package struct StoredTasks: TaskStore {
  /// A process of which it cannot be told whether it runs is taken for dead when it has not written its
  /// task for this long; the engine writes every 5 seconds.
  private static let silence = Duration.seconds(60)
  private static let runner = "runner"

  private let records: any TaskRecordStore
  private let process: ProcessIdentity
  private let now: @Sendable () -> Timestamp

  /// Tasks in a store.
  /// - Parameter process: works on the tasks that are saved.
  package init(
    _ records: any TaskRecordStore, process: ProcessIdentity = .current,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.records = records
    self.process = process
    self.now = now
  }

  @discardableResult
  package func save(_ task: TaskState) async throws -> Bool {
    var object = try JSONValueEncoder().encode(task).objectValue ?? [:]
    object[Self.runner] = .string(process.text)
    let content = JSONWriter.text(of: .object(object))
    let record = TaskRecord(
      id: task.id, principal: task.owner, hasEnded: task.status.isTerminal, touchedAt: now(),
      expiresAt: Timestamp(milliseconds: task.createdAt + task.lifetime), content: content)
    let isStored = try await records.save(record, in: Self.workspace(task.owner))
    if task.status.isTerminal { try await records.removeExpired(at: now()) }
    return isStored
  }

  package func task(_ id: String, owner: String) async throws -> TaskState? {
    guard let record = try records.record(id, at: now(), in: Self.workspace(owner)),
      record.principal == owner
    else { return nil }
    return try Self.state(record)
  }

  package func abandoned() async throws -> [TaskState] {
    let silent = now() + (.zero - Self.silence)
    // Also those that were written a moment ago: their process may be gone since.
    return try records.abandoned(before: now() + .days(1)).compactMap { _, record in
      // One that cannot be read keeps no other from being ended.
      guard let json = try? Self.json(record),
        let task = try? JSONValueDecoder().decode(TaskState.self, from: json)
      else { return nil }
      let isRunning = json[Self.runner]?.stringValue.flatMap(process.isRunning)
      return isRunning.map { !$0 } ?? (record.touchedAt < silent) ? task : nil
    }
  }

  private static func json(_ record: TaskRecord) throws -> JSONValue {
    try JSONParser(maximumBytes: .max).parse(record.content)
  }

  private static func state(_ record: TaskRecord) throws -> TaskState {
    try JSONValueDecoder().decode(TaskState.self, from: json(record))
  }

  /// An owner is a workspace, a slash and a principal.
  private static func workspace(_ owner: String) -> WorkspaceID {
    WorkspaceID(rawValue: String(owner.prefix { $0 != "/" }))
  }
}
