import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct SearchLeadsToolTests {
  private func filled() async throws -> ToolHarness {
    let harness = try ToolHarness()
    for index in 0..<25 {
      _ = try await harness.newLead([
        "name": .string("Person \(index)"), "email": .string("p\(index)@acme.test"),
        "source": index % 2 == 0 ? "Referral" : "Website",
        "createdAt": .string("2025-11-\(index + 1 < 10 ? "0" : "")\(index + 1)T00:00:00Z"),
      ])
    }
    return harness
  }

  @Test func pagesFollowEachOtherToTheEnd() async throws {
    let harness = try await filled()
    var names: [String] = []
    var cursor: JSONValue?
    repeat {
      var arguments: JSONObject = ["limit": 10]
      arguments["cursor"] = cursor
      let page = try await harness.call("search_leads", arguments)
      #expect(page["total"] == 25)
      names += page["leads"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
      cursor = page["nextCursor"]
    } while cursor != nil
    #expect(names == (0..<25).reversed().map { "Person \($0)" })
  }

  static let conditions: [(JSONObject, Int64)] = [
    (["source": "referral"], 13), (["text": "pers"], 25), (["text": "person 7"], 1),
    (["createdFrom": "2025-11-20T00:00:00Z"], 6), (["createdBefore": "2025-11-03T00:00:00Z"], 2),
    (["status": ["converted"]], 0), (["minimumScore": 101], -1), (["text": #""OR* NEAR("#], 0),
  ]

  @Test(arguments: conditions)
  func conditionsNarrow(_ arguments: JSONObject, _ total: Int64) async throws {
    let harness = try await filled()
    if total < 0 {
      let message = try await harness.failure("search_leads", arguments)
      #expect(message.contains("/minimumScore"))
    } else {
      let page = try await harness.call("search_leads", arguments)
      #expect(page["total"]?.integerValue == total)
    }
  }

  @Test func aCursorBelongsToItsSearch() async throws {
    let harness = try await filled()
    let page = try await harness.call("search_leads", ["limit": 5])
    let cursor = try #require(page["nextCursor"])
    for arguments: JSONObject in [
      ["limit": 5, "source": "Referral", "cursor": cursor], ["cursor": "garbage"],
    ] {
      let message = try await harness.failure("search_leads", arguments)
      #expect(message.hasPrefix("cursor:"))
    }
  }
}
