import ConformanceFixture
import JSONRPC
import NIOCore
import NIOPosix
import Testing

@testable import MCPWebSocket

/// Tasks on an event loop.
@Suite(.timeLimit(.minutes(2))) struct EventLoopExecutorTests {
  private let loop = MultiThreadedEventLoopGroup.singleton.next()

  @Test func `tasks run on the loop, and their children too`() async {
    let executor = EventLoopExecutor(loop)
    let places = await withTaskExecutorPreference(executor) {
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<100 { group.addTask { loop.inEventLoop } }
        var all = [loop.inEventLoop]
        for await place in group { all.append(place) }
        return all
      }
    }
    #expect(places.count == 101)
    #expect(places.allSatisfy { $0 })
  }

  @Test func `a paused executor holds up its tasks and nobody else's`() async {
    let executor = EventLoopExecutor(loop)
    let other = EventLoopExecutor(loop)
    let order = Recorder<String>()
    executor.pause()
    await withDiscardingTaskGroup { group in
      group.addTask(executorPreference: executor) { order.append("held") }
      await withTaskExecutorPreference(other) { order.append("other") }
      executor.resume()
    }
    #expect(order.values == ["other", "held"])
  }

  @Test func `work without an end lets the loop do something else`() async {
    let executor = EventLoopExecutor(loop)
    let isDone = Signal()
    await withDiscardingTaskGroup { group in
      group.addTask(executorPreference: executor) {
        while !isDone.isSet { await Task.yield() }
      }
      // The loop takes its timers in between.
      loop.scheduleTask(in: .milliseconds(1)) { isDone.set() }
    }
    #expect(isDone.isSet)
  }
}
