import JSONRPC
import Marketing
import Testing

@Suite("MemoryVectorStore")
struct MemoryVectorContract {
  private func missing(
    _ stores: Stores, of model: String = "m", after version: Int64 = 0, limit: Int = 10,
    at now: Timestamp = noon
  ) async throws -> [UnembeddedMemory] {
    try await stores.vectors.withoutVectors(
      of: model, after: version, limit: limit, now: now)
  }

  @Test("a record has no vector until it is stored, by model", arguments: Backend.allCases)
  func missing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await missing(stores) == [])
      try await stores.remember(.note("a", "one"), .note("b", "two"))
      try await stores.remember(.note("c", "three"), in: .other)
      let all = try await missing(stores)
      #expect(all.map(\.text) == ["one", "two", "three"])
      #expect(all.map(\.workspace) == [.default, .default, .other])
      #expect(try await missing(stores, limit: 2).map(\.text) == ["one", "two"])
      #expect(try await missing(stores, after: all[0].version).map(\.text) == ["two", "three"])
      try await stores.vectors.store(
        [
          MemoryVector(version: all[0].version, vector: [0.6, 0.8]),
          MemoryVector(version: all[2].version, vector: []),
          MemoryVector(version: 9_999_999, vector: [1, 0]),
        ], of: "m")
      #expect(try await missing(stores).map(\.text) == ["two"])
      #expect(try await missing(stores, of: "other").count == 3)
      // The first that is stored counts.
      try await stores.vectors.store(
        [MemoryVector(version: all[0].version, vector: [1, 0])], of: "m")
      let page = try await stores.vectors.vectors(of: "m", after: 0, limit: 9, in: .default)
      #expect(page.vectors == [MemoryVector(version: all[0].version, vector: [0.6, 0.8])])
    }
  }

  @Test("what is over needs no vector", arguments: Backend.allCases)
  func over(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var brief = MemoryRecord.note("brief", "brief")
      brief.expiresAt = noon + .seconds(60)
      try await stores.remember(brief, .fact("f1", 1, from: 0, at: 0))
      try await stores.remember(.fact("f2", 2, from: 1, at: 1))
      // The first version of f1 was given up, the one that ends when f2 begins holds.
      #expect(try await missing(stores).count == 3)
      #expect(try await missing(stores, at: noon + .seconds(60)).count == 2)
    }
  }

  @Test("whoever follows sees each vector once, of its workspace", arguments: Backend.allCases)
  func following(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let notes = (0..<7).map { MemoryRecord.note("n\($0)", "note \($0)") }
      for note in notes { try await stores.remember(note) }
      try await stores.remember(.note("x", "elsewhere"), in: .other)
      let all = try await missing(stores)
      let vectors = all.enumerated().map {
        MemoryVector(version: $1.version, vector: [Float($0), .leastNonzeroMagnitude, -1.5])
      }
      #expect(try stores.vectors.latestVector(of: "m", in: .default) == 0)
      try await stores.vectors.store(vectors.shuffled(), of: "m")
      var (seen, place): ([MemoryVector], Int64) = ([], 0)
      while true {
        let page = try await stores.vectors.vectors(
          of: "m", after: place, limit: 3, in: .default)
        seen += page.vectors
        place = page.place
        if !page.hasMore { break }
      }
      #expect(seen.sorted { $0.version < $1.version } == Array(vectors.prefix(7)))
      #expect(try stores.vectors.latestVector(of: "m", in: .default) == place)
      #expect(try stores.vectors.latestVector(of: "other", in: .default) == 0)
    }
  }

  @Test("a vector is gone with its record", arguments: Backend.allCases)
  func gone(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(.note("a", "one"), .note("b", "two"))
      let all = try await missing(stores)
      try await stores.vectors.store(
        all.map { MemoryVector(version: $0.version, vector: [1]) }, of: "m")
      _ = try await stores.memories.forget(
        ["a"], for: .agent(nil), events: { _ in [] }, in: .default)
      let page = try await stores.vectors.vectors(of: "m", after: 0, limit: 9, in: .default)
      #expect(page.vectors.map(\.version) == [all[1].version])
    }
  }
}
