import JSONRPC
import Marketing

/// A write on its way to the disk.
protocol PendingWrite: AnyObject, Sendable {
  /// Does the work within the writer's transaction.
  /// - Returns: whether it shall be kept.
  func execute(in connection: SQLConnection) -> Bool

  /// Tells the caller, exactly once: the work's own result, or what kept it from being stored.
  func finish(_ failure: StoreError?)

  /// Marks the write as not wanted any more, for the case that it is not in the queue yet.
  func cancel()

  /// Whether the caller has given up.
  var isCancelled: Bool { get }
}

/// A write with the type of its result.
final class Write<Value: Sendable>: PendingWrite {
  private struct State: Sendable {
    var continuation: CheckedContinuation<Result<Value, StoreError>, Never>?
    var result: Result<Value, StoreError>?
    var isCancelled = false
  }

  private let body: @Sendable (SQLConnection) throws -> Value
  private let state = Locked(State())

  init(_ body: @escaping @Sendable (SQLConnection) throws -> Value) { self.body = body }

  func wait(_ continuation: CheckedContinuation<Result<Value, StoreError>, Never>) {
    state.withLock { $0.continuation = continuation }
  }

  func execute(in connection: SQLConnection) -> Bool {
    let result: Result<Value, StoreError>
    do {
      result = .success(try body(connection))
    } catch {
      result = .failure(StoreError(error))
    }
    state.withLock { $0.result = result }
    return if case .success = result { true } else { false }
  }

  func finish(_ failure: StoreError?) {
    let (continuation, result) = state.withLock { state in
      defer { state.continuation = nil }
      return (state.continuation, state.result)
    }
    // A write that failed by itself keeps its own reason when the whole batch fails.
    if let failure, case .success? = result {
      continuation?.resume(returning: .failure(failure))
    } else {
      continuation?.resume(returning: result ?? .failure(failure ?? .cancelled))
    }
  }

  func cancel() { state.withLock { $0.isCancelled = true } }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }
}
