import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct ResourceTests {
  @Test func everyListedResourceCanBeRead() async throws {
    try await ToolHarness().withClient { client in
      let listed = try await client.request("resources/list")["resources"]?.arrayValue ?? []
      #expect(listed.count >= 7)
      for resource in listed {
        let uri = try #require(resource["uri"])
        let contents = try await client.request("resources/read", ["uri": uri])["contents"]
        #expect(contents?[0]?["uri"] == uri)
        #expect(contents?[0]?["text"]?.stringValue?.isEmpty == false)
        #expect(contents?[0]?["mimeType"] == resource["mimeType"])
      }
    }
  }

  @Test func aLeadIsAResource() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(TriageLeadToolTests.ada)
    let contents = try await harness.withClient { client in
      try await client.request("resources/read", ["uri": .string("lead://\(id)")])["contents"]
    }
    let lead = try JSONParser().parse(try #require(contents?[0]?["text"]?.stringValue))
    #expect(lead["lead"]?["contact"]?["name"] == "Ada Byron")
  }

  @Test(arguments: ["lead://nobody", "lead://", "lead://a/b", "playbook://none", "dataset://x"])
  func whatIsNotThereIsNotFound(_ uri: String) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await ToolHarness().withClient { client in
        try await client.request("resources/read", ["uri": .string(uri)])
      }
    }
    #expect(error?.code == .invalidParams)
    #expect(error?.data?["uri"] == .string(uri))
  }

  static let changes: [(Event.Kind, JSONObject, [MemoryKind], changesLead: Bool)] = [
    (.memoryRemembered, ["long_term": 1, "episodic": 2], [.longTerm, .episodic], false),
    (.memoryRemembered, ["private": 1], [], false),
    (.memoryConsolidated, ["merged": 1], [.longTerm, .episodic], false),
    (.memoryForgotten, ["memories": 1], MemoryKind.allCases, false),
    (.knowledgeRelated, ["entityIDs": ["ent_1"]], [.semantic], false),
    (.knowledgeRelated, ["entityIDs": []], [], false),
    (.leadErased, [:], MemoryKind.allCases, true), (.leadCreated, [:], [], true),
  ]

  @Test(arguments: changes.indices) func whatChangedIsKnownByItsEvent(_ index: Int) {
    let (kind, facts, kinds, changesLead) = Self.changes[index]
    let lead = LeadID(rawValue: "L1")
    let event = Event(
      id: EventID(rawValue: "evt_1"), kind: kind, leadID: lead, occurredAt: ToolHarness.now,
      actor: "tests", facts: facts)
    #expect(
      Set(MemoryResource.uris(of: event)) == Set(kinds.map { MemoryResource.uri(lead, $0) }))
    #expect(LeadResource.isChanged(by: event) == changesLead)
  }

  @Test(
    arguments: [
      (.leadTriaged, true, true), (.outcomeRecorded, true, true), (.leadErased, true, true),
      (.workEnqueued, true, false), (.workDeadLettered, true, false),
      (.journeyAdvanced, true, false), ("handoff.accepted", true, false),
      ("engagement.started", true, true), (.messageDelivered, true, true),
      (.memoryRemembered, false, false),
      (.interactionRecorded, false, true),
    ] as [(Event.Kind, Bool, Bool)])
  func whatMovesALeadChangesItsJourney(kind: Event.Kind, journey: Bool, lead: Bool) {
    let event = Event(
      id: EventID(rawValue: "evt_1"), kind: kind, leadID: LeadID(rawValue: "L1"),
      occurredAt: ToolHarness.now, actor: "tests")
    #expect(JourneyResource.isChanged(by: event) == journey)
    #expect(LeadResource.isChanged(by: event) == lead)
  }

  @Test func leadIDsAreCompleted() async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(["email": "a@acme.test"])
    let completion = try await harness.withClient { client in
      try await client.request(
        "completion/complete",
        [
          "ref": ["type": "ref/resource", "uri": "lead://{leadID}"],
          "argument": ["name": "leadID", "value": "lead_"],
        ])["completion"]
    }
    #expect(completion?["values"] == [.string(id)])
  }
}

@Suite struct QualifyLeadPromptTests {
  static let goals: [(JSONObject, String)] = [
    ([:], "qualify-campaign-leads"), (["goal": "nurture"], "nurture-cold-leads"),
    (["goal": "disqualify", "tone": "brief"], "answer-general-inquiries"),
  ]

  @Test(arguments: goals)
  func thePlaybookFitsTheGoal(_ arguments: JSONObject, _ playbook: String) async throws {
    let harness = try ToolHarness()
    let id = try await harness.newLead(TriageLeadToolTests.ada)
    let result = try await harness.withClient { client in
      try await client.request(
        "prompts/get",
        [
          "name": "qualify_lead",
          "arguments": .object(arguments.merging(["leadID": .string(id)])),
        ])
    }
    let messages = try #require(result["messages"]?.arrayValue)
    #expect(messages[0]["content"]?["resource"]?["uri"] == .string("lead://\(id)"))
    #expect(messages[1]["content"]?["resource"]?["uri"] == .string("playbook://\(playbook)"))
    let text = try #require(messages[2]["content"]?["text"]?.stringValue)
    #expect(text.contains(id) && !text.contains("{{"))
  }

  static let refused: [JSONObject] = [
    ["leadID": "nobody"], ["leadID": "L1", "goal": "world peace"], [:], ["leadID": 5],
  ]

  @Test(arguments: refused)
  func wrongArgumentsAreRefused(_ arguments: JSONObject) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await ToolHarness().withClient { client in
        try await client.request(
          "prompts/get", ["name": "qualify_lead", "arguments": .object(arguments)])
      }
    }
    #expect(error?.code == .invalidParams)
  }

  @Test func goalsAreCompleted() async throws {
    let completion = try await ToolHarness().withClient { client in
      try await client.request(
        "completion/complete",
        [
          "ref": ["type": "ref/prompt", "name": "qualify_lead"],
          "argument": ["name": "goal", "value": "d"],
        ])["completion"]
    }
    #expect(completion?["values"] == ["demo", "disqualify"])
  }

  static let pasts: [(bytes: Int, shown: Int)] = [(10, 20), (1000, 5), (3000, 1), (9000, 0)]

  @Test(arguments: pasts)
  func aLeadWithALongPastIsShownWithLessOfIt(_ bytes: Int, _ shown: Int) async throws {
    var limits = SessionLimits()
    limits.pageBytes = 20_000
    let harness = try ToolHarness(limits: limits)
    let id = try await harness.newLead(TriageLeadToolTests.ada)
    let note = JSONValue.string(String(repeating: "x", count: bytes))
    for _ in 0..<20 {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(id), "channel": "web", "kind": "site_visit",
          "metadata": ["note": note],
        ])
    }
    let (read, prompt) = try await harness.withClient { client in
      (
        try await client.request("resources/read", ["uri": .string("lead://\(id)")])["contents"],
        try await client.request(
          "prompts/get", ["name": "qualify_lead", "arguments": ["leadID": .string(id)]])
      )
    }
    for text in [read?[0]?["text"], prompt["messages"]?[0]?["content"]?["resource"]?["text"]] {
      let lead = try JSONParser().parse(try #require(text?.stringValue))
      #expect(lead["lead"]?["contact"]?["name"] == "Ada Byron")
      #expect(lead["interactions"]?.arrayValue?.count == shown)
    }
  }
}
