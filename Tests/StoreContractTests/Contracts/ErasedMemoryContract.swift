import JSONRPC
import Marketing
import Testing

extension MemoryRecord {
  fileprivate static func episode(
    _ id: String, in situation: String = "renewal", of lead: LeadID? = nil,
    conversation: ConversationID? = nil, role: AgentRoleID? = nil
  ) -> MemoryRecord {
    var record = MemoryRecord.note(id, "tried \(id)", of: lead)
    record.kind = .episodic
    record.content = .episode(Episode(situation: situation, actions: ["call"], outcome: 1))
    (record.conversationID, record.role) = (conversation, role)
    return record
  }

  fileprivate static func summary(_ id: String, of originals: MemoryID...) -> MemoryRecord {
    var record = MemoryRecord.note(id, "summary \(id)")
    record.content = .summary
    record.derivedFrom = originals
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
}
