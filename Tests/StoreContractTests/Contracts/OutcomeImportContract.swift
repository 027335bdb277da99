import Marketing
import Testing

/// What importing tables of outcomes does, and what it must not undo.
@Suite("DatasetStore: outcomes of files")
struct OutcomeImportContract {
  /// Reads a file's rows once more.
  private static func read(
    _ outcomes: [Outcome], _ file: String = "/conversions.csv", reading: Int64, _ stores: Stores
  ) async throws -> ImportResult {
    try await stores.datasets.importRows(
      ImportStep(
        source: ImportSource(file: file, reading: reading), rows: .outcomes(outcomes),
        lines: Array(2..<2 + outcomes.count)), event: .imported("e\(reading)"), in: .default)
  }

  private static func record(
    _ outcome: Outcome, _ event: String, _ stores: Stores
  ) async throws {
    _ = try await stores.leads.record(
      outcome, replacing: true, event: .sample(event, of: outcome.leadID), in: .default)
  }

  @Test(
    "a conversion that was taken back is not brought again", arguments: Backend.allCases, [-9, 9])
  func takenBack(backend: Backend, lostAfter days: Int) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("ann"))
      #expect(
        try await Self.read([.won("ann")], reading: 1, stores).rows == ImportCount(added: 1))
      let loss = Outcome.lost("ann", at: noon + .days(days))
      try await Self.record(loss, "r1", stores)
      // Wherever the file is read from.
      for (reading, file) in [(2, "/conversions.csv"), (3, "/copy/conversions.csv")] {
        let again = try await Self.read([.won("ann")], file, reading: Int64(reading), stores)
        #expect(again.rows == ImportCount(unchanged: 1))
        #expect(again.refused.isEmpty)
      }
      #expect(try stores.leads.latestOutcome(of: "ann", in: .default) == loss)
      #expect(try stores.leads.lead("ann", in: .default)?.status == .unqualified)
      // What the file says anew is weighed as ever.
      let news = try await Self.read([.won("ann", at: noon + .days(10))], reading: 4, stores)
      #expect(news.rows == ImportCount(added: 1))
      #expect(try stores.leads.lead("ann", in: .default)?.status == .converted)
    }
  }

  @Test("a corrected value stays until the file says another", arguments: Backend.allCases)
  func corrected(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("ann"))
      func amount() throws -> Double? {
        try stores.leads.latestOutcome(of: "ann", in: .default)?.value?.amount
      }
      _ = try await Self.read([.won("ann", amount: 1)], reading: 1, stores)
      try await Self.record(.won("ann", amount: 2), "r1", stores)
      let again = try await Self.read([.won("ann", amount: 1)], reading: 2, stores)
      #expect(again.rows == ImportCount(unchanged: 1))
      #expect(try amount() == 2)
      // A value that was changed and changed back is news each time.
      for (reading, value) in [(3, 3.0), (4, 1.0), (5, 3.0)] {
        let changed = try await Self.read(
          [.won("ann", amount: value)], reading: Int64(reading), stores)
        #expect(changed.rows == ImportCount(changed: 1))
        #expect(try amount() == value)
      }
    }
  }

  @Test("rows that tell of one conversion differently are both known", arguments: Backend.allCases)
  func twice(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let rows = [Outcome.won("ann", amount: 1), .won("ann", amount: 2)]
      let first = try await Self.read(rows, reading: 1, stores)
      #expect(first.rows == ImportCount(added: 1, changed: 1))
      let again = try await Self.read(rows, reading: 2, stores)
      #expect(again.rows == ImportCount(unchanged: 2))
    }
  }

  @Test("a row that was refused is taken once nothing stands against it")
  func refused() async throws {
    for backend in Backend.allCases {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        try await stores.add(.bare("ann"))
        try await Self.record(.lost("ann"), "r1", stores)
        let early = Outcome.won("ann", at: noon + .days(-1))
        for reading in 1...2 {
          let result = try await Self.read([early], reading: Int64(reading), stores)
          #expect(result.refused.map(\.line) == [2])
        }
        try await Self.record(.won("ann"), "r2", stores)
        let taken = try await Self.read([early], reading: 3, stores)
        #expect(taken.rows == ImportCount(added: 1))
      }
    }
  }

  @Test("what is known in one workspace is news in another", arguments: Backend.allCases)
  func workspaces(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (event, workspace) in [("e1", WorkspaceID.default), ("e2", "other")] {
        let count = try await stores.datasets.importRows(
          .outcomes([.won("ann")]), event: .imported(event), in: workspace)
        #expect(count == ImportCount(added: 1))
      }
    }
  }
}
