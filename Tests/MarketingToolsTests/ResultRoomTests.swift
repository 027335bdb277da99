import JSONRPC
import MCP
import Marketing
import MarketingTools
import Testing

/// Results that would be longer than clients accept are cut, and say so.
@Suite(.timeLimit(.minutes(2))) struct ResultRoomTests {
  /// A harness whose results hold 20,000 bytes at most, and a lead of which more is remembered.
  private static func filled(
    records: Int = 40, _ text: (Int) -> String = { "budget \($0) " + words }
  ) async throws -> (ToolHarness, lead: String) {
    var limits = SessionLimits()
    limits.pageBytes = 20_000
    let harness = try ToolHarness(limits: limits)
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    var memories: [JSONValue] = []
    for number in 0..<records {
      memories.append(["leadID": .string(lead), "text": .string(text(number))])
    }
    for number in 0..<40 {
      memories.append([
        "leadID": .string(lead), "fact": ["key": .string("f\(number)"), "value": .string(words)],
      ])
    }
    _ = try await harness.call("remember", ["memories": .array(memories)])
    return (harness, lead)
  }

  /// In JSON within JSON a quote takes four bytes.
  private static let words = String(repeating: #"said "yes" "#, count: 60)

  /// Calls a tool page by page; returns the records of each page.
  private static func pages(
    _ harness: ToolHarness, _ tool: String, _ arguments: JSONObject
  ) async throws -> [[JSONValue]] {
    var arguments = arguments
    var pages: [[JSONValue]] = []
    while pages.count < 200 {
      let page = try await harness.call(tool, arguments)
      pages.append(page["memories"]?.arrayValue ?? [])
      guard let cursor = page["nextCursor"] else { return pages }
      arguments["cursor"] = cursor
    }
    Issue.record("\(tool) comes to no end")
    return pages
  }

  static let lists: [(tool: String, arguments: JSONObject, count: Int)] = [
    ("list_memories", ["limit": 200], 80), ("recall", ["query": "budget", "limit": 100], 40),
  ]

  @Test(arguments: lists)
  func pagesHoldWhatThereIsRoomFor(
    _ tool: String, _ arguments: JSONObject, _ count: Int
  ) async throws {
    let (harness, _) = try await Self.filled()
    let pages = try await Self.pages(harness, tool, arguments)
    #expect(pages.count > 1 && pages.allSatisfy { !$0.isEmpty })
    let ids = pages.joined().compactMap { $0["memoryID"]?.stringValue }
    #expect(Set(ids).count == ids.count && ids.count >= count)
    #expect(pages.joined().allSatisfy { $0["truncated"] == nil })
  }

  @Test(arguments: lists)
  func whatFitsOnNoPageIsShownByItsBeginning(
    _ tool: String, _ arguments: JSONObject, _: Int
  ) async throws {
    let (harness, _) = try await Self.filled(records: 3) {
      $0 == 1 ? "budget long " + String(repeating: "word ", count: 1900) : "budget \($0) short"
    }
    let pages = try await Self.pages(harness, tool, arguments)
    let notes = pages.joined().filter { $0["text"]?.stringValue?.hasPrefix("budget ") == true }
    #expect(notes.count == 3)
    let long = notes.filter { $0["truncated"] == true }
    #expect(long.count == 1)
    #expect(long.first?["text"]?.stringValue?.hasPrefix("budget long word") == true)
  }

  @Test func aProfileSaysThatThereIsMore() async throws {
    let (harness, lead) = try await Self.filled()
    let profile = try await harness.call("get_profile", ["leadID": .string(lead)])
    let facts = profile["facts"]?.arrayValue?.count ?? 0
    #expect(facts > 0 && facts < 40)
    #expect(profile["hasMore"] == true)
  }

  @Test func resourcesSayThatThereIsMore() async throws {
    let (harness, lead) = try await Self.filled()
    let relations: [JSONValue] = (0..<50).map { number in
      [
        "subject": ["type": "company", "name": "Acme"], "predicate": "uses",
        "object": [
          "type": "product",
          "name": .string("Product \(number) " + String(repeating: "x", count: 150)),
        ],
      ]
    }
    let told = try await harness.call(
      "relate_entities",
      ["relations": .array(Array(relations.prefix(10))), "leadID": .string(lead)])
    for start in stride(from: 10, to: 50, by: 10) {
      _ = try await harness.call(
        "relate_entities",
        [
          "relations": .array(Array(relations[start..<start + 10])), "leadID": .string(lead),
        ])
    }
    let entity = told["relations"]?[0]?["subject"]?.stringValue ?? ""
    for (uri, member, most) in [
      ("memory://\(lead)/long_term", "memories", 80),
      ("memory://\(lead)/semantic", "relations", 50),
      ("knowledge://entity/\(entity)", "relations", 50),
    ] {
      let read = try await harness.withClient {
        try await $0.request("resources/read", ["uri": .string(uri)])["contents"]
      }
      let contents = try JSONParser().parse(try #require(read?[0]?["text"]?.stringValue))
      let count = contents[member]?.arrayValue?.count ?? 0
      #expect(count > 0 && count < most, "\(uri)")
      #expect(contents["complete"] == false, "\(uri)")
    }
  }
}
