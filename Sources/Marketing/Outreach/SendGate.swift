/// What is to become of a message at the moment when it would be sent.
package enum SendDecision: Sendable, Hashable {
  /// It is sent.
  case go
  /// It is looked at again at a time; a gate is shut until then.
  case postpone(until: Timestamp, gate: String)
  /// It is not sent at all, as a gate has it.
  case stop(gate: String)
}

/// Looks at whether a message may be sent now. What fails there has to postpone: nothing goes through a gate that
/// nobody looked at.
package typealias SendGate = @Sendable (DeliveryAttempt, Timestamp) async -> SendDecision

/// Tells what follows from an attempt that brought a message to its end, or may have, to be stored with that; `nil`
/// for nothing.
package typealias DeliveryEffects =
  @Sendable (DeliveryAttempt, DeliveryOutcome, Timestamp) async -> OutreachEffects?
