package import JSONRPC

/// A draft whose fields have been checked and brought into their stored form; what the draft did not
/// give is `nil`.
package struct ValidLead: Sendable, Hashable {
  /// Name, e-mail, telephone, job title and time zone as far as given.
  package var contact = Contact()
  /// Company, domain, industry and size as far as given.
  package var account = Account()
  /// Where the lead came from.
  package var source: String?
  /// The campaign that brought the lead in.
  package var campaignID: CampaignID?
  /// The person's role as marketing sees it.
  package var persona: String?
  /// The market region.
  package var region: String?
  /// The channel the person wants to be reached on.
  package var preferredChannel: Channel?
  /// Whether the person agreed to be contacted.
  package var hasConsent: Bool?
  /// What the lead wrote.
  package var message: String?
  /// When the lead came in.
  package var createdAt: Timestamp?
  /// Whatever else is known.
  package var attributes: JSONObject?
  /// When the draft was received.
  package let receivedAt: Timestamp

  init(receivedAt: Timestamp) { self.receivedAt = receivedAt }

  /// A new lead of these fields. One that wrote a message was active when it came in.
  package func makeLead(id: LeadID) -> Lead {
    applied(to: Lead(id: id, createdAt: createdAt ?? receivedAt))
  }

  /// A known lead with these fields: what is given replaces, what is absent stays; attributes are
  /// replaced key by key. A message that was not stored yet counts as activity of the lead.
  package func applied(to lead: Lead) -> Lead {
    var lead = lead
    replace(&lead.contact.name, contact.name)
    replace(&lead.contact.email, contact.email)
    replace(&lead.contact.phone, contact.phone)
    replace(&lead.contact.jobTitle, contact.jobTitle)
    replace(&lead.contact.timeZone, contact.timeZone)
    replace(&lead.account.company, account.company)
    replace(&lead.account.domain, account.domain)
    replace(&lead.account.industry, account.industry)
    replace(&lead.account.companySize, account.companySize)
    replace(&lead.source, source)
    replace(&lead.campaignID, campaignID)
    replace(&lead.persona, persona)
    replace(&lead.region, region)
    replace(&lead.preferredChannel, preferredChannel)
    replace(&lead.hasConsent, hasConsent)
    if let message, message != lead.message {
      lead.message = message
      let wroteAt = createdAt ?? receivedAt
      lead.lastActiveAt = lead.lastActiveAt.map { max($0, wroteAt) } ?? wroteAt
    }
    if let createdAt { lead.createdAt = createdAt }
    if let attributes { lead.attributes = lead.attributes.merging(attributes) }
    return lead
  }

  private func replace<Value>(_ stored: inout Value?, _ given: Value?) {
    if let given { stored = given }
  }
}
