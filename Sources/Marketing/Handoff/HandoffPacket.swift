import JSONRPC

/// What is handed over with a lead, as the receiver reads it.
///
/// Written as compact JSON: a table of provenance, and for each kind of items an object whose members are
/// groups by their place in that table, `"facts":{"0":{"budget":20000}}`. Within a group stand the keys
/// with their values; what has no key, or one that the group has already, stands in an array, alone or
/// under the empty key. Several episodes of one situation are an array. What was said stands in runs of one speaker, `[0,"Ann","…","…"]`.
package struct HandoffPacket: Sendable, Hashable {
  /// Who hands over what to whom, and why.
  package struct Header: Sendable, Hashable {
    /// The lead.
    package var leadID: LeadID
    /// The role that hands over.
    package var sender: AgentRoleID
    /// The role that is to take over.
    package var receiver: AgentRoleID
    /// Why, in the sender's words.
    package var reason: String
    /// When it was prepared.
    package var preparedAt: Timestamp

    /// A header.
    package init(
      leadID: LeadID, sender: AgentRoleID, receiver: AgentRoleID, reason: String,
      preparedAt: Timestamp
    ) {
      self.leadID = leadID
      self.sender = sender
      self.receiver = receiver
      self.reason = reason
      self.preparedAt = preparedAt
    }
  }

  /// Who hands over what to whom.
  package var header: Header
  /// Where items are from.
  package var provenances: [HandoffProvenance]
  /// What is handed over.
  package var items: [HandoffItem]
  /// How many items had no room, by kind.
  package var leftOut: [HandoffItem.Kind: Int]

  /// A packet.
  package init(
    _ header: Header, provenances: [HandoffProvenance], items: [HandoffItem],
    leftOut: [HandoffItem.Kind: Int] = [:]
  ) {
    self.header = header
    self.provenances = provenances
    self.items = items
    self.leftOut = leftOut
  }

  /// The packet as JSON.
  package var bytes: [UInt8] {
    var writer = JSONWriter(capacity: 16 << 10)
    write(to: &writer)
    return writer.bytes
  }

  /// How many tokens it has: ⌈UTF-8 bytes ÷ 4⌉.
  package var tokens: Int { Self.tokens(ofBytes: bytes.count) }

  /// The estimate of tokens that is used everywhere.
  package static func tokens(ofBytes count: Int) -> Int { (count + 3) / 4 }

  /// Leaves out provenances that no item has, and gives the others their places anew.
  mutating func tidyProvenances() {
    var places: [Int: Int] = [:]
    var used: [HandoffProvenance] = []
    for place in items.indices {
      let source = items[place].source
      if places[source] == nil {
        places[source] = used.count
        used.append(provenances[source])
      }
      items[place].source = places[source] ?? 0
    }
    provenances = used
  }

  /// Tells provenances apart by store and trust alone; of their days the first one stays.
  mutating func mergeProvenances() {
    struct Coarse: Hashable {
      let store: HandoffProvenance.Store
      let trust: TrustLevel?
    }
    var firsts: [Coarse: Int] = [:]
    var places: [Int] = []
    for place in provenances.indices {
      let provenance = provenances[place]
      let coarse = Coarse(store: provenance.store, trust: provenance.trust)
      if let first = firsts[coarse] {
        provenances[first].day = min(provenances[first].day, provenance.day)
        if provenances[first].name != provenance.name { provenances[first].name = nil }
        places.append(first)
      } else {
        firsts[coarse] = place
        places.append(place)
      }
    }
    for place in items.indices { items[place].source = places[items[place].source] }
    tidyProvenances()
  }
}

/// A member of a packet with the items that stand in it.
enum HandoffSection: String, CaseIterable {
  case constraints, promises, lead, triage, slots, facts, notes, campaign, company, relations,
    episodes, interactions, history, earlier, turns

  init(of item: HandoffItem) {
    if item.flags.contains(.constraint) {
      self = .constraints
    } else if item.flags.contains(.promise) {
      self = .promises
    } else {
      self =
        switch item.kind {
        case .lead: .lead
        case .triage: .triage
        case .slot: .slots
        case .fact: .facts
        case .note: .notes
        case .turn: item.flags.contains(.condensed) ? .earlier : .turns
        case .episode: .episodes
        case .campaign: .campaign
        case .company: .company
        case .relation: .relations
        case .interaction: .interactions
        case .history: .history
        }
    }
  }

  /// The kind and the flags that its items have.
  var content: (kind: HandoffItem.Kind, flags: HandoffItem.Flags) {
    switch self {
    case .constraints: (.fact, .constraint)
    case .promises: (.fact, .promise)
    case .lead: (.lead, [])
    case .triage: (.triage, [])
    case .slots: (.slot, [])
    case .facts: (.fact, [])
    case .notes: (.note, [])
    case .campaign: (.campaign, [])
    case .company: (.company, [])
    case .relations: (.relation, [])
    case .episodes: (.episode, [])
    case .interactions: (.interaction, [])
    case .history: (.history, [])
    case .earlier: (.turn, .condensed)
    case .turns: (.turn, [])
    }
  }

  /// Whether it holds what was said, in its order.
  var isSpoken: Bool { self == .earlier || self == .turns }
}
