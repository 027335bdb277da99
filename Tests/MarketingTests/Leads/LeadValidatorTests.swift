import JSONRPC
import Marketing
import Testing

private let now = Timestamp(milliseconds: 1_752_577_995_000)

/// A draft that is right in every field.
private func fullDraft() -> LeadDraft {
  var draft = LeadDraft()
  draft.name = "Ann Berg"
  draft.email = "ann.berg@acme.com"
  draft.phone = "+47 22 33 44 55"
  draft.jobTitle = "VP Sales"
  draft.timeZone = "Europe/Oslo"
  draft.company = "Acme AS"
  draft.domain = "acme.com"
  draft.industry = "SaaS"
  draft.companySize = "51-200"
  draft.source = "Website"
  draft.campaignID = "CMP0001"
  draft.persona = "Sales Lead"
  draft.region = "EU"
  draft.preferredChannel = "email"
  draft.consent = true
  draft.message = "Please show us a demo."
  draft.createdAt = "2025-07-15T11:13:15Z"
  draft.attributes = ["utm": "x"]
  return draft
}

private func errors(of draft: LeadDraft, isUpdate: Bool = false) -> [FieldError] {
  switch LeadValidator.validate(draft, isUpdate: isUpdate, now: now) {
  case .success: []
  case .failure(let invalid): invalid.errors
  }
}

@Suite struct LeadValidatorTests {
  @Test func aFullDraftBecomesALead() throws {
    let lead = try LeadValidator.validate(fullDraft(), now: now).get()
      .makeLead(id: LeadID(rawValue: "L1"))
    #expect(lead.contact.name == "Ann Berg")
    #expect(lead.contact.email == "ann.berg@acme.com")
    #expect(lead.contact.phone == "+47 22 33 44 55")
    #expect(lead.contact.jobTitle == "VP Sales")
    #expect(lead.contact.timeZone == "Europe/Oslo")
    #expect(lead.account.company == "Acme AS")
    #expect(lead.account.domain == "acme.com")
    #expect(lead.account.industry == "SaaS")
    #expect(lead.account.companySize == "51-200")
    #expect(lead.source == "Website")
    #expect(lead.campaignID == CampaignID(rawValue: "CMP0001"))
    #expect(lead.persona == "Sales Lead")
    #expect(lead.region == "EU")
    #expect(lead.preferredChannel == .email)
    #expect(lead.hasConsent == true)
    #expect(lead.message == "Please show us a demo.")
    #expect(lead.createdAt == now)
    #expect(lead.lastActiveAt == now)
    #expect(lead.attributes == ["utm": "x"])
    #expect(lead.status == .new)
    #expect(lead.score == nil && lead.category == nil)
  }

  @Test func everyWrongFieldIsReportedAtOnce() {
    var draft = LeadDraft()
    draft.name = String(repeating: "n", count: 201)
    draft.email = "nobody"
    draft.phone = "call me"
    draft.jobTitle = "a\u{7}b"
    draft.timeZone = "Oslo"
    draft.company = "a\nb"
    draft.domain = "https://acme.com/"
    draft.industry = String(repeating: "i", count: 101)
    draft.companySize = "many"
    draft.source = "a\u{202E}b"
    draft.campaignID = "CMP 1"
    draft.persona = "\u{1B}[31m"
    draft.region = "a\u{2028}b"
    draft.preferredChannel = "fax"
    draft.message = String(repeating: "m", count: 10_001)
    draft.createdAt = "yesterday"
    draft.attributes = JSONObject((0...100).map { ("k\($0)", .null) })
    let found = errors(of: draft)
    #expect(
      found.map(\.field) == [
        "/name", "/email", "/phone", "/jobTitle", "/timeZone", "/company", "/domain", "/industry",
        "/companySize", "/source", "/campaignID", "/persona", "/region", "/preferredChannel",
        "/message", "/createdAt", "/attributes",
      ])
    #expect(found.allSatisfy { !$0.found.isEmpty && !$0.expected.isEmpty })
  }

  /// Field, value, what is reported as found.
  @Test(arguments: [
    ("/email", "plain", "a text without '@'"),
    ("/email", "a@b@c.com", "a text with more than one '@'"),
    ("/email", "@acme.com", "nothing before '@'"),
    ("/email", "ann@", "nothing"),
    ("/email", ".ann@acme.com", "a '.' at an end or beside another before '@'"),
    ("/email", "ann.@acme.com", "a '.' at an end or beside another before '@'"),
    ("/email", "a..b@acme.com", "a '.' at an end or beside another before '@'"),
    (
      "/email", "Ann Berg <ann@acme.com>",
      "a character before '@' that an address cannot have unquoted"
    ),
    ("/email", "\"a b\"@acme.com", "a character before '@' that an address cannot have unquoted"),
    ("/email", String(repeating: "l", count: 65) + "@acme.com", "65 octets before '@'"),
    (
      "/email", "ann@" + String(repeating: "label.", count: 43) + "com",
      "a domain of 261 octets"
    ),
    ("/email", "ann@localhost", "a domain without a dot"),
    ("/email", "ann@acme..com", "a domain with an empty part"),
    ("/email", "ann@acme.com.", "a domain with an empty part"),
    ("/email", "ann@-acme.com", "a domain with a part that begins or ends with '-'"),
    ("/email", "ann@acme-.com", "a domain with a part that begins or ends with '-'"),
    (
      "/email", "ann@ac_me.com",
      "a domain with a character that is neither letter, digit, '-' nor '.'"
    ),
    (
      "/email", "ann@[127.0.0.1]",
      "a domain with a character that is neither letter, digit, '-' nor '.'"
    ),
    ("/email", "ann@127.0.0.1", "a domain that ends with a number"),
    (
      "/email", "ann@\(String(repeating: "l", count: 64)).com", "a domain with a part of 64 octets"
    ),
    ("/email", "ann@acme.com\u{0}", "the control character U+0000"),
    ("/phone", "123456", "6 digits"),
    ("/phone", "1234567890123456", "16 digits"),
    ("/phone", "+47 22 33 44 55 ext. 3", "a character that telephone numbers do not have"),
    ("/phone", "47+22334455", "a '+' behind the start"),
    ("/phone", "++4722334455", "a '+' behind the start"),
    ("/phone", "(22 33 44 55", "a '(' without ')'"),
    ("/phone", "22) 33 44 55", "a ')' without '('"),
    ("/phone", "((22)) 33 44 55", "a '(' within parentheses"),
    ("/phone", "0000000", "one digit repeated"),
    ("/phone", "+0 22 33 44 55", "a country code that begins with 0"),
    ("/timeZone", "Oslo", "'Oslo'"),
    ("/timeZone", "Europe/", "'Europe/'"),
    ("/timeZone", "Europe/Os lo", "'Europe/Os lo'"),
    ("/timeZone", "Mars/Olympus", "'Mars/Olympus'"),
    ("/timeZone", "+02:00", "'+02:00'"),
    ("/companySize", "0", "'0'"),
    ("/companySize", "1-50", "'1-50'"),
    ("/companySize", "50-11", "'50-11'"),
    ("/companySize", "1000+", "'1000+'"),
    ("/companySize", "-5", "'-5'"),
    ("/companySize", "99999999999999999999", "'99999999999999999999'"),
    ("/domain", "acme.com/about", "a web address with a scheme or a path"),
    ("/domain", "acme", "a domain without a dot"),
    ("/preferredChannel", "fax\u{202E}", "a character that overrides the direction of text"),
    ("/preferredChannel", "pigeon", "'pigeon'"),
    (
      "/campaignID", String(repeating: "c", count: 65),
      "'\(String(repeating: "c", count: 40))…' (65 characters)"
    ),
    ("/campaignID", "a\u{1B}b", "'a\u{FFFD}b'"),
    ("/createdAt", "2025-02-29", "'2025-02-29'"),
    ("/createdAt", "2025-07-16T11:13:15.001Z", "2025-07-16T11:13:15.001Z, which is in the future"),
    ("/message", "a\u{0}b", "the control character U+0000"),
    ("/message", "a\u{85}b", "the control character U+0085"),
    ("/name", "Ann\tBerg", "the control character U+0009"),
    ("/name", "Ann\u{2066}Berg", "a character that overrides the direction of text"),
  ])
  func saysWhatItFound(field: String, value: String, found: String) {
    var draft = fullDraft()
    switch field {
    case "/name": draft.name = value
    case "/email": draft.email = value
    case "/phone": draft.phone = value
    case "/timeZone": draft.timeZone = value
    case "/domain": draft.domain = value
    case "/companySize": draft.companySize = value
    case "/campaignID": draft.campaignID = value
    case "/preferredChannel": draft.preferredChannel = value
    case "/message": draft.message = value
    case "/createdAt": draft.createdAt = value
    default: Issue.record("no such field")
    }
    let reported = errors(of: draft)
    #expect(reported.map(\.field) == [field])
    #expect(reported.first?.found == found)
  }

  @Test(arguments: [
    "a@b.co", "first.last+tag@sub.example.com", "o'neil@acme.ie", "x_y-z@a-b.de",
    "jörg@bücher.de", "info@пример.рф", "用户@例子.中国", "a@xn--bcher-kva.de", "A@ACME.COM",
    "!#$%&'*+-/=?^_`{|}~@acme.com", String(repeating: "l", count: 64) + "@acme.com",
    " ann@acme.com ", "\u{FEFF}ann@acme.com\r\n",
  ])
  func acceptsAddresses(email: String) {
    var draft = LeadDraft()
    draft.email = email
    #expect(errors(of: draft).isEmpty)
  }

  @Test func personalValuesAreNotRepeated() {
    var draft = LeadDraft()
    draft.name = "Secretive\u{1}Person"
    draft.email = "secretive.person"
    draft.phone = "555-SECRET-1"
    draft.company = "Secret\u{2}Company"
    draft.jobTitle = "Secret\u{3}Title"
    draft.message = "a secret \u{4}message"
    let report = InvalidLead(errors: errors(of: draft)).description.lowercased()
    #expect(errors(of: draft).count == 6)
    #expect(!report.contains("secret"))
    #expect(!report.contains("555"))
  }

  @Test(arguments: [
    "Europe/Oslo", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC", "GMT",
    "US/Eastern", "America/Port-au-Prince",
  ])
  func acceptsTimeZones(zone: String) {
    var draft = fullDraft()
    draft.timeZone = zone
    #expect(errors(of: draft).isEmpty)
  }

  @Test(arguments: ["email", "Email", "SMS", "Call", " web "])
  func acceptsChannelsInAnyCase(name: String) throws {
    var draft = fullDraft()
    draft.preferredChannel = name
    let channel = try LeadValidator.validate(draft, now: now).get().preferredChannel
    #expect(channel?.rawValue == TextFolding.folded(name))
  }

  @Test func whiteSpaceIsTidiedUp() throws {
    var draft = fullDraft()
    draft.name = "\u{FEFF} Ann \u{A0}\u{2003} Berg \n"
    draft.message = "\n  First line\r\n\tsecond\u{A0}line \n"
    draft.domain = " ACME.com "
    let lead = try LeadValidator.validate(draft, now: now).get()
    #expect(lead.contact.name == "Ann Berg")
    #expect(lead.message == "First line\r\n\tsecond\u{A0}line")
    #expect(lead.account.domain == "acme.com")
  }

  @Test func emptyTextIsNotGiven() throws {
    var draft = LeadDraft()
    draft.company = "Acme"
    draft.name = ""
    draft.email = " "
    draft.phone = "\t"
    draft.message = "\u{200B}\n"
    draft.campaignID = ""
    draft.createdAt = ""
    let lead = try LeadValidator.validate(draft, now: now).get()
    #expect(lead.contact == Contact())
    #expect(lead.message == nil && lead.campaignID == nil && lead.createdAt == nil)
    #expect(lead.makeLead(id: LeadID(rawValue: "L")).createdAt == now)
    #expect(lead.makeLead(id: LeadID(rawValue: "L")).lastActiveAt == nil)
  }

  @Test func lengthsCountScalars() {
    var draft = fullDraft()
    draft.name = String(repeating: "名", count: 200)
    draft.message = String(repeating: "🙂", count: 10_000)
    #expect(errors(of: draft).isEmpty)
    draft.name = String(repeating: "名", count: 201)
    #expect(errors(of: draft).map(\.found) == ["a text of 201 characters"])
  }

  @Test func aDraftMustSayWhoTheLeadIs() {
    #expect(errors(of: LeadDraft()).map(\.field) == [""])
    var draft = LeadDraft()
    draft.name = "Ann"
    draft.message = "Hello"
    draft.domain = "acme.com"
    #expect(errors(of: draft).map(\.field) == [""])
    #expect(errors(of: draft, isUpdate: true).isEmpty)
    draft.company = "n/a"
    #expect(errors(of: draft).map(\.field) == [""])
    draft.company = "Acme"
    #expect(errors(of: draft).isEmpty)
    draft.company = nil
    draft.phone = "5551234"
    #expect(errors(of: draft).isEmpty)
    // A wrong address is one mistake, not two.
    draft.phone = nil
    draft.email = "ann"
    #expect(errors(of: draft).map(\.field) == ["/email"])
  }

  @Test func attributesAreBounded() {
    var draft = fullDraft()
    draft.attributes = JSONObject((0..<100).map { ("k\($0)", .null) })
    #expect(errors(of: draft).isEmpty)
    // {"a":"…"} has 8 bytes around the text.
    draft.attributes = ["a": .string(String(repeating: "x", count: (64 << 10) - 8))]
    #expect(errors(of: draft).isEmpty)
    draft.attributes = ["a": .string(String(repeating: "x", count: (64 << 10) - 7))]
    #expect(errors(of: draft).map(\.found) == ["65537 bytes of JSON"])
  }

  @Test func aDayAheadIsWithinTolerance() {
    var draft = fullDraft()
    draft.createdAt = (now + .days(1)).iso8601
    #expect(errors(of: draft).isEmpty)
  }

  @Test func anUpdateReplacesWhatItGives() throws {
    let stored = try LeadValidator.validate(fullDraft(), now: now).get()
      .makeLead(id: LeadID(rawValue: "L1"))
    var draft = LeadDraft()
    draft.jobTitle = "CEO"
    draft.consent = false
    draft.companySize = "350"
    draft.attributes = ["new": 1]
    let later = now + .days(3)
    let update = try LeadValidator.validate(draft, isUpdate: true, now: later).get()
    let lead = update.applied(to: stored)
    var expected = stored
    expected.contact.jobTitle = "CEO"
    expected.hasConsent = false
    expected.account.companySize = "201-1000"
    expected.attributes = ["utm": "x", "new": 1]
    #expect(lead == expected)
  }

  @Test func aNewMessageIsActivity() throws {
    let stored = try LeadValidator.validate(fullDraft(), now: now).get()
      .makeLead(id: LeadID(rawValue: "L1"))
    let later = now + .days(3)
    var draft = LeadDraft()
    draft.message = stored.message
    let same = try LeadValidator.validate(draft, isUpdate: true, now: later).get()
    #expect(same.applied(to: stored) == stored)
    draft.message = "And what does it cost?"
    let other = try LeadValidator.validate(draft, isUpdate: true, now: later).get()
    #expect(other.applied(to: stored).lastActiveAt == later)
    #expect(other.applied(to: stored).createdAt == now)
  }

  @Test func draftsAreReadFromJSON() throws {
    let json: JSONValue = [
      "email": "ann@acme.com", "consent": true, "attributes": ["a": [1, 2]], "phone": nil,
    ]
    let draft = try JSONValueDecoder().decode(LeadDraft.self, from: json)
    #expect(draft.email == "ann@acme.com")
    #expect(draft.consent == true)
    #expect(draft.attributes == ["a": [1, 2]])
    #expect(draft.phone == nil && draft.name == nil)
    #expect(throws: DecodingError.self) {
      try JSONValueDecoder().decode(LeadDraft.self, from: ["consent": "yes"])
    }
  }
}
