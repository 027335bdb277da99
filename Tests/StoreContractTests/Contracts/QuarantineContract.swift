import JSONRPC
import Marketing
import Testing

@Suite("DatasetStore: quarantine and look-ups")
struct QuarantineContract {
  private static func step(
    _ file: String, _ lines: ClosedRange<Int>?, isFirst: Bool, rows: ImportBatch? = nil
  ) -> ImportStep {
    var step = ImportStep(source: ImportSource(file: file, reading: 1), rows: rows)
    step.isFirst = isFirst
    step.quarantined = (lines.map(Array.init) ?? []).map {
      QuarantinedRow(
        file: file, line: $0, column: $0 % 2 == 0 ? nil : "lead_id", reason: "found nothing")
    }
    return step
  }

  private static func store(_ step: ImportStep, _ stores: Stores) async throws {
    _ = try await stores.datasets.importRows(step, event: .imported("e"), in: .default)
  }

  private static func lines(_ file: String, _ stores: Stores) async throws -> [Int] {
    try await stores.datasets.quarantinedRows(of: file, skipping: 0, limit: 99, in: .default)
      .map(\.line)
  }

  @Test("each file keeps the rows of its latest reading", arguments: Backend.allCases)
  func latest(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await Self.store(Self.step("/jan/a.csv", 2...3, isFirst: true), stores)
      try await Self.store(Self.step("/jan/a.csv", 4...6, isFirst: false), stores)
      try await Self.store(Self.step("/feb/a.csv", 9...9, isFirst: true), stores)
      #expect(try await Self.lines("/jan/a.csv", stores) == [2, 3, 4, 5, 6])
      #expect(
        try await stores.datasets.quarantinedFiles(in: .default)
          == [QuarantinedFile(file: "/feb/a.csv", rows: 1), .init(file: "/jan/a.csv", rows: 5)])
      #expect(
        try await stores.datasets.quarantinedRows(
          of: "/jan/a.csv", skipping: 1, limit: 2, in: .default)
          == [
            QuarantinedRow(
              file: "/jan/a.csv", line: 3, column: "lead_id", reason: "found nothing"),
            QuarantinedRow(file: "/jan/a.csv", line: 4, column: nil, reason: "found nothing"),
          ])
      #expect(try await stores.datasets.summary(in: .default).quarantined == 6)
      try await Self.store(Self.step("/jan/a.csv", 8...8, isFirst: true), stores)
      #expect(try await Self.lines("/jan/a.csv", stores) == [8])
      try await Self.store(Self.step("/feb/a.csv", nil, isFirst: true), stores)
      #expect(
        try await stores.datasets.quarantinedFiles(in: .default)
          == [QuarantinedFile(file: "/jan/a.csv", rows: 1)])
      #expect(try await stores.datasets.quarantinedFiles(in: .other) == [])
      #expect(try stores.events.latestSequence() == 0)
    }
  }

  @Test(
    "rows that the store refuses join the others, as far as there is room",
    arguments: Backend.allCases)
  func refusedRows(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.leads.record(
        .lost("lead_1", at: noon + .days(1)), replacing: false, event: .sample("e", of: "lead_1"),
        in: .default, of: stores)
      var step = Self.step(
        "/c.csv", 2...2, isFirst: true,
        rows: .outcomes([.won("lead_1"), .won("lead_2"), .won("lead_1", nil)]))
      step.lines = [3, 4, 5]
      step.quarantineRoom = 1
      let result = try await stores.datasets.importRows(
        step, event: .imported("e"), in: .default)
      #expect(result.rows == ImportCount(added: 1))
      #expect(result.refused.map(\.line) == [3, 5])
      #expect(try await Self.lines("/c.csv", stores) == [2, 3])
    }
  }

  @Test("stored keys are found among those asked for", arguments: Backend.allCases)
  func storedKeys(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("lead_1"))
      for batch in [
        ImportBatch.campaigns([Campaign(id: "CMP1", name: "x")]),
        .raw(table: "conversations", rows: [RawRow(key: "C1", leadID: nil, cells: [:])]),
      ] {
        _ = try await stores.datasets.importRows(batch, event: .imported("e"), in: .default)
      }
      let asked: Set = ["lead_1", "lead_2", "CMP1", "C1"]
      for (table, expected) in [
        (DatasetTable.leads, ["lead_1"]), (.campaigns, ["CMP1"]), (.conversations, ["C1"]),
        (.abVariants, []),
      ] {
        #expect(
          try await stores.datasets.storedKeys(among: asked, of: table, in: .default)
            == Set(expected))
        #expect(
          try await stores.datasets.storedKeys(among: asked, of: table, in: .other).isEmpty)
      }
    }
  }
}

extension LeadStore {
  /// Records an outcome of a lead that is stored with it.
  fileprivate func record(
    _ outcome: Outcome, replacing: Bool, event: Event, in workspace: WorkspaceID, of stores: Stores
  ) async throws -> Bool {
    try await stores.add(.bare(outcome.leadID.rawValue), in: workspace)
    return try await record(outcome, replacing: replacing, event: event, in: workspace)
  }
}
