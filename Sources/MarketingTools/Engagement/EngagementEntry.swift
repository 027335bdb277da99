import JSONRPC
import Marketing

/// An engagement as tools and resources show it.
struct EngagementEntry: Encodable, Sendable {
  let engagementID: EngagementID
  let leadID: LeadID
  let handoffID: HandoffID?
  let campaignID: CampaignID?
  let category: LeadCategory
  let strategy: String
  let state: Engagement.State
  let exit: EngagementStrategy.Exit?
  let reason: String?
  let createdAt: Timestamp
  let startedAt: Timestamp?
  let endedAt: Timestamp?
  let steps: [Step]

  /// A step, and what became of its message.
  struct Step: Encodable, Sendable {
    let step: String
    let purpose: OutreachPurpose
    let template: String
    let variantID: String?
    let channel: OutreachChannel?
    let at: Timestamp?
    let state: String
    let gate: String?
    let deferredBy: [OutreachGate]?
    let reasons: [String]
    let messageID: MessageID?
    let settledAt: Timestamp?
    let possibleDuplicate: Bool?

    init(_ planned: EngagementStep, _ entry: OutboxEntry?) {
      step = planned.name
      purpose = planned.purpose
      template = planned.template
      variantID = planned.variantID
      channel = planned.channel
      at = entry.flatMap { $0.state.isFinal ? nil : $0.message.notBefore } ?? planned.at
      if let entry {
        state = entry.state.rawValue
      } else if planned.messageID != nil {
        // Its message is older than messages are kept.
        state = "archived"
      } else if planned.refusal != nil {
        state = "refused"
      } else {
        state = planned.at == nil ? "unreachable" : "planned"
      }
      gate = planned.refusal?.gate.rawValue ?? entry?.cancelReason
      deferredBy = planned.deferredBy.isEmpty ? nil : planned.deferredBy
      reasons = (planned.refusal.map { [$0.reason] } ?? []) + planned.reasons
      messageID = planned.messageID
      settledAt = entry?.settledAt
      possibleDuplicate = entry?.isPossibleDuplicate == true ? true : nil
    }
  }

  init(_ engagement: Engagement, _ messages: [OutboxEntry]) {
    engagementID = engagement.id
    leadID = engagement.leadID
    handoffID = engagement.handoffID
    campaignID = engagement.campaignID
    category = engagement.category
    strategy = engagement.strategy
    state = engagement.state
    exit = engagement.exit
    reason = engagement.endReason
    createdAt = engagement.createdAt
    startedAt = engagement.startedAt
    endedAt = engagement.endedAt
    var entries: [MessageID: OutboxEntry] = [:]
    for entry in messages { entries[entry.message.id] = entry }
    steps = engagement.steps.map { step in Step(step, step.messageID.flatMap { entries[$0] }) }
  }
}

extension EngagementDesk {
  /// An engagement as it is shown, with what became of its messages.
  func entry(
    of engagement: Engagement, in workspace: WorkspaceID
  ) async throws(StoreError) -> EngagementEntry {
    // Planned ones have none.
    let messages =
      engagement.startedAt == nil
      ? [] : try await outbox.entries(.engagement(engagement.id), limit: 1000, in: workspace)
    return EngagementEntry(engagement, messages)
  }
}
