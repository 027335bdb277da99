import JSONRPC
import MCP
import Marketing
import Testing

extension ToolHarness {
  /// Prepares a handoff of a lead and returns what was said of it.
  func prepare(
    _ lead: String, from: String = "triage", to: String = "engagement",
    _ more: JSONObject = [:]
  ) async throws -> JSONObject {
    let arguments: JSONObject = [
      "leadID": .string(lead), "from": .string(from), "to": .string(to),
      "reason": "asks for a demo",
    ]
    return try await call("prepare_handoff", arguments.merging(more))
  }

  /// Prepares a handoff and offers it; returns its name.
  func offered(_ lead: String, _ more: JSONObject = [:]) async throws -> String {
    let prepared = try await prepare(lead, more)
    let id = try #require(prepared["handoff"]?["handoffID"]?.stringValue)
    _ = try await call("offer_handoff", ["handoffID": .string(id)])
    return id
  }
}

@Suite struct PrepareHandoffToolTests {
  @Test func thePacketHoldsWhatEveryStoreKnows() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead([
      "email": "ann@acme.test", "name": "Ann Lee", "company": "Acme", "consent": false,
      "message": "We need a migration plan",
    ])
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          ["leadID": .string(lead), "fact": ["key": "budget", "value": 20000], "source": "crm"],
          ["leadID": .string(lead), "fact": ["key": "quiet_hours", "value": "after 18:00"]],
          ["leadID": .string(lead), "fact": ["key": "promise.price", "value": "price by Friday"]],
          [
            "leadID": .string(lead),
            "fact": ["key": "promise.demo", "value": ["what": "a demo", "done": true]],
          ],
          ["leadID": .string(lead), "text": "Promise: we send references"],
          ["leadID": .string(lead), "text": "Likes short mails"],
          ["leadID": .string(lead), "episode": ["situation": "demo", "actions": ["call_first"]]],
          [
            "leadID": .string(lead), "conversationID": "C1",
            "context": ["intent": "book_demo", "slots": ["seats": 12]],
          ],
          ["conversationID": "C1", "speaker": "Ann", "text": "Is it safe?", "kind": "short_term"],
          ["leadID": .string(lead), "agentRole": "triage", "text": "private to triage"],
          ["text": "of nobody"],
        ]
      ])
    _ = try await harness.call(
      "relate_entities",
      [
        "leadID": .string(lead),
        "relations": [
          [
            "subject": ["type": "person", "name": "Ann Lee", "leadID": .string(lead)],
            "predicate": "works_at", "object": ["type": "company", "name": "Acme"],
          ]
        ],
      ])
    _ = try await harness.call(
      "record_interaction",
      [
        "leadID": .string(lead), "channel": "sms", "kind": "sms_reply", "outcome": "unsubscribe",
      ])
    let prepared = try await harness.prepare(
      lead, ["promises": ["we call on Tuesday"], "constraints": ["not before nine"]])
    let handoff = try #require(prepared["handoff"])
    #expect(handoff["state"] == "prepared" && handoff["gaps"] == [] && handoff["attempts"] == 1)
    #expect(handoff["parts"]?["completeness"]?.doubleValue == 1)
    #expect((handoff["quality"]?.doubleValue ?? 0) > 0.9)
    #expect(prepared["leftOut"] == [:] && prepared["escalationID"] == nil)
    let id = try #require(handoff["handoffID"]?.stringValue)
    let packet = try #require(
      try await harness.call("get_handoff", ["handoffID": .string(id)])["packet"]?.objectValue)
    func section(_ name: String) -> String { JSONWriter.text(of: packet[name] ?? .null) }
    for (name, texts) in [
      (
        "constraints",
        ["\"consent\":false", "after 18:00", "not before nine", "unsubscribed", "sms"]
      ),
      ("promises", ["price by Friday", "we call on Tuesday", "Promise: we send references"]),
      ("lead", ["ann@acme.test", "Ann Lee", "migration plan"]), ("triage", ["category", "score"]),
      ("facts", ["\"budget\":20000", "a demo"]), ("notes", ["Likes short mails"]),
      ("slots", ["\"seats\":12", "book_demo"]), ("turns", ["Is it safe?", "\"Ann\""]),
      ("episodes", ["call_first"]), ("relations", ["Ann Lee works at Acme"]),
      ("interactions", ["sms_reply"]),
    ] {
      for text in texts { #expect(section(name).contains(text), "\(name): \(section(name))") }
    }
    let whole = JSONWriter.text(of: .object(packet))
    #expect(!whole.contains("private to triage") && !whole.contains("of nobody"))
    let events = try harness.stores.events(of: LeadID(rawValue: lead), limit: 99, in: .default)
    let event = try #require(events.last?.event)
    #expect(event.kind == .handoffPrepared && event.facts["handoffID"] == .string(id))
    #expect(!JSONWriter.text(of: .object(event.facts)).contains("Tuesday"))
  }

  @Test func aLeadOfWhomNothingIsKnownNeedsAPerson() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["company": "Acme"])
    let prepared = try await harness.prepare(lead, to: "sales")
    let handoff = try #require(prepared["handoff"])
    #expect(handoff["state"] == "needs_human" && handoff["attempts"] == 3)
    #expect(handoff["gaps"] == ["contact", "person", "need"])
    let escalation = try #require(prepared["escalationID"])
    let open = try await harness.call("list_escalations", ["state": "open"])
    #expect(open["escalations"]?[0]?["escalationID"] == escalation)
    #expect(open["escalations"]?[0]?["subject"] == handoff["handoffID"])
    let problem = try await harness.failure(
      "offer_handoff", ["handoffID": try #require(handoff["handoffID"])])
    #expect(problem.contains("resolve_escalation"))
  }

  @Test func widerSourcesCloseAGap() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["name": "Ann Lee", "company": "Acme"])
    // Known to the workspace alone, by the lead's names.
    _ = try await harness.call(
      "remember",
      ["memories": [["text": "Ann Lee of Acme wants to replace her old system"]]])
    let handoff = try #require(
      try await harness.prepare(lead, to: "warehouse")["handoff"])
    #expect(handoff["attempts"] == 3 && handoff["state"] == "prepared")
    #expect(handoff["gaps"] == ["contact"])
  }

  @Test func preparingAgainChangesNothing() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test", "message": "hello there"])
    let first = try await harness.prepare(lead, ["handoffID": "h1"])
    let again = try await harness.prepare(lead, ["handoffID": "h1", "notes": ["more"]])
    #expect(first == again)
    let problem = try await harness.failure(
      "prepare_handoff",
      [
        "handoffID": "h1", "leadID": .string(lead), "from": "triage", "to": "sales", "reason": "x",
      ])
    #expect(problem.contains("h1"))
    #expect(
      try await harness.failure(
        "prepare_handoff", ["leadID": "L404", "from": "a", "to": "b", "reason": "x"]
      ).contains("L404"))
  }

  @Test func nothingOfAnotherPersonIsHandedOver() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["name": "Ann Lee", "company": "Acme"])
    let other = try await harness.newLead([
      "name": "Bob Secret", "company": "Acme", "email": "bob@acme.test",
    ])
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          ["leadID": .string(other), "text": "Ann Lee works with Bob Secret at Acme"],
          [
            "leadID": .string(other), "conversationID": "C2", "speaker": "Bob",
            "text": "Ann Lee of Acme is on leave",
          ],
          ["conversationID": "C2", "speaker": "Agent", "text": "Ann Lee of Acme, noted, Bob"],
        ]
      ])
    let id = try #require(
      try await harness.prepare(lead, to: "warehouse")["handoff"]?["handoffID"])
    let packet = try await harness.call("get_handoff", ["handoffID": id])["packet"]
    let text = JSONWriter.text(of: packet ?? .null)
    #expect(!text.contains("Bob") && !text.contains(other))
    #expect(text.contains("otherLeads"))
  }

  /// Two hundred facts of up to twelve words in every form go through five hands, days apart.
  @Test(arguments: [3...12, 12...12]) func fiveHandoffsLoseNothing(
    words: ClosedRange<Int>
  ) async throws {
    var harness = try ToolHarness()
    let lead = try await harness.newLead([
      "email": "ann@acme.test", "name": "Ann Lee", "consent": true, "message": "We need a plan",
    ])
    var generator = SplitMix64(state: 11)
    let planted = (0..<200).map { Self.text(words, $0, &generator) }
    try await Self.plant(planted, of: lead, in: harness)
    let roles = ["triage", "engagement", "sales", "optimizer", "engagement", "sales"]
    for step in 0..<5 {
      harness = try ToolHarness(
        stores: harness.stores, now: ToolHarness.now + .seconds(step * 30 * 3600))
      let prepared = try await harness.prepare(
        lead, from: roles[step], to: roles[step + 1],
        step == 0 ? ["promises": ["we call on Tuesday"], "constraints": ["never by text"]] : [:])
      let id = try #require(prepared["handoff"]?["handoffID"])
      _ = try await harness.call("offer_handoff", ["handoffID": id])
      let accepted = try await harness.call(
        "accept_handoff", ["handoffID": id, "receiver": "agent-1"])
      let text = JSONWriter.text(of: accepted["packet"] ?? .null)
      #expect(text.utf8.count < 4 * 4000, "handoff \(step)")
      let lost = planted.filter { !text.contains($0) }
      #expect(lost.count <= 2, "handoff \(step) lost \(lost)")
      for bond in ["we call on Tuesday", "never by text", "20:00-08:00", "\"consent\":true"] {
        #expect(text.contains(bond), "handoff \(step): \(bond)")
      }
    }
    let broken = try await harness.stores.brokenHandoffs(
      of: LeadID(rawValue: lead), in: .default)
    #expect(broken == [])
  }

  private static let vocabulary = [
    "we", "buy", "ten", "seats", "in", "may", "when", "legal", "signs", "the", "new", "deal", "for",
    "our", "team", "of", "sales", "who", "work", "from", "oslo", "and", "need", "a", "quick",
    "start", "with", "full", "data", "move", "budget", "vendor",
  ]

  private static func text(
    _ words: ClosedRange<Int>, _ number: Int, _ generator: inout SplitMix64
  ) -> String {
    let count = Int.random(in: words, using: &generator)
    let text = (1..<count).map { _ in vocabulary.randomElement(using: &generator) ?? "" }
    return (text + ["n\(number)"]).joined(separator: " ")
  }

  private static func plant(
    _ planted: [String], of lead: String, in harness: ToolHarness
  ) async throws {
    var memories: [JSONValue] = [
      ["leadID": .string(lead), "fact": ["key": "quiet_hours", "value": "20:00-08:00"]]
    ]
    var slots = JSONObject()
    for (number, text) in planted.enumerated() {
      switch number % 4 {
      case 0:
        memories.append([
          "leadID": .string(lead), "source": "crm",
          "fact": ["key": .string("planted.fact_\(number)"), "value": .string(text)],
        ])
      case 1: slots["slot_\(number)"] = .string(text)
      case 2:
        memories.append([
          "leadID": .string(lead), "conversationID": "C1", "kind": "short_term",
          "speaker": number % 8 == 2 ? "Ann" : "Agent", "text": .string(text),
        ])
      default:
        memories.append([
          "leadID": .string(lead),
          "episode": [
            "situation": "follow_up", "actions": [.string(text)],
            "outcome": JSONValue(Double(number % 10) / 10),
          ],
        ])
      }
    }
    memories.append([
      "leadID": .string(lead), "conversationID": "C1", "context": ["slots": .object(slots)],
    ])
    _ = try await harness.call("remember", ["memories": .array(memories)])
  }
}
