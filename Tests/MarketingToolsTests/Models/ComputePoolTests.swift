import Foundation
import JSONRPC
import Testing

@testable import MarketingTools

@Suite struct ComputePoolTests {
  /// Marks the thread that the test's own executor runs on.
  private static func thread() -> UInt { UInt(pthread_self()) }

  @Test func workAndItsChildrenLeaveTheCallersThread() async {
    let pool = ComputePool(width: 1)
    let caller = OneThread()
    let seen = await withTaskGroup(of: (UInt, [UInt]).self) { group in
      group.addTask(executorPreference: caller) {
        let own = Self.thread()
        let others = await pool.run {
          var threads = [Self.thread()]
          await withTaskGroup(of: UInt.self) { group in
            for _ in 0..<8 { group.addTask { Self.thread() } }
            for await thread in group { threads.append(thread) }
          }
          threads.append(Self.thread())
          return threads
        }
        return (own, others)
      }
      return await group.next()
    }
    #expect(seen?.1.count == 10)
    #expect(seen.map { $0.1.contains($0.0) } == false)
  }

  @Test func cancellationReachesTheWork() async {
    let pool = ComputePool(width: 1)
    let isCancelled = await withTaskGroup(of: Bool.self) { group in
      group.cancelAll()
      group.addTask { await pool.run { Task.isCancelled } }
      return await group.next()
    }
    #expect(isCancelled == true)
  }
}

/// Runs everything on one thread that nothing else uses, as a session does.
private final class OneThread: TaskExecutor {
  private let jobs = Locked<[UnownedJob]>([])
  private let signal = DispatchSemaphore(value: 0)

  init() {
    Thread { [self] in
      while true {
        signal.wait()
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    signal.signal()
  }
}
