import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConsolidateMemoryToolTests {
  private static func record(
    _ id: String, _ text: String, of lead: String?, daysAgo: Int = 0,
    _ content: MemoryContent = .note
  ) -> AnalyzedMemory {
    let time = ToolHarness.now + .days(-daysAgo)
    var record = MemoryRecord(
      id: MemoryID(rawValue: id), kind: content == .note ? .longTerm : .episodic, text: text,
      content: content, source: MemorySource(name: "test"), validFrom: time, recordedAt: time)
    record.leadID = lead.map(LeadID.init(rawValue:))
    return AnalyzedMemory(record: record, text: AnalyzedText(plain: text))
  }

  /// Two leads with a note told twice each, and enough old episodes of one for a summary and a pattern.
  private static func filled(
    _ handlers: ClientHandlers = ClientHandlers()
  ) async throws -> (harness: ToolHarness, leads: [String]) {
    let harness = try ToolHarness(handlers: handlers)
    let plain = try ToolHarness(stores: harness.stores)
    let leads = [
      try await plain.newLead(["email": "ann@acme.test"]),
      try await plain.newLead(["email": "bob@other.test"]),
    ]
    var records: [AnalyzedMemory] = []
    for lead in leads {
      for copy in 0..<2 {
        records.append(
          record(
            "\(lead)_\(copy)", "prefers calls about pricing on mornings", of: lead,
            daysAgo: 2 - copy))
      }
    }
    for number in 0..<40 {
      let isGood = number % 4 == 0
      records.append(
        record(
          "e\(number)", "Tried number\(number).", of: leads[0], daysAgo: 40,
          .episode(
            Episode(
              situation: "renewal", actions: [isGood ? "call" : "mail"], outcome: isGood ? 1 : 0))))
    }
    _ = try await harness.stores.remember(records, events: { _ in [] }, in: .default)
    return (harness, leads)
  }

  @Test func trialsOfOneCallAllCount() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let trials: [JSONValue] = (0..<24).map { number in
      let isGood = number % 2 == 0
      return [
        "leadID": .string(lead), "text": "Asked again for the renewal of the yearly contract.",
        "episode": [
          "situation": "renewal", "actions": [isGood ? "call" : "mail"],
          "outcome": isGood ? 1 : 0,
        ],
      ]
    }
    _ = try await harness.call("remember", ["memories": .array(trials)])
    let done = try await harness.call("consolidate_memory", [:])
    #expect(done["merged"] == 0)
    _ = try await harness.call("consolidate_memory", [:])
    let best = try await MemoryPatterns(harness.stores).best(
      in: "renewal", for: .agent(nil), now: ToolHarness.now, of: .default)
    #expect(best?.pattern.trials == 12 && best?.pattern.successes == 12)
  }

  private static func counts(_ result: JSONObject) -> [String: Int64] {
    var counts: [String: Int64] = [:]
    for member in result { counts[member.key] = member.value.integerValue }
    return counts
  }

  private static let all: [String: Int64] = [
    "examined": 84, "patterns": 1, "promoted": 1, "merged": 2, "compressed": 40, "summaries": 1,
    "decayed": 0,
  ]

  @Test func itSaysWhatItDidAndThenHasNothingToDo() async throws {
    let (harness, _) = try await Self.filled()
    let dry = try await harness.call("consolidate_memory", ["dryRun": true])
    #expect(Self.counts(dry) == Self.all)
    let done = try await harness.call("consolidate_memory", [:])
    #expect(Self.counts(done) == Self.all && done["hasMore"] == false)
    let again = try await harness.call("consolidate_memory", [:])
    #expect(
      Self.counts(again) == [
        "examined": 84, "patterns": 1, "promoted": 0, "merged": 0, "compressed": 0, "summaries": 0,
        "decayed": 0,
      ])
    let events = try harness.events().filter { $0.kind == .memoryConsolidated }
    #expect(events.count == 3, "two leads and a situation")
    #expect(events.allSatisfy { $0.actor == "tester/consolidate_memory" })
    let best = try await MemoryPatterns(harness.stores).best(
      in: "renewal", for: .agent(nil), now: ToolHarness.now, of: .default)
    #expect(best?.pattern.actions == ["call"])
  }

  @Test func whatWorksIsFoundInTheGraph() async throws {
    let (harness, _) = try await Self.filled()
    let dry = try await harness.call("consolidate_memory", ["dryRun": true])
    #expect(dry["patterns"] == 1)
    #expect(try harness.stores.latestGraphChange(in: .default) == 0)
    for _ in 0..<2 { _ = try await harness.call("consolidate_memory", [:]) }
    let named = try await harness.call(
      "query_knowledge", ["name": "renewal", "types": ["situation"]])
    let id = try #require(named["entities"]?[0]?["entityID"])
    let found = try await harness.call(
      "query_knowledge", ["entityID": id, "predicates": ["works_with"]])
    let relation = try #require(found["relations"]?[0])
    #expect(found["relations"]?.arrayValue?.count == 1 && relation["subject"] == id)
    let sequence = found["entities"]?.arrayValue?.first { $0["entityID"] == relation["object"] }
    #expect(sequence?["name"] == "call" && sequence?["type"] == "action_sequence")
    // Its source is the fact, and that names the episodes.
    let best = try #require(
      try await MemoryPatterns(harness.stores).best(
        in: "renewal", for: .agent(nil), now: ToolHarness.now, of: .default))
    #expect(relation["weight"]?.doubleValue == best.pattern.interval.low)
    #expect(relation["sources"]?[0]?["name"] == "consolidation")
    #expect(relation["sources"]?[0]?["reference"]?.stringValue == best.factID.rawValue)
    let events = try harness.events().filter { $0.kind == .knowledgeRelated }
    #expect(events.count == 1, "the second run had nothing to tell")
    #expect(events.first?.actor == "tester/consolidate_memory" && events.first?.leadID == nil)
    let touched = events.first.map(KnowledgeResource.entities(of:)) ?? []
    #expect(
      Set(touched.map(\.rawValue))
        == Set([relation["subject"], relation["object"]].compactMap { $0?.stringValue }))
  }

  @Test func oneLeadIsEnough() async throws {
    let (harness, leads) = try await Self.filled()
    let result = try await harness.call(
      "consolidate_memory", ["leadID": .string(leads[1])])
    #expect(Self.counts(result)["examined"] == 2 && Self.counts(result)["merged"] == 1)
    #expect(Self.counts(result)["patterns"] == 0)
    // No run was begun by that: the rest is still all to do.
    let rest = try await harness.call("consolidate_memory", [:])
    #expect(Self.counts(rest)["merged"] == 1 && Self.counts(rest)["examined"] == 83)
    let message = try await harness.failure("consolidate_memory", ["leadID": "L404"])
    #expect(message.contains("'L404'"))
  }

  @Test func aLimitEndsItAndTheNextCallGoesOn() async throws {
    let (harness, _) = try await Self.filled()
    var examined: [Int64] = []
    var merged: Int64 = 0
    while true {
      let result = try await harness.call("consolidate_memory", ["limit": 1])
      examined.append(Self.counts(result)["examined"] ?? -1)
      merged += Self.counts(result)["merged"] ?? 0
      if result["hasMore"] == false { break }
    }
    #expect(examined.sorted() == [2, 40, 42])
    #expect(merged == 2)
  }

  @Test func twoAtOnceAreOne() async throws {
    let (harness, _) = try await Self.filled()
    let claim = ConsolidationClaim(
      holder: "another", now: ToolHarness.now, lease: .seconds(60))
    _ = try await harness.stores.claimConsolidation(claim, in: .default)
    let message = try await harness.failure("consolidate_memory", [:])
    #expect(message.contains("another call or process") && message.contains("2026-01-01T00:01:00Z"))
    #expect(Self.counts(try await harness.call("consolidate_memory", ["dryRun": true])) == Self.all)
    try await harness.stores.releaseConsolidation(by: "another", completedAt: nil, in: .default)
    #expect(Self.counts(try await harness.call("consolidate_memory", [:])) == Self.all)
  }

  @Test func itRunsAsATask() async throws {
    let (harness, _) = try await Self.filled(ClientHandlers(acceptsTasks: true))
    let result = try await harness.withClient { client in
      try await client.request(
        "tools/call", ["name": "consolidate_memory", "arguments": [:]])
    }
    #expect(Self.counts(try ToolHarness.structured(result, of: "consolidate_memory")) == Self.all)
  }

  @Test func progressGrowsToItsEnd() async throws {
    let (harness, _) = try await Self.filled()
    let reports = Locked<[(Double, Double?)]>([])
    try await harness.withClient { client in
      _ = try await client.request(
        "tools/call", ["name": "consolidate_memory", "arguments": [:]]
      ) { progress, total, _ in
        reports.withLock { $0.append((progress, total)) }
      }
    }
    let seen = reports.withLock { $0 }
    #expect(seen.last?.0 == 3 && seen.last?.1 == 3)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.0 < $1.0 })
  }
}
