import Dispatch
import MCP

/// Runs work of many milliseconds on a thread that all sessions share for it, so that none of them stands
/// still meanwhile. One such work runs at a time; the work sees the cancellation of its task.
/// - Throws: `.cancelled` when the work ended with `CancellationError`.
func computing<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws(CallInterruption) -> Value {
  do {
    return try await withTaskExecutorPreference(ComputingThread.shared) { try await run(work) }
  } catch is CancellationError {
    throw .cancelled
  } catch {
    throw .fault(error)
  }
}

/// On the preferred executor, which a function that stays with its caller would not go to.
@concurrent private func run<Value: Sendable>(
  _ work: @Sendable () throws -> Value
) async throws -> Value {
  try Task.checkCancellation()
  return try work()
}

private final class ComputingThread: TaskExecutor {
  static let shared = ComputingThread()

  private let queue = DispatchQueue(label: "leadrelay.computing")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
