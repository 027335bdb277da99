/// A way on which messages leave. Whoever sends settles what the channel answered; a channel tries once and
/// keeps nothing.
package protocol MessageChannel: Sendable {
  /// What a circuit breaker watches: the server that this message goes through first, without personal data.
  func destination(of message: OutboundMessage) -> String

  /// Sends a message. Ends within the channel's own time limits; a task that is cancelled does not keep what
  /// was begun from ending.
  func send(_ attempt: DeliveryAttempt) async -> DeliveryOutcome

  /// Gives back what has not left yet, and takes nothing more: the process ends.
  func stop()
}

extension MessageChannel {
  /// Leaves what was begun to its end.
  package func stop() {}
}
