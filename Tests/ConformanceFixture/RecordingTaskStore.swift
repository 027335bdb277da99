import JSONRPC
package import MCP

/// A store of tasks that remembers every state it was given, in order, and can be told to fail or wait.
package final class RecordingTaskStore: TaskStore {
  /// What a store that is told to fail throws.
  package struct Failure: Error {
    /// A failure.
    package init() {}
  }

  /// Every state in the order it came.
  package let saved = Recorder<TaskState>()
  private let inner: InMemoryTaskStore
  private let left: Locked<[TaskState]>
  private let onSave: @Sendable (TaskState) async throws -> Void

  /// A store.
  /// - Parameters:
  ///   - left: what an earlier process has left behind.
  ///   - onSave: runs before each state is kept.
  package init(
    clock: WallClock, left: [TaskState] = [],
    onSave: @escaping @Sendable (TaskState) async throws -> Void = { _ in }
  ) {
    self.inner = InMemoryTaskStore(clock: clock)
    self.left = Locked(left)
    self.onSave = onSave
  }

  @discardableResult
  package func save(_ task: TaskState) async throws -> Bool {
    try await onSave(task)
    guard await inner.save(task) else { return false }
    saved.append(task)
    return true
  }

  package func task(_ id: String, owner: String) async throws -> TaskState? {
    await inner.task(id, owner: owner)
  }

  package func abandoned() async throws -> [TaskState] {
    left.withLock { (left: inout [TaskState]) in
      defer { left = [] }
      return left
    }
  }

  /// Leaves a task behind as another process does that is gone.
  package func leave(_ task: TaskState) async {
    await inner.save(task)
    left.withLock { $0.append(task) }
  }

  /// The states of one task in the order they were kept.
  package func history(of id: String) -> [TaskState.Status] {
    saved.values.filter { $0.id == id }.map(\.status)
  }
}
