import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct GetProfileToolTests {
  @Test func aLeadsPictureIsDrawnOfEachMoment() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "company": "Acme"])
    func fact(_ value: Int64, _ trust: String, from day: String) -> JSONValue {
      [
        "leadID": .string(lead), "fact": ["key": "budget", "value": .integer(value)],
        "trust": .string(trust), "source": "crm", "validFrom": .string("2025-\(day)T00:00:00Z"),
      ]
    }
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          fact(1, "verified", from: "10-01"), fact(2, "verified", from: "12-01"),
          fact(9, "untrusted", from: "12-15"),
          ["leadID": .string(lead), "text": "Asked for references"],
          ["leadID": .string(lead), "conversationID": "C1", "context": ["slots": ["seats": 5]]],
          [
            "leadID": .string(lead), "episode": ["situation": "demo", "actions": ["call"]],
          ],
          ["text": "of nobody"],
        ]
      ])
    let now = try await harness.call("get_profile", ["leadID": .string(lead)])
    #expect(now["facts"]?.arrayValue?.count == 1)
    #expect(now["facts"]?[0]?["value"] == 2 && now["facts"]?[0]?["others"] == [9])
    #expect(now["lead"]?["company"] == "Acme")
    #expect(now["notes"]?.arrayValue?.map { $0["text"] } == ["Asked for references"])
    #expect(now["conversations"]?.arrayValue?.count == 1)
    #expect(now["episodes"]?[0]?["episode"]?["situation"] == "demo")
    #expect(now["hasMore"] == false)
    let then = try await harness.call(
      "get_profile", ["leadID": .string(lead), "asOf": "2025-11-01T00:00:00Z"])
    #expect(then["facts"]?.arrayValue?.map { $0["value"] } == [1])
    #expect(then["notes"] == [])
    let before = try await harness.call(
      "get_profile", ["leadID": .string(lead), "knownAt": "2025-11-01T00:00:00Z"])
    #expect(before["facts"] == [])
  }

  @Test func whatHoldsForATimeInterruptsAProfile() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    func channel(_ value: String, from start: String, to end: String?) -> JSONValue {
      var memory: JSONObject = [
        "leadID": .string(lead), "fact": ["key": "channel", "value": .string(value)],
        "validFrom": .string("2025-\(start)T00:00:00Z"),
      ]
      memory["validTo"] = end.map { .string("2025-\($0)T00:00:00Z") }
      return .object(memory)
    }
    for memory in [
      channel("mail", from: "01-01", to: nil), channel("phone", from: "06-01", to: "07-01"),
    ] {
      _ = try await harness.call("remember", ["memories": [memory]])
    }
    for (day, value) in [("05-31", "mail"), ("06-15", "phone"), ("07-01", "mail")] {
      let profile = try await harness.call(
        "get_profile", ["leadID": .string(lead), "asOf": .string("2025-\(day)T00:00:00Z")])
      #expect(profile["facts"]?.arrayValue?.map { $0["value"] } == [.string(value)], "\(day)")
    }
    let now = try await harness.call("get_profile", ["leadID": .string(lead)])
    #expect(now["facts"]?[0]?["value"] == "mail" && now["facts"]?[0]?["others"] == nil)
  }

  @Test func manyNotesDoNotHideAFact() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          [
            "memoryID": "a", "leadID": .string(lead), "source": "crm",
            "fact": ["key": "budget", "value": 5],
          ]
        ]
      ])
    let later = try ToolHarness(stores: harness.stores, now: ToolHarness.now + .seconds(1))
    let notes = (0..<250).map { number -> JSONValue in
      ["leadID": .string(lead), "text": .string("note \(number)")]
    }
    _ = try await later.call("remember", ["memories": .array(notes)])
    let profile = try await later.call("get_profile", ["leadID": .string(lead)])
    #expect(profile["facts"]?.arrayValue?.map { $0["value"] } == [5])
    #expect(profile["notes"]?.arrayValue?.count == 20 && profile["hasMore"] == true)
  }

  @Test func aLeadThatIsNotThereIsNamed() async throws {
    let problem = try await ToolHarness().failure("get_profile", ["leadID": "L404"])
    #expect(problem.contains("L404"))
  }
}
