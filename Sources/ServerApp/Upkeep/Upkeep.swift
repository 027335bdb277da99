import JSONRPC
import Logging
import Marketing
import ServiceLifecycle

/// What services have in common that look again and again whether there is something to do.
enum Upkeep {
  /// Waits until it is time to look again.
  /// - Parameter pause: returns then.
  /// - Returns: whether it is time to look again, and not to end.
  static func isTimeAgain(after pause: @escaping @Sendable () async throws -> Void) async -> Bool {
    let isOver: Void? = try? await cancelWhenGracefulShutdown { try await pause() }
    return isOver != nil && !Task.isCancelled && !Task.isShuttingDownGracefully
  }

  /// Takes small steps, so that nobody else who writes waits long, until one finds less than it may take. What is
  /// left after the most steps waits for the next time.
  /// - Parameter take: takes a step of at most so many, and says how many it took.
  static func inSteps(
    of size: Int, atMost steps: Int, _ take: (_ limit: Int) async throws(StoreError) -> Int
  ) async throws(StoreError) {
    for _ in 0..<steps where !Task.isCancelled {
      if try await take(size) < size { return }
    }
  }
}

/// Says that something goes wrong once, until it has gone well again.
final class FailureNotice: Sendable {
  private let message: Logger.Message
  private let logger: Logger
  private let hasFailed = Locked(false)

  /// - Parameter message: what is said.
  init(_ message: Logger.Message, logger: Logger) {
    self.message = message
    self.logger = logger
  }

  /// Notes how it went this time.
  /// - Parameter failure: what went wrong; `nil` for nothing.
  func note(_ failure: StoreError?) {
    let isNew = hasFailed.withLock { failed in
      defer { failed = failure != nil }
      return !failed
    }
    guard let failure, isNew else { return }
    logger.warning(message, metadata: ["cause": "\(failure)"])
  }
}

/// What is done at most once in a while.
final class Interval: Sendable {
  private let length: Duration
  private let last = Locked<Timestamp?>(nil)

  /// - Parameter length: from one time to the next.
  init(_ length: Duration) { self.length = length }

  /// Whether it is to be done now; taken for done then. Also when the clock was set back.
  func isOver(at now: Timestamp) -> Bool {
    let length = length
    return last.withLock { last in
      if let known = last, now >= known, now < known + length { return false }
      last = now
      return true
    }
  }
}
