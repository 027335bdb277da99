import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct EraseLeadToolTests {
  @Test func nothingOfTheLeadIsFoundAgain() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "name": "Ann Planted"])
    let other = try await harness.newLead(["email": "bob@acme.test"])
    for id in [lead, other] {
      _ = try await harness.call(
        "remember", ["memories": [["leadID": .string(id), "text": "planted words"]]])
    }
    let before = try await harness.call("recall", ["query": "planted words"])
    #expect(before["memories"]?.arrayValue?.count == 2)
    let proof = try await harness.call("erase_lead", ["leadID": .string(lead)])
    #expect(proof["complete"] == true && proof["notes"] == [])
    let places = proof["places"]?.arrayValue ?? []
    #expect(places.first { $0["name"] == "leads" }?["erased"] == 1)
    #expect(places.first { $0["name"] == "memories" }?["erased"] == 1)
    #expect(places.allSatisfy { $0["remaining"] == 0 })
    let after = try await harness.call("recall", ["query": "planted words"])
    #expect(after["memories"]?.arrayValue?.map { $0["leadID"] } == [.string(other)])
    #expect(try await harness.failure("get_lead", ["leadID": .string(lead)]).contains(lead))
    #expect(try await harness.failure("erase_lead", ["leadID": .string(lead)]).contains(lead))
    let erased = try harness.stores.events(of: LeadID(rawValue: lead), limit: 99, in: .default)
    #expect(erased.last?.event.kind == .leadErased)
    #expect(erased.last?.event.facts["leads"] == 1)
  }

  @Test func whoFollowsAnEntityHearsOfIt() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let told = try await harness.call(
      "relate_entities",
      [
        "leadID": .string(lead),
        "relations": [
          [
            "subject": ["type": "person", "name": "Ann Lee", "leadID": .string(lead)],
            "predicate": "works_at", "object": ["type": "company", "name": "Acme"],
          ]
        ],
      ])
    _ = try await harness.call(
      "relate_entities",
      [
        "relations": [
          [
            "subject": ["type": "company", "name": "Acme"], "predicate": "uses",
            "object": ["type": "product", "name": "X"],
          ]
        ]
      ])
    let ends = ["subject", "object"].compactMap { told["relations"]?[0]?[$0]?.stringValue }
    #expect(ends.count == 2)
    _ = try await harness.call("erase_lead", ["leadID": .string(lead)])
    let event = try #require(try harness.events().last { $0.kind == .leadErased })
    #expect(Set(KnowledgeResource.entities(of: event).map(\.rawValue)) == Set(ends))
    // Names among all, and nothing of the person.
    #expect(!JSONWriter.text(of: .object(event.facts)).contains("Ann"))
  }
}
