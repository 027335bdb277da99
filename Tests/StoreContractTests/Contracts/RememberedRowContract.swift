import JSONRPC
import Marketing
import Testing

@Suite("DatasetStore: rows of memory")
struct RememberedRowContract {
  private func step(_ reading: Int64, _ rows: [(String, MemoryRecord)]) -> ImportStep {
    ImportStep(
      source: ImportSource(file: "memory_long_term.csv", reading: reading),
      rows: .remembered(
        table: .memoryLongTerm,
        rows: rows.map { cell, record in
          RememberedRow(
            row: RawRow(
              key: record.source.reference ?? "", leadID: record.leadID,
              cells: ["cell": .string(cell)]), memories: [record.analyzed])
        }))
  }

  @Test("a row is remembered once, and anew when it has changed", arguments: Backend.allCases)
  func rows(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      func record(_ id: String, _ text: String, of lead: LeadID?) -> MemoryRecord {
        var record = MemoryRecord.note(id, text, of: lead)
        record.source = MemorySource(name: "memory_long_term", reference: "row-\(id)")
        return record
      }
      func texts() async throws -> [String] {
        let query = MemoryQuery(for: .upkeep, at: MemoryMoment(now: noon), now: noon)
        return try await stores.memories.list(query, in: .default).records.map(\.text).sorted()
      }
      let rows = [
        ("a", record("m1", "likes tea", of: "L1")), ("b", record("m2", "of nobody", of: "L404")),
        ("c", record("m3", "of all", of: nil)),
      ]
      for reading in [1, 2] as [Int64] {
        let result = try await stores.datasets.importRows(
          step(reading, rows), event: .imported("evt_\(reading)"), in: .default)
        #expect(result.rows.added == (reading == 1 ? 3 : 0))
        #expect(result.refused == [])
        #expect(try await texts() == ["likes tea", "of all"])
      }
      let changed = try await stores.datasets.importRows(
        step(3, [("a2", record("m1", "likes coffee", of: "L1"))]), event: .imported("evt_3"),
        in: .default)
      #expect(changed.rows.changed == 1)
      #expect(try await texts() == ["likes coffee", "of all"])
    }
  }
}
