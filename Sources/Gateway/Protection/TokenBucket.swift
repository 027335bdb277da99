/// A bucket that fills with tokens at a steady rate up to its size; each request takes one.
struct TokenBucket: Sendable, Hashable {
  /// How fast a bucket fills and how much it holds.
  struct Rate: Sendable, Hashable {
    /// Tokens a second; 0 for no limit.
    var perSecond: Double
    /// How many it holds.
    var burst: Double

    /// A rate whose bucket holds what two seconds bring.
    init(perSecond: Double) {
      self.perSecond = perSecond
      self.burst = max(1, perSecond * 2)
    }
  }

  private var tokens: Double
  private var filledAt: ContinuousClock.Instant

  /// A full bucket.
  init(_ rate: Rate, at now: ContinuousClock.Instant) {
    tokens = rate.burst
    filledAt = now
  }

  /// Takes a token.
  /// - Returns: `nil` when there was one; else how long until there is.
  mutating func take(_ rate: Rate, at now: ContinuousClock.Instant) -> Duration? {
    fill(rate, at: now)
    guard tokens < 1 else {
      tokens -= 1
      return nil
    }
    return .seconds((1 - tokens) / rate.perSecond)
  }

  /// Whether nobody has taken from it lately, so that it need not be remembered.
  mutating func isFull(_ rate: Rate, at now: ContinuousClock.Instant) -> Bool {
    fill(rate, at: now)
    return tokens >= rate.burst
  }

  private mutating func fill(_ rate: Rate, at now: ContinuousClock.Instant) {
    let passed = now - filledAt
    let seconds =
      Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    guard seconds > 0 else { return }
    tokens = min(rate.burst, tokens + seconds * rate.perSecond)
    filledAt = now
  }
}
