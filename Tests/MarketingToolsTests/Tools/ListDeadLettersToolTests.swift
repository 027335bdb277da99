import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListDeadLettersToolTests {
  private func harness(limits: SessionLimits = SessionLimits(), error: String = "no luck")
    async throws -> ToolHarness
  {
    let harness = try ToolHarness(limits: limits)
    for (id, role) in [("work_1", "triage"), ("work_2", "engagement"), ("work_3", "triage")] {
      try await harness.enqueue(id, role: AgentRoleID(rawValue: role))
      _ = try await harness.claimed(["role": .string(role)])
      _ = try await harness.call(
        "fail_work",
        ["workID": .string(id), "claim": 1, "error": .string(error), "retry": "never"])
    }
    return harness
  }

  private func names(_ listed: JSONObject) -> [JSONValue?] {
    listed["deadLetters"]?.arrayValue?.map { $0["workID"] } ?? []
  }

  @Test func theyAreListedPageByPage() async throws {
    let harness = try await harness()
    let first = try await harness.call("list_dead_letters", ["limit": 2])
    #expect(names(first) == ["work_3", "work_2"])
    #expect(first["deadLetters"]?[0]?["lastError"] == "no luck")
    let cursor = try #require(first["nextCursor"])
    let second = try await harness.call("list_dead_letters", ["limit": 2, "cursor": cursor])
    #expect(names(second) == ["work_1"] && second["nextCursor"] == nil)
    let own = try await harness.call("list_dead_letters", ["role": "engagement"])
    #expect(names(own) == ["work_2"])
    let wrong = try await harness.failure(
      "list_dead_letters", ["role": "engagement", "cursor": cursor])
    #expect(wrong.hasPrefix("cursor: "))
  }

  @Test func aPageHoldsWhatFits() async throws {
    var limits = SessionLimits()
    limits.pageBytes = 7000
    let harness = try await harness(limits: limits, error: .init(repeating: "x", count: 500))
    var (found, cursor): ([JSONValue?], JSONValue?) = ([], nil)
    for _ in 0..<3 {
      let page = try await harness.call(
        "list_dead_letters", cursor.map { ["cursor": $0] } ?? [:])
      #expect(names(page).count < 3)
      found += names(page)
      cursor = page["nextCursor"]
      if cursor == nil { break }
    }
    #expect(found == ["work_3", "work_2", "work_1"])
  }
}
