import MCP

/// Computations of tools that are not about models: one thread for all sessions.
private let pool = ComputePool(width: 1)

/// Runs work of many milliseconds on a thread that all sessions share for it, so that none of them stands
/// still meanwhile. One such work runs at a time; the work sees the cancellation of its task.
/// - Throws: `.cancelled` when the work ended with `CancellationError`.
func computing<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws(CallInterruption) -> Value {
  let outcome = await pool.run {
    Result {
      try Task.checkCancellation()
      return try work()
    }
  }
  do {
    return try outcome.get()
  } catch is CancellationError {
    throw .cancelled
  } catch {
    throw .fault(error)
  }
}
