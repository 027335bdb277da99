/// Something that is remembered. Its times are on two clocks: since when it holds in the world
/// (`validFrom`, `validTo`), and since when it is known here (`recordedAt`, `retractedAt`).
///
/// A record's name stays when what is known of it changes; each state is a version with its own record
/// time. Whoever asks at a moment of the record clock finds the version of then.
package struct MemoryRecord: Sendable, Hashable {
  /// The record's name.
  package var id: MemoryID
  /// The kind of memory it belongs to.
  package var kind: MemoryKind
  /// The lead it is about.
  package var leadID: LeadID?
  /// The conversation it belongs to.
  package var conversationID: ConversationID?
  /// The role of agents that it is private to; `nil` when every agent of the workspace may see it.
  package var role: AgentRoleID?
  /// Who said it, where it was said.
  package var speaker: String?
  /// What is remembered, in words: what recall searches.
  package var text: String
  /// What it holds beside its text.
  package var content: MemoryContent
  /// How much it matters, 0–1.
  package var importance: Double
  /// Where it comes from.
  package var source: MemorySource
  /// How far it can be relied on.
  package var trust: TrustLevel
  /// Since when it holds; of what was said or done, when that was.
  package var validFrom: Timestamp
  /// Until when it held, that moment not included; `nil` while it holds.
  package var validTo: Timestamp?
  /// When this version was recorded.
  package var recordedAt: Timestamp
  /// When another version took the place of this one, or it was found to be wrong; `nil` while neither.
  package var retractedAt: Timestamp?
  /// From when on it is not there any more; `nil` for never.
  package var expiresAt: Timestamp?
  /// How often it was recalled.
  package var uses: Int
  /// When it was last recalled.
  package var lastUsedAt: Timestamp?
  /// The records that it was made from.
  package var derivedFrom: [MemoryID]

  /// A record that has just been made.
  package init(
    id: MemoryID, kind: MemoryKind, text: String, content: MemoryContent = .note,
    importance: Double = 0.5, source: MemorySource, trust: TrustLevel = .agent,
    validFrom: Timestamp, recordedAt: Timestamp
  ) {
    self.id = id
    self.kind = kind
    self.text = text
    self.content = content
    self.importance = importance
    self.source = source
    self.trust = trust
    self.validFrom = validFrom
    self.recordedAt = recordedAt
    uses = 0
    derivedFrom = []
  }

  /// The record's name with its owner.
  package var ownedID: OwnedMemoryID { OwnedMemoryID(id, role) }

  /// Whether the record has run out at a time.
  package func hasExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }

  /// Whether this version was what was known at a moment, and held then.
  package func holds(at moment: MemoryMoment) -> Bool {
    recordedAt <= moment.knownAt && (retractedAt.map { moment.knownAt < $0 } ?? true)
      && validFrom <= moment.asOf && (validTo.map { moment.asOf < $0 } ?? true)
  }
}

/// A record's name with the role that it is private to. Callers choose names: two roles may choose the same,
/// and neither hears of the other's record.
package struct OwnedMemoryID: Sendable, Hashable {
  /// The name.
  package var id: MemoryID
  /// The role that the record is private to; `nil` when it is shared.
  package var role: AgentRoleID?

  /// A name with its owner.
  package init(_ id: MemoryID, _ role: AgentRoleID?) {
    self.id = id
    self.role = role
  }
}

extension OwnedMemoryID: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.id.rawValue, left.role?.rawValue ?? "") < (right.id.rawValue, right.role?.rawValue ?? "")
  }
}
