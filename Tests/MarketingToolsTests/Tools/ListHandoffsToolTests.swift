import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct ListHandoffsToolTests {
  @Test func handoffsAreListedPageByPage() async throws {
    let harness = try ToolHarness()
    var ids: [String] = []
    for number in 0..<3 {
      let lead = try await harness.newLead([
        "email": .string("n\(number)@acme.test"), "message": "hello there",
      ])
      ids.append(try await harness.offered(lead))
    }
    let lead = try await harness.newLead(["email": "x@acme.test", "message": "hello there"])
    _ = try await harness.prepare(lead, to: "sales", ["handoffID": "h_sales"])
    var found: [String] = []
    var cursor: JSONValue?
    repeat {
      var arguments: JSONObject = ["states": ["offered"], "to": "engagement", "limit": 2]
      arguments["cursor"] = cursor
      let page = try await harness.call("list_handoffs", arguments)
      found += (page["handoffs"]?.arrayValue ?? []).compactMap { $0["handoffID"]?.stringValue }
      cursor = page["nextCursor"]
    } while cursor != nil
    #expect(found == ids.sorted())
    let ofLead = try await harness.call("list_handoffs", ["leadID": .string(lead)])
    #expect(ofLead["handoffs"]?.arrayValue?.map { $0["handoffID"] } == ["h_sales"])
    let first = try await harness.call("list_handoffs", ["limit": 1])
    let problem = try await harness.failure(
      "list_handoffs", ["to": "sales", "cursor": try #require(first["nextCursor"])])
    #expect(problem.contains("cursor"))
  }
}
