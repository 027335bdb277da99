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

/// What somebody is reached by, in the form that addresses are compared in.
package enum ContactAddress: Sendable, Hashable {
  case email(String)
  case phone(String)

  /// An e-mail address or a telephone number as people write it.
  /// - Parameter keepsPlusTags: whether `ann+news@…` and `ann@…` are two people.
  /// - Returns: `nil` for a text that is neither.
  package init?(_ text: String, keepsPlusTags: Bool) {
    if text.utf8.contains(UInt8(ascii: "@")) {
      guard EmailAddress.flaw(in: text) == nil, let address = EmailAddress(splitting: text) else {
        return nil
      }
      self = .email(LeadIdentity.normalized(address, keepsPlusTags: keepsPlusTags))
    } else {
      guard let number = try? PhoneNumber.parse(text).get() else { return nil }
      self = .phone(number.normalized)
    }
  }

  /// Whether a channel leads to this address.
  package func isReached(by channel: OutreachChannel) -> Bool {
    switch (self, channel) {
    case (.email, .email), (.email, .calendar), (.phone, .sms), (.phone, .phone): true
    default: false
    }
  }
}

extension LeadIdentity {
  /// The addresses of somebody: e-mail, then telephone, as far as known.
  package var contactAddresses: [ContactAddress] {
    [email.map(ContactAddress.email), phone.map(ContactAddress.phone)].compactMap(\.self)
  }
}
