import JSONRPC
import Marketing

extension Identifier {
  /// The name of a workspace, a lead and so on that a test writes itself.
  static func named(_ text: String) -> Self { Self(rawValue: text) }
}

extension Identifier<Workspace> {
  static var home: WorkspaceID { .named("home") }
  static var away: WorkspaceID { .named("away") }
}

extension Timestamp {
  /// So many minutes after a fixed moment.
  static func minute(_ count: Int) -> Timestamp {
    Timestamp(milliseconds: 1_750_000_000_000 + Int64(count) * 60_000)
  }
}

extension Lead {
  static func sample(
    _ id: String, at minute: Int = 0, _ change: (inout Lead) -> Void = { _ in }
  ) -> Lead {
    var lead = Lead(id: .named(id), createdAt: .minute(minute))
    change(&lead)
    return lead
  }

  /// A lead with a value in every field.
  static var complete: Lead {
    sample("lead-complete") {
      $0.lastActiveAt = .minute(7)
      $0.contact.name = "Åse Ødegård"
      $0.contact.email = "ase@fjord.example"
      $0.contact.phone = "+47 22 33 44 55"
      $0.contact.jobTitle = "Head of \"Growth\""
      $0.contact.timeZone = "Europe/Oslo"
      $0.account.company = "Fjord AS"
      $0.account.domain = "fjord.example"
      $0.account.industry = "FinTech"
      $0.account.companySize = "51-200"
      $0.source = "Website"
      $0.campaignID = .named("spring")
      $0.persona = "CMO"
      $0.region = "EU"
      $0.preferredChannel = .email
      $0.hasConsent = false
      $0.message = "Line one\nline two\u{0} with 🐟 and '; DROP TABLE leads; --"
      $0.status = .open
      $0.score = 61.25
      $0.category = .campaignQualified
      $0.assignedAgent = "agent-1"
      $0.attributes = [
        "utm": ["term": "crm", "tags": [1, 2.5, nil, true]], "note": "",
        "big": 9_007_199_254_740_993,
      ]
    }
  }
}

extension TriageRecord {
  static func sample(of id: LeadID, score: Double = 50, at minute: Int = 0) -> TriageRecord {
    TriageRecord(
      leadID: id, triagedAt: .minute(minute), score: score, probability: score / 100,
      isCalibrated: true, category: .campaignQualified, confidence: 0.75,
      reasons: [
        TriageReason(field: "source", contribution: 1.0 / 3, text: "Came by \"Website\""),
        TriageReason(field: "region", contribution: -0.1, text: ""),
      ], modelVersion: "scorecard-1")
  }
}

extension Interaction {
  static func sample(
    _ id: String, of lead: String, at minute: Int = 0, _ kind: InteractionKind = .reply,
    outcome: InteractionOutcome = .none
  ) -> Interaction {
    Interaction(
      id: .named(id), leadID: .named(lead), occurredAt: .minute(minute), channel: .email,
      kind: kind, outcome: outcome)
  }
}

extension Outcome {
  static func sample(
    _ disposition: Disposition, of lead: String, at minute: Int = 0,
    _ type: ConversionType? = nil, amount: Double? = nil
  ) -> Outcome {
    Outcome(
      leadID: .named(lead), disposition: disposition, occurredAt: .minute(minute),
      conversionType: type, value: amount.map { Money(amount: $0, currency: "USD") })
  }
}

extension Event {
  private static let made = Locked(0)

  /// An event with a name of its own.
  static func sample(
    _ kind: Kind, of lead: LeadID? = nil, facts: JSONObject = [:], personal: JSONObject? = nil
  ) -> Event {
    let number = made.withLock { count in
      count += 1
      return count
    }
    return Event(
      id: .named("event-\(number)"), kind: kind, leadID: lead, campaignID: .named("spring"),
      occurredAt: .minute(number), actor: "tests", facts: facts, personal: personal)
  }
}

/// A generator whose numbers are the same in every run (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
