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

  /// A row of a lead with facts, as of a day.
  private static func facts(
    _ values: [String: JSONValue], since day: Int, of lead: LeadID = "L1"
  ) -> RememberedRow {
    let records = values.sorted { $0.key < $1.key }.map { key, value in
      var record = MemoryRecord.fact(
        "\(key)-\(day)-\(JSONWriter.bytes(of: value).reduce(0) { ($0 &* 31) &+ Int($1) })", value,
        key: key, of: lead, from: day,
        at: day)
      record.source = MemorySource(name: "memory_long_term", reference: "L1")
      return record.analyzed
    }
    return RememberedRow(
      row: RawRow(
        key: "L1", leadID: lead,
        cells: [
          "day": JSONValue(day), "values": .object(JSONObject(values.map { ($0.key, $0.value) })),
        ]),
      memories: records, factsSince: noon + .days(day))
  }

  private func store(
    _ row: RememberedRow, _ reading: Int, of table: DatasetTable = .memoryLongTerm,
    in stores: Stores
  ) async throws -> ImportCount {
    var event = Event.imported("evt_\(reading)")
    event.occurredAt = noon + .days(reading)
    return try await stores.datasets.importRows(
      ImportStep(
        source: ImportSource(file: table.fileName, reading: Int64(reading)),
        rows: .remembered(table: table, rows: [row])), event: event, in: .default
    ).rows
  }

  @Test("a row whose lead comes later is remembered then", arguments: Backend.allCases)
  func late(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let row = Self.facts(["region": "EU"], since: 0)
      #expect(try await store(row, 1, in: stores) == ImportCount(added: 1))
      #expect(try await store(row, 2, in: stores) == ImportCount(unchanged: 1))
      try await stores.add(.bare("L1"))
      #expect(try await store(row, 3, in: stores) == ImportCount(changed: 1))
      #expect(try await stores.texts(.at(3, knownAt: 3)) == [#"region "EU""#])
      // What is forgotten since stays so.
      let id = try #require(row.memories.first?.record.id)
      _ = try await stores.memories.forget([id], for: .upkeep, events: { _ in [] }, in: .default)
      #expect(try await store(row, 4, in: stores) == ImportCount(unchanged: 1))
      #expect(try await stores.texts(.at(4, knownAt: 4)) == [])
      // A changed row is told anew, and not taken for told while its lead is missing.
      var other = Self.facts(["region": "EU"], since: 5, of: "L2")
      other.row.key = "L1"
      #expect(try await store(other, 5, in: stores) == ImportCount(changed: 1))
      try await stores.add(.bare("L2"))
      #expect(try await store(other, 6, in: stores) == ImportCount(changed: 1))
      #expect(try await stores.texts(.at(6, knownAt: 6)) == [#"region "EU""#])
    }
  }

  @Test("what a row leaves out holds no more", arguments: Backend.allCases)
  func leftOut(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      // Somebody else's word stands.
      try await stores.remember(.fact("own", 1, key: "pets", of: "L1", from: 0, at: 0))
      _ = try await store(
        Self.facts(["industry": "Retail", "region": "EU", "size": 1], since: 1), 1, in: stores)
      _ = try await store(Self.facts(["region": "EU", "size": 2], since: 5), 6, in: stores)
      #expect(
        try await stores.texts(.at(4, knownAt: 6)).sorted()
          == [#"industry "Retail""#, "pets 1", #"region "EU""#, "size 1"])
      #expect(
        try await stores.texts(.at(5, knownAt: 6)).sorted()
          == ["pets 1", #"region "EU""#, "size 2"])
      #expect(try await stores.texts(.at(5, knownAt: 5)).contains(#"industry "Retail""#))
      // Without another time: it was never so.
      _ = try await store(Self.facts(["region": "EU"], since: 5), 7, in: stores)
      #expect(
        try await stores.texts(.at(9, knownAt: 9)).sorted() == ["pets 1", #"region "EU""#])
    }
  }

  @Test("a row's end is what it says now", arguments: Backend.allCases)
  func ends(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func row(_ end: Int, isOver: Bool = false) -> RememberedRow {
        var record = MemoryRecord.note("c1", "timeline Q3")
        record.kind = .shortTerm
        record.expiresAt = noon + .days(end)
        return RememberedRow(
          row: RawRow(key: "C1", leadID: nil, cells: ["expires_at": JSONValue(end)]),
          memories: isOver ? [] : [record.analyzed], over: isOver ? ["c1"] : [])
      }
      func end() throws -> [Timestamp?] {
        try stores.memories.memories(
          ["c1"], for: .upkeep, knownAt: noon + .days(9), now: noon, in: .default
        ).map(\.expiresAt)
      }
      for (reading, day) in [(1, 5), (2, 3), (3, 8)] {
        _ = try await store(row(day), reading, of: .memoryShortTerm, in: stores)
        #expect(try end() == [noon + .days(day)])
      }
      _ = try await store(row(-1, isOver: true), 4, of: .memoryShortTerm, in: stores)
      #expect(try end() == [])
    }
  }

  @Test("a row that an earlier version stored is remembered", arguments: Backend.allCases)
  func earlier(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      let row = Self.facts(["region": "EU"], since: 0)
      _ = try await stores.datasets.importRows(
        .raw(table: "memory_long_term", rows: [row.row]), event: .imported("evt_0"), in: .default)
      #expect(try await store(row, 1, in: stores) == ImportCount(changed: 1))
      #expect(try await stores.texts(.at(1, knownAt: 1)) == [#"region "EU""#])
      #expect(try await store(row, 2, in: stores) == ImportCount(unchanged: 1))
    }
  }
}
