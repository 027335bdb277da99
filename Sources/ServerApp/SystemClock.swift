import Glibc
package import MCP
package import Marketing

/// The system's clock in the shapes that the layers below ask for.
package enum SystemClock {
  /// The time now, to the millisecond.
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The clock as sessions and tasks use it.
  package static let wallClock = WallClock(
    milliseconds: { now().milliseconds }, iso8601: { Timestamp(milliseconds: $0).iso8601 })
}
