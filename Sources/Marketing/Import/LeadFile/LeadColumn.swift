/// What a column of a lead file can be read as: a field of a lead, or what became of it.
package enum LeadColumn: String, Sendable, Hashable, Codable, CaseIterable {
  case id, createdAt, lastActiveAt
  case name, firstName, lastName, email, phone, jobTitle, timeZone
  case company, domain, industry, companySize
  case source, campaignID, persona, region, preferredChannel, hasConsent, message
  case status, score, category, assignedAgent
  /// Whether the person refused to be contacted, in one way or at all: a flag. Several columns may say so.
  case doNotContact
  /// Whether the lead converted: a flag. A true one also becomes an outcome.
  case converted
  /// When the lead converted.
  case convertedAt
  /// What the conversion is worth, in US dollars.
  case conversionValueUSD

  /// Header names that are taken for this column, folded, the best first. A header that is none of
  /// them becomes an attribute.
  var synonyms: [String] {
    switch self {
    case .id:
      ["lead_id", "leadid", "prospect_id", "record_id", "contact_id", "lead_number", "id", "uuid"]
    case .createdAt:
      [
        "created_at", "createdat", "created", "create_date", "created_date", "date_created",
        "creation_date", "created_on", "timestamp", "date",
      ]
    case .lastActiveAt:
      ["last_active_at", "last_active", "last_activity_date", "last_activity_at", "last_seen"]
    case .name: ["name", "full_name", "lead_name", "contact_name", "contact"]
    case .firstName: ["first_name", "firstname", "given_name"]
    case .lastName: ["last_name", "lastname", "surname", "family_name"]
    case .email:
      [
        "email", "e_mail", "email_address", "e_mail_address", "work_email", "business_email",
        "mail",
      ]
    case .phone:
      [
        "phone", "phone_number", "telephone", "tel", "mobile", "mobile_phone", "mobile_number",
        "cell", "work_phone",
      ]
    case .jobTitle: ["job_title", "jobtitle", "title", "position"]
    case .timeZone: ["time_zone", "timezone", "tz"]
    case .company:
      [
        "company", "company_name", "organization", "organisation", "account", "account_name",
        "employer",
      ]
    case .domain: ["domain", "company_domain", "website", "company_website", "web_site"]
    case .industry: ["industry", "sector"]
    case .companySize:
      [
        "company_size", "companysize", "employees", "number_of_employees", "no._of_employees",
        "employee_count", "headcount",
      ]
    case .source:
      ["source", "lead_source", "original_source", "lead_origin", "utm_source", "origin"]
    case .campaignID: ["campaign_id", "campaignid"]
    case .persona: ["persona", "buyer_persona"]
    case .region: ["region", "territory", "country", "country_region"]
    case .preferredChannel: ["preferred_channel", "preferred_contact_method", "contact_preference"]
    case .hasConsent:
      ["gdpr_consent", "consent", "has_consent", "marketing_consent", "opt_in", "opted_in"]
    case .doNotContact:
      [
        "do_not_contact", "do_not_email", "do_not_mail", "do_not_call", "do_not_phone",
        "do_not_text", "do_not_sms", "donotcontact", "donotemail", "donotcall", "dnc", "opt_out",
        "optout", "opted_out", "email_opt_out", "has_opted_out", "has_opted_out_of_email",
        "opted_out_of_email", "call_opt_out", "sms_opt_out", "unsubscribed", "unsubscribe",
        "has_unsubscribed", "is_unsubscribed",
      ]
    case .message: ["message", "comment", "comments", "inquiry", "enquiry"]
    case .status: ["lead_status", "status"]
    case .score: ["lead_score", "score"]
    case .category: ["triage_category", "lead_category"]
    case .assignedAgent: ["assigned_engagement_agent", "assigned_agent", "owner", "lead_owner"]
    case .converted: ["converted", "is_converted"]
    case .convertedAt: ["converted_at", "conversion_date", "converted_date"]
    case .conversionValueUSD: ["conversion_value_usd"]
    }
  }

  /// The columns of a header by what they are taken for. Where several fit, the best synonym wins
  /// and the others stay attributes.
  /// - Parameter taken: what has been settled already.
  static func infer(
    _ header: [String], taken: Set<LeadColumn>, among places: some Sequence<Int>
  ) -> [LeadColumn: Int] {
    var byName: [String: Int] = [:]
    for place in places {
      let folded = CellText.folded(header[place].utf8)
      if byName[folded] == nil { byName[folded] = place }
    }
    var found: [LeadColumn: Int] = [:]
    for column in allCases where column != .doNotContact && !taken.contains(column) {
      if let place = column.synonyms.lazy.compactMap({ byName[$0] }).first { found[column] = place }
    }
    return found
  }

  /// The columns of a header that say whether the person refused to be contacted.
  static func refusals(_ header: [String], among places: some Sequence<Int>) -> [Int] {
    let names = Set(doNotContact.synonyms)
    return places.filter { names.contains(CellText.folded(header[$0].utf8)) }
  }
}
