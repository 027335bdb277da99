import JSONRPC
import Marketing

/// A record as tools and resources show it.
struct MemoryEntry: Encodable, Sendable {
  let memoryID: MemoryID
  let kind: MemoryKind
  let text: String
  let leadID: LeadID?
  let conversationID: ConversationID?
  let agentRole: AgentRoleID?
  let speaker: String?
  let fact: Fact?
  let episode: Episode?
  let context: ConversationContext?
  let importance: Double
  let uses: Int
  let source: MemorySource
  let trust: TrustLevel
  let validFrom: Timestamp
  let validTo: Timestamp?
  let recordedAt: Timestamp
  let expiresAt: Timestamp?
  let derivedFrom: [MemoryID]?
  /// That the record is too long for a result, and this is only its beginning.
  let truncated: Bool?

  /// - Parameter isShortened: whether only the beginning of the text is shown, and nothing else of what the
  ///   record holds: for one that has no room in any result.
  init(_ record: MemoryRecord, isShortened: Bool = false) {
    memoryID = record.id
    kind = record.kind
    text = isShortened ? Self.beginning(of: record.text) : record.text
    leadID = record.leadID
    conversationID = record.conversationID
    agentRole = record.role
    speaker = record.speaker
    fact = isShortened ? nil : record.fact
    episode = isShortened ? nil : record.episode
    context = isShortened ? nil : record.context
    importance = record.importance
    uses = record.uses
    source = record.source
    trust = record.trust
    validFrom = record.validFrom
    validTo = record.validTo
    recordedAt = record.recordedAt
    expiresAt = record.expiresAt
    derivedFrom = record.derivedFrom.isEmpty || isShortened ? nil : record.derivedFrom
    truncated = isShortened ? true : nil
  }

  /// The beginning of a text that is too long.
  static func beginning(of text: String) -> String { String(text.prefix(400)) }
}
