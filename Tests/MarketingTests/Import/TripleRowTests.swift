import JSONRPC
import Marketing
import Testing

@Suite("import of triples")
struct TripleRowTests {
  private static func imported(_ rows: [[String]]) -> Imported {
    Imported.tables([(.semanticTriples, Imported.file(.semanticTriples, rows))])
  }

  @Test("a row is kept and told to the graph")
  func row() throws {
    let imported = Self.imported([[" ROI ", "Preferred-Channel", "Zoë", "0.25", "analyst"]])
    let raw = try #require(imported.raw["semantic_kg_triples"]?.first)
    #expect(raw.cells["predicate"]?.stringValue == "Preferred-Channel")
    #expect(
      imported.triples == [
        NewRelation(
          .named("concept", "ROI"), "preferred_channel", .named("concept", "Zoë"),
          source: RelationSource(
            MemorySource(name: "analyst", reference: raw.key), weight: 0.25))
      ])
  }

  /// Rows that say nothing, and the column at fault.
  private static let wrong: [([String], String)] = [
    (["", "uses", "B", "0.5", "docs"], "subject"), (["A", "", "B", "0.5", "docs"], "predicate"),
    (["A", "uses!", "B", "0.5", "docs"], "predicate"),
    (["A", "uses", " ", "0.5", "docs"], "object"),
    (["A", "uses", "á", "0.5", "docs"], "object"), (["A", "uses", "B", "", "docs"], "weight"),
    (["A", "uses", "B", "1.5", "docs"], "weight"), (["A", "uses", "B", "much", "docs"], "weight"),
    (["A", "uses", "B", "0.5", ""], "source"),
    (["A", "uses", "B", "0.5", String(repeating: "x", count: 201)], "source"),
    ([String(repeating: "x", count: 201), "uses", "B", "0.5", "docs"], "subject"),
  ]

  @Test("a row that says nothing is refused", arguments: wrong.indices)
  func refused(_ index: Int) {
    let (row, column) = Self.wrong[index]
    let imported = Self.imported([row, ["A", "uses", "C", "1", "docs"]])
    #expect(imported.refused == ["semantic_kg_triples.csv:2 \(column)"])
    #expect(imported.triples.count == 1)
  }

  @Test(
    "the 500 triples of the data set are 455 relations",
    .enabled(if: PublicData.has("marketing_agents"), "../shared/data/marketing_agents is absent"))
  func dataset() async throws {
    let imported = try PublicData.agents([.semanticTriples])
    let stores = InMemoryStores()
    let now = Timestamp(milliseconds: 1_752_580_800_000)
    for _ in 1...2 {
      for step in imported.steps {
        let event = Event(
          id: EventID(rawValue: "evt_1"), kind: .datasetImported, occurredAt: now, actor: "tests")
        let result = try await stores.importRows(step, event: event, in: .default)
        #expect(result.refused.isEmpty)
      }
      let all = EntityQuery(for: .agent(nil), knownAt: now)
      let entities = try await stores.entities(matching: all, in: .default).entities
      #expect(entities.count == 20 && entities.allSatisfy { $0.type == "concept" })
      let found = try await stores.neighbours(
        NeighbourQuery(
          of: entities.map(\.id), GraphFilter(for: .agent(nil), at: MemoryMoment(now: now)),
          limit: 1000), in: .default)
      let relations = found.steps.map(\.step.relation)
      #expect(relations.count == 455)
      #expect(relations.reduce(0) { $0 + $1.sources.count } == 500)
      #expect(relations.map(\.sources.count).max() == 3)
    }
  }
}
