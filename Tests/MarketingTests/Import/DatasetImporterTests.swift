import JSONRPC
import Marketing
import Testing

@Suite("data set import")
struct DatasetImporterTests {
  private func good(leads: [[String]] = [GoodRow.lead]) -> Imported {
    Imported.tables([
      (.campaigns, Imported.file(.campaigns, [GoodRow.campaign])),
      (.abVariants, Imported.file(.abVariants, [GoodRow.variant])),
      (.leads, Imported.file(.leads, leads)),
      (.conversations, Imported.file(.conversations, [GoodRow.conversation])),
      (.interactions, Imported.file(.interactions, [GoodRow.interaction])),
      (.conversions, Imported.file(.conversions, [GoodRow.conversion])),
    ])
  }

  @Test("every column of a typed table arrives in its field")
  func typedFields() throws {
    let imported = good()
    #expect(imported.quarantined.isEmpty)
    #expect(imported.report.dangling == 0)

    var expected = Campaign(id: CampaignID(rawValue: "CMP1"), name: "Autumn")
    expected.objective = "Lead Gen"
    expected.startsAt = Timestamp(iso8601: "2025-05-22T14:50:25Z")
    expected.endsAt = Timestamp(iso8601: "2025-06-01T00:00:00Z")
    expected.channels = [.ads, .email]
    expected.dailyBudget = Money(amount: 55.5, currency: "USD")
    expected.totalBudget = Money(amount: 555, currency: "USD")
    expected.ownerEmail = "m@purple.example"
    expected.region = "EU"
    expected.targetPersonas = ["CMO"]
    expected.kpi = "CPL"
    #expect(imported.campaigns == [expected])

    let lead = try #require(imported.leads.first)
    #expect(lead.createdAt.iso8601 == "2025-07-15T11:13:15Z")
    #expect(lead.lastActiveAt?.iso8601 == "2025-08-06T01:19:44Z")
    #expect(lead.category == .campaignQualified)
    #expect(lead.status == .qualified)
    #expect(lead.score == 69)
    #expect(lead.account.industry == "E\u{2011}commerce")
    #expect(lead.account.companySize == "51-200")
    #expect(lead.preferredChannel == .call)
    #expect(lead.hasConsent == true)
    #expect(lead.contact.email == "a@acme.example")
    #expect(lead.contact.phone == "+1-906-555-0100")
    #expect(
      [lead.source, lead.persona, lead.region, lead.assignedAgent] == [
        "Referral", "CMO", "EU", "EN-015",
      ])
    #expect(lead.campaignID?.rawValue == "CMP1")

    let interaction = try #require(imported.interactions.first)
    #expect(interaction.channel == .email)
    #expect(interaction.kind == .emailClick)
    #expect(interaction.outcome == .callbackRequested)
    #expect(interaction.metadata == ["duration_sec": 752, "utm": ["source": "x"]])
    #expect(
      [interaction.conversationID, interaction.variantID, interaction.agentID] == [
        "C1", "VAR1", "EN-002",
      ])

    #expect(
      imported.outcomes == [
        Outcome(
          leadID: lead.id, disposition: .converted,
          occurredAt: Timestamp(milliseconds: 1_754_189_965_000),
          campaignID: CampaignID(rawValue: "CMP1"), conversionType: .meetingScheduled,
          value: Money(amount: 499.25, currency: "USD"))
      ])
  }

  @Test("empty cells are absent values")
  func emptyCells() throws {
    let blank = ["L1", "2025-07-15"] + Array(repeating: "", count: 15)
    let imported = good(leads: [blank])
    let lead = try #require(imported.leads.first)
    var expected = Lead(
      id: LeadID(rawValue: "L1"), createdAt: Timestamp(milliseconds: 1_752_537_600_000))
    expected.status = .new
    #expect(lead == expected)
  }

  @Test("further lead columns fill their fields or become attributes")
  func furtherColumns() throws {
    let extra = ["name", "company", "domain", "time_zone", "message", "shoe size", "empty"]
    let row =
      GoodRow.lead + [
        "Ann Berg", "Acme", "ACME.example", "Europe/Oslo", "Hi,\n\"you\"", "43", "",
      ]
    let imported = Imported.tables([(.leads, Imported.file(.leads, [row], extra: extra))])
    let lead = try #require(imported.leads.first)
    #expect(lead.contact.name == "Ann Berg")
    #expect(lead.account.company == "Acme")
    #expect(lead.account.domain == "acme.example")
    #expect(lead.contact.timeZone == "Europe/Oslo")
    #expect(lead.message == "Hi,\n\"you\"")
    #expect(lead.attributes == ["shoe size": "43"])
  }

  @Test(
    "a bad cell refuses its row and says what would be accepted",
    arguments: [
      (0, "", "lead_id", "empty"),
      (0, "L 1", "lead_id", "letters, digits"),
      (0, String(repeating: "x", count: 65), "lead_id", "letters, digits"),
      (1, "", "created_at", "empty"),
      (1, "15.07.2025", "created_at", "'99.99.9999'"),
      (1, "2025-02-30T10:00:00", "created_at", "2025-07-15T11:13:15"),
      (3, "CMP/1", "campaign_id", "letters, digits"),
      (4, "Hot", "triage_category", "3 characters: letters, accepted are campaign_qualified"),
      (5, "won!", "lead_status", "4 characters: letters, '!'"),
      (6, "101", "lead_score", "0.0 to 100.0"),
      (6, "nan", "lead_score", "number"),
      (6, "0x10", "lead_score", "number"),
      (11, "Pigeon", "preferred_channel", "email, sms, social, ads, web, call"),
      (12, "maybe", "gdpr_consent", "true, false"),
      (16, "yesterday", "last_active_at", "2025-07-15T11:13:15"),
    ])
  func badLeadCells(index: Int, value: String, column: String, words: String) throws {
    let bad = GoodRow.with(GoodRow.lead, [index: value])
    let other = GoodRow.with(GoodRow.lead, [0: "L2"])
    let imported = Imported.tables([(.leads, Imported.file(.leads, [bad, other]))])
    #expect(imported.leads.map(\.id.rawValue) == ["L2"])
    let row = try #require(imported.quarantined.first)
    #expect(imported.quarantined.count == 1)
    #expect(row.file == "leads.csv")
    #expect(row.line == 2)
    #expect(row.column == column)
    #expect(row.reason.contains(words), "\(row.reason)")
  }

  @Test(
    "a bad cell of another typed table",
    arguments: [
      (DatasetTable.interactions, 4, "", "timestamp"),
      (.interactions, 5, "Fax", "channel"),
      (.interactions, 6, "", "event_type"),
      (.interactions, 6, "teleported", "event_type"),
      (.interactions, 9, "furious", "outcome"),
      (.interactions, 10, "{", "metadata_json"),
      (.interactions, 10, "[1]", "metadata_json"),
      (.conversions, 2, "soon", "converted_at"),
      (.conversions, 3, "$12", "conversion_value_usd"),
      (.conversions, 4, "gift", "conversion_type"),
      (.campaigns, 1, "", "name"),
      (.campaigns, 5, "Email", "channel_mix"),
      (.campaigns, 5, "[1]", "channel_mix"),
      (.campaigns, 5, #"["Email", "Smoke"]"#, "channel_mix"),
      (.campaigns, 6, "many", "daily_budget_usd"),
      (.campaigns, 10, "{}", "target_personas"),
    ])
  func badCells(table: DatasetTable, index: Int, value: String, column: String) {
    let row =
      switch table {
      case .interactions: GoodRow.interaction
      case .conversions: GoodRow.conversion
      default: GoodRow.campaign
      }
    let bytes = Imported.file(table, [GoodRow.with(row, [index: value])])
    let imported = Imported.tables(
      [(.leads, Imported.file(.leads, [GoodRow.lead])), (table, bytes)])
    #expect(imported.refused == ["\(table.fileName):2 \(column)"])
  }

  @Test("a value that slipped into the wrong column is not repeated in the quarantine")
  func noPersonalValues() {
    for value in ["ann.berg@acme.example", "+1-906-555-0100", "Ann Berg, CEO", "Ann Berg", "Berg"] {
      for column in [1, 4, 5, 6, 11, 12, 16] {
        let bytes = Imported.file(.leads, [GoodRow.with(GoodRow.lead, [column: value])])
        let imported = Imported.tables([(.leads, bytes)])
        #expect(imported.quarantined.count == 1)
        for part in ["berg", "Berg", "906", "0100"] {
          #expect(imported.quarantined.allSatisfy { !$0.reason.contains(part) })
        }
      }
    }
  }

  @Test("nor is a name in a column of flags, channels or words of the other tables")
  func noNames() {
    let files: [(DatasetTable, [[String]])] = [
      (
        .interactions,
        [5, 6, 9].map { GoodRow.with(GoodRow.interaction, [0: "I\($0)", $0: "Berg"]) }
      ),
      (.conversions, [GoodRow.with(GoodRow.conversion, [4: "Berg"])]),
      (.campaigns, [GoodRow.with(GoodRow.campaign, [5: #"["Berg"]"#])]),
    ]
    for (table, rows) in files {
      let imported = Imported.tables([(table, Imported.file(table, rows))], known: [.leads: ["L1"]])
      #expect(imported.quarantined.count == rows.count)
      #expect(imported.quarantined.allSatisfy { !$0.reason.contains("Berg") })
    }
    let twice = Imported.leadFile("ann@acme.example,ann@acme.example\n1,2\n")
    #expect(twice.quarantined.count == 1)
    #expect(twice.quarantined.allSatisfy { !$0.reason.contains("acme") })
  }

  @Test("broken CSV rows are refused with line and column, the others arrive")
  func brokenRows() {
    let header = DatasetTable.conversations.columns.joined(separator: ",")
    let lines = [
      header, "C1,L1,2025-07-15,2025-07-16,active", "C2,L1,2025-07-15", "",
      "C3,L1,2025-07-15,2025-07-16,act\"ive", "C4,L1,\"2025-07-15,2025-07-16,idle",
      "C5,L1,2025-07-15,2025-07-16,\"clo\nsed\"", ",L1,2025-07-15,2025-07-16,active",
      "C1,L1,2025-07-15,2025-07-16,active",
    ]
    for end in ["\n", "\r\n", "\r"] {
      let bytes = Array(lines.joined(separator: end).utf8)
      let imported = Imported.tables([(.conversations, bytes)], known: [.leads: ["L1"]])
      #expect(
        imported.refused == [
          "conversations.csv:3 -", "conversations.csv:5 status", "conversations.csv:6 opened_at",
          "conversations.csv:9 conversation_id", "conversations.csv:10 conversation_id",
        ])
      #expect(imported.raw["conversations"]?.map(\.key) == ["C1", "C5"])
      #expect(imported.report.rowsRead == 7)
      #expect(imported.report.quarantined == 5)
    }
  }

  @Test("columns may stand in any order")
  func columnOrder() {
    let order = Array(DatasetTable.leads.columns.indices.reversed())
    var writer = CSVWriter(delimiter: UInt8(ascii: ";"))
    writer.write(order.map { DatasetTable.leads.columns[$0] })
    writer.write(order.map { GoodRow.lead[$0] })
    let imported = Imported.tables([(.leads, writer.take())])
    let usual = Imported.tables([(.leads, Imported.file(.leads, [GoodRow.lead]))])
    #expect(imported.leads == usual.leads)
  }

  @Test(
    "a file that is not the table's gives one error with its line",
    arguments: [
      ("", 1, "empty"), ("\u{0}\u{1}", 1, "NUL"), ("\n%PDF-1.4\nxyz\n", 2, "lacks lead_id"),
      ("lead_id,lead_id\n1,2\n", 1, "twice"), ("L1,2025-07-15\n", 1, "lacks lead_id"),
    ])
  func wrongFiles(text: String, line: Int, word: String) throws {
    let imported = Imported.tables([(.leads, Array(text.utf8))])
    #expect(imported.leads.isEmpty)
    #expect(imported.refused == ["leads.csv:\(line) -"])
    let table = try #require(imported.report.tables.first)
    #expect(table.failure?.hasPrefix("line \(line): ") == true)
    #expect(table.failure?.contains(word) == true, "\(table.failure ?? "")")
    #expect(imported.report.failures == 1)
  }

  @Test("nothing of a file is kept when it turns out to be binary")
  func binaryBehindGoodRows() {
    let bytes = Imported.file(.leads, [GoodRow.lead]) + Array("x\u{0}".utf8)
    let imported = Imported.tables([(.leads, bytes)], chunk: 10)
    #expect(imported.leads.isEmpty)
    #expect(imported.refused == ["leads.csv:3 -"])
  }
}
