package import JSONRPC

/// A change of state, as the append-only event log keeps it.
package struct Event: Sendable, Hashable {
  /// The event's name.
  package var id: EventID
  /// What happened: entity.past_participle, for example `lead.triaged`.
  package var kind: Kind
  /// The lead it concerns.
  package var leadID: LeadID?
  /// The campaign it concerns.
  package var campaignID: CampaignID?
  /// When it happened.
  package var occurredAt: Timestamp
  /// Who did it: an agent, a tool, an import. No personal data.
  package var actor: String
  /// Facts without personal data.
  package var facts: JSONObject
  /// Personal values. A store keeps them only encrypted under the lead's own key; after the lead is
  /// erased they read as `nil`. An event without a lead has none.
  package var personal: JSONObject?

  /// What happened, as entity.past_participle.
  package struct Kind: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { self.rawValue = value }

    package static let leadCreated: Kind = "lead.created"
    package static let leadUpdated: Kind = "lead.updated"
    package static let leadTriaged: Kind = "lead.triaged"
    package static let interactionRecorded: Kind = "interaction.recorded"
    package static let outcomeRecorded: Kind = "outcome.recorded"
    package static let datasetImported: Kind = "dataset.imported"
    package static let modelTrained: Kind = "model.trained"
    package static let modelActivated: Kind = "model.activated"
    package static let modelRolledBack: Kind = "model.rolled_back"
    package static let modelChallenged: Kind = "model.challenged"
    package static let modelDrifted: Kind = "model.drifted"
    package static let knowledgeRelated: Kind = "knowledge.related"
    package static let knowledgeForgotten: Kind = "knowledge.forgotten"
    package static let memoryRemembered: Kind = "memory.remembered"
    package static let leadErased: Kind = "lead.erased"
    package static let memoryForgotten: Kind = "memory.forgotten"
    package static let consentRecorded: Kind = "consent.recorded"
    package static let contactSuppressed: Kind = "contact.suppressed"
    package static let contactUnsuppressed: Kind = "contact.unsuppressed"
    package static let engagementPlanned: Kind = "engagement.planned"
    package static let engagementStarted: Kind = "engagement.started"
    package static let engagementPaused: Kind = "engagement.paused"
    package static let engagementCancelled: Kind = "engagement.cancelled"
    package static let engagementCompleted: Kind = "engagement.completed"
    package static let deliveryReported: Kind = "delivery.reported"
    package static let messageDelivered: Kind = "message.delivered"
    package static let messageDeferred: Kind = "message.deferred"
    package static let messageRefused: Kind = "message.refused"
    package static let messageStopped: Kind = "message.stopped"
    package static let messageDeadLettered: Kind = "message.dead_lettered"
    package static let messageRequeued: Kind = "message.requeued"
  }

  /// An event.
  package init(
    id: EventID, kind: Kind, leadID: LeadID? = nil, campaignID: CampaignID? = nil,
    occurredAt: Timestamp, actor: String, facts: JSONObject = [:], personal: JSONObject? = nil
  ) {
    self.id = id
    self.kind = kind
    self.leadID = leadID
    self.campaignID = campaignID
    self.occurredAt = occurredAt
    self.actor = actor
    self.facts = facts
    self.personal = personal
  }
}

/// An event with its place in the log.
package struct LoggedEvent: Sendable, Hashable {
  /// The place in the log: strictly increasing, never reused, the same for every process.
  package let sequence: Int64
  /// The workspace it belongs to.
  package let workspace: WorkspaceID
  /// What happened.
  package let event: Event

  /// An event at its place.
  package init(sequence: Int64, workspace: WorkspaceID, event: Event) {
    self.sequence = sequence
    self.workspace = workspace
    self.event = event
  }
}
