package import Marketing

/// Which events a subscriber wants; each condition that is set must hold.
package struct EventFilter: Sendable, Hashable {
  /// Kinds of events.
  package enum KindPattern: Sendable, Hashable {
    /// One kind, such as `lead.triaged`.
    case exact(String)
    /// All kinds of an entity: `lead.*`.
    case entity(String)

    /// Reads `lead.triaged`, `lead.*` or `*`; `nil` for anything else.
    package init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      func isWord(_ part: Substring) -> Bool {
        !part.isEmpty
          && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
      }
      switch parts.count {
      case 1 where text == "*": self = .entity("")
      case 2 where isWord(parts[0]) && parts[1] == "*": self = .entity("\(parts[0]).")
      case 2 where isWord(parts[0]) && isWord(parts[1]): self = .exact(text)
      default: return nil
      }
    }

    func matches(_ kind: Event.Kind) -> Bool {
      switch self {
      case .exact(let text): kind.rawValue == text
      case .entity(let prefix): kind.rawValue.hasPrefix(prefix)
      }
    }
  }

  /// Events of one of these leads; of any when empty.
  package var leads: Set<LeadID>
  /// Events of one of these campaigns; of any when empty.
  package var campaigns: Set<CampaignID>
  /// Events of one of these kinds; of any when empty.
  package var kinds: [KindPattern]

  /// A filter; without arguments, of everything.
  package init(
    leads: Set<LeadID> = [], campaigns: Set<CampaignID> = [], kinds: [KindPattern] = []
  ) {
    self.leads = leads
    self.campaigns = campaigns
    self.kinds = kinds
  }

  /// Whether the event is wanted.
  package func wants(_ event: Event) -> Bool {
    (leads.isEmpty || event.leadID.map(leads.contains) == true)
      && (campaigns.isEmpty || event.campaignID.map(campaigns.contains) == true)
      && (kinds.isEmpty || kinds.contains { $0.matches(event.kind) })
  }
}
