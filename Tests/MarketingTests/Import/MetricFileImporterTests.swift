import JSONRPC
import Marketing
import Testing

@Suite("campaign report import")
struct MetricFileImporterTests {
  private func read(_ text: String, _ mapping: JSONValue = [:]) throws -> Imported {
    Imported.metricFile(Array(text.utf8), mapping: try MetricMapping(json: mapping), chunk: 7)
  }

  @Test("recognises the usual headers, and adds up what is divided by more")
  func inferredColumns() throws {
    let imported = try read(
      """
      Campaign;Date;Network;Device;Impr;Clicks;Cost;Currency;Conversions;Conv value
      C-1;2025-05-01;Search;mobile;1000;30;12.50;USD;2;90
      C-1;2025-05-01;search;desktop;500;5;2.25;USD;--;
      C-1;2025-05-02;Search;mobile;10;0;;;0;
      Spring Sale!;2025-05-01;Search;mobile;10;1;1;EUR;1;5
      """)
    #expect(imported.quarantined == [])
    let days = imported.metrics.map { "\($0.key.day) \($0.key.channel ?? "-")" }
    #expect(days == ["2025-05-01 search", "2025-05-02 search", "2025-05-01 search"])
    #expect(
      imported.metrics[0].figures
        == CampaignFigures(
          impressions: 1500, clicks: 35, conversions: 2, spend: 14.75, revenue: 90))
    #expect(imported.metrics[0].currency == "USD" && imported.metrics[1].currency == nil)
    #expect(imported.metrics[2].key.campaignID.rawValue.hasPrefix("campaign_"))
    #expect(imported.report.tables.first?.ignoredColumns == ["Device"])
  }

  @Test(
    "refuses what cannot be, with line and column",
    arguments: [
      ("C1,2025-05-01,10,11,1,USD", "ads.csv:2 Clicks"),
      ("C1,2025-05-01,-1,0,1,USD", "ads.csv:2 Impressions"),
      ("C1,2025-05-01,10,0.5,1,USD", "ads.csv:2 Clicks"),
      ("C1,2025-05-01,10,1,-2,USD", "ads.csv:2 Spend"),
      ("C1,2025-05-01,10,1,2,", "ads.csv:2 Currency"),
      ("C1,2025-05-01,10,1,2,usd", "ads.csv:2 Currency"),
      (",2025-05-01,10,1,2,USD", "ads.csv:2 Campaign"),
      ("C1,01/05/2025,10,1,2,USD", "ads.csv:2 Day"),
      ("C1,2026-05-01,10,1,2,USD", "ads.csv:2 Day"),
      ("C1,2025-05-01,10,1,2,USD\nC1,2025-05-01,10,1,2,EUR", "ads.csv:3 Currency"),
    ])
  func refusals(rows: String, refused: String) throws {
    let imported = try read("Campaign,Day,Impressions,Clicks,Spend,Currency\n\(rows)\n")
    #expect(imported.refused == [refused])
    #expect(imported.metrics.count == rows.split(separator: "\n").count - 1)
  }

  @Test("days are read in the order that the mapping names")
  func dates() throws {
    let imported = try read(
      "Campaign,Day,Impressions\nC1,05/01/2025,10\n", ["dates": "mdy"])
    #expect(imported.metrics.map(\.key.day.iso8601) == ["2025-05-01"])
  }

  @Test(
    "a header that lacks what is needed is refused with what to do",
    arguments: [
      ("Campaign,Impressions", [:], "'day'"), ("Day,Impressions", [:], "'campaignID'"),
      ("Campaign,Day,Impressions", ["columns": ["Cost": "spend"]], "'Cost'"),
      ("Campaign,Day,A,B,Impressions", ["columns": ["A": "clicks", "B": "clicks"]], "two columns"),
      ("Campaign,Day,Impressions", ["infer": false], "'campaignID'"),
    ] as [(String, JSONValue, String)])
  func headers(header: String, mapping: JSONValue, expected: String) throws {
    let imported = try read("\(header)\nC1,2025-05-01,1,1,1\n", mapping)
    #expect(imported.report.tables.first?.failure?.contains(expected) == true)
    #expect(imported.metrics == [])
  }

  @Test(
    "a mapping that is wrong says where",
    arguments: [
      (["columns": ["Cost": "money"]], "columns.Cost"),
      (["constants": ["age": "30"]], "constants.age"),
      (["columns": ["Cost": 1]], "columns.Cost"), (["tables": "x"], "tables"),
      (["delimiter": "ab"], "delimiter"), (["dates": "ymd"], "dates"),
      (["missing": [1]], "missing"),
      (["infer": "yes"], "infer"), ("x", "object"),
    ] as [(JSONValue, String)])
  func mappings(json: JSONValue, place: String) {
    let error = #expect(throws: MappingError.self) { try MetricMapping(json: json) }
    #expect(error?.description.contains(place) == true)
  }
}
