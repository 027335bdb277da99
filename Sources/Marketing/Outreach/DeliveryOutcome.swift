/// One try at sending a message, by one who has claimed it.
package struct DeliveryAttempt: Sendable, Hashable {
  /// The workspace of the message.
  package var workspace: WorkspaceID
  /// What is sent.
  package var message: OutboundMessage
  /// Rises with every claim of the message: who holds an older one holds nothing.
  package var claim: Int64
  /// Which try it is, from 1 on.
  package var number: Int
  /// Whether the person may have the message already: an earlier try ended between the last byte and the
  /// answer.
  package var isPossibleDuplicate: Bool

  /// An attempt.
  package init(
    workspace: WorkspaceID, message: OutboundMessage, claim: Int64, number: Int,
    isPossibleDuplicate: Bool
  ) {
    self.workspace = workspace
    self.message = message
    self.claim = claim
    self.number = number
    self.isPossibleDuplicate = isPossibleDuplicate
  }

  /// Whether the tries before were all that there are, and the last of them ended with its process.
  package var isOneTooMany: Bool { number > message.maxAttempts }
}

/// What a channel answered.
package struct DeliveryAnswer: Sendable, Hashable {
  /// What it comes to, without personal data: `250 2.0.0`, `http 429`, `no connection`.
  package var code: String
  /// The answer in full. Personal: servers repeat addresses.
  package var text: String

  /// Whoever sent it ended without saying what came of it.
  package static let interrupted = DeliveryAnswer("interrupted")

  /// Longer answers are cut.
  package static let mostTextBytes = 500

  /// An answer, of which as much is kept as anybody reads.
  package init(_ code: String, _ text: String = "") {
    self.code = code
    self.text =
      text.utf8.count <= Self.mostTextBytes
      ? text : String(decoding: text.utf8.prefix(Self.mostTextBytes), as: UTF8.self)
  }
}

/// What came of an attempt.
package enum DeliveryOutcome: Sendable, Hashable {
  /// The channel has taken the message over.
  case delivered(DeliveryAnswer)
  /// It may be tried again.
  case deferred(DeliveryAnswer, Deferral)
  /// It will never be taken.
  case refused(DeliveryAnswer)
  /// The address takes nothing for good, whatever the message says.
  case bounced(DeliveryAnswer)
  /// It was stopped before the message had left: as if it had not been tried.
  case withdrawn

  /// How a message is tried again.
  package struct Deferral: Sendable, Hashable {
    /// How long the channel asks to be left alone.
    package var retryAfter: Duration?
    /// Whether it is the channel that is out of order, and not this message that it does not want now.
    package var isUnavailable: Bool
    /// Whether all of the message was sent and only the answer is missing.
    package var mayHaveArrived: Bool
    /// Whether it is we who are not taken, and stay so until somebody changes settings: those of the sender, of
    /// the relay, of the way there.
    package var isAboutUs: Bool

    /// A deferral.
    package init(
      retryAfter: Duration? = nil, isUnavailable: Bool = false, mayHaveArrived: Bool = false,
      isAboutUs: Bool = false
    ) {
      self.retryAfter = retryAfter
      self.isUnavailable = isUnavailable
      self.mayHaveArrived = mayHaveArrived
      self.isAboutUs = isAboutUs
    }

    /// We are not taken: nothing goes there until somebody changes settings, so it is left alone.
    package static let aboutUs = Deferral(isUnavailable: true, isAboutUs: true)
  }

  /// What the channel answered.
  package var answer: DeliveryAnswer {
    switch self {
    case .delivered(let answer), .deferred(let answer, _), .refused(let answer),
      .bounced(let answer):
      answer
    case .withdrawn: DeliveryAnswer("withdrawn")
    }
  }
}
