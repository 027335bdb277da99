package import JSONRPC

/// A lead as a caller hands it over: nothing is checked yet, everything is optional. Dates, channels
/// and names are text here, so that `LeadValidator` can report every wrong field at once.
package struct LeadDraft: Sendable, Hashable, Decodable {
  /// The person's full name.
  package var name: String?
  /// The e-mail address.
  package var email: String?
  /// The telephone number.
  package var phone: String?
  /// The job title.
  package var jobTitle: String?
  /// The time zone's IANA name.
  package var timeZone: String?
  /// The company's name.
  package var company: String?
  /// The company's web domain.
  package var domain: String?
  /// The industry.
  package var industry: String?
  /// The number of employees, as a range or a count.
  package var companySize: String?
  /// Where the lead came from.
  package var source: String?
  /// The campaign that brought the lead in.
  package var campaignID: String?
  /// The person's role as marketing sees it.
  package var persona: String?
  /// The market region.
  package var region: String?
  /// The channel the person wants to be reached on.
  package var preferredChannel: String?
  /// Whether the person agreed to be contacted.
  package var consent: Bool?
  /// What the lead wrote.
  package var message: String?
  /// When the lead came in, ISO 8601.
  package var createdAt: String?
  /// Whatever else is known.
  package var attributes: JSONObject?

  /// A draft that says nothing.
  package init() {}
}
