/// What can stand between a message and its recipient, in the order in which it is asked.
package enum OutreachGate: String, Sendable, Hashable, Codable, CaseIterable {
  case suppression
  case consent
  case unknownZone = "unknown_zone"
  case quietHours = "quiet_hours"
  case frequencyCap = "frequency_cap"
  case fatigue
}

/// That a gate stops a message.
package struct GateRefusal: Sendable, Hashable {
  /// The first gate that does.
  package let gate: OutreachGate
  /// Why, in a sentence without personal data.
  package let reason: String
  /// From when on this gate lets it through; `nil` when waiting does not help.
  package let earliest: Timestamp?

  /// A refusal.
  package init(_ gate: OutreachGate, _ reason: String, earliest: Timestamp? = nil) {
    self.gate = gate
    self.reason = reason
    self.earliest = earliest
  }
}

/// What the gates go by, read from the stores beforehand.
package struct RecipientFacts: Sendable, Hashable {
  /// The channels that there is an address for.
  package var reachable: Set<OutreachChannel>
  /// What forbids contact.
  package var suppressions: [Suppression] = []
  /// The consents that hold.
  package var consents: [Consent] = []
  /// Whether the lead agreed to be contacted; `nil` when nobody asked.
  package var hasConsent: Bool?
  /// When the lead wrote or did something last, if it ever wrote; `nil` for one that did not.
  package var wroteAt: Timestamp?
  /// The channel that the lead wants to be reached on.
  package var preferredChannel: Channel?
  /// Where the lead may be; `nil` when that is not known.
  package var zone: RecipientZone?
  /// The latest contacts, over all campaigns; at planning also those that are planned.
  package var touches: [ContactTouch] = []

  /// What is known of somebody of whom nothing else is known.
  package init(reachable: Set<OutreachChannel>) { self.reachable = reachable }

  /// What a lead itself says: addresses, consent, preference.
  /// - Parameter always: channels that need no address of the lead.
  package init(of lead: Lead, zone: RecipientZone?, always: Set<OutreachChannel> = []) {
    reachable = always
    if lead.contact.email != nil { reachable.formUnion([.email, .calendar]) }
    if lead.contact.phone != nil { reachable.formUnion([.phone, .sms]) }
    hasConsent = lead.hasConsent
    wroteAt = lead.message == nil ? nil : lead.lastActiveAt ?? lead.createdAt
    preferredChannel = lead.preferredChannel
    self.zone = zone
  }
}
