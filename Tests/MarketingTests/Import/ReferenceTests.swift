import JSONRPC
import Marketing
import Testing

@Suite("references and keys of imported rows")
struct ReferenceTests {
  @Test("a typed row whose lead is missing is refused, other dangling references are counted")
  func danglingReferences() throws {
    let interactions = [
      GoodRow.interaction,
      GoodRow.with(GoodRow.interaction, [0: "INT2", 2: "L9"]),
      GoodRow.with(GoodRow.interaction, [0: "INT3", 8: "VAR9"]),
      GoodRow.with(GoodRow.interaction, [0: "INT4", 1: "C9", 3: "CMP9"]),
      GoodRow.with(GoodRow.interaction, [0: "INT5", 1: "", 3: "", 8: ""]),
    ]
    let imported = Imported.tables([
      (.campaigns, Imported.file(.campaigns, [GoodRow.campaign])),
      (.abVariants, Imported.file(.abVariants, [GoodRow.variant])),
      (.leads, Imported.file(.leads, [GoodRow.lead])),
      (.conversations, Imported.file(.conversations, [GoodRow.conversation])),
      (.interactions, Imported.file(.interactions, interactions)),
      (
        .conversions,
        Imported.file(.conversions, [GoodRow.with(GoodRow.conversion, [0: "L8", 1: "CMP8"])])
      ),
      (
        .memoryLongTerm,
        Imported.file(.memoryLongTerm, [["L7", "EU", "X", "1", "{}", "2025-07-01"]])
      ),
    ])
    #expect(imported.interactions.map(\.id.rawValue) == ["INT1", "INT3", "INT4", "INT5"])
    #expect(imported.outcomes.isEmpty)
    #expect(imported.raw["memory_long_term"]?.count == 1)
    #expect(imported.refused == ["interactions.csv:3 lead_id", "conversions.csv:2 lead_id"])
    let byTable = imported.report.tables.map { table in
      "\(table.table): "
        + table.dangling.map { "\($0.column)→\($0.refersTo) \($0.count) \($0.lines)" }
        .joined(separator: ", ")
    }
    #expect(
      byTable == [
        "campaigns: ", "ab_variants: ", "leads: ", "conversations: ",
        "interactions: conversation_id→conversations 1 [5], lead_id→leads 1 [3], "
          + "campaign_id→campaigns 1 [5], variant_id→ab_variants 1 [4]",
        "conversions: lead_id→leads 1 [2], campaign_id→campaigns 1 [2]",
        "memory_long_term: lead_id→leads 1 [2]",
      ])
    #expect(imported.report.dangling == 7)
  }

  @Test("the lead of a refused row counts as missing")
  func refusedLead() {
    let imported = Imported.tables([
      (.leads, Imported.file(.leads, [GoodRow.with(GoodRow.lead, [6: "high"])])),
      (.interactions, Imported.file(.interactions, [GoodRow.interaction])),
    ])
    #expect(imported.refused == ["leads.csv:2 lead_score", "interactions.csv:2 lead_id"])
  }

  @Test("tables that were not read are not checked, and the report says so")
  func uncheckedTables() {
    let file = Imported.file(.interactions, [GoodRow.interaction])
    let unknown = Imported.tables([(.interactions, file)])
    #expect(unknown.refused == ["interactions.csv:2 lead_id"])
    let known = Imported.tables([(.interactions, file)], known: [.leads: ["L1"]])
    #expect(known.interactions.count == 1)
    #expect(known.report.dangling == 0)
    #expect(
      known.report.tables.first?.uncheckedReferences == [
        "campaign_id", "conversation_id", "variant_id",
      ])
  }

  @Test("only the first five lines of a dangling reference are listed")
  func firstLines() {
    let rows = (1...9).map { ["C\($0)", "L\($0)", "x", "y", "z"] }
    let imported = Imported.tables([
      (.leads, Imported.file(.leads, [])),
      (.conversations, Imported.file(.conversations, rows)),
    ])
    let dangling = imported.report.tables.last?.dangling.first
    #expect(dangling?.count == 9)
    #expect(dangling?.lines == [2, 3, 4, 5, 6])
  }

  @Test("a second row with a key is refused, and a refused row takes no key")
  func repeatedKeys() {
    let rows = [
      GoodRow.with(GoodRow.lead, [6: "high"]), GoodRow.lead,
      GoodRow.with(GoodRow.lead, [9: "CEO"]),
    ]
    let imported = Imported.tables([(.leads, Imported.file(.leads, rows))])
    #expect(imported.leads.map(\.persona) == ["CMO"])
    #expect(imported.refused == ["leads.csv:2 lead_score", "leads.csv:4 lead_id"])
  }

  @Test("raw rows keep every cell, JSON as trees, and refuse cells that should be JSON and are not")
  func rawRows() throws {
    let rows = [
      ["A1", "2025-01-01", "C1", "L1", "triage", "x", "", " y ", #"{"a": [1, 1.50]}"#, "none"],
      ["A2", "2025-01-01", "C1", "not an id", "triage", "x", "", "y", "", "[1]"],
      ["A3", "2025-01-01", "C1", "L1", "triage", "x", "", "y", "{a}", "none"],
    ]
    let imported = Imported.tables([(.agentActions, Imported.file(.agentActions, rows))])
    let raw = try #require(imported.raw["agent_actions"])
    #expect(raw.map(\.key) == ["A1", "A2"])
    #expect(raw.map(\.leadID?.rawValue) == ["L1", nil])
    #expect(raw[0].cells.keys == DatasetTable.agentActions.columns)
    #expect(raw[0].cells["handoff_context_json"]?["a"]?[0] == 1)
    #expect(raw[0].cells["dest_agent_type"] == " y ")
    #expect(raw[1].cells["handoff_context_json"] == "")
    #expect(raw[1].cells["escalation_reason"] == "[1]")
    #expect(imported.refused == ["agent_actions.csv:4 handoff_context_json"])
  }

  @Test("composite keys join their columns; what could make them ambiguous names no campaign")
  func compositeKeys() {
    let numbers = Array(repeating: "1", count: 9)
    let rows = [
      ["CMP1", "2025-05-22"] + numbers, ["CMP1", "2025-05-23"] + numbers,
      ["a|b", "c"] + numbers, ["a", "b|c"] + numbers,
    ]
    let imported = Imported.tables([(.campaignDaily, Imported.file(.campaignDaily, rows))])
    #expect(imported.raw["campaign_daily"]?.map(\.key) == ["CMP1|2025-05-22", "CMP1|2025-05-23"])
    #expect(imported.refused == ["campaign_daily.csv:4 campaign_id", "campaign_daily.csv:5 date"])
    #expect(imported.metrics.map(\.figures.impressions) == [1, 1])
  }

  @Test("equal rows of a table without a key are all kept, under keys that order does not change")
  func contentKeys() throws {
    let rows = [
      ["ROI", "boosts", "SMB", "0.5", "docs"], ["ROI", "boosts", "SMB", "0.5", "docs"],
      ["ROI", "boosts", "EU", "0.5", "docs"], ["ROI", "boosts", "SMB", "0.5", "docs"],
      ["ROIb", "oosts", "SMB", "0.5", "docs"],
    ]
    func keys(_ rows: [[String]]) throws -> [String] {
      let imported = Imported.tables([(.semanticTriples, Imported.file(.semanticTriples, rows))])
      return try #require(imported.raw["semantic_kg_triples"]).map(\.key)
    }
    let first = try keys(rows)
    #expect(Set(first).count == 5)
    // Stored data depend on these keys: they must never change (FNV-1a, computed elsewhere).
    #expect(first[0] == "7h3d5wjyfqfnt01jnpny6gnme9")
    #expect(first[1] == first[0] + "-2")
    #expect(first[3] == first[0] + "-3")
    #expect(try Set(keys(rows.reversed())) == Set(first))
    #expect(try keys(rows) == first)

    // The order of the columns does not count either.
    let order = [4, 2, 0, 1, 3]
    var writer = CSVWriter()
    writer.write(order.map { DatasetTable.semanticTriples.columns[$0] })
    for row in rows { writer.write(order.map { row[$0] }) }
    let imported = Imported.tables([(.semanticTriples, writer.take())])
    #expect(imported.raw["semantic_kg_triples"]?.map(\.key) == first)
  }

  @Test("batches are full and bounded, and all rows are in them")
  func batches() {
    let rows = (1...2500).map { ["SEG\($0)", "n", "{}", "d"] }
    let imported = Imported.tables([(.segments, Imported.file(.segments, rows))])
    #expect(imported.batchSizes == [1000, 1000, 500])
    #expect(imported.raw["segments"]?.map(\.key) == rows.map { $0[0] })
    let small = Imported.tables([(.segments, Imported.file(.segments, rows))], batchSize: 7)
    #expect(small.batchSizes.allSatisfy { $0 <= 7 })
    #expect(small.batchSizes.reduce(0, +) == 2500)
  }

  @Test("the report counts what the store did and reads well as JSON")
  func report() throws {
    var importer = DatasetImporter(
      reading: 1, analyze: { AnalyzedText(plain: $0) }, identity: { _ in LeadIdentity() })
    importer.begin(.leads)
    let bad = GoodRow.with(GoodRow.lead, [0: "L2", 3: "CMP9", 5: "lost"])
    #expect(importer.feed(Imported.file(.leads, [GoodRow.lead, bad])).isEmpty)
    #expect(importer.end().count == 1)
    var result = ImportResult()
    result.rows.added = 1
    importer.stored(result)
    importer.begin(.segments)
    _ = importer.feed(Array("x\n".utf8))
    _ = importer.end()
    #expect(importer.hasFailed)
    var report = importer.report
    report.durationMilliseconds = 12
    let json = try JSONValueEncoder().encode(report)
    #expect(json["rowsRead"] == 2)
    #expect(json["added"] == 1)
    #expect(json["quarantined"] == 1)
    #expect(json["failures"] == 1)
    #expect(json["durationMilliseconds"] == 12)
    #expect(json["tables"]?[0]?["table"] == "leads")
    #expect(json["tables"]?[0]?["dangling"] == nil)
    #expect(json["tables"]?[0]?["uncheckedReferences"] == ["campaign_id"])
    #expect(json["tables"]?[1]?["failure"]?.stringValue?.hasPrefix("line 1: ") == true)
  }

  @Test("each table comes behind those it refers to")
  func order() {
    var before: Set<DatasetTable> = []
    for table in DatasetTable.importOrder {
      for reference in table.references { #expect(before.contains(reference.table)) }
      #expect(DatasetTable(fileName: table.fileName.uppercased()) == table)
      #expect(!table.columns.isEmpty)
      before.insert(table)
    }
    #expect(before.count == 18)
    #expect(DatasetTable(fileName: "data_dictionary.md") == nil)
    #expect(DatasetTable(fileName: "leads.csv.gz") == nil)
  }
}
