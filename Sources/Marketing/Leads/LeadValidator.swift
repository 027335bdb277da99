import JSONRPC

/// Checks drafts of leads.
package enum LeadValidator {
  /// The draft's fields in their stored form, or every field error at once.
  ///
  /// White space around text is cut; what is empty then counts as not given. Text of one line holds no
  /// control characters.
  /// - Parameters:
  ///   - isUpdate: whether the draft changes a known lead, so that it need not say who the lead is.
  ///   - now: `createdAt` may lie at most a day behind it.
  package static func validate(
    _ draft: LeadDraft, isUpdate: Bool = false, now: Timestamp
  ) -> Result<ValidLead, InvalidLead> {
    var checker = DraftChecker()
    var lead = ValidLead(receivedAt: now)
    lead.contact = checker.contact(of: draft)
    lead.account = checker.account(of: draft)
    lead.source = checker.label(draft.source, at: "/source")
    lead.campaignID = checker.campaignID(draft.campaignID)
    lead.persona = checker.name(draft.persona, at: "/persona")
    lead.region = checker.label(draft.region, at: "/region")
    lead.preferredChannel = checker.channel(draft.preferredChannel)
    lead.hasConsent = draft.consent
    lead.message = checker.message(draft.message)
    lead.createdAt = checker.createdAt(draft.createdAt, now: now)
    lead.attributes = checker.attributes(draft.attributes)
    if !isUpdate, !checker.namesSomebody(draft, lead) {
      checker.report(
        "", found: "neither an e-mail address, a telephone number nor a company",
        expected: "at least one of /email, /phone and /company, to know who the lead is")
    }
    return checker.errors.isEmpty ? .success(lead) : .failure(InvalidLead(errors: checker.errors))
  }
}

/// Checks one draft field by field and collects what is wrong.
private struct DraftChecker {
  private static let aCompanySize =
    "one of \(CompanySize.allCases.map(\.rawValue).joined(separator: ", ")), "
    + "a range within one of them, or the number of employees"
  private static let aChannel =
    "one of \(Channel.allCases.map(\.rawValue).joined(separator: ", "))"

  var errors: [FieldError] = []

  mutating func report(_ field: String, found: String, expected: String) {
    errors.append(FieldError(field: field, found: found, expected: expected))
  }

  mutating func contact(of draft: LeadDraft) -> Contact {
    var contact = Contact()
    contact.name = name(draft.name, at: "/name")
    contact.email = email(draft.email)
    contact.phone = phone(draft.phone)
    contact.jobTitle = name(draft.jobTitle, at: "/jobTitle")
    contact.timeZone = timeZone(draft.timeZone)
    return contact
  }

  mutating func account(of draft: LeadDraft) -> Account {
    var account = Account()
    account.company = name(draft.company, at: "/company")
    account.domain = domain(draft.domain)
    account.industry = label(draft.industry, at: "/industry")
    account.companySize = companySize(draft.companySize)
    return account
  }

  mutating func name(_ text: String?, at field: String) -> String? {
    line(text, at: field, limit: LeadLimits.nameLength)
  }

  mutating func label(_ text: String?, at field: String) -> String? {
    line(text, at: field, limit: LeadLimits.labelLength)
  }

  mutating func email(_ text: String?) -> String? {
    let expected = "an address such as name@company.com: 64 octets at most before '@', 255 behind"
    guard
      let address = line(
        text, at: "/email", limit: LeadLimits.emailLength, expected: expected)
    else { return nil }
    if let flaw = EmailAddress.flaw(in: address) {
      report("/email", found: flaw, expected: expected)
    }
    return address
  }

  mutating func phone(_ text: String?) -> String? {
    let expected =
      "7 to 15 digits with spaces, '-', '.', '/' or parentheses, best with '+' and country code"
    guard
      let number = line(text, at: "/phone", limit: LeadLimits.phoneLength, expected: expected)
    else { return nil }
    if case .failure(let flaw) = PhoneNumber.parse(number) {
      report("/phone", found: flaw.found, expected: expected)
    }
    return number
  }

  mutating func timeZone(_ text: String?) -> String? {
    let expected = "an IANA name such as Europe/Oslo, or UTC"
    guard
      let zone = line(text, at: "/timeZone", limit: LeadLimits.timeZoneLength, expected: expected)
    else { return nil }
    guard TimeZoneName.isPlausible(zone) else {
      report("/timeZone", found: Self.quoted(zone), expected: expected)
      return nil
    }
    return zone
  }

  mutating func domain(_ text: String?) -> String? {
    let expected = "a bare domain such as company.com"
    guard let host = line(text, at: "/domain", limit: HostName.maximumBytes, expected: expected)
    else { return nil }
    if host.utf8.contains(UInt8(ascii: "/")) {
      report("/domain", found: "a web address with a scheme or a path", expected: expected)
    } else if let flaw = HostName.flaw(in: host[...]) {
      report("/domain", found: flaw, expected: expected)
    }
    return host.lowercased()
  }

  mutating func companySize(_ text: String?) -> String? {
    guard
      let size = line(
        text, at: "/companySize", limit: LeadLimits.companySizeLength, expected: Self.aCompanySize)
    else { return nil }
    guard let band = CompanySize(parsing: size) else {
      report("/companySize", found: Self.quoted(size), expected: Self.aCompanySize)
      return nil
    }
    return band.rawValue
  }

  mutating func campaignID(_ text: String?) -> CampaignID? {
    guard let text, !text.isEmpty else { return nil }
    let id = CampaignID(checking: text)
    if id == nil {
      report(
        "/campaignID", found: Self.quoted(text),
        expected: "1 to 64 letters, digits, '_' and '-'")
    }
    return id
  }

  mutating func channel(_ text: String?) -> Channel? {
    guard
      let name = line(
        text, at: "/preferredChannel", limit: LeadLimits.labelLength, expected: Self.aChannel)
    else { return nil }
    let channel = Channel(rawValue: name) ?? Channel(rawValue: TextFolding.folded(name))
    if channel == nil {
      report("/preferredChannel", found: Self.quoted(name), expected: Self.aChannel)
    }
    return channel
  }

  mutating func message(_ text: String?) -> String? {
    let limit = LeadLimits.messageLength
    return text.flatMap {
      accept(
        TextRules.lines($0, limit: limit), at: "/message",
        expected:
          "text of at most \(limit) characters, no control characters but tabs and line ends")
    }
  }

  mutating func createdAt(_ text: String?, now: Timestamp) -> Timestamp? {
    guard let text, !text.isEmpty else { return nil }
    guard let moment = Timestamp(iso8601: text) else {
      report(
        "/createdAt", found: Self.quoted(text),
        expected: "a date and time that exist, such as 2025-07-15T11:13:15Z")
      return nil
    }
    let latest = now + LeadLimits.clockTolerance
    guard moment <= latest else {
      report(
        "/createdAt", found: "\(moment.iso8601), which is in the future",
        expected: "a time not after \(latest.iso8601)")
      return nil
    }
    return moment
  }

  mutating func attributes(_ object: JSONObject?) -> JSONObject? {
    guard let object else { return nil }
    if let problem = LeadLimits.problem(withAttributes: object) {
      report(problem.field, found: problem.found, expected: problem.expected)
    }
    return object
  }

  /// Whether the lead can be told from others. A field that was given but is wrong has its own error;
  /// it would be no help to call it missing, too.
  func namesSomebody(_ draft: LeadDraft, _ lead: ValidLead) -> Bool {
    lead.contact.email != nil || lead.contact.phone != nil
      || lead.account.company.flatMap(CompanyName.key) != nil
      || errors.contains { ["/email", "/phone", "/company"].contains($0.field) }
  }

  private mutating func line(
    _ text: String?, at field: String, limit: Int, expected: String? = nil
  ) -> String? {
    guard let text else { return nil }
    let rule = TextRules.line(text, limit: limit)
    return accept(
      rule, at: field,
      expected: expected ?? "one line of at most \(limit) characters, no control characters")
  }

  private mutating func accept(
    _ result: Result<String, TextRules.Flaw>, at field: String, expected: @autoclosure () -> String
  ) -> String? {
    switch result {
    case .success(let text): return text.isEmpty ? nil : text
    case .failure(let flaw):
      report(field, found: flaw.found, expected: expected())
      return nil
    }
  }

  /// A value that is not personal, for a message: cut, and without anything that a terminal obeys.
  private static func quoted(_ text: String) -> String {
    let limit = 40
    let scalars = text.unicodeScalars
    var shown = ""
    for scalar in scalars.prefix(limit) {
      let category = scalar.properties.generalCategory
      let isSafe = category != .control && category != .format
      shown.unicodeScalars.append(isSafe ? scalar : "\u{FFFD}")
    }
    return scalars.count > limit ? "'\(shown)…' (\(scalars.count) characters)" : "'\(shown)'"
  }
}
