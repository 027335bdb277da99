package import NIOCore

/// Runs tasks on an event loop, so that a session's work and its connection's need no change of thread.
package final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  /// An executor for a loop.
  package init(_ loop: any EventLoop) { self.loop = loop }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    UnownedTaskExecutor(ordinary: self)
  }
}
