extension Lesson {
  /// What a lead teaches: its fields that are categories, as they are when its outcome is recorded. What
  /// happened with it is left out, which the outcome has changed by then.
  package init(_ lead: Lead, identity: LeadIdentity, intent: MessageIntent) {
    var values: [String: String] = [:]
    func set(_ field: ScorecardField, _ value: String?) {
      guard let value else { return }
      let folded = TextFolding.folded(value)
      // What is longer is no category.
      guard !folded.isEmpty, folded.utf8.count <= 60 else { return }
      values[field.rawValue] = folded
    }
    set(.source, lead.source)
    set(.industry, lead.account.industry)
    set(
      .companySize,
      lead.account.companySize.map { CompanySize(parsing: $0)?.rawValue ?? $0 })
    set(.region, lead.region)
    set(.seniority, lead.persona)
    set(.consent, lead.hasConsent.map { $0 ? "given" : "refused" })
    set(.preferredChannel, lead.preferredChannel?.rawValue)
    set(.phone, identity.phone == nil ? "missing" : "given")
    set(.message, intent.rawValue)
    let domain = identity.email.flatMap(EmailAddress.init(splitting:)).map { MailDomain($0.domain) }
    let kind =
      switch domain {
      case .business: "business"
      case .freeMail: "free_mail"
      case .placeholder, nil: "missing"
      }
    set(.email, kind)
    self.init(values: values)
  }
}
