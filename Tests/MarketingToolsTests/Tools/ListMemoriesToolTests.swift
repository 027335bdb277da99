import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListMemoriesToolTests {
  private func harness() async throws -> ToolHarness {
    let harness = try ToolHarness()
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          ["memoryID": "m1", "text": "Asked for the price list"],
          ["memoryID": "m2", "text": "Prices were sent", "kind": "episodic"],
          ["memoryID": "m3", "text": "Price floor is 80", "agentRole": "closer"],
          [
            "memoryID": "m4", "fact": ["key": "budget", "value": 1],
            "validTo": "2025-12-01T00:00:00Z", "validFrom": "2025-11-01T00:00:00Z",
          ],
        ]
      ])
    return harness
  }

  @Test(
    arguments: [
      ([:], ["m2", "m1"]), (["agentRole": "closer"], ["m3", "m2", "m1"]),
      (["kinds": ["episodic"]], ["m2"]), (["words": "the price"], ["m2", "m1"]),
      (["words": "price lists"], ["m1"]),
      (["asOf": "2025-11-15T00:00:00Z"], ["m4"]), (["includePast": true], ["m4", "m2", "m1"]),
      (["knownAt": "2025-12-31T00:00:00Z"], []),
      (["factKey": "budget", "includePast": true], ["m4"]),
      (["leadID": "L1"], []),
    ] as [(JSONObject, [String])])
  func conditionsHold(conditions: JSONObject, expected: [String]) async throws {
    let listed = try await harness().call("list_memories", conditions)
    #expect(listed["memories"]?.arrayValue?.map { $0["memoryID"]?.stringValue } == expected)
  }

  @Test(arguments: ["the", "!!!", " "]) func wordsThatAreNotIndexedAreRefused(words: String)
    async throws
  {
    let problem = try await harness().failure("list_memories", ["words": .string(words)])
    #expect(problem.contains("/words: found"))
  }

  @Test func pagesFollowEachOther() async throws {
    let harness = try await harness()
    let first = try await harness.call("list_memories", ["limit": 1])
    let cursor = try #require(first["nextCursor"])
    let second = try await harness.call("list_memories", ["limit": 1, "cursor": cursor])
    #expect(first["memories"]?[0]?["memoryID"] == "m2")
    #expect(second["memories"]?[0]?["memoryID"] == "m1" && second["nextCursor"] == nil)
    let problem = try await harness.failure(
      "list_memories", ["cursor": cursor, "kinds": ["episodic"]])
    #expect(problem.hasPrefix("cursor: "))
  }
}
