/// What our stores know of a lead's past, for triage. Counts cover the lead itself and its duplicates.
package struct LeadHistory: Sendable, Hashable {
  /// Interactions by kind.
  package var interactions: [InteractionKind: Int] = [:]
  /// Interactions by outcome.
  package var outcomes: [InteractionOutcome: Int] = [:]
  /// When the lead last did something.
  package var lastLeadActivity: Timestamp?
  /// How often the lead converted.
  package var conversions = 0
  /// Whether the lead itself did, rather than one of its duplicates.
  package var hasConverted = false
  /// Other leads with the same normalized e-mail, phone, or company and name.
  package var duplicates: [DuplicateMatch] = []
  /// How many other leads belong to the same company (by domain, else by name).
  package var accountLeads = 0
  /// How many of them converted.
  package var accountConversions = 0
  /// Whether the lead itself is stored already.
  package var isStored = false
  /// When the lead itself was last reported lost, if that is where it stands; `nil` otherwise.
  package var lostAt: Timestamp?

  /// A past of which nothing is known.
  package init() {}
}

/// Another lead that seems to be the same person.
package struct DuplicateMatch: Sendable, Hashable, Codable {
  /// The other lead.
  package var leadID: LeadID
  /// What both have in common.
  package var reason: Reason
  /// When the other lead came in; `nil` where that was not asked.
  package var createdAt: Timestamp?
  /// Whether the other lead converted.
  package var hasConverted = false

  /// What two leads have in common.
  package enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    case email, phone
    case companyAndName = "company_and_name"
  }

  // Callers are told which lead and why; the rest is for the choice between the two.
  private enum CodingKeys: String, CodingKey { case leadID, reason }

  /// A match.
  package init(
    leadID: LeadID, reason: Reason, createdAt: Timestamp? = nil, hasConverted: Bool = false
  ) {
    self.leadID = leadID
    self.reason = reason
    self.createdAt = createdAt
    self.hasConverted = hasConverted
  }
}

/// The normalized values by which two leads are recognised as the same. Empty parts match nothing.
package struct LeadIdentity: Sendable, Hashable {
  /// The e-mail address in lower case without a plus-tag.
  package var email: String?
  /// The telephone number as `+` and digits.
  package var phone: String?
  /// Company and person's name, folded, joined by a line feed.
  package var companyAndName: String?
  /// The company's key: its domain, else its folded name.
  package var account: String?

  /// An identity from parts that are normalized already.
  package init(
    email: String? = nil, phone: String? = nil, companyAndName: String? = nil,
    account: String? = nil
  ) {
    self.email = email
    self.phone = phone
    self.companyAndName = companyAndName
    self.account = account
  }
}

/// How many leads of one kind there are, and how many of them converted.
package struct CohortCount: Sendable, Hashable, Codable {
  /// Leads in the cohort.
  package var leads: Int
  /// Leads of the cohort that converted.
  package var conversions: Int

  /// A count; 0 ≤ conversions ≤ leads.
  package init(leads: Int = 0, conversions: Int = 0) {
    self.leads = leads
    self.conversions = conversions
  }
}

/// What makes two leads alike: the four fields that cohorts are cut by, coarse to fine in this order.
/// An absent field is a level of its own.
package struct CohortKey: Sendable, Hashable {
  /// Where the lead came from.
  package var source: String?
  /// The company's industry.
  package var industry: String?
  /// The company's size.
  package var companySize: String?
  /// The market region.
  package var region: String?

  /// A key.
  package init(source: String?, industry: String?, companySize: String?, region: String?) {
    self.source = source
    self.industry = industry
    self.companySize = companySize
    self.region = region
  }

  /// The key of a lead.
  package init(_ lead: Lead) {
    self.init(
      source: lead.source, industry: lead.account.industry,
      companySize: lead.account.companySize, region: lead.region)
  }
}

extension LeadIdentity {
  /// The strongest part that two identities have in common.
  package func match(_ other: LeadIdentity) -> DuplicateMatch.Reason? {
    if let email, email == other.email { return .email }
    if let phone, phone == other.phone { return .phone }
    if let companyAndName, companyAndName == other.companyAndName { return .companyAndName }
    return nil
  }
}
