/// A way on which we reach out to a person.
package enum OutreachChannel: String, Sendable, Hashable, Codable, CaseIterable {
  case email, sms, phone, chat, webhook, calendar

  /// The channel whose consents and suppressions hold for this one too: an invitation is an e-mail.
  package var governing: OutreachChannel { self == .calendar ? .email : self }

  /// The channel that interactions on this one are recorded under.
  package var interaction: Channel {
    switch self {
    case .email, .calendar: .email
    case .sms: .sms
    case .phone: .call
    case .chat, .webhook: .web
    }
  }
}

/// What a message is for.
package enum OutreachPurpose: String, Sendable, Hashable, Codable, CaseIterable {
  /// To win the person as a customer: nobody asked for it.
  case marketing
  /// To answer what the person asked, and nothing more.
  case reply
  /// What the person needs for something it has: an appointment, an order.
  case service
}
