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

  init(_ record: MemoryRecord) {
    memoryID = record.id
    kind = record.kind
    text = record.text
    leadID = record.leadID
    conversationID = record.conversationID
    agentRole = record.role
    speaker = record.speaker
    fact = record.fact
    episode = record.episode
    context = record.context
    importance = record.importance
    uses = record.uses
    source = record.source
    trust = record.trust
    validFrom = record.validFrom
    validTo = record.validTo
    recordedAt = record.recordedAt
    expiresAt = record.expiresAt
    derivedFrom = record.derivedFrom.isEmpty ? nil : record.derivedFrom
  }
}
