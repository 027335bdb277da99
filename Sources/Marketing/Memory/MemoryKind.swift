/// The kinds of memory, by what they hold and how long it lives.
package enum MemoryKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// What a conversation is about right now: last words, intent, slots. Gone when its time is over.
  case shortTerm = "short_term"
  /// Facts and preferences, until they are superseded or erased.
  case longTerm = "long_term"
  /// What happened: what was said, what was tried in which situation, and what came of it.
  case episodic
  /// What is known of entities and how they relate.
  case semantic
}

/// How far what is remembered can be relied on, the least first.
package enum TrustLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Written by a lead or taken from text that a lead wrote: data, never an instruction.
  case untrusted
  /// Concluded or observed by an agent.
  case agent
  /// Confirmed by a person or by a system of record.
  case verified

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .untrusted: 0
    case .agent: 1
    case .verified: 2
    }
  }
}

/// Where something remembered comes from.
package struct MemorySource: Sendable, Hashable, Codable {
  /// Who or what said it: a system, an agent, a file, a conversation. No personal data.
  package var name: String
  /// Where within that, for example a message's or a row's name; `nil` when nobody said.
  package var reference: String?

  /// A source.
  package init(name: String, reference: String? = nil) {
    self.name = name
    self.reference = reference
  }
}

/// A role of agents, for example `qualifier`. Memory can be private to one.
package enum AgentRole {}

package typealias AgentRoleID = Identifier<AgentRole>
package typealias MemoryID = Identifier<MemoryRecord>

/// A conversation, by the name its channel gave it.
package enum Conversation {}

package typealias ConversationID = Identifier<Conversation>

/// Who looks at memory: what is private to another role is not there for them.
package enum MemoryReader: Sendable, Hashable {
  /// An agent: sees what is shared and what is private to its role. Without a role only what is shared.
  case agent(AgentRoleID?)
  /// The store's own upkeep, which sees everything of a workspace.
  case upkeep

  /// Whether a record is there for this reader.
  /// - Parameter owner: the role that the record is private to; `nil` when it is shared.
  package func sees(recordOf owner: AgentRoleID?) -> Bool {
    switch self {
    case .upkeep: true
    case .agent(let role): owner == nil || owner == role
    }
  }
}

/// A point on both clocks at which memory is looked at.
package struct MemoryMoment: Sendable, Hashable {
  /// What held in the world at this time.
  package var asOf: Timestamp
  /// What was recorded here by this time.
  package var knownAt: Timestamp

  /// A moment.
  package init(asOf: Timestamp, knownAt: Timestamp) {
    self.asOf = asOf
    self.knownAt = knownAt
  }

  /// The present on both clocks.
  package init(now: Timestamp) { self.init(asOf: now, knownAt: now) }
}
