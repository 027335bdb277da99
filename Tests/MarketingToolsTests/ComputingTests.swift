import Dispatch
import JSONRPC
import MCP
import Testing

@testable import MarketingTools

@Suite(.timeLimit(.minutes(1))) struct ComputingTests {
  /// A session's thread: whatever runs on it keeps everything else waiting.
  private final class SessionThread: TaskExecutor {
    private let queue = DispatchQueue(label: "session")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  @Test func theSessionsThreadIsFreeMeanwhile() async {
    let released = DispatchSemaphore(value: 0)
    await withTaskGroup(of: Void.self) { group in
      let thread = SessionThread()
      group.addTask(executorPreference: thread) {
        let result = try? await computing { released.wait(timeout: .now() + 20) }
        #expect(result == .success)
      }
      // Has its turn only when the first one is not in the way.
      group.addTask(executorPreference: thread) { released.signal() }
    }
  }

  @Test func workSeesThatItsTaskIsCancelled() async {
    let task = Task { () async throws(CallInterruption) -> Int in
      try await computing {
        while true { try Task.checkCancellation() }
      }
    }
    task.cancel()
    let result = await task.result
    guard case .failure(CallInterruption.cancelled) = result else {
      Issue.record("\(result)")
      return
    }
  }

  private struct Fault: Error {}

  @Test func faultsAreOurs() async {
    do {
      try await computing { throw Fault() }
      Issue.record("no error")
    } catch {
      guard case .protocolError(let problem) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(problem.code == .internalError)
    }
  }
}
