package import JSONRPC

/// A person or company that may become a customer, with what we know of it now.
package struct Lead: Sendable, Hashable, Codable {
  /// The lead's name within its workspace.
  package var id: LeadID
  /// When the lead came in.
  package var createdAt: Timestamp
  /// When the lead itself last did something; `nil` when that is not known.
  package var lastActiveAt: Timestamp?
  /// How to reach the person.
  package var contact: Contact
  /// The company.
  package var account: Account
  /// Where the lead came from, for example `Website`.
  package var source: String?
  /// The campaign that brought the lead in.
  package var campaignID: CampaignID?
  /// The person's role as marketing sees it, for example `CMO`.
  package var persona: String?
  /// The market region, for example `EU`.
  package var region: String?
  /// The channel the person wants to be reached on.
  package var preferredChannel: Channel?
  /// Whether the person agreed to be contacted; `nil` when nobody asked.
  package var hasConsent: Bool?
  /// What the lead wrote. Untrusted text.
  package var message: String?
  /// Where the lead stands in the sales process.
  package var status: LeadStatus
  /// The latest score, 0–100.
  package var score: Double?
  /// The latest category.
  package var category: LeadCategory?
  /// The agent that works on the lead.
  package var assignedAgent: String?
  /// Whatever else came with the lead.
  package var attributes: JSONObject

  /// A lead of which only the name and the time are known.
  package init(id: LeadID, createdAt: Timestamp) {
    self.id = id
    self.createdAt = createdAt
    self.contact = Contact()
    self.account = Account()
    self.status = .new
    self.attributes = [:]
  }
}

/// How to reach a person. Personal data.
package struct Contact: Sendable, Hashable, Codable {
  /// The person's full name.
  package var name: String?
  /// The e-mail address as given.
  package var email: String?
  /// The telephone number as given.
  package var phone: String?
  /// The job title as given.
  package var jobTitle: String?
  /// The time zone's IANA name, for example `Europe/Oslo`.
  package var timeZone: String?

  /// A contact of which nothing is known.
  package init() {}
}

/// A company.
package struct Account: Sendable, Hashable, Codable {
  /// The company's name.
  package var company: String?
  /// The company's web domain in lower case, for example `example.com`.
  package var domain: String?
  /// The industry, for example `FinTech`.
  package var industry: String?
  /// The number of employees as a range, for example `51-200` or `5000+`.
  package var companySize: String?

  /// An account of which nothing is known.
  package init() {}
}

/// Where a lead stands in the sales process.
package enum LeadStatus: String, Sendable, Hashable, Codable, CaseIterable {
  case new, open, qualified, unqualified, converted
}

/// What triage makes of a lead.
package enum LeadCategory: String, Sendable, Hashable, Codable, CaseIterable {
  case campaignQualified = "campaign_qualified"
  case coldLead = "cold_lead"
  case generalInquiry = "general_inquiry"
}

/// A way to reach a lead.
package enum Channel: String, Sendable, Hashable, Codable, CaseIterable {
  case email, sms, social, ads, web, call
}
