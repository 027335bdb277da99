/// The time of day, handed in so that tests can set it.
package struct WallClock: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: @Sendable () -> Int64
  /// A moment in milliseconds as ISO 8601 in UTC.
  package let iso8601: @Sendable (Int64) -> String

  /// A clock.
  package init(
    milliseconds: @escaping @Sendable () -> Int64, iso8601: @escaping @Sendable (Int64) -> String
  ) {
    self.milliseconds = milliseconds
    self.iso8601 = iso8601
  }
}
