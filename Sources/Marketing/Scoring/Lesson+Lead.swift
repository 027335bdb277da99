extension Lesson {
  /// What a lead teaches: its fields that are categories, as they are when its outcome is recorded. What
  /// happened with it is left out, which the outcome has changed by then.
  package init(_ lead: Lead, identity: LeadIdentity, intent: MessageIntent) {
    var values: [String: String] = [:]
    func set(_ field: ScorecardField, _ value: String?) {
      guard let value else { return }
      let folded = TextFolding.folded(value)
      guard Self.isCategory(folded) else { return }
      values[field.rawValue] = folded
    }
    set(.source, lead.source)
    set(.industry, lead.account.industry)
    values[ScorecardField.companySize.rawValue] =
      lead.account.companySize.flatMap(CompanySize.init(parsing:))?.rawValue
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

  /// Whether a text can be a category: neither longer than one is, nor an address or a number that reaches
  /// somebody.
  private static func isCategory(_ folded: String) -> Bool {
    guard (1...60).contains(folded.utf8.count), !folded.contains("@") else { return false }
    if case .success = PhoneNumber.parse(folded) { return false }
    return true
  }
}
