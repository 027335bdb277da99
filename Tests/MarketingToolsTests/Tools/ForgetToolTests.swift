import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct ForgetToolTests {
  @Test func whatIsNamedIsGoneAndNothingElse() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          ["memoryID": "m1", "text": "one"], ["memoryID": "m2", "text": "two"],
          ["memoryID": "m3", "text": "three", "agentRole": "closer"],
        ]
      ])
    let forgotten = try await harness.call(
      "forget", ["memoryIDs": ["m1", "m3", "m404"]])
    #expect(forgotten == ["forgotten": ["m1"], "notFound": ["m3", "m404"]])
    let left = try await harness.call("list_memories", ["agentRole": "closer"])
    #expect(left["memories"]?.arrayValue?.map { $0["memoryID"] } == ["m3", "m2"])
    let own = try await harness.call(
      "forget", ["memoryIDs": ["m3"], "agentRole": "closer"])
    #expect(own["forgotten"] == ["m3"])
  }

  @Test func whoFollowsALeadsMemoryHearsOfIt() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let told = try await harness.call(
      "remember",
      [
        "memories": [
          ["memoryID": "ann_one", "leadID": .string(lead), "text": "likes tea"],
          ["memoryID": "ann_two", "leadID": .string(lead), "text": "likes coffee"],
          ["memoryID": "none", "text": "of nobody"],
        ]
      ])
    #expect(told["remembered"]?.arrayValue?.count == 3)
    _ = try await harness.call(
      "forget", ["memoryIDs": ["ann_one", "none", "ann_two", "unknown"]])
    let events = try harness.events().filter { $0.kind == .memoryForgotten }
    #expect(events.map { $0.leadID?.rawValue } == [nil, lead])
    #expect(events.map { $0.facts } == [["memories": 1], ["memories": 2]])
    #expect(
      events.flatMap(MemoryResource.uris(of:)).contains("memory://\(lead)/long_term"))
  }
}
