package import JSONRPC

/// One thing that happened between us and a lead.
package struct Interaction: Sendable, Hashable, Codable {
  /// The interaction's name within its workspace.
  package var id: InteractionID
  /// The lead it concerns.
  package var leadID: LeadID
  /// The conversation it belongs to.
  package var conversationID: String?
  /// The campaign it belongs to.
  package var campaignID: CampaignID?
  /// The message variant that was shown.
  package var variantID: String?
  /// When it happened.
  package var occurredAt: Timestamp
  /// The channel it happened on.
  package var channel: Channel
  /// What happened.
  package var kind: InteractionKind
  /// How the lead took it.
  package var outcome: InteractionOutcome
  /// The agent that acted.
  package var agentID: String?
  /// Whatever else is known of it. May hold personal data.
  package var metadata: JSONObject

  /// An interaction of which the time, the place and the kind are known.
  package init(
    id: InteractionID, leadID: LeadID, occurredAt: Timestamp, channel: Channel,
    kind: InteractionKind, outcome: InteractionOutcome = .none
  ) {
    self.id = id
    self.leadID = leadID
    self.occurredAt = occurredAt
    self.channel = channel
    self.kind = kind
    self.outcome = outcome
    self.metadata = [:]
  }
}

/// What happened between us and a lead.
package enum InteractionKind: String, Sendable, Hashable, Codable, CaseIterable {
  case emailSent = "email_sent"
  case emailOpen = "email_open"
  case emailClick = "email_click"
  case reply
  case smsSent = "sms_sent"
  case smsReply = "sms_reply"
  case callMade = "call_made"
  case callAnswered = "call_answered"
  case siteVisit = "site_visit"
  case formSubmitted = "form_submitted"
  case adClick = "ad_click"
  case socialComment = "social_comment"
  case meeting
  case bounce
  case complaint

  /// Whether the lead did it, rather than us.
  package var isFromLead: Bool {
    switch self {
    case .emailSent, .smsSent, .callMade, .bounce: false
    default: true
    }
  }
}

/// How a lead took an interaction.
package enum InteractionOutcome: String, Sendable, Hashable, Codable, CaseIterable {
  case none, positive, negative, unsubscribe
  case callbackRequested = "callback_requested"
}

/// What became of a lead in the end, or a step of value on the way.
package struct Outcome: Sendable, Hashable, Codable {
  /// The lead it concerns.
  package var leadID: LeadID
  /// The campaign that gets the credit.
  package var campaignID: CampaignID?
  /// Whether the lead was won or lost.
  package var disposition: Disposition
  /// What a won lead did, for example `purchase`.
  package var conversionType: ConversionType?
  /// What a won lead is worth.
  package var value: Money?
  /// When it happened.
  package var occurredAt: Timestamp
  /// Why, in the words of the one who reports it.
  package var reason: String?

  /// An outcome.
  package init(
    leadID: LeadID, disposition: Disposition, occurredAt: Timestamp, campaignID: CampaignID? = nil,
    conversionType: ConversionType? = nil, value: Money? = nil, reason: String? = nil
  ) {
    self.leadID = leadID
    self.disposition = disposition
    self.occurredAt = occurredAt
    self.campaignID = campaignID
    self.conversionType = conversionType
    self.value = value
    self.reason = reason
  }
}

/// Whether a lead was won or lost.
package enum Disposition: String, Sendable, Hashable, Codable, CaseIterable {
  case converted, lost
}

/// What a won lead did.
package enum ConversionType: String, Sendable, Hashable, Codable, CaseIterable {
  case demoBooked = "demo_booked"
  case trialStarted = "trial_started"
  case meetingScheduled = "meeting_scheduled"
  case purchase
}

/// An amount of money. Amounts in different currencies are never added or compared.
package struct Money: Sendable, Hashable, Codable {
  /// The amount in the currency's main unit, for example dollars.
  package var amount: Double
  /// The currency by its ISO 4217 code, for example `USD`.
  package var currency: String

  /// An amount in a currency.
  package init(amount: Double, currency: String) {
    self.amount = amount
    self.currency = currency
  }
}

/// A planned effort to win customers.
package struct Campaign: Sendable, Hashable, Codable {
  /// The campaign's name within its workspace, short.
  package var id: CampaignID
  /// The campaign's name for people.
  package var name: String
  /// What it is for, for example `Lead Gen`.
  package var objective: String?
  /// When it starts.
  package var startsAt: Timestamp?
  /// When it ends.
  package var endsAt: Timestamp?
  /// The channels it uses.
  package var channels: [Channel]
  /// What it may cost a day.
  package var dailyBudget: Money?
  /// What it may cost in all.
  package var totalBudget: Money?
  /// The market region it is for.
  package var region: String?
  /// The personas it is for.
  package var targetPersonas: [String]
  /// The figure it is judged by, for example `CPL`.
  package var kpi: String?
  /// The e-mail address of the person in charge. Personal data.
  package var ownerEmail: String?

  /// A campaign of which only the names are known.
  package init(id: CampaignID, name: String) {
    self.id = id
    self.name = name
    self.channels = []
    self.targetPersonas = []
  }
}
