import ArgumentParser
import Foundation
import UnixSignals

/// Work that Ctrl-C and SIGTERM end in order.
enum Interruptible {
  /// The exit code of a command that was interrupted, as a shell tells it of SIGINT.
  private static let code: Int32 = 130
  /// So long may work that was cancelled take to end; a second signal ends it at once.
  private static let grace = Duration.seconds(5)

  private enum Step<Value: Sendable>: Sendable {
    case done(Value)
    case interrupted
  }

  /// Does work; a signal cancels it.
  /// - Parameter undone: what is told when it was cancelled.
  /// - Throws: what the work throws; `ExitCode` 130 when it was interrupted.
  static func run<Value: Sendable>(
    undone: String, bar: ProgressBar, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    // Before the work begins, so that no signal finds nobody.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let (interruptions, interruption) = AsyncStream<Void>.makeStream()
    return try await withThrowingTaskGroup(of: Void.self) { watch in
      // Signals can be waited for in one place only, and that must outlive the work's cancellation.
      watch.addTask {
        var isFirst = true
        for await _ in signals {
          if isFirst { interruption.yield() } else { stop() }
          isFirst = false
        }
      }
      defer { watch.cancelAll() }
      return try await withThrowingTaskGroup(of: Step<Value>.self) { group in
        group.addTask { .done(try await work()) }
        group.addTask {
          for await _ in interruptions { break }
          return .interrupted
        }
        let first = try await ended(&group, bar)
        guard case .interrupted = first else { return try value(first, &group) }
        group.cancelAll()
        watch.addTask {
          try await Task.sleep(for: grace)
          stop()
        }
        do {
          // What was done all the same, for it had got so far, is told as done.
          let last = try await ended(&group, bar)
          return try value(last, &group)
        } catch is CancellationError {
          FileHandle.standardError.write(Data("cancelled; \(undone)\n".utf8))
          throw ExitCode(code)
        }
      }
    }
  }

  private static func ended<Value: Sendable>(
    _ group: inout ThrowingTaskGroup<Step<Value>, any Error>, _ bar: ProgressBar
  ) async throws -> Step<Value> {
    do {
      guard let step = try await group.next() else { throw CancellationError() }
      bar.clear()
      return step
    } catch {
      bar.clear()
      group.cancelAll()
      throw error
    }
  }

  private static func value<Value: Sendable>(
    _ step: Step<Value>, _ group: inout ThrowingTaskGroup<Step<Value>, any Error>
  ) throws -> Value {
    group.cancelAll()
    guard case .done(let value) = step else { throw CancellationError() }
    return value
  }

  /// Ends the process when work does not end: it may wait for input that never comes.
  private static func stop() {
    FileHandle.standardError.write(Data("stopped before it was done\n".utf8))
    Foundation.exit(code)
  }
}
