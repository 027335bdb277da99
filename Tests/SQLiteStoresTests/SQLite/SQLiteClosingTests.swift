import Marketing
import SQLiteStores
import Sealing
import Testing

extension SQLiteSuite {
  @Suite("Closing", .timeLimit(.minutes(1)))
  struct Closing {
    private static let calls: [(name: String, call: @Sendable (Stores) async throws -> Void)] = [
      ("lead", { _ = try $0.leads.lead(.named("lead-1"), in: .home) }),
      (
        "history",
        { _ = try $0.leads.history(of: nil, identity: LeadIdentity(email: "a@b"), in: .home) }
      ),
      (
        "cohorts",
        {
          let key = CohortKey(source: nil, industry: nil, companySize: nil, region: nil)
          _ = try $0.leads.cohorts(for: key, in: .home)
        }
      ),
      ("latestTriage", { _ = try $0.leads.latestTriage(of: .named("lead-1"), in: .home) }),
      ("saveTriage", { try await $0.save(.sample("lead-2")) }),
      ("record interaction", { try await $0.record(.sample("i-1", of: "lead-1")) }),
      ("latestOutcome", { _ = try $0.leads.latestOutcome(of: .named("lead-1"), in: .home) }),
      ("record outcome", { try await $0.record(.sample(.lost, of: "lead-1")) }),
      (
        "interactions",
        { _ = try $0.leads.interactions(of: .named("lead-1"), limit: 1, in: .home) }
      ),
      ("search", { _ = try await $0.found() }),
      ("search for words", { stores in _ = try await stores.found { $0.text = "ann" } }),
      ("values", { _ = try await $0.leads.values(of: .id, prefix: "", limit: 1, in: .home) }),
      ("latestSequence", { _ = try $0.events.latestSequence() }),
      ("events after", { _ = try $0.events.events(after: 0, limit: 1) }),
      ("events of", { _ = try $0.events.events(of: .named("lead-1"), limit: 1, in: .home) }),
      ("importRows", { try await $0.importRows(.campaigns([])) }),
      (
        "storedKeys",
        { _ = try await $0.datasets.storedKeys(among: [], of: .leads, in: .home) }
      ),
      ("quarantinedFiles", { _ = try await $0.datasets.quarantinedFiles(in: .home) }),
      (
        "quarantinedRows",
        {
          _ = try await $0.datasets.quarantinedRows(
            of: "a.csv", skipping: 0, limit: 1, in: .home)
        }
      ),
      ("summary", { _ = try await $0.datasets.summary(in: .home) }),
      ("save task", { try await $0.tasks.save(.sample("task-1"), in: .home) }),
      ("task", { _ = try $0.tasks.record("task-1", at: .minute(0), in: .home) }),
      ("removeExpired", { try await $0.tasks.removeExpired(at: .minute(0)) }),
      ("abandoned", { _ = try $0.tasks.abandoned(before: .minute(0)) }),
    ]

    @Test(arguments: [false, true])
    func `every call after closing is refused as unavailable`(isUsed: Bool) async throws {
      let folder = try TemporaryFolder()
      let database = try SQLiteDatabase.open(
        path: folder.file("leads.db"), keyRing: try KeyRing.inMemory())
      let stores = Stores(database)
      if isUsed {
        try await stores.save(.sample("lead-1"))
        for (_, call) in Self.calls { try await call(stores) }
      }
      database.close()
      for (name, call) in Self.calls {
        let refused = try await code { try await call(stores) }
        #expect(refused == .unavailable, "\(name)")
      }
      #expect(folder.names == ["leads.db"])
      // A second time is no harm, and what runs beside returns.
      database.close()
      await database.run()
    }

    @Test func `calls that run while the store closes end well or unavailable`() async throws {
      for _ in 0..<20 {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase.open(
          path: folder.file("leads.db"), keyRing: try KeyRing.inMemory())
        let stores = Stores(database)
        try await stores.save(.sample("lead-1"))
        let codes = await withTaskGroup { group in
          for (_, call) in Self.calls {
            group.addTask {
              var codes: Set<String> = []
              while codes.isEmpty {
                do { try await call(stores) } catch {
                  codes.insert((error as? StoreError)?.code.rawValue ?? "\(error)")
                }
                // Look-ups never wait, and the one that closes needs a thread too.
                await Task.yield()
              }
              return codes
            }
          }
          group.addTask {
            database.close()
            return []
          }
          return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        // Two calls meet their own objections once they have succeeded.
        #expect(codes.isSubset(of: ["unavailable", "conflict"]))
      }
    }

    @Test func `streams of changes end, also those asked for afterwards`() async throws {
      for backend in Backend.allCases {
        try await backend.withStores { stores in
          let before = stores.events.changes()
          stores.close()
          for await _ in before {}
          for await _ in stores.events.changes() {}
        }
      }
    }

    @Test func `writes that were accepted before closing are stored`() async throws {
      let folder = try TemporaryFolder()
      let keyRing = try KeyRing.inMemory()
      let database = try SQLiteDatabase.open(path: folder.file("leads.db"), keyRing: keyRing)
      let stores = Stores(database)
      let stored = await withTaskGroup { group in
        for number in 0..<100 {
          group.addTask { () -> String? in
            let refused = try? await code { try await stores.save(.sample("lead-\(number)")) }
            return refused == nil ? "lead-\(number)" : nil
          }
        }
        group.addTask {
          database.close()
          return nil
        }
        return await group.reduce(into: Set<String>()) { $0.formUnion([$1].compactMap(\.self)) }
      }
      let reopened = try SQLiteDatabase.open(path: folder.file("leads.db"), keyRing: keyRing)
      defer { reopened.close() }
      #expect(Set(try await Stores(reopened).found()) == stored)
    }
  }
}
