import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListEscalationsToolTests {
  @Test func escalationsAreListedPageByPage() async throws {
    let harness = try ToolHarness()
    var leads: [String] = []
    for number in 0..<3 {
      let lead = try await harness.newLead(["company": .string("Acme \(number)")])
      leads.append(lead)
      _ = try await harness.prepare(lead, to: "sales")
    }
    var found: Set<String> = []
    var cursor: JSONValue?
    repeat {
      var arguments: JSONObject = ["state": "open", "limit": 2]
      arguments["cursor"] = cursor
      let page = try await harness.call("list_escalations", arguments)
      found.formUnion(
        (page["escalations"]?.arrayValue ?? []).compactMap { $0["leadID"]?.stringValue })
      cursor = page["nextCursor"]
    } while cursor != nil
    #expect(found == Set(leads))
    let one = try await harness.call("list_escalations", ["leadID": .string(leads[1])])
    let escalation = try #require(one["escalations"]?[0])
    #expect(one["escalations"]?.arrayValue?.count == 1)
    #expect(escalation["context"]?["gaps"] == ["contact", "person", "need"])
    #expect(escalation["deadline"] == .string((ToolHarness.now + .seconds(14_400)).iso8601))
    #expect(escalation["owner"] == "sales-manager")
    #expect(try await harness.call("list_escalations", ["owner": "maria"])["escalations"] == [])
    _ = try await harness.prepare(leads[0], to: "warehouse", ["escalationOwner": "maria"])
    let hers = try await harness.call("list_escalations", ["owner": "maria"])
    #expect(hers["escalations"]?[0]?["leadID"] == .string(leads[0]))
    let problem = try await harness.failure(
      "list_escalations", ["cursor": "nonsense"])
    #expect(problem.contains("cursor"))
  }
}
