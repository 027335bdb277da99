import JSONRPC
import Marketing

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// The moment that samples count from: 2025-07-15T12:00:00Z.
let noon = Timestamp(milliseconds: 1_752_580_800_000)

extension Identifier: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(rawValue: value) }
}

extension OwnedMemoryID: ExpressibleByStringLiteral {
  /// The name of a shared record.
  package init(stringLiteral value: String) { self.init(MemoryID(rawValue: value), nil) }
}

extension WorkspaceID {
  static var other: WorkspaceID { WorkspaceID(rawValue: "other") }
}

extension Lead {
  /// A lead with a value in every field.
  static func sample(_ id: String, at time: Timestamp = noon) -> Lead {
    var lead = Lead(id: LeadID(rawValue: id), createdAt: time)
    lead.lastActiveAt = time + .seconds(60)
    lead.contact.name = "Zoë Example"
    lead.contact.email = "zoe+news@acme.example"
    lead.contact.phone = "+47 22 33 44 55"
    lead.contact.jobTitle = "Head of Growth"
    lead.contact.timeZone = "Europe/Oslo"
    lead.account.company = "Acme \"Rockets\" AS"
    lead.account.domain = "acme.example"
    lead.account.industry = "FinTech"
    lead.account.companySize = "51-200"
    lead.source = "Website"
    lead.campaignID = CampaignID(rawValue: "CMP0001")
    lead.persona = "CMO"
    lead.region = "EU"
    lead.preferredChannel = .email
    lead.hasConsent = true
    lead.message = "We need a demo; DROP TABLE leads; -- \u{1F680}\u{0} end"
    lead.status = .open
    lead.score = 71.25
    lead.category = .campaignQualified
    lead.assignedAgent = "EN-007"
    lead.attributes = [
      "utm": ["source": "spring"], "employees": 120, "ratio": 0.5, "tags": ["a", nil],
    ]
    return lead
  }

  /// A lead of which next to nothing is known.
  static func bare(_ id: String, at time: Timestamp = noon) -> Lead {
    Lead(id: LeadID(rawValue: id), createdAt: time)
  }
}

extension TriageRecord {
  static func sample(_ id: LeadID, score: Double = 71.25) -> TriageRecord {
    TriageRecord(
      leadID: id, triagedAt: noon + .seconds(5), score: score, probability: 0.42,
      isCalibrated: false, category: .campaignQualified, confidence: 0.8,
      reasons: [
        TriageReason(field: "source", contribution: 0.25, text: "came \"directly\""),
        TriageReason(field: "industry", contribution: -1.0 / 3.0, text: "rarely buys"),
      ], modelVersion: "scorecard-1")
  }
}

extension Event {
  static func sample(
    _ id: String, _ kind: Kind = .leadTriaged, of lead: LeadID?, personal: JSONObject? = nil
  ) -> Event {
    Event(
      id: EventID(rawValue: id), kind: kind, leadID: lead,
      campaignID: CampaignID(rawValue: "CMP0001"), occurredAt: noon, actor: "tests/triage_lead",
      facts: ["score": 71.25, "model": "scorecard-1"], personal: personal)
  }

  static func imported(_ id: String) -> Event {
    Event(
      id: EventID(rawValue: id), kind: .datasetImported, occurredAt: noon, actor: "tests/import",
      facts: ["rows": 3])
  }
}

extension Interaction {
  static func sample(
    _ id: String, of lead: String, _ kind: InteractionKind = .emailOpen,
    at time: Timestamp = noon
  ) -> Interaction {
    var interaction = Interaction(
      id: InteractionID(rawValue: id), leadID: LeadID(rawValue: lead), occurredAt: time,
      channel: .email, kind: kind, outcome: .positive)
    interaction.conversationID = "C0001"
    interaction.campaignID = CampaignID(rawValue: "CMP0001")
    interaction.variantID = "VAR1"
    interaction.agentID = "EN-007"
    interaction.metadata = ["duration": 12, "note": "it's \"fine\""]
    return interaction
  }
}

extension Outcome {
  static func won(
    _ lead: String, _ type: ConversionType? = .purchase, at time: Timestamp = noon,
    amount: Double = 99.5
  ) -> Outcome {
    Outcome(
      leadID: LeadID(rawValue: lead), disposition: .converted, occurredAt: time,
      campaignID: CampaignID(rawValue: "CMP0001"), conversionType: type,
      value: Money(amount: amount, currency: "EUR"), reason: "liked it")
  }

  static func lost(_ lead: String, at time: Timestamp = noon) -> Outcome {
    Outcome(leadID: LeadID(rawValue: lead), disposition: .lost, occurredAt: time)
  }
}

extension TriageBasis {
  /// A new lead, whatever duplicates it has.
  static let unchecked = TriageBasis.new(hasDuplicates: true)
}

extension Stores {
  /// Stores a new lead with a triage and its event.
  func add(
    _ lead: Lead, identity: LeadIdentity = LeadIdentity(), in workspace: WorkspaceID = .default
  ) async throws {
    try await leads.saveTriage(
      .sample(lead.id), of: lead, identity: identity, basis: .unchecked,
      events: [.sample("evt_\(lead.id)", .leadCreated, of: lead.id)], in: workspace)
  }

  /// Stores a changed lead.
  func update(
    _ lead: Lead, identity: LeadIdentity = LeadIdentity(), in workspace: WorkspaceID = .default
  ) async throws {
    try await leads.saveTriage(
      .sample(lead.id), of: lead, identity: identity,
      basis: .stored(try leads.lead(lead.id, in: workspace) ?? lead), events: [], in: workspace)
  }
}
