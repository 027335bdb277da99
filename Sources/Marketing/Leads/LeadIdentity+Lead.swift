extension LeadIdentity {
  /// The identity of a lead. Parts that name nobody stay empty: addresses without both sides,
  /// telephone numbers of one repeated digit, companies called "n/a".
  /// - Parameter keepsPlusTags: whether `ann+news@…` and `ann@…` are two people.
  package init(of lead: Lead, keepsPlusTags: Bool) {
    let address = lead.contact.email.flatMap(EmailAddress.init(splitting:))
    let company = lead.account.company.flatMap(CompanyName.key)
    self.init(
      email: address.map { Self.normalized($0, keepsPlusTags: keepsPlusTags) },
      phone: lead.contact.phone.flatMap(Self.normalizedPhone),
      companyAndName: Self.companyAndName(company, name: lead.contact.name),
      account: Self.account(domain: lead.account.domain, mail: address?.domain, company: company))
  }

  static func normalized(_ address: EmailAddress, keepsPlusTags: Bool) -> String {
    var local = ComposedText.composed(address.local.lowercased())
    let plus = local.utf8.firstIndex(of: UInt8(ascii: "+"))
    if !keepsPlusTags, let plus, plus > local.startIndex { local.removeSubrange(plus...) }
    return "\(local)@\(Punycode.readable(address.domain))"
  }

  private static func normalizedPhone(_ text: String) -> String? {
    try? PhoneNumber.parse(text).get().normalized
  }

  private static func companyAndName(_ company: String?, name: String?) -> String? {
    guard let company, let name = name.map(TextFolding.folded), !name.isEmpty else { return nil }
    return "\(company)\n\(name)"
  }

  /// The company's key: its own domain, else that of the mail address, else its name. Domains that many
  /// share (free mail, placeholders) name no company.
  private static func account(domain: String?, mail: String?, company: String?) -> String? {
    let own = domain.map { host in
      let lower = host.lowercased()
      return lower.hasPrefix("www.") ? String(lower.dropFirst(4)) : lower
    }
    for case .some(let candidate) in [own, mail].map({ $0.map(Punycode.readable) })
    where MailDomain(candidate) == .business {
      return candidate
    }
    return company
  }
}
