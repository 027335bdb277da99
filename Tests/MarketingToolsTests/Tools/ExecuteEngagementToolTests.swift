import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite struct ExecuteEngagementToolTests {
  @Test func executingTwiceSendsOnce() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, id, steps) = try await bench.running()
    #expect(steps.allSatisfy { $0["state"] == "queued" })
    let again = try await harness.call("execute_engagement", ["engagementID": .string(id)])
    #expect(again["isNew"] == false)
    #expect(again["engagement"]?["steps"]?.arrayValue == steps)
    #expect(try await harness.stores.counts(in: .default) == [.queued: 4])
    let message = try #require(
      try harness.stores.entry(
        MessageID(rawValue: steps[0]["messageID"]?.stringValue ?? ""), in: .default)?.message)
    #expect(message.destination == "ann@acme.test")
    #expect(message.content.text.contains("Hello Ann Berg"))
    let journey = try await harness.call("get_journey", ["leadID": .string(lead)])
    #expect(journey["stage"] == "engaged")
    let message2 = try await harness.failure("plan_engagement", ["leadID": .string(lead)])
    #expect(message2.contains(id) && message2.contains("cancel_engagement"))
  }

  @Test func aNameWithoutValueStopsAllOfIt() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let lead = try await harness.newLead(EngagementBench.question)
    let planned = try await harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let id = planned["engagement"]?["engagementID"] ?? .null
    let engagement = try #require(
      try harness.stores.engagement(
        EngagementID(rawValue: id.stringValue ?? ""), in: .default))
    var steps = engagement.steps
    steps[3].template = "no_such_template"
    var broken = engagement
    broken.steps = steps
    _ = try await harness.stores.save(
      broken, event: { _ in harness.someEvent }, in: .default)
    let message = try await harness.failure("execute_engagement", ["engagementID": id])
    #expect(message.contains("no_such_template"))
    #expect(try await harness.stores.counts(in: .default).isEmpty)
  }

  @Test func aMessageIsCountedRecordedAndRemembered() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (lead, id, steps) = try await bench.running()
    let first = try bench.time(of: steps[0])
    let decisions = try await bench.send(at: first)
    #expect(decisions.map(\.1) == [.go])
    let touches = try harness.stores.touches(
      of: LeadID(rawValue: lead), addresses: [], since: ToolHarness.now, in: .default)
    #expect(touches.map(\.kind) == [.sent] && touches.first?.channel == .email)
    let interactions = try harness.stores.interactions(
      of: LeadID(rawValue: lead), limit: 9, in: .default)
    #expect(interactions.map(\.kind) == [.emailSent])
    let memories = try await harness.call(
      "list_memories",
      [
        "leadID": .string(lead), "kinds": ["episodic"], "asOf": .string(first.iso8601),
        "knownAt": .string(first.iso8601),
      ])
    #expect(memories["memories"]?.arrayValue?.isEmpty == false)
    #expect(
      try await harness.call("get_journey", ["leadID": .string(lead)])["stage"] == "monitored")
    for (dimension, value) in [
      (PerformanceDimension.channel, "email"), (.strategy, "cold-lead-1"),
    ] {
      let found = try await harness.stores.performance(
        by: dimension, since: ToolHarness.now + .days(-1), in: .default)
      #expect(found == [PerformanceRecord(value: value, counts: [.sent: 1])])
    }
    let shown = try await harness.call("get_engagement", ["leadID": .string(lead)])
    #expect(shown["engagement"]?["engagementID"]?.stringValue == id)
    #expect(shown["engagement"]?["steps"]?[0]?["state"] == "delivered")
  }

  /// What happened by another way than the tools that end engagements is seen when a message would be sent.
  @Test func theGatesAreAskedAgainAtSendTime() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (_, _, steps) = try await bench.running()
    let first = try bench.time(of: steps[0])
    _ = try await harness.stores.suppress(
      [
        SuppressionEntry(
          .address(.email("ann@acme.test")),
          Suppression(channel: .email, reason: .unsubscribed, actor: "test", since: first))
      ], event: { _ in harness.someEvent }, in: .default)
    #expect(try await bench.send(at: first).map(\.1) == [.stop(gate: "suppression")])
  }

  @Test func twoMessagesToOnePersonDoNotPassTogether() async throws {
    let bench = try EngagementBench()
    let harness = bench.harness
    let (_, _, steps) = try await bench.running()
    let last = try bench.time(of: steps[3])
    let attempts = try await harness.stores.claimDue([.email: 9], lease: .seconds(9), at: last)
    #expect(attempts.count == 1)
    // The gates of the next count what was sent a moment ago.
    let decisions = try await bench.send(at: last + .seconds(10)).map(\.1)
    #expect(decisions.count == 4 && decisions.count { $0 == .go } == 3)
    let postponed = decisions.compactMap { decision in
      if case .postpone(_, let gate) = decision { gate } else { nil }
    }
    #expect(postponed == ["frequency_cap"])
  }

  /// What a model writes around its own words, as the template has it.
  private static func letter(_ words: String) -> String {
    "Hello Ann Berg,\n\n\(words)\nhttps://example.com/meet\n\nThe Example team\nExample Organization"
  }

  private static let whole: [(String, String?)] = [
    ("short", "5 characters"), (String(repeating: "long ", count: 500), "2499 characters"),
    ("Hello {{greeting}}, this is what we have for you and your company.", "template"),
    ("Hello Ann Berg, \u{202E}this is what we have for you and your company.", "nobody sees"),
    (
      "Dear Ann,\n\nread https://example.com/meet\n\nThe Example team\nExample Organization",
      "greeting"
    ),
    ("Hello Ann Berg,\n\nhere it is: https://example.com/meet\n\nThe Example team", "signature"),
    (
      "Hello Ann Berg,\n\nwe wrote a guide for you.\n\nThe Example team\nExample Organization",
      "link"
    ),
  ]

  private static let harmless = [
    "we plan routes by the hour, e.g. this one", "that takes 3.5 hours, i.e. less than before",
    "Acme Inc. asks what we do", "we meet on 12.05. or on 12.05.2025 14:00",
    "from 2024-07-15 on, in 2024-2025", "wait...what about 10-12 or 14-16, 24/7?",
    "the U.S. team of 1,200 people\nand 40 drivers", "1. plan\n2. drive\n3. pay less than before",
    "see example.com for more", "(https://example.com/meet)", "the pound is a weight too: 5 kg",
    "Dr. J. R. R. Tolkien Jr. has 12 stops a day, No. 4 first", "room +1900",
  ]

  private static let harmful = [
    ("look at https://evil.example/now", "link"), ("write to boss@evil.example", "link"),
    ("pay the open invoice of 900 EUR at evil.example/pay", "link"),
    ("or call +47 820 12345", "long number"), ("[offer](evil.example/x)", "link"),
    ("[offer](https://example.com/meet)", "link"), ("see www.evil", "link"),
    ("Evil.Example has it", "link"), ("evil．example has it", "link"), ("at 10.0.0.1/x", "link"),
    ("example.com.evil.example", "link"), ("example.com/pay", "link"),
    ("call 820 12345", "long number"), ("call (0820) 123-456", "long number"),
    ("call +47 820", "long number"), ("call ٠٨٢٠١٢٣٤٥", "long number"),
    ("pay to NO93 8601 1117 947", "long number"), ("pay 900 EUR now", "sum"),
    ("pay $900 now", "sum"), ("pay 900€", "sum"), ("pay 1.900,- kr", "sum"),
    ("pay 5 thousand dollars", "sum"), ("pay EUR 9", "sum"), ("you save 90 %", "percentage"),
    ("you save 90 per cent", "percentage"), ("you save 90percent", "percentage"),
  ]

  static let written: [(String, warning: String?)] =
    whole + harmless.map { (letter($0), nil) } + harmful.map { (letter($0.0), $0.1) }

  @Test(arguments: written)
  func theHostsModelWritesTheFirstMessage(_ text: String, _ warning: String?) async throws {
    let handlers = ClientHandlers(sample: { _ throws(RPCError) in
      ["role": "assistant", "model": "m", "content": ["type": "text", "text": .string(text)]]
    })
    let bench = try EngagementBench(handlers: handlers)
    let lead = try await bench.harness.newLead(EngagementBench.question)
    let planned = try await bench.harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let executed = try await bench.harness.call(
      "execute_engagement",
      ["engagementID": planned["engagement"]?["engagementID"] ?? .null, "personalize": true])
    let id = executed["engagement"]?["steps"]?[0]?["messageID"]?.stringValue ?? ""
    let sent = try #require(
      try bench.harness.stores.entry(MessageID(rawValue: id), in: .default)?.message.content.text)
    let warnings = executed["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
    if let warning {
      #expect(warnings.count == 1 && warnings[0].contains(warning), "\(warnings)")
      #expect(!sent.contains(text))
    } else {
      #expect(warnings.isEmpty && sent == text + "\n")
    }
  }

  @Test func withoutAModelTheTemplateIsSent() async throws {
    let bench = try EngagementBench()
    let lead = try await bench.harness.newLead(EngagementBench.question)
    let planned = try await bench.harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let executed = try await bench.harness.call(
      "execute_engagement",
      ["engagementID": planned["engagement"]?["engagementID"] ?? .null, "personalize": true])
    #expect(executed["isNew"] == true)
    #expect(executed["warnings"]?[0]?.stringValue?.contains("no model") == true)
  }

  static let refused: [(JSONObject, String)] = [
    (["engagementID": "nothing"], "plan_engagement")
  ]

  static let unusable: [(JSONObject, String)] = [
    (["topic": ""], "/values/topic: found an empty text"),
    (["topic": " \n"], "/values/topic: found nothing but white space"),
    (["topic": "\u{200B}"], "/values/topic"), (["greeting": "\t"], "/values/greeting"),
    (["link": "javascript:alert(1)"], "/values/link"), (["link": "acme.example"], "https"),
    (["nosuch": "x"], "/values/nosuch: found a name that no template has, expected one of company"),
    (["resources": "x"], "/values/resources"), (["title": "x"], "/values/title"),
    (["a/b": "x", "topic": ""], "/values/a~1b"),
  ]

  /// Whoever asks for it, in whichever way.
  @Test(arguments: unusable)
  func aValueThatSaysNothingStopsAllOfIt(_ values: JSONObject, _ named: String) async throws {
    let bench = try EngagementBench()
    let lead = try await bench.harness.newLead(EngagementBench.question)
    let planned = try await bench.harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let events = try bench.harness.events().count
    let message = try await bench.harness.failure(
      "execute_engagement",
      [
        "engagementID": planned["engagement"]?["engagementID"] ?? .null, "values": .object(values),
      ])
    #expect(message.contains(named), "\(message)")
    var fields = EngagementBench.question
    fields["email"] = "bo@acme.test"
    fields["values"] = .object(values)
    let refusal = try await bench.harness.failure("process_lead", fields)
    #expect(refusal.contains(named), "\(refusal)")
    #expect(try bench.harness.events().count == events)
    #expect(try await bench.harness.stores.counts(in: .default).isEmpty)
  }

  @Test func whatIsSaidTakesTheUsualValuesPlace() async throws {
    let bench = try EngagementBench()
    let lead = try await bench.harness.newLead(EngagementBench.question)
    let planned = try await bench.harness.call(
      "plan_engagement", ["leadID": .string(lead), "category": "cold_lead"])
    let executed = try await bench.harness.call(
      "execute_engagement",
      [
        "engagementID": planned["engagement"]?["engagementID"] ?? .null,
        "values": ["topic": "routes", "link": "https://acme.example/r"],
      ])
    let id = executed["engagement"]?["steps"]?[0]?["messageID"]?.stringValue ?? ""
    let sent = try #require(
      try bench.harness.stores.entry(MessageID(rawValue: id), in: .default)?.message.content)
    #expect(sent.subject == "A guide to routes" && sent.text.contains("https://acme.example/r"))
  }

  @Test(arguments: refused)
  func wrongInputIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let message = try await ToolHarness().failure("execute_engagement", arguments)
    #expect(message.contains(named), "\(message)")
  }
}
