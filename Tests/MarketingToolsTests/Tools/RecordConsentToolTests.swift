import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RecordConsentToolTests {
  @Test func theLatestStatementHolds() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "ann+news@acme.test"])
    let granted = try await harness.call(
      "record_consent",
      [
        "leadID": .string(id), "channel": "email", "state": "granted", "source": "form",
        "wordingVersion": "v1", "at": "2025-12-31T10:00:00Z",
      ])
    #expect(granted["holds"] == true && granted["suppressed"] == false)
    #expect(granted["purpose"] == "marketing")
    let late = try await harness.call(
      "record_consent",
      [
        "leadID": .string(id), "channel": "email", "state": "withdrawn", "source": "letter",
        "at": "2025-12-30T10:00:00Z",
      ])
    #expect(late["holds"] == false)
    // The address without its tag is the same person.
    let history = try harness.stores.consents(
      of: nil, addresses: [.email("ann@acme.test")], in: .default)
    #expect(history.map(\.state) == [.granted, .withdrawn])
    #expect(history.first?.wordingVersion == "v1")
    let event = try #require(try harness.events().last { $0.kind == .consentRecorded })
    #expect(event.leadID?.rawValue == id && event.facts["state"] == "withdrawn")
  }

  @Test func anAddressNeedsNoLead() async throws {
    let harness = try ToolHarness()
    _ = try await harness.call(
      "suppress_contact", ["address": "+47 22 33 44 55", "channel": "sms", "reason": "requested"])
    let result = try await harness.call(
      "record_consent",
      [
        "address": "0047 22334455", "channel": "sms", "purpose": "service", "state": "granted",
        "source": "telephone call",
      ])
    #expect(result["leadID"] == nil && result["holds"] == true)
    #expect(result["suppressed"] == true)
    let event = try #require(try harness.events().last)
    #expect(!"\(event.facts)".contains("22334455"))
  }

  static let refused: [(JSONObject, String)] = [
    (["channel": "email", "state": "granted", "source": "form"], "leadID"),
    (
      [
        "leadID": "L1", "address": "a@b.test", "channel": "email", "state": "granted",
        "source": "x",
      ],
      "address"
    ),
    (["leadID": "nobody", "channel": "email", "state": "granted", "source": "form"], "nobody"),
    (["address": "neither", "channel": "email", "state": "granted", "source": "form"], "address"),
    (["address": "a@b.test", "channel": "sms", "state": "granted", "source": "form"], "sms"),
    (["address": "a@b.test", "channel": "fax", "state": "granted", "source": "form"], "/channel"),
    (["address": "a@b.test", "channel": "email", "state": "granted"], "source"),
    (
      [
        "address": "a@b.test", "channel": "email", "state": "granted", "source": "form",
        "at": "2031-01-01T00:00:00Z",
      ], "at:"
    ),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("record_consent", arguments)
    #expect(message.contains(named), "\(message)")
    #expect(!message.contains("neither@") && !message.contains("a@b.test"))
  }
}
