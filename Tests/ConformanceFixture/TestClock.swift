import FoundationEssentials
import JSONRPC
package import MCP

/// A time of day that stands still until a test moves it.
package final class TestClock: Sendable {
  private let now = Locked(Int64(1_780_000_000_000))

  /// A clock that stands at a time of its own.
  package init() {}

  /// Moves it forward.
  package func advance(by duration: Duration) {
    let milliseconds =
      duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    now.withLock { $0 += milliseconds }
  }

  /// The clock as sessions use it.
  package var wallClock: WallClock {
    WallClock(
      milliseconds: { [now] in now.withLock { $0 } },
      iso8601: {
        Date(timeIntervalSince1970: Double($0) / 1000).formatted(
          Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      })
  }
}
