import JSONRPC
import Marketing
import Testing

@Suite("lead file import")
struct LeadFileImporterTests {
  private func mapping(_ json: JSONValue) throws -> ColumnMapping { try ColumnMapping(json: json) }

  @Test("recognises the usual headers, and keeps the rest as attributes")
  func inferredColumns() throws {
    let text = """
      Email Address;First Name;Last Name;Organisation;Lead Source;Mobile;Created Date;Opt In;Visits;Zip;Ratio;Note
      ann@acme.example;Ann;Berg;Acme;Trade fair;+1 906 555 0100;2025-07-15 11:13;yes;12;00123;1.50;N/A
      """
    let imported = Imported.leadFile(text)
    #expect(imported.quarantined.isEmpty)
    let lead = try #require(imported.leads.first)
    #expect(lead.contact.email == "ann@acme.example")
    #expect(lead.contact.name == "Ann Berg")
    #expect(lead.account.company == "Acme")
    #expect(lead.source == "Trade fair")
    #expect(lead.contact.phone == "+1 906 555 0100")
    #expect(lead.createdAt.iso8601 == "2025-07-15T11:13:00Z")
    #expect(lead.hasConsent == true)
    #expect(lead.attributes.keys == ["Visits", "Zip", "Ratio"])
    #expect(lead.attributes["Visits"] == 12)
    #expect(lead.attributes["Zip"] == "00123")
    #expect(lead.attributes["Ratio"]?.doubleValue == 1.5)
    let mapped = imported.report.tables.first?.mappedColumns
    #expect(mapped?["Organisation"] == .company)
    #expect(mapped?["Zip"] == nil)
  }

  @Test("the best synonym wins where several headers fit")
  func bestSynonym() throws {
    let imported = Imported.leadFile(
      "Lead Number,Prospect ID,Lead Origin,Lead Source,Country\n7,p-1,API,Google,India\n")
    let lead = try #require(imported.leads.first)
    #expect(lead.id.rawValue == "p-1")
    #expect(lead.source == "Google")
    #expect(lead.region == "India")
    #expect(lead.attributes == ["Lead Number": 7, "Lead Origin": "API"])
  }

  @Test("an explicit mapping rules over the header")
  func explicitMapping() throws {
    let mapping = try mapping([
      "columns": [
        "A": "email", "Size": "companySize", "source": "attribute", "secret": "ignore",
        "When": "createdAt",
      ],
      "constants": ["source": "Fair", "region": "EU"], "missing": ["?"], "delimiter": "|",
      "idColumn": "Nr", "dates": "dmy",
    ])
    let imported = Imported.leadFile(
      "A|Size|source|secret|When|Nr|Region\na@b.example|?|web|x|15.7.2025 9:05|17 a|\n"
        + "-|NA|web|x|15/07/2025|18|US\n", mapping: mapping)
    #expect(imported.quarantined.isEmpty)
    let first = try #require(imported.leads.first)
    #expect(first.contact.email == "a@b.example")
    #expect(first.account.companySize == nil)
    #expect(first.source == "Fair")
    #expect(first.region == "EU")
    #expect(first.createdAt.iso8601 == "2025-07-15T09:05:00Z")
    #expect(first.id.rawValue.hasPrefix("lead_"))
    #expect(first.attributes == ["source": "web", "Nr": "17 a"])
    let second = try #require(imported.leads.last)
    #expect(second.id.rawValue == "18")
    #expect(second.region == "US")
    // The mapping's own list of missing marks replaces the usual one.
    #expect(second.contact.email == "-")
    #expect(second.account.companySize == "NA")
    #expect(imported.report.tables.first?.ignoredColumns == ["secret"])
  }

  @Test(
    "a wrong mapping is refused with what would be accepted",
    arguments: [
      ([1], "object"), (["colums": [:]], "accepted are columns"),
      (["columns": ["A": "mail"]], "email"), (["constants": ["zip": "1"]], "companySize"),
      (["constants": ["id": "1"]], "no field"), (["dates": "ymd"], "dmy"),
      (["delimiter": "::"], "one character"), (["delimiter": "\""], "one character"),
      (["missing": "x"], "array"), (["idPrefix": "a b"], "1 to 32"), (["idPrefix": ""], "1 to 32"),
    ] as [(JSONValue, String)])
  func wrongMapping(json: JSONValue, words: String) {
    let error = #expect(throws: (any Error).self) { try ColumnMapping(json: json) }
    #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    #expect(error.map { "\($0)".contains("DecodingError") } == false)
  }

  @Test("a mapping that names an absent column fails with the header's line")
  func absentColumn() throws {
    for json: JSONValue in [["columns": ["Mail": "email"]], ["idColumn": "Mail"]] {
      let imported = Imported.leadFile("\nemail\na@b.example\n", mapping: try mapping(json))
      #expect(imported.refused == ["my.csv:2 -"])
      #expect(imported.report.tables.first?.failure?.contains("'Mail'") == true)
    }
    let twice = try mapping(["columns": ["a": "email", "b": "email"]])
    #expect(Imported.leadFile("a,b\n1,2\n", mapping: twice).report.failures == 1)
  }

  @Test("a header without any known column is refused")
  func unknownHeader() {
    let imported = Imported.leadFile("17,4,x\n18,5,y\n")
    #expect(imported.leads.isEmpty)
    #expect(imported.refused == ["my.csv:1 -"])
  }

  @Test("missing marks are absent values, in fields and attributes")
  func missingMarks() throws {
    let imported = Imported.leadFile(
      "email,region,persona,company,industry,extra,more\na@b.example,Select,NA,n/a,NULL,-,select\n")
    let lead = try #require(imported.leads.first)
    #expect(lead.region == nil)
    #expect(lead.persona == nil)
    #expect(lead.account == Account())
    #expect(lead.attributes.isEmpty)
  }

  @Test("leads without an identifier get the same one whatever their place in the file")
  func madeIdentifiers() throws {
    let header = "email,company\n"
    let rows = ["Ann@Acme.example,Acme\n", "bob@b.example,B\n", ",Nobody\n", ",Somebody\n"]
    let first = Imported.leadFile(header + rows.joined())
    let other = Imported.leadFile(header + rows.reversed().joined())
    #expect(first.leads.count == 4)
    #expect(Set(first.leads.map(\.id)).count == 4)
    #expect(Set(first.leads) == Set(other.leads))
    #expect(first.leads.allSatisfy { LeadID(checking: $0.id.rawValue) != nil })
    // Stored data depend on these names: they must never change (FNV-1a, computed elsewhere).
    #expect(first.leads.first?.id.rawValue == "lead_0pvrmd55bm9s0sj5j05bfde0v5")
    // The address counts without case, and the other cells do not count beside it.
    let changed = Imported.leadFile(header + "ann@acme.example,Acme Ltd\n")
    #expect(changed.leads.first?.id == first.leads.first?.id)
    // The order of the columns does not count.
    let turned = Imported.leadFile("company,email\nNobody,\n")
    #expect(turned.leads.first?.id == first.leads[2].id)
  }

  @Test("rows with the same address are one lead, an equal row without one is refused")
  func sameAddress() {
    let imported = Imported.leadFile(
      "email,company\na@b.example,A\nA@B.example,B\na@b.example,A\n,C\n,C\n")
    #expect(imported.leads.map(\.account.company) == ["A", "B", "A", "C"])
    #expect(Set(imported.leads.map(\.id)).count == 2)
    #expect(imported.rows.map(\.repeatsRow) == [false, true, true, false])
    #expect(imported.refused == ["my.csv:6 -"])
    let byID = Imported.leadFile("id,email\n1,a@b.example\n1,c@d.example\n,e@f.example\n")
    #expect(byID.refused == ["my.csv:3 id", "my.csv:4 id"])
  }

  @Test("a prefix sets a file's own names apart, and no others")
  func prefix() throws {
    let mapping = try mapping(["idPrefix": "crm2-"])
    let imported = Imported.leadFile(
      "id,email\n1,a@b.example\nno name,c@d.example\n", mapping: mapping)
    #expect(imported.leads.first?.id == LeadID(rawValue: "crm2-1"))
    #expect(imported.leads.last?.id.rawValue.hasPrefix("crm2-lead_") == true)
    #expect(imported.leads.allSatisfy { LeadID(checking: $0.id.rawValue) != nil })
    #expect(
      Imported.leadFile("email\na@b.example\n", mapping: mapping).leads
        == Imported.leadFile("email\na@b.example\n").leads)
  }

  @Test(
    "any column that says that the person refused contact is refused consent",
    arguments: [
      ("Do Not Email", "Yes", false), ("Do Not Call", "1", false),
      ("do_not_contact", "true", false),
      ("Opt-out", "x", false), ("Unsubscribed", "2025-07-01", false), ("Do Not Email", "No", nil),
      ("Unsubscribed", "", nil), ("Unsubscribed", "never mind", nil),
    ] as [(String, String, Bool?)])
  func refusals(column: String, value: String, consent: Bool?) throws {
    let plain = Imported.leadFile("email,\(column)\na@b.example,\(value)\n")
    #expect(plain.leads.map(\.hasConsent) == [consent])
    // What kind of contact it is stays readable.
    #expect(plain.leads.first?.attributes.keys == (value.isEmpty ? [] : [column]))
    #expect(plain.report.tables.first?.mappedColumns?[column] == .doNotContact)
    // A refusal wins over a consent that the file claims too.
    let both = Imported.leadFile("email,consent,\(column)\na@b.example,yes,\(value)\n")
    #expect(both.leads.map(\.hasConsent) == [consent ?? true])
    // One of several columns is enough.
    let two = Imported.leadFile("email,Opted Out,\(column)\na@b.example,no,\(value)\n")
    #expect(two.leads.map(\.hasConsent) == [consent])
    let named = Imported.leadFile(
      "email,Z\na@b.example,\(value)\n", mapping: try mapping(["columns": ["Z": "doNotContact"]]))
    #expect(named.refused == (value == "never mind" ? ["my.csv:2 Z"] : []))
  }

  @Test("a value that does not fit refuses the row where the mapping named its column only")
  func unfittingValues() throws {
    let text = "email,status,score,consent,preferred channel\na@b.example,Hot,A+,often,phone\n"
    let inferred = Imported.leadFile(text)
    let lead = try #require(inferred.leads.first)
    #expect(lead.status == .new)
    #expect(lead.preferredChannel == .call)
    #expect(lead.attributes == ["status": "Hot", "score": "A+", "consent": "often"])
    for (column, field) in [("status", "status"), ("score", "score"), ("consent", "hasConsent")] {
      let named = Imported.leadFile(
        text, mapping: try mapping(["columns": [column: .string(field)]]))
      #expect(named.refused == ["my.csv:2 \(column)"])
    }
    let date = Imported.leadFile("email,created\na@b.example,07/15/2025\n")
    #expect(date.refused == ["my.csv:2 created"])
    #expect(date.quarantined.first?.reason.contains("mdy") == true)
  }

  @Test("a flag of conversion becomes a status and an outcome")
  func conversions() throws {
    let imported = Imported.leadFile(
      "id,converted,converted_at,conversion_value_usd\n1,1,2025-07-15,99.5\n2,0,,\n3,yes,,\n4,,,\n")
    #expect(imported.leads.map(\.status) == [.converted, .new, .converted, .new])
    #expect(imported.outcomes.map(\.leadID.rawValue) == ["1", "3"])
    #expect(imported.outcomes.first?.value == Money(amount: 99.5, currency: "USD"))
    #expect(imported.outcomes.first?.occurredAt.iso8601 == "2025-07-15T00:00:00Z")
    #expect(imported.outcomes.last?.occurredAt == imported.leads[2].createdAt)
    #expect(imported.rows.map(\.conversion?.isDated) == [true, nil, false, nil])
    #expect(imported.rows.map(\.saysStatus) == [true, false, true, false])
    #expect(imported.rows.allSatisfy { !$0.saysTime && $0.hasOwnName })
  }

  @Test("large files pass in any chunks")
  func chunks() {
    var text = "id,email,converted\n"
    for number in 1...3000 { text += "\(number),p\(number)@x.example,\(number % 2)\n" }
    let whole = Imported.leadFile(text, chunk: 1 << 20)
    #expect(whole.leads.count == 3000)
    #expect(whole.outcomes.count == 1500)
    #expect(whole.batchSizes.allSatisfy { $0 <= 1000 })
    let small = Imported.leadFile(text, chunk: 17)
    #expect(small.leads == whole.leads)
    #expect(small.outcomes == whole.outcomes)
  }

  @Test(
    "dates in local order",
    arguments: [
      ("15/07/2025", ColumnMapping.DateOrder.dmy, "2025-07-15T00:00:00Z"),
      ("07/15/2025 1:05 PM", .mdy, "2025-07-15T13:05:00Z"),
      ("7-5-2025 12:00:30 am", .mdy, "2025-07-05T00:00:30Z"),
      ("2025-07-15T01:02:03+02:00", .mdy, "2025-07-14T23:02:03Z"),
      ("31/06/2025", .dmy, nil), ("15/07/25", .dmy, nil), ("15/07/2025 25:00", .dmy, nil),
      ("15/07/2025 13:00 PM", .dmy, nil), ("07/15/2025", .iso, nil),
    ] as [(String, ColumnMapping.DateOrder, String?)])
  func localDates(text: String, order: ColumnMapping.DateOrder, expected: String?) {
    var mapping = ColumnMapping()
    mapping.dates = order
    let imported = Imported.leadFile("id,created\n1,\(text)\n", mapping: mapping)
    #expect(imported.leads.first?.createdAt.iso8601 == expected)
    #expect(imported.quarantined.count == (expected == nil ? 1 : 0))
  }

  @Test("web addresses become domains")
  func domains() {
    let imported = Imported.leadFile(
      "id,website\n1,https://www.Acme.example/team?x\n2,b.example:8080\n3,c.example\n")
    #expect(imported.leads.map(\.account.domain) == ["acme.example", "b.example", "c.example"])
  }
}
