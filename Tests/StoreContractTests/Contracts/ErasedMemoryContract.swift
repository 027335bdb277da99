import JSONRPC
import Marketing
import Testing

extension MemoryRecord {
  fileprivate static func summary(_ id: String, of originals: MemoryID...) -> MemoryRecord {
    var record = MemoryRecord.note(id, "summary \(id)")
    record.content = .summary
    record.derivedFrom = originals
    return record
  }

  fileprivate static func pattern(
    _ id: String, role: AgentRoleID? = nil, of originals: MemoryID...
  ) -> MemoryRecord {
    var record = MemoryRecord.fact(
      id, [1], key: ActionPatterns.key(of: "renewal"), from: 0, at: 0)
    record.source = MemorySource(name: ActionPatterns.sourceName)
    (record.role, record.derivedFrom) = (role, originals)
    return record
  }
}

extension Stores {
  fileprivate func left(_ ids: MemoryID...) throws -> [MemoryID] {
    try memories.memories(ids, for: .upkeep, knownAt: noon, now: noon, in: .default).map(\.id)
  }
}

@Suite("LeadErasureStore: what memory was made into")
struct ErasedMemoryContract {
  @Test("summaries of what is erased go, and summaries of those", arguments: Backend.allCases)
  func summaries(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.remember(
        .episode("e1", of: "L1", conversation: "C1"), .episode("e2", conversation: "C1"),
        .episode("e3", conversation: "C2"), .summary("s1", of: "e2", "e3"),
        .summary("s2", of: "other", "s1"), .summary("s3", of: "e3"))
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(
        erasure.places.first { $0.name == "memories" }
          == .init(name: "memories", erased: 4, remaining: 0))
      #expect(try stores.left("e1", "e2", "e3", "s1", "s2", "s3") == ["e3", "s3"])
    }
  }

  @Test("a private summary of what was shared goes too", arguments: Backend.allCases)
  func privateSummaries(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      var (summary, other) = (
        MemoryRecord.summary("s1", of: "e2"), MemoryRecord.summary("s2", of: "e3")
      )
      (summary.role, other.role) = ("a", "a")
      try await stores.remember(
        .episode("e1", of: "L1", conversation: "C1"), .episode("e2", conversation: "C1"),
        .episode("e3", conversation: "C2"), summary, other)
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(
        erasure.places.first { $0.name == "memories" }
          == .init(name: "memories", erased: 3, remaining: 0))
      #expect(try stores.left("s1", "s2") == ["s2"])
    }
  }

  @Test("a conclusion stands on episodes of its own role", arguments: Backend.allCases)
  func roles(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      try await stores.remember(
        .episode("e1", of: "L1", role: "a"), .episode("e2", of: "L2", role: "b"),
        .episode("e3", of: "L1", role: "b"), .pattern("p1", role: "a", of: "e1"),
        .pattern("p2", role: "b", of: "e2", "e3"), .pattern("p3", role: "c", of: "gone"))
      _ = try await stores.erase("L1", LeadIdentity())
      #expect(try stores.left("p1", "p2", "p3") == ["p2"], "c has no episodes either")
      let kept = try stores.memories.memories(
        ["p2"], for: .upkeep, knownAt: noon, now: noon, in: .default)
      #expect(kept.map(\.derivedFrom) == [["e2"]])
    }
  }

  @Test("what has expired or was given up supports nothing", arguments: Backend.allCases)
  func past(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      var expired = MemoryRecord.episode("e2", of: "L2")
      expired.recordedAt = noon + .days(-2)
      expired.expiresAt = noon + .days(-1)
      try await stores.remember(
        .episode("e1", of: "L1"), expired, .pattern("p1", of: "e1", "e2"))
      _ = try await stores.erase("L1", LeadIdentity())
      #expect(try stores.left("p1") == [])
    }
  }

  @Test("a conclusion whose last episode is erased goes", arguments: Backend.allCases)
  func emptied(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      try await stores.remember(
        .episode("e1", of: "L1"), .episode("e2", of: "L2"), .pattern("p1", of: "e1"))
      _ = try await stores.erase("L1", LeadIdentity())
      #expect(try stores.left("e2", "p1") == ["e2"])
    }
  }
}
