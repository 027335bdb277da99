import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct SuppressContactToolTests {
  @Test func aLeadIsClosedByAllItsAddresses() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "Ann@acme.test", "phone": "+47 22 33 44 55"])
    let result = try await harness.call(
      "suppress_contact", ["leadID": .string(id), "reason": "complaint"])
    #expect(result["channel"] == "all" && result["addresses"] == 2 && result["added"] == 2)
    for address in [ContactAddress.email("ann@acme.test"), .phone("+4722334455")] {
      #expect(try harness.stores.isSuppressed([address], on: .chat, in: .default))
    }
    let again = try await harness.call(
      "suppress_contact", ["leadID": .string(id), "reason": "requested"])
    #expect(again["added"] == 0)
    let events = try harness.events().filter { $0.kind == .contactSuppressed }
    #expect(events.count == 1 && events.first?.facts["addresses"] == 2)
    #expect(!"\(events)".contains("acme.test"))
  }

  @Test(arguments: [("email", 1, true, false), ("sms", 1, false, true), ("chat", 2, false, false)])
  func aChannelIsClosedByTheAddressItLeadsTo(
    _ channel: String, _ count: Int, _ email: Bool, _ sms: Bool
  ) async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "ann@acme.test", "phone": "+47 22 33 44 55"])
    let result = try await harness.call(
      "suppress_contact",
      ["leadID": .string(id), "channel": .string(channel), "reason": "unsubscribed"])
    #expect(result["addresses"] == JSONValue(count))
    let addresses = [ContactAddress.email("ann@acme.test"), .phone("+4722334455")]
    #expect(try harness.stores.isSuppressed(addresses, on: .email, in: .default) == email)
    #expect(try harness.stores.isSuppressed(addresses, on: .sms, in: .default) == sms)
    #expect(
      try harness.stores.isSuppressed(addresses, on: .chat, in: .default) == (channel == "chat"))
  }

  static let refused: [(JSONObject, String)] = [
    (["reason": "requested"], "leadID"), (["leadID": "nobody", "reason": "requested"], "nobody"),
    (["address": "neither", "reason": "requested"], "address"),
    (["address": "a@b.test", "reason": "erased"], "/reason"), (["address": "a@b.test"], "reason"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("suppress_contact", arguments)
    #expect(message.contains(named), "\(message)")
  }

  @Test func whoCannotBeReachedCannotBeSuppressed() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["name": "Ann", "company": "Acme"])
    let message = try await harness.failure(
      "suppress_contact", ["leadID": .string(id), "reason": "requested"])
    #expect(message.contains("leadID"))
  }
}
