/// A message in the outbox with what became of it.
package struct OutboxEntry: Sendable, Hashable {
  /// The message.
  package var message: OutboundMessage
  /// Where it stands.
  package var state: State
  /// How often it was sent, or begun to be.
  package var attempts: Int
  /// Rises with every claim.
  package var claim: Int64
  /// Until when whoever claimed it may go on; `nil` when nobody has.
  package var leaseUntil: Timestamp?
  /// Whether the person may have got it twice, or may if it is sent again.
  package var isPossibleDuplicate: Bool
  /// What the channel answered last.
  package var answer: DeliveryAnswer?
  /// Why it is not to be sent again: a gate, or who asked.
  package var cancelReason: String?
  /// When it came to its end.
  package var settledAt: Timestamp?

  /// Where a message stands.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It waits for its time.
    case queued
    /// Somebody looks at whether it may be sent.
    case claimed
    /// It is being sent.
    case sending
    case delivered
    /// The channel will never take it.
    case refused
    /// It was taken back before it was sent.
    case cancelled
    /// Its attempts are used up: a person must look.
    case dead

    /// Whether nothing more will be done by itself.
    package var isFinal: Bool {
      switch self {
      case .queued, .claimed, .sending: false
      case .delivered, .refused, .cancelled, .dead: true
      }
    }
  }

  /// Whether the person may have it: before, nobody can know what became of it.
  package var mayHaveLeft: Bool { state == .delivered || state == .sending || isPossibleDuplicate }

  /// A new message's entry.
  package init(_ message: OutboundMessage) {
    self.message = message
    state = .queued
    attempts = 0
    claim = 0
    isPossibleDuplicate = false
  }
}

/// What is to become of a message that somebody has claimed.
package enum OutboxSettlement: Sendable, Hashable {
  /// The channel has it.
  case delivered(DeliveryAnswer)
  /// It is sent again at a time; when its attempts are used up, it is dead instead.
  case deferred(DeliveryAnswer, until: Timestamp, mayHaveArrived: Bool)
  /// It is claimed again at a time, and this attempt did not take place: nothing has left.
  case postponed(until: Timestamp)
  /// The channel will never take it.
  case refused(DeliveryAnswer)
  /// It is not to be sent, for a reason without personal data.
  case cancelled(reason: String)
}

// The rules that both backends keep. They say nothing of who holds the message: that is looked at before.
extension OutboxEntry {
  /// Gives the message to one who claims it.
  /// - Returns: whether there is something to be done: not when it was cancelled while it was being sent. Of one whose
  ///   attempts were used up by processes that ended that has to be said.
  package mutating func take(until lease: Timestamp, at now: Timestamp) -> Bool {
    if state == .sending {
      // Whoever sent it ended without saying how far it came.
      isPossibleDuplicate = true
      answer = .interrupted
      if cancelReason != nil {
        end(.cancelled, at: now)
        return false
      }
    }
    state = .claimed
    claim += 1
    leaseUntil = lease
    return true
  }

  /// Notes that it is being sent from now on.
  package mutating func begin(until lease: Timestamp) {
    state = .sending
    attempts += 1
    leaseUntil = lease
  }

  /// Makes the claim of who is sending it hold anew.
  /// - Returns: whether it was still that attempt's.
  package mutating func hold(_ attempt: DeliveryAttempt, until lease: Timestamp) -> Bool {
    guard state == .sending, claim == attempt.claim else { return false }
    // Never shorter than it was: clocks of machines differ.
    leaseUntil = max(lease, leaseUntil ?? lease)
    return true
  }

  /// Notes what came of it.
  package mutating func settle(_ settlement: OutboxSettlement, at now: Timestamp) {
    switch settlement {
    case .delivered(let answer):
      self.answer = answer
      end(.delivered, at: now)
    case .refused(let answer):
      self.answer = answer
      end(.refused, at: now)
    case .cancelled(let reason):
      cancelReason = reason
      end(.cancelled, at: now)
    case .postponed(let until):
      if state == .sending { attempts -= 1 }
      if cancelReason != nil {
        end(.cancelled, at: now)
      } else {
        wait(until: until)
      }
    case .deferred(let answer, let until, let mayHaveArrived):
      self.answer = answer
      if mayHaveArrived { isPossibleDuplicate = true }
      if cancelReason != nil {
        end(.cancelled, at: now)
      } else if attempts >= message.maxAttempts {
        end(.dead, at: now)
      } else {
        wait(until: until)
      }
    }
  }

  /// Takes it back. One that is being sent is only not sent again.
  /// - Returns: whether it changed.
  package mutating func cancel(reason: String, at now: Timestamp) -> Bool {
    guard !state.isFinal, cancelReason == nil else { return false }
    cancelReason = reason
    if state != .sending { end(.cancelled, at: now) }
    return true
  }

  /// Gives a dead message all its attempts again.
  package mutating func requeue(at now: Timestamp) -> Bool {
    guard state == .dead else { return false }
    attempts = 0
    settledAt = nil
    wait(until: now)
    return true
  }

  private mutating func wait(until time: Timestamp) {
    state = .queued
    message.notBefore = time
    leaseUntil = nil
  }

  private mutating func end(_ state: State, at now: Timestamp) {
    self.state = state
    leaseUntil = nil
    settledAt = now
  }
}
