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

  /// Remembers so many episodes that what was recorded before is not recent any more.
  /// - Returns: the tools a minute later.
  private func crowd(_ lead: String, _ harness: ToolHarness) async throws -> ToolHarness {
    let harness = try ToolHarness(stores: harness.stores, now: ToolHarness.now + .seconds(60))
    for page in 0..<6 {
      let episodes = (0..<90).map { number -> JSONValue in
        [
          "leadID": .string(lead),
          "episode": [
            "situation": "follow_up", "actions": [.string("letter_\(page)_\(number)")],
          ],
        ]
      }
      _ = try await harness.call("remember", ["memories": .array(episodes)])
    }
    return harness
  }

  @Test func noCapCutsWhatBinds() async throws {
    var harness = try ToolHarness()
    let lead = try await harness.newLead(Self.person)
    _ = try await harness.call(
      "record_interaction",
      [
        "leadID": .string(lead), "channel": "sms", "kind": "sms_reply", "outcome": "unsubscribe",
        "occurredAt": "2025-01-01T00:00:00Z",
      ])
    for number in 0..<55 {
      _ = try await harness.call(
        "record_interaction",
        [
          "leadID": .string(lead), "channel": "web", "kind": "site_visit",
          "interactionID": .string("visit_\(number)"),
        ])
    }
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          ["leadID": .string(lead), "text": "Constraint: never on Fridays"],
          ["leadID": .string(lead), "text": "Promise: we send the offer"],
          ["leadID": .string(lead), "text": "an old note that binds nobody"],
        ]
      ])
    harness = try await crowd(lead, harness)
    let prepared = try await harness.prepare(lead)
    #expect(prepared["handoff"]?["attempts"] == 1)
    let id = try #require(prepared["handoff"]?["handoffID"])
    let packet = try await harness.call("get_handoff", ["handoffID": id])["packet"]
    func section(_ name: String) -> String { JSONWriter.text(of: packet?[name] ?? .null) }
    #expect(section("constraints").contains("never on Fridays"))
    #expect(section("constraints").contains("sms, 2025-01-01"))
    #expect(section("promises").contains("we send the offer"))
    #expect(section("interactions").contains("55, last"))
    #expect(!section("notes").contains("binds nobody"))
  }

  @Test func aGapIsLookedForInAllThatIsRemembered() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "name": "Ann Lee"])
    _ = try await harness.call(
      "remember", ["memories": [["leadID": .string(lead), "text": "wants to leave her vendor"]]])
    let handoff = try await crowd(lead, harness).prepare(lead, to: "sales")["handoff"]
    #expect(handoff?["attempts"] == 2 && handoff?["gaps"] == [] && handoff?["state"] == "prepared")
  }

  @Test func anothersConversationIsRefused() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(Self.person)
    let other = try await harness.newLead(["email": "bob@other.test", "name": "Bob"])
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          [
            "leadID": .string(other), "conversationID": "C2", "speaker": "Bob", "text": "My salary",
          ],
          ["conversationID": "C2", "speaker": "Agent", "text": "noted the salary"],
          ["conversationID": "C3", "speaker": "Ann", "text": "I am Ann and alone here"],
          ["leadID": .string(lead), "conversationID": "C4", "text": "all three of us met"],
          ["leadID": .string(other), "conversationID": "C4", "text": "Bob was there as well"],
          ["conversationID": "C4", "speaker": "?", "text": "I earn too little"],
        ]
      ])
    let problem = try await harness.failure(
      "prepare_handoff",
      [
        "leadID": .string(lead), "from": "triage", "to": "sales", "reason": "x",
        "conversationID": "C2",
      ])
    #expect(problem.contains("C2") && problem.contains("another lead"))
    let text = JSONWriter.text(
      of: .object(try await harness.packet(lead, ["conversationID": "C3"])))
    #expect(text.contains("alone here") && text.contains("all three of us"))
    #expect(!text.contains("salary") && !text.contains("earn too little"))
  }

  /// What short-term memory lets go of at its end is carried on; what was forgotten or superseded is not.
  @Test func whatIsGoneIsNotCarriedOn() async throws {
    let first = try ToolHarness()
    let lead = try await first.newLead(Self.person)
    _ = try await first.call(
      "remember",
      [
        "memories": [
          [
            "memoryID": "m_secret", "leadID": .string(lead), "conversationID": "C1",
            "kind": "short_term", "speaker": "Ann", "text": "my password is hunter2",
          ],
          [
            "memoryID": "m_unnamed", "conversationID": "C1", "kind": "short_term",
            "speaker": "Ann", "text": "and my pin is four zeros",
          ],
          [
            "memoryID": "m_plan", "leadID": .string(lead), "conversationID": "C1",
            "kind": "short_term", "speaker": "Ann", "text": "we move in June",
          ],
          [
            "leadID": .string(lead), "conversationID": "C1",
            "context": ["slots": ["seats": 12, "colour": "vermilion"]],
          ],
        ]
      ])
    func text(_ harness: ToolHarness) async throws -> String {
      JSONWriter.text(of: .object(try await harness.packet(lead)))
    }
    let whole = try await text(first)
    for words in ["hunter2", "four zeros", "June", "vermilion"] { #expect(whole.contains(words)) }
    #expect(!whole.contains("m_secret"))
    let soon = try ToolHarness(stores: first.stores, now: ToolHarness.now + .seconds(3600))
    _ = try await soon.call("forget", ["memoryIDs": ["m_secret", "m_unnamed"]])
    _ = try await soon.call(
      "remember",
      [
        "memories": [
          ["leadID": .string(lead), "conversationID": "C1", "context": ["slots": ["seats": 13]]]
        ]
      ])
    let later = try await text(
      try ToolHarness(stores: first.stores, now: ToolHarness.now + .seconds(3601)))
    #expect(later.contains("June") && later.contains("\"seats\":13"))
    for words in ["hunter2", "four zeros", "vermilion"] { #expect(!later.contains(words)) }
    // Beyond its end it is known by the packet alone, until something is forgotten that it could have been.
    let end = ToolHarness.now + .seconds(30 * 3600)
    let last = try ToolHarness(stores: first.stores, now: end)
    #expect(try await text(last).contains("June"))
  }

  @Test func whatMayHaveBeenForgottenBeforeItsEndIsNotCarriedOn() async throws {
    let first = try ToolHarness()
    let lead = try await first.newLead(Self.person)
    _ = try await first.call(
      "remember",
      [
        "memories": [
          [
            "memoryID": "m1", "leadID": .string(lead), "conversationID": "C1",
            "kind": "short_term", "speaker": "Ann", "text": "my password is hunter2",
          ]
        ]
      ])
    #expect(JSONWriter.text(of: .object(try await first.packet(lead))).contains("hunter2"))
    let soon = try ToolHarness(stores: first.stores, now: ToolHarness.now + .seconds(3600))
    _ = try await soon.call("forget", ["memoryIDs": ["m1"]])
    let late = try ToolHarness(stores: first.stores, now: ToolHarness.now + .seconds(30 * 3600))
    #expect(!JSONWriter.text(of: .object(try await late.packet(lead))).contains("hunter2"))
  }
}
