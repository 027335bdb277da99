import JSONRPC
package import NIOCore

/// Runs tasks on an event loop, so that what a connection's bytes set off needs no change of thread
/// (SE-0417).
///
/// Ready jobs run together, one turn of the loop for all of them. It can be paused: a connection whose
/// peer does not read holds up the work of its own session.
package final class EventLoopExecutor: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isScheduled = false
    var isPaused = false
  }

  /// Where the tasks run.
  package let eventLoop: any EventLoop
  private let state = Locked(State())

  /// An executor on a loop, which must outlive all of its tasks.
  package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustSchedule = state.withLock { (state: inout State) -> Bool in
      state.jobs.append(job)
      guard !state.isScheduled, !state.isPaused else { return false }
      state.isScheduled = true
      return true
    }
    if mustSchedule { eventLoop.execute { self.runJobs() } }
  }

  /// Holds up what is not running yet.
  func pause() { state.withLock { $0.isPaused = true } }

  /// Goes on after `pause`.
  func resume() {
    let mustSchedule = state.withLock { (state: inout State) -> Bool in
      guard state.isPaused else { return false }
      state.isPaused = false
      guard !state.isScheduled, !state.jobs.isEmpty else { return false }
      state.isScheduled = true
      return true
    }
    if mustSchedule { eventLoop.execute { self.runJobs() } }
  }

  /// How long jobs run before the loop looks at its sockets again: work that keeps making more work must
  /// not keep a cancellation waiting.
  private static let turn = TimeAmount.microseconds(500)
  /// Long enough that the loop does not take the rest for ready at once.
  private static let breath = TimeAmount.microseconds(20)

  private func runJobs() {
    let end = NIODeadline.now() + Self.turn
    var ready: ArraySlice<UnownedJob> = []
    while let job = next(&ready) {
      job.runSynchronously(on: asUnownedTaskExecutor())
      if NIODeadline.now() >= end {
        putBack(ready)
        eventLoop.scheduleTask(in: Self.breath) { self.runJobs() }
        return
      }
    }
  }

  /// The next job; `nil` when there is none, or none may run, and nothing is scheduled any more.
  private func next(_ ready: inout ArraySlice<UnownedJob>) -> UnownedJob? {
    if let job = ready.popFirst() { return job }
    ready = state.withLock { (state: inout State) -> ArraySlice<UnownedJob> in
      if state.isPaused || state.jobs.isEmpty {
        state.isScheduled = false
        return []
      }
      defer { state.jobs = [] }
      return state.jobs[...]
    }
    return ready.popFirst()
  }

  private func putBack(_ rest: ArraySlice<UnownedJob>) {
    guard !rest.isEmpty else { return }
    state.withLock { $0.jobs.insert(contentsOf: rest, at: 0) }
  }
}
