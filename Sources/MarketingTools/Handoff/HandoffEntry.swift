import JSONRPC
import Marketing

/// A handoff as tools and resources show it.
struct HandoffEntry: Encodable, Sendable {
  let handoffID: HandoffID
  let leadID: LeadID
  let from: AgentRoleID
  let to: AgentRoleID
  let reason: String
  let state: Handoff.State
  let quality: Double
  let parts: Parts
  let gaps: [String]
  let attempts: Int
  let tokens: Int
  let preparedAt: Timestamp
  let offeredAt: Timestamp?
  let expiresAt: Timestamp?
  let acceptedBy: String?
  let leaseUntil: Timestamp?
  let rejectedBy: String?
  let rejection: String?
  let workID: String?
  let contentHash: String
  let previousHash: String?

  struct Parts: Encodable, Sendable {
    let completeness: Double
    let consistency: Double
    let freshness: Double
    let relevance: Double
  }

  init(_ handoff: Handoff) {
    handoffID = handoff.id
    leadID = handoff.leadID
    from = handoff.senderRole
    to = handoff.receiverRole
    reason = handoff.reason
    state = handoff.state
    quality = handoff.quality.score
    parts = Parts(
      completeness: handoff.quality.completeness, consistency: handoff.quality.consistency,
      freshness: handoff.quality.freshness, relevance: handoff.quality.relevance)
    gaps = handoff.gaps
    attempts = handoff.attempts
    tokens = handoff.tokens
    preparedAt = handoff.preparedAt
    offeredAt = handoff.offeredAt
    expiresAt = handoff.expiresAt
    acceptedBy = handoff.acceptedBy
    leaseUntil = handoff.leaseUntil
    rejectedBy = handoff.rejectedBy
    rejection = handoff.rejection
    workID = handoff.workID
    contentHash = handoff.contentHash
    previousHash = handoff.previousHash
  }

  /// A packet that was stored as a value.
  static func json(_ packet: [UInt8]?) -> JSONValue? {
    packet.flatMap {
      try? JSONParser(maximumDepth: 512, maximumBytes: 64 << 20).parse(HandoffPacket.shown(of: $0))
    }
  }
}

/// An escalation as tools show it.
struct EscalationEntry: Encodable, Sendable {
  let escalationID: EscalationID
  let leadID: LeadID?
  let subject: String
  let reason: String
  let context: JSONObject
  let owner: String?
  let state: Escalation.State
  let openedAt: Timestamp
  let deadline: Timestamp
  let resolution: String?
  let resolvedBy: String?
  let resolvedAt: Timestamp?

  init(_ escalation: Escalation) {
    escalationID = escalation.id
    leadID = escalation.leadID
    subject = escalation.subject
    reason = escalation.reason
    context = escalation.context
    owner = escalation.owner
    state = escalation.state
    openedAt = escalation.openedAt
    deadline = escalation.deadline
    resolution = escalation.resolution
    resolvedBy = escalation.resolvedBy
    resolvedAt = escalation.resolvedAt
  }
}
