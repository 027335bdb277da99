package import Marketing

/// How the outbox is emptied.
package struct OutboxWorkerSettings: Sendable, Hashable {
  /// How long a claim holds; it is renewed while the message is being sent.
  package var lease: Duration
  /// How long a message waits that was deferred.
  package var backoff: Backoff
  /// When destinations are left alone.
  package var breaker: CircuitBreaker.Settings
  /// It looks at least so often, should no notice come.
  package var longestWait: Duration
  /// It looks no more often where it found nothing that it could take.
  package var shortestWait: Duration

  /// Settings.
  package init(
    lease: Duration = .seconds(180),
    backoff: Backoff = Backoff(base: .seconds(5), most: .seconds(3600)),
    breaker: CircuitBreaker.Settings = CircuitBreaker.Settings(),
    longestWait: Duration = .seconds(30), shortestWait: Duration = .seconds(1)
  ) {
    self.lease = lease
    self.backoff = backoff
    self.breaker = breaker
    self.longestWait = longestWait
    self.shortestWait = shortestWait
  }
}
