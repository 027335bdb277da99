import JSONRPC
import Marketing
import Testing

@Suite("MemoryStore: changes and writers at once")
struct MemoryChangesContract {
  @Test("whoever follows the changes knows what is there", arguments: Backend.allCases)
  func changes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var known: [Int64: AnalyzedMemory] = [:]
      var place = ChangePlace.start
      func follow() async throws {
        while true {
          let page = try #require(
            try await stores.memories.changes(after: place, limit: 2, in: .default))
          for change in page.changes {
            switch change {
            case .stored(let version, let memory): known[version] = memory
            case .deleted(let version): known[version] = nil
            }
          }
          place = page.place
          if !page.hasMore { return }
        }
      }
      func expect(_ ids: Set<MemoryID>) async throws {
        try await follow()
        #expect(Set(known.values.map(\.record.id)) == ids)
        #expect(try stores.memories.latestChange(in: .default) == place.sequence)
        let versions = try stores.memories.versions(Array(known.keys) + [-1], in: .default)
        #expect(versions == known.mapValues(\.record))
        let elsewhere = try stores.memories.versions(Array(known.keys), in: .other)
        #expect(elsewhere.values.allSatisfy { $0.id == "n1" })
        for memory in known.values where memory.record.fact == nil {
          #expect(memory == memory.record.analyzed)
        }
      }
      try await expect([])
      try await stores.remember(
        .note("m1", "one"), .note("m2", "two"), .note("m3", "three"),
        .fact("f1", 1, from: 0, at: 0))
      try await stores.remember(.note("n1", "elsewhere"), in: .other)
      try await expect(["m1", "m2", "m3", "f1"])
      try await stores.remember(.fact("f2", 2, from: 1, at: 1))
      _ = try await stores.memories.forget(
        ["m2"], for: .agent(nil), events: { _ in [] }, in: .default)
      try await expect(["m1", "m3", "f1", "f2"])
      let versions = known.values.filter { $0.record.id == "f1" }.map(\.record)
      #expect(Set(versions.map(\.retractedAt)) == [nil, noon + .days(1)])
      #expect(Set(versions.map(\.validTo)) == [nil, noon + .days(1)])
      var brief = MemoryRecord.note("m4", "brief")
      brief.expiresAt = noon + .seconds(1)
      try await stores.remember(brief)
      try await expect(["m1", "m3", "m4", "f1", "f2"])
      _ = try await stores.memories.sweep(expiredBy: noon + .days(1), limit: 9)
      try await expect(["m1", "m3", "f1", "f2"])
    }
  }

  @Test("writers at once lose nothing", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<60 {
          group.addTask {
            try await stores.remember(
              .note("m\(index)", "note \(index)"),
              .fact("f\(index)", .integer(Int64(index)), from: index, at: index))
          }
        }
        try await group.waitForAll()
      }
      var query = MemoryQuery.at(100, knownAt: 100)
      query.limit = 200
      query.includesPast = true
      let records = try await stores.memories.list(query, in: .default).records
      #expect(records.count { $0.fact == nil } == 60)
      // Whatever the order in which they came: each holds until the next begins.
      let facts = records.filter { $0.fact != nil }.sorted { $0.validFrom < $1.validFrom }
      #expect(facts.count == 60)
      for (fact, next) in zip(facts, facts.dropFirst()) { #expect(fact.validTo == next.validFrom) }
      #expect(facts.last?.validTo == nil)
    }
  }
}
