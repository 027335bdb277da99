import JSONRPC
import MCP
import Marketing
import Testing

@Suite struct RecallToolTests {
  private func harness() async throws -> ToolHarness {
    let harness = try ToolHarness()
    func said(_ id: String, _ speaker: String, _ text: String, _ minute: Int) -> JSONValue {
      [
        "memoryID": .string(id), "kind": "episodic", "conversationID": "C1",
        "speaker": .string(speaker), "text": .string(text),
        "validFrom": .string("2025-12-20T10:0\(minute):00Z"),
      ]
    }
    _ = try await harness.call(
      "remember",
      [
        "memories": [
          said("t1", "Ann", "Hello, good to talk to you", 0),
          said("t2", "Bob", "When do you plan the rollout of the platform?", 1),
          said("t3", "Ann", "In May, if security signs off", 2),
          said("t4", "Ann", "Our budget is thirty thousand a year", 3),
          ["memoryID": "f1", "fact": ["key": "preferred_channel", "value": "call"]],
          ["memoryID": "p1", "text": "The price floor is eighty", "agentRole": "closer"],
        ]
      ])
    return harness
  }

  private func recall(
    _ harness: ToolHarness, _ query: String, _ more: JSONObject = [:]
  ) async throws -> [String] {
    var arguments = more
    arguments["query"] = .string(query)
    let found = try await harness.call("recall", arguments)
    return (found["memories"]?.arrayValue ?? []).compactMap { $0["memoryID"]?.stringValue }
  }

  @Test(arguments: [
    ("What is Ann's yearly budget?", "t4"), ("Which channel is preferred?", "f1"),
    ("When is the rollout planned by Ann?", "t3"),
  ])
  func whatAnswersComesFirst(query: String, expected: String) async throws {
    #expect(try await recall(harness(), query).prefix(2).contains(expected))
  }

  @Test func whatIsPrivateIsForItsRole() async throws {
    let harness = try await harness()
    #expect(try await !recall(harness, "price floor").contains("p1"))
    #expect(try await recall(harness, "price floor", ["agentRole": "opener"]) == [])
    #expect(try await recall(harness, "price floor", ["agentRole": "closer"]) == ["p1"])
  }

  @Test func whatIsStoredLaterIsFoundAndWhatIsForgottenIsNot() async throws {
    let harness = try await harness()
    #expect(try await recall(harness, "competitor") == [])
    _ = try await harness.call(
      "remember", ["memories": [["memoryID": "n1", "text": "A competitor called"]]])
    #expect(try await recall(harness, "competitor") == ["n1"])
    _ = try await harness.call("forget", ["memoryIDs": ["n1"]])
    #expect(try await recall(harness, "competitor") == [])
  }

  @Test func resultsKeepToFieldsTokensAndPages() async throws {
    let harness = try await harness()
    let asked: JSONObject = ["query": "budget rollout security", "explain": true]
    let all = try await harness.call("recall", asked)
    let memories = try #require(all["memories"]?.arrayValue)
    #expect(memories.count >= 3 && memories[0]["score"]?.doubleValue == 1)
    #expect(memories[0]["signals"]?.objectValue?.isEmpty == false)
    var few = asked
    few["fields"] = ["text"]
    few["explain"] = false
    let brief = try await harness.call("recall", few)
    #expect(
      brief["memories"]?.arrayValue?.allSatisfy {
        Set($0.objectValue?.map(\.key) ?? []) == ["memoryID", "score", "text"]
      } == true)
    few["maxTokens"] = 10
    let tight = try await harness.call("recall", few)
    #expect(tight["tokens"]?.doubleValue.map { $0 <= 10 } == true)
    #expect((tight["memories"]?.arrayValue?.count ?? 0) < memories.count)
    // What did not fit comes on the pages that follow, and only what was shown counts as used.
    var paged: [JSONValue?] = (tight["memories"]?.arrayValue ?? []).map { $0["memoryID"] }
    var cursor = tight["nextCursor"]
    while let next = cursor {
      few["cursor"] = next
      let page = try await harness.call("recall", few)
      paged += (page["memories"]?.arrayValue ?? []).map { $0["memoryID"] }
      cursor = page["nextCursor"]
    }
    few["cursor"] = nil
    #expect(Set(paged).count == paged.count)
    #expect(Set(paged).isSubset(of: memories.map { $0["memoryID"] }))
    #expect(paged.count >= memories.count - 1)
    few["maxTokens"] = nil
    few["limit"] = 1
    let first = try await harness.call("recall", few)
    #expect(first["nextCursor"] != nil)
    few["cursor"] = first["nextCursor"]
    let second = try await harness.call("recall", few)
    #expect(
      [first, second].map { $0["memories"]?[0]?["memoryID"] }
        == memories.prefix(2).map { $0["memoryID"] })
    few["query"] = "another question"
    #expect(try await harness.failure("recall", few).hasPrefix("cursor: "))
  }

  /// Repetitions stand behind all that is new, however little of it a page shows.
  @Test(arguments: [3, 5, 7, 20]) func pagesNeitherSkipNorRepeat(_ limit: Int) async throws {
    let harness = try ToolHarness()
    let names = ["Oslo", "Bergen", "Trondheim", "Stavanger", "Drammen", "Tromso", "Bodo", "Molde"]
    let memories = (0..<60).map { number -> JSONValue in
      ["memoryID": .string("same\(number)"), "text": "renewal budget discussed with the board"]
    }
    let others = names.flatMap { name in
      ["visited", "called", "mailed"].map { verb -> JSONValue in
        ["text": .string("\(verb) \(name) office about harbour logistics and one renewal")]
      }
    }
    _ = try await harness.call("remember", ["memories": .array(memories + others)])
    let asked: JSONObject = ["query": "renewal budget", "fields": []]
    func ids(_ result: JSONObject) -> [String] {
      (result["memories"]?.arrayValue ?? []).compactMap { $0["memoryID"]?.stringValue }
    }
    var whole = asked
    whole["limit"] = 50
    let expected = ids(try await harness.call("recall", whole))
    var page = asked
    page["limit"] = JSONValue(limit)
    var found: [String] = []
    // What is recorded while somebody turns pages comes on none of them.
    let later = try ToolHarness(stores: harness.stores, now: ToolHarness.now + .seconds(60))
    while found.count < 50 {
      let harness = found.isEmpty ? harness : later
      let result = try await harness.call("recall", page)
      if found.isEmpty {
        _ = try await later.call(
          "remember", ["memories": [["memoryID": "late", "text": "renewal budget, again"]]])
      }
      found += ids(result)
      guard let cursor = result["nextCursor"] else { break }
      page["cursor"] = cursor
    }
    #expect(Set(found).count == found.count && !found.contains("late"))
    #expect(Array(found.prefix(50)) == expected)
    #expect(expected.prefix(25).count { $0.hasPrefix("same") } == 1)
  }

  @Test func whatIsNextToANamedEntityIsFoundToo() async throws {
    let harness = try await harness()
    _ = try await harness.call(
      "remember", ["memories": [["memoryID": "b1", "text": "Brightwave signed the renewal"]]])
    #expect(try await !recall(harness, "News about Zoe Miller?").contains("b1"))
    func works(_ person: String) -> JSONValue {
      [
        "subject": ["type": "person", "name": .string(person)], "predicate": "works_at",
        "object": ["type": "company", "name": "Brightwave"],
      ]
    }
    _ = try await harness.call("relate_entities", ["relations": [works("Zoe Miller")]])
    _ = try await harness.call(
      "relate_entities", ["relations": [works("Max Hidden")], "agentRole": "closer"])
    #expect(try await recall(harness, "News about Zoe Miller?").contains("b1"))
    #expect(try await !recall(harness, "News about Zoe?").contains("b1"))
    #expect(try await !recall(harness, "News about Max Hidden?").contains("b1"))
    #expect(
      try await recall(harness, "News about Max Hidden?", ["agentRole": "closer"]).contains("b1"))
  }

  @Test func theMomentIsChosen() async throws {
    let harness = try ToolHarness()
    for (value, day) in [("mail", "10-01"), ("call", "12-01")] {
      _ = try await harness.call(
        "remember",
        [
          "memories": [
            [
              "fact": ["key": "preferred_channel", "value": .string(value)],
              "validFrom": .string("2025-\(day)T00:00:00Z"),
            ]
          ]
        ])
    }
    func texts(_ more: JSONObject) async throws -> [JSONValue?] {
      var arguments = more
      arguments["query"] = "preferred channel"
      let found = try await harness.call("recall", arguments)
      return (found["memories"]?.arrayValue ?? []).map { $0["text"] }
    }
    #expect(try await texts([:]) == ["preferred channel: call"])
    #expect(try await texts(["asOf": "2025-11-01T00:00:00Z"]) == ["preferred channel: mail"])
    #expect(try await texts(["knownAt": "2025-11-01T00:00:00Z"]) == [])
  }
}
