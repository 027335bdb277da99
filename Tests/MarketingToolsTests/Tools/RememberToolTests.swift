import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct RememberToolTests {
  @Test func whatIsRememberedIsListed() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let told = try await harness.call(
      "remember",
      [
        "memories": [
          ["leadID": .string(lead), "fact": ["key": "team.size", "value": 12], "source": "crm"],
          [
            "leadID": .string(lead), "conversationID": "C1", "speaker": "Ann", "kind": "episodic",
            "text": "  We roll\n out in May. ", "trust": "untrusted",
          ],
          [
            "episode": [
              "situation": "security_review", "actions": ["send_page", "call"], "outcome": 0.5,
            ], "importance": 0.9,
          ],
          ["conversationID": "C1", "context": ["intent": "book_demo", "slots": ["seats": 5]]],
        ]
      ])
    let fates = try #require(told["remembered"]?.arrayValue)
    #expect(fates.map { $0["isNew"] } == [true, true, true, true])
    #expect(fates.map { $0["expiresAt"] != nil } == [false, false, false, true])
    #expect(fates[3]["expiresAt"] == "2026-01-02T00:00:00Z")
    let listed = try await harness.call("list_memories", [:])
    let memories = try #require(listed["memories"]?.arrayValue)
    #expect(
      Set(memories.compactMap { $0["text"]?.stringValue }) == [
        "team size: 12", "We roll out in May.",
        "security review: send page, then call, outcome 0.5",
        "wants to book demo; seats: 5",
      ])
    let kinds = memories.compactMap { $0["kind"]?.stringValue }.sorted()
    #expect(kinds == ["episodic", "episodic", "long_term", "short_term"])
    let utterance = try #require(memories.first { $0["speaker"] == "Ann" })
    #expect(utterance["trust"] == "untrusted" && utterance["source"]?["name"] == "tester")
  }

  @Test func aNewValueSupersedes() async throws {
    let harness = try ToolHarness()
    func tell(_ value: JSONValue, _ trust: String) async throws -> JSONValue {
      let fact: JSONValue = ["key": "budget", "value": value]
      let told = try await harness.call(
        "remember", ["memories": [["fact": fact, "trust": .string(trust), "source": "x"]]])
      return try #require(told["remembered"]?[0])
    }
    let first = try await tell(1, "agent")
    let second = try await tell(2, "verified")
    #expect(second["superseded"] == [try #require(first["memoryID"])])
    let third = try await tell(3, "untrusted")
    #expect(third["conflicts"] == [try #require(second["memoryID"])])
    let same = try await tell(2, "agent")
    #expect(same["isNew"] == false && same["memoryID"] == second["memoryID"])
  }

  @Test(
    arguments: [
      ("/memories/0/text", [:]),
      ("/memories/0/text", ["text": " \n"]),
      ("/memories/0/source", ["fact": ["key": "a", "value": 1], "trust": "untrusted"]),
      ("/memories/0/kind", ["fact": ["key": "a", "value": 1], "kind": "episodic"]),
      (
        "/memories/0/episode",
        ["fact": ["key": "a", "value": 1], "episode": ["situation": "x", "actions": []]]
      ),
      (
        "/memories/0/validTo",
        ["text": "x", "validFrom": "2026-01-02T00:00:00Z", "validTo": "2026-01-02T00:00:00Z"]
      ),
      ("/memories/0/conversationID", ["text": "x", "kind": "short_term"]),
      (
        "/memories/0/source",
        ["fact": ["key": "a", "value": 1], "trust": "untrusted", "source": " "]
      ),
      ("/memories/0/episode/situation", ["episode": ["situation": " ", "actions": []]]),
      ("/memories/0/source", ["text": "x", "source": "consolidation"]),
      ("/memories/0/fact/key", ["fact": ["key": "pattern.price", "value": 1]]),
      ("/memories/0/memoryID", ["text": "x", "memoryID": "sum_1"]),
      ("/memories/0/memoryID", ["text": "x", "memoryID": "pat_1"]),
    ] as [(String, JSONObject)])
  func whatCannotBeUsedIsNamed(field: String, memory: JSONObject) async throws {
    let harness = try ToolHarness()
    let problem = try await harness.failure(
      "remember", ["memories": [.object(memory), ["text": "good"]]])
    #expect(problem.contains("Nothing was remembered") && problem.contains("\(field): found"))
    #expect(try await harness.call("list_memories", [:])["memories"] == [])
  }

  @Test func onlyWhatIsNewIsLogged() async throws {
    let harness = try ToolHarness()
    let ann = try await harness.newLead(["email": "ann@acme.test"])
    let bob = try await harness.newLead(["email": "bob@other.test"])
    func note(_ id: String, _ lead: String) -> JSONValue {
      ["memoryID": .string(id), "text": "likes tea", "leadID": .string(lead)]
    }
    func events() throws -> [Event] {
      try harness.events().filter { $0.kind == .memoryRemembered }
    }
    _ = try await harness.call("remember", ["memories": [note("m1", ann), note("m2", bob)]])
    #expect(try Set(events().map(\.leadID?.rawValue)) == [ann, bob])
    _ = try await harness.call(
      "remember", ["memories": [note("m1", ann), note("m2", bob), note("m3", bob)]])
    let last = try #require(try events().dropFirst(2).first)
    #expect(try events().count == 3)
    #expect(last.leadID?.rawValue == bob && last.facts == ["long_term": 1])
    _ = try await harness.call("remember", ["memories": [note("m1", ann)]])
    #expect(try events().count == 3)
  }

  @Test func whoFollowsALeadHearsNothingOfWhatIsPrivate() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    for role in [nil, "closer"] as [JSONValue?] {
      var memory: JSONObject = ["text": "likes tea", "leadID": .string(lead)]
      memory["agentRole"] = role
      _ = try await harness.call("remember", ["memories": [.object(memory)]])
    }
    let events = try harness.events().filter { $0.kind == .memoryRemembered }
    #expect(events.map(\.facts) == [["long_term": 1], ["private": 1]])
    #expect(
      events.map(MemoryResource.uris(of:))
        == [[MemoryResource.uri(LeadID(rawValue: lead), .longTerm)], []])
  }

  @Test func manyLongTextsAreRememberedToo() async throws {
    let harness = try ToolHarness()
    let memories = (0..<40).map { number -> JSONValue in
      ["text": .string("note \(number) " + String(repeating: "on renewals ", count: 100))]
    }
    _ = try await harness.call("remember", ["memories": .array(memories)])
    let found = try await harness.call("list_memories", ["words": "renewal 39"])
    #expect(found["memories"]?.arrayValue?.count == 1)
  }

  @Test func aLeadThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure(
      "remember", ["memories": [["text": "x", "leadID": "L404"]]])
    #expect(problem.contains("L404"))
  }
}
