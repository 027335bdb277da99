import JSONRPC
import MCP

/// Limits how many requests an address and a credential may make, and how often a credential may call
/// one tool. One that makes too many is told when to come back; nobody else notices.
package final class RateLimiter: Sendable {
  /// The limits, in requests a second; 0 for none. Twice as many may come at once.
  package struct Limits: Sendable, Hashable {
    /// From one address, whoever makes them.
    package var perAddress = 2000.0
    /// With one credential.
    package var perCredential = 1000.0
    /// With one credential, to one tool.
    package var perTool = 500.0

    /// The defaults.
    package init() {}
  }

  private enum Key: Hashable {
    case address(String)
    case credential(workspace: String, name: String)
    case tool(workspace: String, name: String, tool: String)
  }

  /// How many buckets are remembered; then full ones are forgotten, and if there are none, all: an
  /// attacker with that many addresses is not stopped by this.
  private static let most = 100_000

  private let limits: Limits
  private let now: @Sendable () -> ContinuousClock.Instant
  private let buckets = Locked([Key: TokenBucket]())

  /// A limiter.
  package init(
    _ limits: Limits = Limits(),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limits = limits
    self.now = now
  }

  /// Counts a request from an address.
  /// - Returns: `nil` when it may go on; else how long to wait.
  func admit(address: String) -> Duration? { take([(.address(address), limits.perAddress)]) }

  /// Counts a request of a principal, and the call of a tool that it is.
  /// - Returns: `nil` when it may go on; else how long to wait.
  func admit(_ principal: Principal, tool: String?) -> Duration? {
    let (workspace, name) = (principal.workspace, principal.name)
    var keys = [(Key.credential(workspace: workspace, name: name), limits.perCredential)]
    if let tool {
      keys.append((.tool(workspace: workspace, name: name, tool: tool), limits.perTool))
    }
    return take(keys)
  }

  private func take(_ wanted: [(Key, Double)]) -> Duration? {
    let now = now()
    return buckets.withLock { (buckets: inout [Key: TokenBucket]) -> Duration? in
      for (key, perSecond) in wanted where perSecond > 0 {
        let rate = TokenBucket.Rate(perSecond: perSecond)
        if buckets[key] == nil, buckets.count >= Self.most { forget(&buckets, at: now) }
        if let wait = buckets[key, default: TokenBucket(rate, at: now)].take(rate, at: now) {
          return wait
        }
      }
      return nil
    }
  }

  private func forget(_ buckets: inout [Key: TokenBucket], at now: ContinuousClock.Instant) {
    buckets = buckets.filter { key, bucket in
      var bucket = bucket
      return !bucket.isFull(TokenBucket.Rate(perSecond: rate(of: key)), at: now)
    }
    if buckets.count >= Self.most { buckets = [:] }
  }

  private func rate(of key: Key) -> Double {
    switch key {
    case .address: limits.perAddress
    case .credential: limits.perCredential
    case .tool: limits.perTool
    }
  }
}
