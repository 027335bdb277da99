/// That somebody is not contacted, on a channel or on all.
package struct Suppression: Sendable, Hashable {
  /// The channel; `nil` for all.
  package var channel: OutreachChannel?
  /// Why.
  package var reason: Reason
  /// Who said so: an agent, a tool, an import. No personal data.
  package var actor: String
  /// Since when.
  package var since: Timestamp

  /// Why somebody is not contacted.
  package enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    case unsubscribed, complaint, bounced, requested, erased, imported
  }

  /// A suppression.
  package init(channel: OutreachChannel?, reason: Reason, actor: String, since: Timestamp) {
    self.channel = channel
    self.reason = reason
    self.actor = actor
    self.since = since
  }

  /// That somebody was erased.
  package static func erased(since: Timestamp) -> Suppression {
    Suppression(channel: nil, reason: .erased, actor: "erase_lead", since: since)
  }

  /// Whether it holds on a channel.
  package func holds(on channel: OutreachChannel) -> Bool {
    guard let own = self.channel else { return true }
    return own == channel || own == channel.governing
  }
}

/// A suppression as it leaves the store: the address only as a salted hash.
package struct SuppressedHash: Sendable, Hashable {
  /// The name of the key that the hash was made with, and the hash: `3f2a91c04d5e6f70:00f1…`.
  package var hash: String
  /// What holds for it.
  package var suppression: Suppression

  /// A suppression of a hash.
  package init(hash: String, suppression: Suppression) {
    self.hash = hash
    self.suppression = suppression
  }
}

/// Where a suppression holds, as it is written: a channel, or `all`.
package struct SuppressionScope: RawRepresentable, Sendable, Hashable, Codable {
  /// The channel; `nil` for all.
  package let channel: OutreachChannel?

  /// Every channel.
  package static let all = SuppressionScope(channel: nil)

  /// How it is written.
  package static let names = OutreachChannel.allCases.map(\.rawValue) + ["all"]

  /// One channel, or all.
  package init(channel: OutreachChannel?) { self.channel = channel }

  package init?(rawValue: String) {
    let channel = OutreachChannel(rawValue: rawValue)
    guard channel != nil || rawValue == "all" else { return nil }
    self.channel = channel
  }

  package var rawValue: String { channel?.rawValue ?? "all" }
}
