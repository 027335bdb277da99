import Marketing
import Testing

private func lead(
  email: String? = nil, phone: String? = nil, company: String? = nil, name: String? = nil,
  domain: String? = nil
) -> Lead {
  var lead = Lead(id: LeadID(rawValue: "L1"), createdAt: Timestamp(milliseconds: 0))
  lead.contact.email = email
  lead.contact.phone = phone
  lead.contact.name = name
  lead.account.company = company
  lead.account.domain = domain
  return lead
}

@Suite struct LeadIdentityTests {
  /// Address, without its plus-tag, with it.
  @Test(arguments: [
    ("Ann.Berg@Acme.COM", "ann.berg@acme.com", "ann.berg@acme.com"),
    ("ann+news@acme.com", "ann@acme.com", "ann+news@acme.com"),
    ("ann+a+b@acme.com", "ann@acme.com", "ann+a+b@acme.com"),
    ("+tag@acme.com", "+tag@acme.com", "+tag@acme.com"),
    ("JÖRG@BÜCHER.DE", "jörg@bücher.de", "jörg@bücher.de"),
    ("JO\u{308}RG@BU\u{308}CHER.DE", "jörg@bücher.de", "jörg@bücher.de"),
    ("jörg@XN--Bcher-kva.de", "jörg@bücher.de", "jörg@bücher.de"),
    ("ann@mail.xn--fiqs8s", "ann@mail.中国", "ann@mail.中国"),
    ("ann@xn--l8jegik.jp", "ann@あいうえお.jp", "ann@あいうえお.jp"),
    ("ann@xn--acme-.com", "ann@xn--acme-.com", "ann@xn--acme-.com"),
    ("ann@xn--999999999.com", "ann@xn--999999999.com", "ann@xn--999999999.com"),
    ("e\u{302}\u{323}@a-b.vn", "ệ@a-b.vn", "ệ@a-b.vn"),
    ("\u{1112}\u{1161}\u{11AB}@a.kr", "한@a.kr", "한@a.kr"),
    ("no address", nil, nil), ("@acme.com", nil, nil), ("ann@", nil, nil), ("", nil, nil),
  ])
  func normalizesAddresses(email: String, without: String?, with: String?) {
    // By their bytes: texts are equal to Swift where the two ways to write a letter are.
    func bytes(_ text: String?) -> [UInt8]? { text.map { Array($0.utf8) } }
    #expect(
      bytes(LeadIdentity(of: lead(email: email), keepsPlusTags: false).email) == bytes(without))
    #expect(bytes(LeadIdentity(of: lead(email: email), keepsPlusTags: true).email) == bytes(with))
  }

  @Test(arguments: [
    ("+1-906-579-4559", "+19065794559"), ("+1 (906) 579.4559", "+19065794559"),
    ("001 906 579 4559", "+19065794559"), ("906-579-4559", "9065794559"),
    ("+44 (0)20 7946 0958", "+442079460958"), ("0044 (0)20 7946 0958", "+442079460958"),
    ("(020) 7946 0958", "02079460958"),
    ("+49 30/1234-567", "+49301234567"), ("+47\u{A0}22\u{2011}33\u{2013}44 55", "+4722334455"),
    ("12345", nil), ("000-000-0000", nil), ("ask at the desk", nil), ("", nil),
    ("+1 906 579 4559 4559", "+190657945594559"), ("+1 906 579 4559 45591", nil),
  ])
  func normalizesTelephoneNumbers(phone: String, normalized: String?) {
    #expect(LeadIdentity(of: lead(phone: phone), keepsPlusTags: false).phone == normalized)
  }

  @Test(arguments: [
    ("Acme, Inc.", "acme"), ("ACME Incorporated", "acme"), ("Acme Ltd", "acme"),
    ("Acme GmbH & Co. KG", "acme"), ("Acme A/S", "acme"), ("Acme AS", "acme"),
    ("Acme S.A.", "acme"), ("Acme Sp. z o.o.", "acme"), ("Ácmé  SARL", "acme"),
    ("Bücher-Haus GmbH", "bucher haus"), ("Johnson & Johnson", "johnson and johnson"),
    ("Johnson and Johnson Ltd.", "johnson and johnson"), ("O'Neil's", "oneils"),
    ("O’Neil’s", "oneils"), ("The Company", "the"), ("Company", "company"), ("AG", "ag"),
    ("Amazon.com, Inc.", "amazoncom"), ("株式会社名", "株式会社名"), ("ООО Ромашка", "ооо ромашка"),
    ("n/a", nil), ("N.A.", nil), ("None", nil), ("-", nil), ("", nil), ("Self-employed", nil),
  ])
  func foldsCompanies(company: String, key: String?) {
    #expect(CompanyName.key(company) == key)
  }

  @Test func companyAndNameNeedBoth() {
    let both = lead(company: "Acme Ltd.", name: " Ann  BÉRG ")
    #expect(LeadIdentity(of: both, keepsPlusTags: false).companyAndName == "acme\nann berg")
    for half in [lead(company: "Acme"), lead(name: "Ann"), lead(company: "n/a", name: "Ann")] {
      #expect(LeadIdentity(of: half, keepsPlusTags: false).companyAndName == nil)
    }
  }

  /// Domain, e-mail, company, the account's key.
  @Test(
    arguments: [
      ("acme.com", "ann@other.com", "Else", "acme.com"),
      ("WWW.Acme.com", nil, nil, "acme.com"),
      (nil, "ann@Acme.com", "Else", "acme.com"),
      (nil, "ann@gmail.com", "Acme Inc", "acme"),
      ("gmail.com", "ann@gmail.com", "Acme Inc", "acme"),
      ("gmail.com", "ann@acme.com", nil, "acme.com"),
      (nil, "ann@example.com", "Acme Inc", "acme"),
      (nil, "ann@mail.example.org", nil, nil),
      (nil, "ann@purplemerit.example", nil, nil),
      (nil, "ann@site.test", nil, nil),
      (nil, "ann@counterexample.com", nil, "counterexample.com"),
      (nil, "ann@bücher.de", nil, "bücher.de"), ("www.xn--bcher-kva.de", nil, nil, "bücher.de"),
      (nil, nil, "n/a", nil), (nil, nil, nil, nil),
    ] as [(String?, String?, String?, String?)])
  func findsTheAccount(domain: String?, email: String?, company: String?, account: String?) {
    let subject = lead(email: email, company: company, domain: domain)
    #expect(LeadIdentity(of: subject, keepsPlusTags: false).account == account)
  }

  @Test(arguments: [
    ("", ""), ("  Ann  Berg ", "ann berg"), ("ÅNGSTRÖM", "angstrom"),
    ("A\u{30A}ngstro\u{308}m", "angstrom"),
    ("Straße", "strasse"), ("ŁÓDŹ", "lodz"), ("İstanbul", "istanbul"),
    ("Nguyễn Thị Ánh", "nguyen thi anh"),
    ("Ærø", "aero"), ("E\u{2011}commerce", "e-commerce"), ("a\u{A0}b\u{3000}c", "a b c"),
    ("ＡＢＣ１", "abc1"), ("soft\u{AD}ware", "software"), ("Ελληνικός", "ελληνικοσ"), ("日本", "日本"),
    ("हिन्दी", "हिन्दी"), ("a\tb\r\nc", "a b c"),
  ])
  func foldsText(text: String, folded: String) {
    #expect(TextFolding.folded(text) == folded)
    #expect(TextFolding.folded(folded) == folded)
  }

  @Test(arguments: [
    ("1-10", "1-10"), ("2-10", "1-10"), ("1", "1-10"), ("10", "1-10"), ("11", "11-50"),
    ("11-50", "11-50"), ("11 – 50", "11-50"), ("50", "11-50"), ("51", "51-200"), ("200", "51-200"),
    ("201-500", "201-1000"), ("501-1000", "201-1000"), ("501-1,000", "201-1000"),
    ("201-1000", "201-1000"), ("350", "201-1000"), ("1,200", "1001-5000"), ("5000", "1001-5000"),
    ("1001-5000", "1001-5000"), ("5001", "5000+"), ("5000+", "5000+"), ("10,000+", "5000+"),
    ("5001-10000", "5000+"), ("0", nil), ("", nil), ("4999+", nil), ("1-11", nil), ("1-2-3", nil),
    ("-", nil), ("ten", nil), ("3.5", nil), ("1e3", nil),
  ])
  func bandsCompanySizes(text: String, band: String?) {
    #expect(CompanySize(parsing: text)?.rawValue == band)
  }
}
