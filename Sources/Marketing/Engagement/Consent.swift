/// What somebody said about being contacted on a channel for a purpose. What was said before stays known.
package struct Consent: Sendable, Hashable {
  /// Whether the person agreed or took that back.
  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case granted, withdrawn
  }

  /// The name of the record.
  package var id: ConsentID
  /// Whose it is; `nil` for an address that belongs to no lead yet.
  package var leadID: LeadID?
  /// The channel it holds for.
  package var channel: OutreachChannel
  /// What messages it holds for.
  package var purpose: OutreachPurpose
  /// Agreed or taken back.
  package var state: State
  /// Where it was said, for example `web form /pricing`.
  package var source: String
  /// Which wording the person saw, for example `privacy-2025-03`.
  package var wordingVersion: String?
  /// When it was said.
  package var at: Timestamp

  /// A statement.
  package init(
    id: ConsentID, leadID: LeadID? = nil, channel: OutreachChannel, purpose: OutreachPurpose,
    state: State, source: String, wordingVersion: String? = nil, at: Timestamp
  ) {
    self.id = id
    self.leadID = leadID
    self.channel = channel
    self.purpose = purpose
    self.state = state
    self.source = source
    self.wordingVersion = wordingVersion
    self.at = at
  }

  /// The consents that hold: for each channel and purpose the one that was said last, of those said at one
  /// moment a withdrawal, else the one recorded last. In the order of channels, then purposes.
  /// - Parameter history: in the order they were recorded.
  package static func current(in history: [Consent]) -> [Consent] {
    struct Place: Hashable {
      let channel: OutreachChannel
      let purpose: OutreachPurpose
    }
    var latest: [Place: Consent] = [:]
    for consent in history {
      let place = Place(channel: consent.channel, purpose: consent.purpose)
      if let known = latest[place] {
        let isNewer =
          consent.at > known.at
          || consent.at == known.at && (consent.state == .withdrawn || known.state == .granted)
        guard isNewer else { continue }
      }
      latest[place] = consent
    }
    return OutreachChannel.allCases.flatMap { channel in
      OutreachPurpose.allCases.compactMap { latest[Place(channel: channel, purpose: $0)] }
    }
  }
}

package typealias ConsentID = Identifier<Consent>
