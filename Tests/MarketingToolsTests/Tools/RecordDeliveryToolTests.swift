import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct RecordDeliveryToolTests {
  static let reports: [(kind: String, exit: String?, suppressed: OutreachChannel?)] = [
    ("delivered", nil, nil), ("opened", nil, nil), ("clicked", nil, nil),
    ("replied", "reply", nil), ("meeting", "meeting", nil), ("bounced", "bounce", .email),
    ("complained", "complaint", .sms), ("unsubscribed", "unsubscribe", .email),
  ]

  @Test(arguments: reports)
  func aReportCountsOnce(
    _ kind: String, _ exit: String?, _ suppressed: OutreachChannel?
  ) async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, id, steps) = try await bench.running()
    let first = try bench.time(of: steps[0])
    try await bench.send(at: first)
    let report: JSONObject = [
      "reports": [
        ["id": "r1", "messageID": steps[0]["messageID"] ?? .null, "kind": .string(kind)]
      ]
    ]
    let accepted = try await harness.call("record_delivery", report)
    #expect(accepted["accepted"] == 1)
    let again = try await harness.call("record_delivery", report)
    #expect(again["accepted"] == 0 && again["known"] == 1)
    let shown = try await harness.call("get_engagement", ["engagementID": .string(id)])
    #expect(shown["engagement"]?["exit"]?.stringValue == exit)
    #expect(shown["engagement"]?["state"] == (exit == nil ? "running" : "completed"))
    #expect(shown["reports"]?[0]?["kind"]?.stringValue == kind)
    let address = ContactAddress.email("ann@acme.test")
    #expect(
      try harness.stores.isSuppressed([address], on: suppressed ?? .email, in: .default)
        == (suppressed != nil))
    let found = try await harness.stores.performance(
      by: .channel, since: ToolHarness.now + .days(-1), in: .default)
    #expect(found.first?.counts.values.reduce(0, +) == 2)
    let events = try harness.events().filter { $0.kind == .deliveryReported }
    #expect(events.count == 1 && events.first?.leadID?.rawValue == lead)
  }

  @Test func oneOfAnUnknownMessageKeepsNoOthersOut() async throws {
    let bench = try EngagementBench()
    let (_, _, steps) = try await bench.running()
    try await bench.send(at: bench.time(of: steps[1]))
    let (known, time) = (steps[0]["messageID"] ?? .null, "2999-01-01T00:00:00Z")
    let result = try await bench.harness.call(
      "record_delivery",
      [
        "reports": [
          ["id": "1", "messageID": "gone", "kind": "opened"],
          ["id": "1", "messageID": known, "kind": "unsubscribed", "at": .string(time)],
          ["id": "1", "messageID": steps[1]["messageID"] ?? .null, "kind": "opened"],
        ]
      ])
    #expect(result["accepted"] == 2 && result["unknown"] == ["gone"])
    let suppressions = try bench.harness.stores.suppressions(
      of: [.email("ann@acme.test")], in: .default)
    // Whatever the clock of whoever reports says.
    #expect(suppressions.map(\.since) == [ToolHarness.now])
  }

  /// An address that the lead has not any more is the one that is closed.
  @Test func aBounceClosesTheAddressThatItCameFrom() async throws {
    let bench = try EngagementBench()
    let (lead, _, steps) = try await bench.running()
    try await bench.send(at: bench.time(of: steps[0]))
    _ = try await bench.harness.call(
      "triage_lead", ["leadID": .string(lead), "email": "new@acme.test"])
    _ = try await bench.harness.call(
      "record_delivery",
      [
        "reports": [
          ["id": "1", "messageID": steps[0]["messageID"] ?? .null, "kind": "bounced"]
        ]
      ])
    for (address, isClosed) in [("ann@acme.test", true), ("new@acme.test", false)] {
      #expect(
        try bench.harness.stores.isSuppressed([.email(address)], on: .email, in: .default)
          == isClosed)
    }
  }

  @Test(arguments: DeliveryReport.Kind.allCases)
  func whatHasNotLeftCannotHaveComeToAnything(_ kind: DeliveryReport.Kind) async throws {
    let bench = try EngagementBench()
    let (lead, id, steps) = try await bench.running()
    let message = steps[0]["messageID"] ?? .null
    let reports: JSONObject = [
      "reports": [["id": "r1", "messageID": message, "kind": .string(kind.rawValue)]]
    ]
    let events = try bench.harness.events().count
    let result = try await bench.harness.call("record_delivery", reports)
    #expect(result["accepted"] == 0 && result["known"] == 0 && result["unknown"] == [])
    #expect(result["ignored"]?[0]?["id"] == "r1" && result["ignored"]?[0]?["messageID"] == message)
    #expect(result["ignored"]?[0]?["reason"]?.stringValue?.contains("queued") == true)
    let shown = try await bench.harness.call("get_engagement", ["engagementID": .string(id)])
    #expect(shown["engagement"]?["state"] == "running" && shown["reports"] == [])
    #expect(
      try !bench.harness.stores.isSuppressed(
        [.email("ann@acme.test")], on: .email, in: .default))
    #expect(
      try await bench.harness.stores.performance(
        by: .channel, since: ToolHarness.now + .days(-1), in: .default) == [])
    #expect(
      try bench.harness.stores.interactions(
        of: LeadID(rawValue: lead), limit: 9, in: .default) == [])
    #expect(try bench.harness.events().count == events)
    // The same report is believed once the message has left.
    try await bench.send(at: bench.time(of: steps[0]))
    #expect(try await bench.harness.call("record_delivery", reports)["accepted"] == 1)
  }

  static let refused: [(JSONObject, String)] = [
    (["reports": []], "reports"),
    (["reports": [["id": "r", "messageID": "m", "kind": "seen"]]], "kind"),
  ]

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("record_delivery", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
