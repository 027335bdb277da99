/// A bucket that fills with tokens at a steady rate up to its size; each message takes one.
package struct SendRate: Sendable, Hashable {
  /// Tokens a second; 0 for no limit.
  package let perSecond: Double
  /// How many it holds.
  package let burst: Int
  private var tokens: Double
  private var filledAt: Timestamp

  /// A full bucket that holds what a second brings, one token at least.
  package init(perSecond: Double, at now: Timestamp) {
    self.init(perSecond: perSecond, burst: Int(max(1, perSecond.rounded(.down))), at: now)
  }

  /// A full bucket.
  package init(perSecond: Double, burst: Int, at now: Timestamp) {
    self.perSecond = perSecond
    self.burst = burst
    tokens = Double(burst)
    filledAt = now
  }

  /// How many messages may go now.
  package mutating func available(at now: Timestamp) -> Int {
    guard perSecond > 0 else { return .max }
    let seconds = Double((now - filledAt).wholeMilliseconds) / 1000
    // A clock that goes back fills nothing and takes nothing away.
    if seconds > 0 { tokens = min(Double(burst), tokens + seconds * perSecond) }
    filledAt = now
    return Int(tokens)
  }

  /// Takes tokens that are there, or gives some back that were not used (a negative number).
  package mutating func take(_ count: Int) {
    if perSecond > 0 { tokens = min(Double(burst), tokens - Double(count)) }
  }

  /// When there will be a token, as the bucket was last filled.
  package var next: Timestamp {
    guard perSecond > 0, tokens < 1 else { return filledAt }
    return filledAt + .milliseconds(Int64(((1 - tokens) / perSecond * 1000).rounded(.up)))
  }
}
