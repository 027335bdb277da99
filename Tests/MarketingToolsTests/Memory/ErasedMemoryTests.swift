import JSONRPC
import MCP
import Marketing
import Recall
import Testing

@testable import MarketingTools

/// Nothing of an erased lead is left in what the process keeps to answer from.
@Suite struct ErasedMemoryTests {
  @Test(arguments: [false, true])
  func nothingIsLeftInIndexesAndCaches(isScrubbed: Bool) async throws {
    let stores = InMemoryStores()
    let desk = MemoryDesk(
      store: stores, vectors: MemoryVectors(store: stores, embedder: HashedWords()))
    let harness = try ToolHarness(stores: stores, memory: desk)
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let other = try await harness.newLead(["email": "bob@acme.test"])
    for (id, role) in [(lead, nil), (lead, "closer"), (other, nil)] as [(String, String?)] {
      var memory: JSONObject = ["leadID": .string(id), "text": "common quetzal thimblerig"]
      if id == other { memory["text"] = "common walrus" }
      memory["agentRole"] = role.map { .string($0) }
      _ = try await harness.call("remember", ["memories": [.object(memory)]])
    }
    let missing = try await stores.withoutVectors(
      of: "hashed-words", after: 0, limit: 9, now: ToolHarness.now)
    try await stores.store(
      missing.map { MemoryVector(version: $0.version, vector: HashedWords.vector(of: $0.text)) },
      of: "hashed-words")
    for role in [nil, "closer"] as [String?] {
      var query: JSONObject = ["query": "who has the quetzal thimblerig?"]
      query["agentRole"] = role.map { .string($0) }
      let found = try await harness.call("recall", query)
      #expect(found["memories"]?.arrayValue?.isEmpty == false && found["vectors"] == "used")
    }
    func questions() -> [String] { desk.questions?.known ?? [] }
    func planted(_ words: some Sequence<String>) -> [String] {
      words.filter { $0.contains("quetzal") || $0.contains("thimblerig") }
    }
    #expect(planted(desk.indexes.knownStems).count == 2)
    #expect(!planted(desk.analyzer.keptWords).isEmpty)
    #expect(!planted(questions()).isEmpty)
    let vectors = desk.indexes.vectorCount
    #expect(vectors == 3)
    if isScrubbed {
      _ = try await harness.call("erase_lead", ["leadID": .string(lead)])
    } else {
      // Another process erases; the next look of the upkeep follows it.
      _ = try await stores.erase(
        LeadID(rawValue: lead), identity: { _ in LeadIdentity() }, at: ToolHarness.now,
        event: { _ in
          Event(
            id: EventID(rawValue: "e"), kind: .leadErased, occurredAt: ToolHarness.now,
            actor: "test")
        }, in: .default)
      try await desk.scrub(at: ToolHarness.now)
    }
    #expect(planted(desk.indexes.knownStems) == [])
    #expect(planted(desk.analyzer.keptWords) == [])
    #expect(planted(questions()) == [])
    #expect(desk.indexes.vectorCount == 1)
    #expect(desk.indexes.knownStems.contains("walrus"))
  }
}
