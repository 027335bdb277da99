import JSONRPC
import MCP
import Testing

@testable import Gateway

/// The limiter on a clock that the test moves.
@Suite struct RateLimiterTests {
  /// A rate, and moments in milliseconds with whether a request is let through then.
  static let buckets: [(Double, [(Int, Bool)])] = [
    (2, [(0, true), (0, true), (0, true), (0, true), (0, false)]),
    (2, [(0, true), (0, true), (0, true), (0, true), (499, false), (501, true), (502, false)]),
    (1, [(0, true), (0, true), (0, false), (60_000, true), (60_000, true), (60_000, false)]),
    (0.5, [(0, true), (0, false), (1999, false), (2001, true)]),
    (0.001, [(0, true), (0, false), (999_000, false), (1_000_001, true)]),
  ]

  @Test(arguments: buckets.indices) func `a bucket gives what its rate fills`(_ place: Int) {
    let (perSecond, steps) = Self.buckets[place]
    let start = ContinuousClock.now
    let rate = TokenBucket.Rate(perSecond: perSecond)
    var bucket = TokenBucket(rate, at: start)
    for (number, step) in steps.enumerated() {
      let wait = bucket.take(rate, at: start + .milliseconds(step.0))
      #expect((wait == nil) == step.1, "step \(number)")
      if let wait { #expect(wait > .zero && wait <= .seconds(1 / perSecond)) }
    }
  }

  @Test func `whoever waits as long as told is let through`() {
    let start = ContinuousClock.now
    for perSecond in [0.01, 0.3, 1, 7, 1000] {
      let rate = TokenBucket.Rate(perSecond: perSecond)
      var bucket = TokenBucket(rate, at: start)
      var now = start
      for _ in 0..<20 {
        while let wait = bucket.take(rate, at: now) { now += wait + .nanoseconds(10) }
      }
      #expect(now - start <= .seconds(20 / perSecond))
    }
  }

  @Test func `a clock that goes back fills nothing`() {
    let start = ContinuousClock.now
    let rate = TokenBucket.Rate(perSecond: 0.5)
    var bucket = TokenBucket(rate, at: start)
    #expect(bucket.take(rate, at: start) == nil)
    #expect(bucket.take(rate, at: start - .seconds(100)) != nil)
    #expect(bucket.take(rate, at: start) != nil)
  }

  private func limiter(
    _ set: (inout RateLimiter.Limits) -> Void
  ) -> (RateLimiter, Locked<ContinuousClock.Instant>) {
    var limits = RateLimiter.Limits()
    set(&limits)
    let now = Locked(ContinuousClock.now)
    return (RateLimiter(limits) { now.withLock { $0 } }, now)
  }

  private let ann = Principal(name: "ann", scopes: [])
  private let elsewhere = Principal(name: "ann", workspace: "other", scopes: [])

  @Test func `each has a bucket of its own`() {
    let (limiter, now) = limiter { limits in
      limits.perAddress = 1
      limits.perCredential = 2
      limits.perTool = 1
    }
    for address in ["10.0.0.1", "10.0.0.2"] {
      #expect(limiter.admit(address: address) == nil)
      #expect(limiter.admit(address: address) == nil)
      #expect(limiter.admit(address: address) != nil)
    }
    for principal in [ann, elsewhere] {
      #expect(limiter.admit(principal, tool: "a") == nil)
      #expect(limiter.admit(principal, tool: "a") == nil)
      #expect(limiter.admit(principal, tool: "b") == nil)
      #expect(limiter.admit(principal, tool: nil) == nil)
      #expect(limiter.admit(principal, tool: "b") != nil)
    }
    now.withLock { $0 += .seconds(1) }
    #expect(limiter.admit(address: "10.0.0.1") == nil)
    #expect(limiter.admit(ann, tool: "a") == nil)
    #expect(limiter.admit(ann, tool: "a") != nil)
  }

  @Test func `what has more or fewer scopes shares its bucket`() {
    let (limiter, _) = limiter { $0.perCredential = 0.5 }
    #expect(limiter.admit(ann, tool: nil) == nil)
    #expect(limiter.admit(Principal(name: "ann", scopes: ["*"]), tool: nil) != nil)
  }

  @Test func `zero is no limit`() {
    let (limiter, _) = limiter { limits in
      limits.perAddress = 0
      limits.perCredential = 0
      limits.perTool = 0
    }
    for _ in 0..<5000 {
      #expect(limiter.admit(address: "10.0.0.1") == nil)
      #expect(limiter.admit(ann, tool: "a") == nil)
    }
  }

  @Test func `many addresses do not make one forgotten that asks too often`() {
    let (limiter, now) = limiter { $0.perAddress = 1 }
    for number in 0..<99_999 { _ = limiter.admit(address: "a\(number)") }
    now.withLock { $0 += .seconds(2) }
    for _ in 0..<2 { #expect(limiter.admit(address: "loud") == nil) }
    for number in 0..<10 { #expect(limiter.admit(address: "b\(number)") == nil) }
    #expect(limiter.admit(address: "loud") != nil)
  }
}
