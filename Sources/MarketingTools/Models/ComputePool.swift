import Dispatch
import JSONRPC

/// Runs long computations on threads of their own, so that what waits for the network or a store never waits
/// for them. A task executor: `withTaskExecutorPreference(pool)` brings structured work onto it.
package final class ComputePool: TaskExecutor {
  private struct State: Sendable {
    var waiting: [UnownedJob] = []
    var running = 0
  }

  private let width: Int
  private let queue: DispatchQueue
  private let state = Locked(State())

  /// - Parameter width: how many jobs run at a time, 1 or more.
  package init(width: Int) {
    self.width = max(1, width)
    queue = DispatchQueue(label: "leadrelay.compute", qos: .utility, attributes: .concurrent)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isNeeded = state.withLock { state in
      state.waiting.append(job)
      guard state.running < width else { return false }
      state.running += 1
      return true
    }
    if isNeeded { queue.async { self.work() } }
  }

  private func work() {
    while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func next() -> UnownedJob? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.running -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
  }
}
