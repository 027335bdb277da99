import Foundation
import JSONRPC
import Marketing
import Testing

/// Data sets that lie beside the package on some machines; the tests that need them are skipped where
/// they are absent.
enum PublicData {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "../shared/data").standardizedFileURL

  static func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path())
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }

  /// The agents' data set, imported once for all tests.
  static let agents = Result { try agents(DatasetTable.importOrder) }

  static func agents(_ tables: [DatasetTable]) throws -> Imported {
    Imported.tables(
      try tables.map { ($0, try bytes("marketing_agents/\($0.fileName)")) }, chunk: 65536)
  }
}

@Suite("import of public data sets")
struct PublicDataTests {
  @Test(
    "all 18 tables of the agents' data set, every row",
    .enabled(if: PublicData.has("marketing_agents"), "../shared/data/marketing_agents is absent"))
  func agentsDataset() throws {
    let imported = try PublicData.agents.get()
    #expect(imported.quarantined == [])
    #expect(imported.report.dangling == 0)
    #expect(imported.report.rowsRead == 105_920)
    let rows = Dictionary(
      uniqueKeysWithValues: imported.report.tables.map { ($0.table, $0.rowsRead) })
    #expect(
      rows == [
        "ab_variants": 109, "agent_actions": 7438, "campaign_daily": 1093, "campaigns": 30,
        "conversations": 4999, "conversions": 919, "interactions": 40047, "leads": 5000,
        "mcp_jsonrpc_calls": 12000, "mcp_resource_access": 12000, "memory_episodic": 250,
        "memory_long_term": 3020, "memory_short_term": 2500, "security_auth_events": 4000,
        "segments": 15, "semantic_kg_triples": 500, "transport_http_requests": 5965,
        "transport_websocket_sessions": 6035,
      ])
    #expect(imported.leads.count == 5000)
    #expect(imported.interactions.count == 40047)
    #expect(imported.outcomes.count == 919)
    #expect(imported.campaigns.count == 30)
    for (table, raw) in imported.raw {
      #expect(Set(raw.map(\.key)).count == raw.count, "keys of \(table)")
      #expect(raw.count == rows[table])
    }
    #expect(imported.leads.count { $0.category == .campaignQualified } == 2499)
    #expect(imported.leads.count { $0.status == .converted } == 487)
    #expect(imported.interactions.count { $0.outcome == .unsubscribe } == 7979)
    // 45 triples say what an earlier one says, with a weight of their own.
    let triples = try #require(imported.raw["semantic_kg_triples"])
    let distinct = Set(
      triples.map { [$0.cells["subject"], $0.cells["predicate"], $0.cells["object"]] })
    #expect(triples.count - distinct.count == 45)
  }

  @Test(
    "reading the files again gives the same keys and values",
    .enabled(if: PublicData.has("marketing_agents"), "../shared/data/marketing_agents is absent"))
  func again() throws {
    let tables: [DatasetTable] = [
      .campaigns, .leads, .campaignDaily, .semanticTriples, .httpRequests,
    ]
    let first = try PublicData.agents.get()
    let second = try PublicData.agents(tables)
    for (table, rows) in second.raw { #expect(first.raw[table] == rows) }
    #expect(first.leads == second.leads)
    #expect(first.campaigns == second.campaigns)
  }

  @Test(
    "the raw rows give the files back cell by cell",
    .enabled(if: PublicData.has("marketing_agents"), "../shared/data/marketing_agents is absent"))
  func lossless() throws {
    let imported = try PublicData.agents.get()
    for table in DatasetTable.allCases where !table.isTyped {
      var reader = CSVReader()
      reader.push(try PublicData.bytes("marketing_agents/\(table.fileName)"))
      reader.finish()
      var header: [String] = []
      var rows = try #require(imported.raw[table.name])[...]
      while let element = try reader.next() {
        switch element {
        case .header(let names): header = names
        case .problem(let problem): Issue.record("\(problem)")
        case .row(let row):
          let next = rows.popFirst()
          let raw = try #require(next)
          let wrong = header.enumerated().filter { index, name in
            !name.hasSuffix("_json") && raw.cells[name] != .string(row.text(index))
          }
          if raw.cells.keys != header || !wrong.isEmpty {
            Issue.record("\(table.fileName):\(row.line) differs in \(wrong.map(\.element))")
          }
        }
      }
      #expect(rows.isEmpty)
    }
  }

  @Test(
    "a file with CR line ends only",
    .enabled(
      if: PublicData.has("KAG_conversion_data.csv"),
      "../shared/data/KAG_conversion_data.csv is absent"))
  func carriageReturns() throws {
    let found = try CSVReaderTests.elements(
      try PublicData.bytes("KAG_conversion_data.csv"), chunk: 1000)
    #expect(found.count == 1144)
    guard case .row(let last) = try #require(found.last) else {
      Issue.record("the last element is no row")
      return
    }
    #expect(last.line == 1144)
    #expect(last.count == 11)
  }

  @Test(
    "a report of an ad platform, with CR line ends, by a mapping",
    .enabled(
      if: PublicData.has("KAG_conversion_data.csv"),
      "../shared/data/KAG_conversion_data.csv is absent"))
  func adReport() throws {
    let mapping = try MetricMapping(json: [
      "table": "campaign_metrics",
      "columns": [
        "xyz_campaign_id": "campaignID", "ad_id": "variant", "age": "segment", "gender": "segment",
        "Total_Conversion": "leads", "fb_campaign_id": "ignore",
      ],
      "constants": ["channel": "facebook", "currency": "USD", "day": "2017-08-30"],
    ])
    let imported = Imported.metricFile(
      try PublicData.bytes("KAG_conversion_data.csv"), mapping: mapping, chunk: 999)
    #expect(imported.quarantined == [] && imported.metrics.count == 1143)
    let sum = imported.metrics.reduce(into: CampaignFigures.zero) { $0 += $1.figures }
    #expect(sum.impressions == 213_434_828 && sum.clicks == 38_165)
    #expect(sum.leads == 3264 && sum.conversions == 1079 && sum.revenue == nil)
    #expect(abs((sum.spend ?? 0) - 58_705.23) < 0.01)
    let first = try #require(imported.metrics.first)
    #expect(
      first.key
        == CampaignMetric.Key(
          campaignID: CampaignID(rawValue: "916"),
          day: try #require(CalendarDay(iso8601: "2017-08-30")), channel: "facebook",
          variant: "708746", segment: "age=30-34 gender=M"))
    #expect(Set(imported.metrics.map(\.key.campaignID.rawValue)) == ["916", "936", "1178"])
    let table = try #require(imported.report.tables.first)
    #expect(table.readColumns?["Spent"] == "spend" && table.readColumns?["gender"] == "segment")
    #expect(table.ignoredColumns == ["fb_campaign_id", "interest"])
  }

  @Test(
    "another lead file, columns recognised by their header",
    .enabled(
      if: PublicData.has("x_education/leads_train.csv"),
      "../shared/data/x_education/leads_train.csv is absent"))
  func otherLeadFile() throws {
    let bytes = try PublicData.bytes("x_education/leads_train.csv")
    let imported = Imported.leadFile(bytes)
    #expect(imported.quarantined == [])
    #expect(imported.leads.count == 6468)
    #expect(imported.leads.first?.id.rawValue == "0cc2df48-7cf4-4e39-9de9-19797f9b38cc")
    #expect(imported.leads.first?.source == "Direct Traffic")
    #expect(imported.leads.first?.attributes["Total Time Spent on Website"] == 305)
    // "Do Not Email" and "Do Not Call", either of which is a refusal.
    #expect(imported.leads.count { $0.hasConsent == false } == 509)
    // `Select` stands for a missing value.
    #expect(imported.leads.first?.attributes["Lead Profile"] == nil)
    let share = Double(imported.outcomes.count) / Double(imported.leads.count)
    #expect((0.38...0.39).contains(share))
    #expect(Imported.leadFile(bytes, chunk: 777).leads == imported.leads)
  }
}
