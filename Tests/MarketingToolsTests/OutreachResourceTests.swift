import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

/// What is read of messages: their templates, and what came of them.
@Suite struct OutreachResourceTests {
  private static func read(_ uri: String, _ client: ClientSession) async throws -> JSONValue {
    let read = try await client.request("resources/read", ["uri": .string(uri)])
    return try JSONParser().parse(try #require(read["contents"]?[0]?["text"]?.stringValue))
  }

  @Test func everyTemplateIsListedAndRead() async throws {
    try await ToolHarness().withClient { client in
      let listed = try await client.request("resources/list")["resources"]?.arrayValue ?? []
      let uris = listed.compactMap { $0["uri"]?.stringValue }.filter {
        $0.hasPrefix("template://")
      }
      #expect(uris.contains("template://demo_invitation") && uris.count > 5)
      let shown = try await Self.read("template://automatic_answer", client)
      #expect(shown["name"] == "automatic_answer")
      #expect(shown["description"] == "Answers an inquiry at once")
      #expect(shown["channels"] == ["email", "chat", "sms"])
      #expect(shown["variables"]?.arrayValue?.contains("topic") == true)
      #expect(shown["source"]?.stringValue?.contains("{{senderName}}") == true)
    }
  }

  static let completed: [(template: String, argument: String, typed: String, values: JSONValue)] = [
    ("template://{name}", "name", "demo", ["demo_invitation"]),
    ("template://{name}", "name", "nothing", []),
    ("performance://{dimension}", "dimension", "C", ["campaign", "channel"]),
    ("performance://{dimension}", "dimension", "hour", []),
  ]

  @Test(arguments: completed) func namesAreCompleted(
    _ template: String, _ argument: String, _ typed: String, _ values: JSONValue
  ) async throws {
    let completion = try await ToolHarness().withClient { client in
      try await client.request(
        "completion/complete",
        [
          "ref": ["type": "ref/resource", "uri": .string(template)],
          "argument": ["name": .string(argument), "value": .string(typed)],
        ])["completion"]
    }
    #expect(completion?["values"] == values)
  }

  @Test(arguments: ["template://none", "template://", "performance://hour", "performance://sends"])
  func whatIsNotThereIsNotFound(_ uri: String) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await ToolHarness().withClient { client in try await Self.read(uri, client) }
    }
    #expect(error?.code == .invalidParams)
  }

  @Test func whatCameOfMessagesIsAddedUp() async throws {
    let bench = try EngagementBench()
    let (_, _, steps) = try await bench.running()
    try await bench.send(at: bench.time(of: steps[0]))
    _ = try await bench.harness.call(
      "record_delivery",
      [
        "reports": [
          ["id": "r1", "messageID": steps[0]["messageID"] ?? .null, "kind": "opened"]
        ]
      ])
    try await bench.harness.withClient { client in
      let channels = try await Self.read("performance://channel", client)
      #expect(channels["dimension"] == "channel" && channels["complete"] == true)
      #expect(channels["since"] == .string((ToolHarness.now + .days(-7)).iso8601))
      let row = try #require(channels["values"]?[0])
      #expect(channels["values"]?.arrayValue?.count == 1)
      #expect(row["value"] == steps[0]["channel"])
      #expect(row["counts"]?["sent"] == 1 && row["counts"]?["opened"] == 1)
      #expect(row["counts"]?["bounced"] == 0)
      let interval = try #require(RateInterval.wilson(successes: 1, trials: 1, z: RateInterval.z95))
      #expect(row["rates"]?["opened"]?["rate"]?.doubleValue == 1)
      #expect(row["rates"]?["opened"]?["low"]?.doubleValue == interval.low)
      #expect(row["rates"]?["bounced"]?["rate"]?.doubleValue == 0)
      #expect(row["rates"]?["sent"] == nil)
      let strategies = try await Self.read("performance://strategy", client)
      #expect(strategies["values"]?.arrayValue?.count == 1)
      #expect(try await Self.read("performance://campaign", client)["values"] == [])
    }
  }

  @Test func onlyWhoMayReadEngagementsReadsThem() async throws {
    let harness = try ToolHarness(scopes: ["leads:read"])
    try await harness.withClient { client in
      let listed = try await client.request("resources/list")["resources"]?.arrayValue ?? []
      #expect(
        !listed.contains { $0["uri"]?.stringValue?.hasPrefix("template://") == true })
      for uri in ["template://demo_invitation", "performance://channel"] {
        await #expect(throws: RPCError.self) { try await Self.read(uri, client) }
      }
    }
  }

  @Test(
    arguments: [
      (.messageDelivered, "CMP1", ["campaign", "variant", "channel", "strategy"]),
      (.deliveryReported, nil, ["variant", "channel", "strategy"]),
      (.messageDeferred, "CMP1", []), (.engagementStarted, "CMP1", []),
    ] as [(Event.Kind, String?, [String])])
  func whatIsCountedChangesThePerformance(
    _ kind: Event.Kind, _ campaign: String?, _ dimensions: [String]
  ) {
    let event = Event(
      id: EventID(rawValue: "evt_1"), kind: kind, leadID: LeadID(rawValue: "L1"),
      campaignID: campaign.map { CampaignID(rawValue: $0) }, occurredAt: ToolHarness.now,
      actor: "tests")
    #expect(PerformanceResource.uris(of: event) == dimensions.map { "performance://\($0)" })
  }
}
