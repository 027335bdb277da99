extension Lead {
  /// This lead with what a later form of the same person says: its message, a refusal of consent, and whatever was not
  /// known yet. What is known is not replaced: anybody can send a form in another one's name.
  /// - Returns: `nil` when the form says nothing new.
  package func taking(from form: Lead) -> Lead? {
    let wroteAt = form.lastActiveAt ?? form.createdAt
    guard form.id != id, wroteAt >= lastActiveAt ?? createdAt else { return nil }
    var lead = self
    func fill<Value>(_ known: inout Value?, _ said: Value?) { known = known ?? said }
    fill(&lead.contact.name, form.contact.name)
    fill(&lead.contact.email, form.contact.email)
    fill(&lead.contact.phone, form.contact.phone)
    fill(&lead.contact.jobTitle, form.contact.jobTitle)
    fill(&lead.contact.timeZone, form.contact.timeZone)
    fill(&lead.account.company, form.account.company)
    fill(&lead.account.domain, form.account.domain)
    fill(&lead.account.industry, form.account.industry)
    fill(&lead.account.companySize, form.account.companySize)
    fill(&lead.region, form.region)
    fill(&lead.preferredChannel, form.preferredChannel)
    lead.message = form.message ?? message
    lead.hasConsent = form.hasConsent == false ? false : hasConsent ?? form.hasConsent
    guard lead != self else { return nil }
    lead.lastActiveAt = wroteAt
    return lead
  }
}
