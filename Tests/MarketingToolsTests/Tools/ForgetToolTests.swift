import JSONRPC
import MCP
import Marketing
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
}
