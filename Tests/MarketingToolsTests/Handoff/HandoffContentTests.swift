import JSONRPC
import MCP
import Marketing
import Testing

extension ToolHarness {
  /// Prepares a handoff and returns its packet.
  func packet(
    _ lead: String, to: String = "engagement", _ more: JSONObject = [:]
  ) async throws -> JSONObject {
    let id = try #require(
      try await prepare(lead, to: to, more)["handoff"]?["handoffID"])
    return try #require(
      try await call("get_handoff", ["handoffID": id])["packet"]?.objectValue)
  }
}

/// What packets hold, whatever the stores hold beside it.
@Suite struct HandoffContentTests {
  private static let person: JSONObject = [
    "email": "ann@acme.test", "phone": "+47 22 12 34 56", "name": "Ann Lee",
    "message": "We need a plan",
  ]

  @Test func whatWasSaidAboutContactBinds() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(
      Self.person.merging(["attributes": ["opt_out": "newsletter", "seats": 3]]))
    for statement: JSONObject in [
      ["leadID": .string(lead), "channel": "phone", "state": "granted", "source": "web form"],
      ["leadID": .string(lead), "channel": "phone", "state": "withdrawn", "source": "call of May"],
      ["address": "ann@acme.test", "channel": "email", "state": "granted", "source": "web form"],
    ] {
      _ = try await harness.call("record_consent", statement)
    }
    _ = try await harness.call(
      "suppress_contact",
      ["leadID": .string(lead), "channel": "sms", "reason": "requested"])
    _ = try await harness.call(
      "suppress_contact", ["address": "ann@acme.test", "reason": "complaint"])
    // The smallest budget there is has no room for anything else.
    for budget in [4000, 200] {
      let packet = try await harness.packet(lead, ["tokenBudget": JSONValue(budget)])
      let bonds = JSONWriter.text(of: packet["constraints"] ?? .null)
      for text in [
        #""consent.phone.marketing":"withdrawn, 2026-01-01, call of May""#,
        #""consent.email.marketing":"granted, 2026-01-01, web form""#,
        #""do_not_contact.sms":"requested, 2026-01-01""#,
        #""do_not_contact":"complaint, 2026-01-01""#, #""attributes.opt_out":"newsletter""#,
        #""calling_hours":"calls and SMS 08:00-21:00""#, #""timeZoneByPhone":"Europe/Berlin""#,
      ] {
        #expect(bonds.contains(text), "\(budget): \(text) is not in \(bonds)")
      }
      #expect(!bonds.contains("seats"))
    }
  }

  @Test func theLeadsOwnZoneIsTheOneThatBinds() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(Self.person.merging(["timeZone": "America/Denver"]))
    let bonds = JSONWriter.text(of: try await harness.packet(lead)["constraints"] ?? .null)
    #expect(bonds.contains(#""timeZone":"America/Denver""#) && !bonds.contains("Berlin"))
    // A number of a country with many zones names some of them.
    let other = try await harness.newLead(["phone": "+1 212 555 0100", "name": "Bob"])
    let others = JSONWriter.text(of: try await harness.packet(other)["constraints"] ?? .null)
    #expect(others.contains("others"), "\(others)")
  }

  @Test func severalUnsubscriptionsAreNoContradiction() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(Self.person)
    for channel in ["sms", "email"] {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(lead), "channel": .string(channel), "kind": "reply",
          "outcome": "unsubscribe",
        ])
    }
    let parts = try await harness.prepare(lead)["handoff"]?["parts"]
    #expect(parts?["consistency"]?.doubleValue == 1)
  }
}
