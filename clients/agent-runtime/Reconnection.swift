/// How long to wait before a server is tried again: longer each time, and by chance, so that not all agents come
/// back at once.
struct Reconnection {
  private static let first = Duration.milliseconds(200)
  private static let longest = Duration.seconds(10)

  private var failures = 0

  /// Notes that the server was reached.
  mutating func succeeded() { failures = 0 }

  /// Notes that it was not.
  /// - Returns: how long to wait: between nothing and twice as long as the time before at most.
  mutating func failed(using generator: inout some RandomNumberGenerator) -> Duration {
    let ceiling = min(Self.longest, Self.first * (1 << min(failures, 10)))
    failures += 1
    return ceiling * Double.random(in: 0..<1, using: &generator)
  }
}
