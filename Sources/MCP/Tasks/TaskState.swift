package import JSONRPC

/// A tool call that runs as a task, as it is stored and shown.
package struct TaskState: Sendable, Hashable, Codable {
  /// The unguessable name.
  package var id: String
  /// Who started it: workspace and principal.
  package var owner: String
  /// The tool that runs.
  package var tool: String
  /// Where it stands.
  package var status: Status
  /// What it is doing, for people.
  package var statusMessage: String?
  /// When it was started, in milliseconds since the epoch.
  package var createdAt: Int64
  /// When it last changed, in milliseconds since the epoch.
  package var updatedAt: Int64
  /// How long it is kept, in milliseconds from its start.
  package var lifetime: Int64
  /// How long a client should wait between two looks, in milliseconds.
  package var pollInterval: Int64
  /// The tool's result, when completed.
  package var result: JSONObject?
  /// The JSON-RPC error, when failed.
  package var error: JSONValue?
  /// The questions that wait for an answer.
  package var inputRequests: JSONObject?

  /// Where a task stands.
  package enum Status: String, Sendable, Hashable, Codable {
    case working
    case inputRequired = "input_required"
    case completed, failed, cancelled

    /// Whether it will not change any more.
    package var isTerminal: Bool {
      switch self {
      case .working, .inputRequired: false
      case .completed, .failed, .cancelled: true
      }
    }
  }

  /// Makes it a task that has ended.
  mutating func end(
    as status: Status, result: JSONObject? = nil, error: RPCError? = nil, at now: Int64
  ) {
    self.status = status
    self.updatedAt = now
    self.result = result
    self.error = error?.json
    self.inputRequests = nil
  }

  /// The members that a client is shown.
  func json(_ clock: WallClock) -> JSONObject {
    var object: JSONObject = ["taskId": .string(id), "status": .string(status.rawValue)]
    object["statusMessage"] = statusMessage.map(JSONValue.string)
    object["createdAt"] = .string(clock.iso8601(createdAt))
    object["lastUpdatedAt"] = .string(clock.iso8601(updatedAt))
    object["ttlMs"] = .integer(lifetime)
    object["pollIntervalMs"] = .integer(pollInterval)
    switch status {
    case .working, .cancelled: break
    case .inputRequired: object["inputRequests"] = .object(inputRequests ?? [:])
    case .completed: object["result"] = .object(result ?? [:])
    case .failed: object["error"] = error
    }
    return object
  }
}

/// Keeps tasks across restarts.
package protocol TaskStore: Sendable {
  /// Stores a state; durable when it returns. A task that has ended does not change any more.
  /// - Returns: whether the state was stored; not when the stored task has ended already.
  @discardableResult
  func save(_ task: TaskState) async throws -> Bool
  /// The task; `nil` when there is none of this name or it has expired.
  func task(_ id: String, owner: String) async throws -> TaskState?
  /// Tasks that no process works on any more although they have not ended.
  func abandoned() async throws -> [TaskState]
}

/// Keeps tasks while the process lives.
package final class InMemoryTaskStore: TaskStore {
  private let tasks = Locked([String: TaskState]())
  private let clock: WallClock

  /// An empty store.
  package init(clock: WallClock) { self.clock = clock }

  @discardableResult
  package func save(_ task: TaskState) async -> Bool {
    let now = clock.milliseconds()
    return tasks.withLock { (tasks: inout [String: TaskState]) -> Bool in
      tasks = tasks.filter { $0.value.createdAt + $0.value.lifetime > now }
      guard tasks[task.id]?.status.isTerminal != true else { return false }
      tasks[task.id] = task
      return true
    }
  }

  package func task(_ id: String, owner: String) async -> TaskState? {
    let task = tasks.withLock { $0[id] }
    guard let task, task.owner == owner,
      task.createdAt + task.lifetime > clock.milliseconds()
    else { return nil }
    return task
  }

  package func abandoned() async -> [TaskState] { [] }
}
