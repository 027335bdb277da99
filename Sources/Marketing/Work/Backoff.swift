/// How long to wait before what failed is tried again: a time drawn evenly between nothing and a bound that
/// doubles with every attempt ("full jitter", Brooker, "Exponential Backoff And Jitter", 2015), so that what
/// failed together does not come back together.
package struct Backoff: Sendable, Hashable {
  /// The bound after the first attempt.
  package var base: Duration
  /// The bound never grows beyond this.
  package var most: Duration

  /// A back-off.
  package init(base: Duration = .seconds(2), most: Duration = .seconds(300)) {
    self.base = base
    self.most = most
  }

  /// The bound after so many attempts, from 1 on.
  package func bound(after attempts: Int) -> Duration {
    var bound = base
    for _ in 1..<max(1, attempts) where bound < most { bound += bound }
    return min(bound, most)
  }

  /// How long to wait after so many attempts, in whole milliseconds, at least one.
  package func delay(
    after attempts: Int, using generator: inout some RandomNumberGenerator
  ) -> Duration {
    let bound = max(1, bound(after: attempts).wholeMilliseconds)
    return .milliseconds(Int64.random(in: 1...bound, using: &generator))
  }
}
