import Marketing
import Testing

@testable import SQLiteStores

/// How SQLite finds what is listed of memory.
@Suite("SQLite: plans of lists of memory")
struct MemoryPlanTests {
  private struct Case: Sendable {
    let name: String
    let index: String
    let isSorted: Bool
    let change: @Sendable (inout MemoryQuery) -> Void

    init(
      _ name: String, _ index: String, isSorted: Bool = true,
      _ change: @escaping @Sendable (inout MemoryQuery) -> Void
    ) {
      self.name = name
      self.index = index
      self.isSorted = isSorted
      self.change = change
    }
  }

  /// What a lead or a situation has is few enough to be sorted.
  private static let cases = [
    Case("everything", "memories_by_time") { _ in },
    Case("a kind", "memories_of_kind") { $0.kinds = [.episodic] },
    Case("two kinds", "memories_by_time") { $0.kinds = [.episodic, .longTerm] },
    Case("a conversation", "memories_of_conversation") { $0.conversationID = "C1" },
    Case("a kind of a conversation", "memories_of_conversation") {
      ($0.conversationID, $0.kinds) = ("C1", [.episodic])
    },
    Case("a fact", "memories_of_fact") { $0.factKey = "budget" },
    Case("a lead", "memories_of_lead", isSorted: false) { $0.leadID = "L1" },
    Case("a kind of a lead", "memories_of_lead", isSorted: false) {
      ($0.leadID, $0.kinds) = ("L1", [.longTerm])
    },
    Case("a situation", "memories_of_situation", isSorted: false) { $0.situation = "s" },
  ]

  @Test func eachListHasItsIndex() async throws {
    let folder = try TemporaryFolder()
    let database = try folder.openDatabase()
    defer { database.close() }
    for row in Self.cases {
      for isPage in [false, true] {
        for reader in [MemoryReader.agent(nil), .agent("closer"), .upkeep] {
          var query = MemoryQuery.at(0, knownAt: 0)
          query.reader = reader
          if isPage {
            query.after = MemoryPlace(of: .note("m1", "tea"), version: 1)
          }
          row.change(&query)
          let search = MemorySearch(query, in: .default)
          let plan = try await database.pooled.read { try Self.plan(of: search, in: $0) }
          #expect(plan.contains("INDEX \(row.index) "), "\(row.name): \(plan)")
          if row.isSorted { #expect(!plan.contains("TEMP B-TREE"), "\(row.name): \(plan)") }
        }
      }
    }
  }

  /// How SQLite would run a statement, in its words.
  private static func plan(of search: MemorySearch, in connection: SQLConnection) throws -> String {
    var select = try connection.prepare("EXPLAIN QUERY PLAN " + search.sql)
    search.bind(to: &select)
    var steps: [String] = []
    while try select.step() {
      select.seek(toColumn: 3)
      steps.append(select.text())
    }
    return steps.joined(separator: "; ")
  }
}
