import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RecordOutcomeToolTests {
  private static func answering(_ action: JSONValue, replace: JSONValue? = nil) -> ClientHandlers {
    ClientHandlers(elicitForm: { params throws(RPCError) in
      #expect(params["requestedSchema"]?["properties"]?["replace"]?["type"] == "boolean")
      var answer: JSONObject = ["action": action]
      if let replace { answer["content"] = ["replace": replace] }
      return answer
    })
  }

  private func converted(_ handlers: ClientHandlers) async throws -> (ToolHarness, JSONValue) {
    let harness = try ToolHarness(handlers: handlers)
    let id = JSONValue.string(try await harness.newLead(["email": "a@acme.test"]))
    let result = try await harness.call(
      "record_outcome",
      [
        "leadID": id, "disposition": "converted", "conversionType": "purchase",
        "value": ["amount": 1200.5, "currency": "USD"],
      ])
    #expect(result["recorded"] == true && result["status"] == "converted")
    return (harness, id)
  }

  @Test func theSameOutcomeIsRecordedOnce() async throws {
    let (harness, id) = try await converted(ClientHandlers())
    let arguments: JSONObject = [
      "leadID": id, "disposition": "converted", "conversionType": "purchase",
      "value": ["amount": 1200.5, "currency": "USD"],
    ]
    let again = try await harness.call("record_outcome", arguments)
    #expect(again["recorded"] == false && again["replaced"] == false)
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November), .legacy(.v2025June)])
  func theUserMayAgreeToReplace(_ mode: ClientSession.Mode) async throws {
    let (harness, id) = try await converted(Self.answering("accept", replace: true))
    let result = try await harness.call(
      "record_outcome", ["leadID": id, "disposition": "lost", "reason": "refund"], mode: mode)
    #expect(result["replaced"] == true && result["status"] == "unqualified")
  }

  @Test(arguments: [
    answering("accept", replace: false), answering("decline"), answering("cancel"),
  ])
  func withoutConsentNothingChanges(_ handlers: ClientHandlers) async throws {
    let (harness, id) = try await converted(handlers)
    let message = try await harness.failure(
      "record_outcome", ["leadID": id, "disposition": "lost"])
    #expect(message.hasPrefix("Nothing was changed"))
    let lead = try await harness.call("get_lead", ["leadID": id])
    #expect(lead["outcome"]?["disposition"] == "converted")
  }

  @Test func withoutAUserTheCallerMustSayReplace() async throws {
    let (harness, id) = try await converted(ClientHandlers())
    let message = try await harness.failure(
      "record_outcome", ["leadID": id, "disposition": "lost"])
    #expect(message.contains("replace: true"))
    let result = try await harness.call(
      "record_outcome", ["leadID": id, "disposition": "lost", "replace": true])
    #expect(result["replaced"] == true)
  }

  @Test func everyContradictionIsReportedAtOnce() async throws {
    let harness = try ToolHarness()
    let id = JSONValue.string(try await harness.newLead(["email": "a@acme.test"]))
    let message = try await harness.failure(
      "record_outcome",
      [
        "leadID": id, "disposition": "lost", "conversionType": "purchase",
        "value": ["amount": 5, "currency": "EUR"],
      ])
    #expect(message.contains("/conversionType") && message.contains("/value"))
  }
}
