import JSONRPC
import Marketing
import Testing

@Suite("MemoryStore: names and ends")
struct MemoryVersionContract {
  @Test("a context is told by conversation, lead and role", arguments: Backend.allCases)
  func contexts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      func context(
        _ id: String, _ conversation: ConversationID?, _ lead: LeadID?, _ role: AgentRoleID? = nil
      ) -> MemoryRecord {
        var record = MemoryRecord.note(id, id, of: lead)
        record.kind = .shortTerm
        (record.conversationID, record.role) = (conversation, role)
        record.content = .context(ConversationContext(intent: id))
        return record
      }
      let places: [(ConversationID?, LeadID?, AgentRoleID?)] = [
        ("A", nil, nil), ("A", "L1", nil), (nil, "L1", nil), (nil, "L2", nil), ("A", nil, "closer"),
        (nil, nil, nil),
      ]
      for (number, place) in places.enumerated() {
        try await stores.remember(context("c\(number)", place.0, place.1, place.2))
      }
      var query = MemoryQuery.at(0, knownAt: 0)
      query.reader = .upkeep
      #expect(try await stores.texts(query).count == places.count)
      for (number, place) in places.enumerated() {
        try await stores.remember(context("d\(number)", place.0, place.1, place.2))
        let texts = try await stores.texts(query)
        #expect(texts.count == places.count && !texts.contains("c\(number)"), "\(number)")
      }
    }
  }
}
