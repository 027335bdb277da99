import Marketing
import Testing

/// A lead with its past, ready to be triaged; tests change what they are about.
struct TriageCase {
  static let now = Timestamp(milliseconds: 1_752_577_995_000)

  var lead = Lead(id: LeadID(rawValue: "L1"), createdAt: now)
  var history = LeadHistory()
  var cohorts: [CohortCount] = []
  var intent: MessageIntent?
  var settings = TriageSettings()

  /// A lead of which nothing is known.
  init() {}

  /// A lead that has all one could wish for, but no past.
  static var strong: TriageCase {
    var strong = TriageCase()
    strong.lead.source = "Referral"
    strong.lead.region = "EU"
    strong.lead.persona = "Founder"
    strong.lead.hasConsent = true
    strong.lead.preferredChannel = .call
    strong.lead.contact.name = "Ann Berg"
    strong.lead.contact.email = "ann@acme.com"
    strong.lead.contact.phone = "+47 22 33 44 55"
    strong.lead.contact.jobTitle = "CEO"
    strong.lead.account.company = "Acme"
    strong.lead.account.industry = "SaaS"
    strong.lead.account.companySize = "201-1000"
    strong.lead.message = "We would like a demo."
    return strong
  }

  func triaged(by model: Scorecard) -> TriageResult {
    LeadTriage.triage(
      lead: lead, identity: LeadIdentity(of: lead, keepsPlusTags: false), history: history,
      cohorts: cohorts, intent: intent, model: model, settings: settings, now: Self.now)
  }

  /// Any lead: each field absent, known to the model or unknown to it.
  static func random(using generator: inout SeededGenerator) -> TriageCase {
    var random = TriageCase()
    func pick(_ values: [String?]) -> String? { values.randomElement(using: &generator) ?? nil }
    random.lead.source = pick([nil, "Referral", "outbound", "Website", "Pigeon"])
    random.lead.region = pick([nil, "US", "eu", "Atlantis"])
    random.lead.persona = pick([nil, "Founder", "Engineer", "Astronaut"])
    random.lead.contact.jobTitle = pick([nil, "VP Sales", "Student", "Wizard"])
    random.lead.hasConsent = [nil, true, false].randomElement(using: &generator) ?? nil
    random.lead.preferredChannel =
      ([nil] + Channel.allCases).randomElement(using: &generator) ?? nil
    random.lead.contact.name = pick([nil, "Ann"])
    random.lead.contact.email = pick([nil, "a@acme.com", "a@gmail.com", "a@example.com"])
    random.lead.contact.phone = pick([nil, "+4722334455"])
    random.lead.account.company = pick([nil, "Acme"])
    random.lead.account.industry = pick([nil, "SaaS", "retail", "Alchemy"])
    random.lead.account.companySize = pick([nil, "1-10", "201-500", "350", "huge"])
    random.lead.message = pick([nil, "A demo please", "my thesis", "Hello"])
    random.lead.createdAt = now + .days(-Int.random(in: 0...400, using: &generator))
    for kind in InteractionKind.allCases where Bool.random(using: &generator) {
      random.history.interactions[kind] = Int.random(in: 0...6, using: &generator)
    }
    for outcome in InteractionOutcome.allCases where Bool.random(using: &generator) {
      random.history.outcomes[outcome] = Int.random(in: 0...6, using: &generator)
    }
    random.history.conversions = Int.random(in: 0...3, using: &generator)
    random.history.accountLeads = Int.random(in: 0...3, using: &generator)
    random.history.accountConversions = Int.random(
      in: 0...random.history.accountLeads, using: &generator)
    if Bool.random(using: &generator) {
      random.history.lastLeadActivity = now + .days(-Int.random(in: 0...200, using: &generator))
    }
    return random
  }
}

/// One row of a table of tests: a change to a value, with its name and what is expected of it.
struct Change<Value, Expected: Sendable>: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let expected: Expected
  let apply: @Sendable (inout Value) -> Void

  init(_ name: String, _ expected: Expected, _ apply: @escaping @Sendable (inout Value) -> Void) {
    self.testDescription = name
    self.expected = expected
    self.apply = apply
  }
}

extension Change where Expected == Void {
  init(_ name: String, _ apply: @escaping @Sendable (inout Value) -> Void) {
    self.init(name, (), apply)
  }
}
