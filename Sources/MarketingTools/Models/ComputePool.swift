import Dispatch
import JSONRPC

/// Runs long computations on threads of their own, so that what waits for the network or a store never waits
/// for them.
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

  /// Runs work on the pool, with the children that it starts. A child task begins there; a preference alone
  /// would not move what stays with its caller.
  func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
    await withTaskGroup(of: Value.self) { group in
      group.addTask(executorPreference: self) { await work() }
      var value: Value?
      for await outcome in group { value = outcome }
      // A group ends only behind its only child, which has a value.
      guard let value else { preconditionFailure("a child task ended without its value") }
      return value
    }
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
