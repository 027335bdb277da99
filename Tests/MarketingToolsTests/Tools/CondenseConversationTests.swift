import JSONRPC
import MCP
import Marketing
import Testing

/// `consolidate_memory` for one conversation.
@Suite(.timeLimit(.minutes(2))) struct CondenseConversationTests {
  private static func turn(
    _ number: Int, role: String? = nil, _ more: JSONObject = [:]
  ) -> JSONValue {
    var memory: JSONObject = [
      "conversationID": "C1", "speaker": number % 2 == 0 ? "Ann" : "Bob",
      "text": .string("Turn \(number) is on subject\(number % 7) and on detail\(number) of it."),
    ]
    memory["agentRole"] = role.map(JSONValue.string)
    for member in more { memory[member.key] = member.value }
    return .object(memory)
  }

  private static func tell(_ harness: ToolHarness, _ turns: [JSONValue]) async throws {
    _ = try await harness.call("remember", ["memories": .array(turns)])
  }

  private static func condense(
    _ harness: ToolHarness, _ more: JSONObject = [:], mode: ClientSession.Mode = .modern
  ) async throws -> JSONObject {
    var arguments: JSONObject = ["conversationID": "C1", "maxTokens": 100]
    for member in more { arguments[member.key] = member.value }
    return try await harness.call("consolidate_memory", arguments, mode: mode)
  }

  private static func record(_ id: JSONValue?, _ harness: ToolHarness, role: AgentRoleID? = nil)
    throws -> MemoryRecord?
  {
    try harness.stores.memories(
      [MemoryID(rawValue: id?.stringValue ?? "")], for: .agent(role), knownAt: ToolHarness.now,
      now: ToolHarness.now, in: .default
    ).first
  }

  /// A client whose model says something, and what it was asked.
  private static func model(
    _ answer: String
  ) throws -> (harness: ToolHarness, asked: Locked<[JSONObject]>) {
    let asked = Locked<[JSONObject]>([])
    let handlers = ClientHandlers(sample: { params throws(RPCError) in
      asked.withLock { $0.append(params) }
      return [
        "role": "assistant", "model": "m", "content": ["type": "text", "text": .string(answer)],
      ]
    })
    return (try ToolHarness(handlers: handlers), asked)
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November)])
  func aConversationOverItsBudgetIsCondensedOnce(_ mode: ClientSession.Mode) async throws {
    let (harness, asked) = try Self.model("Ann asked.")
    try await Self.tell(harness, (0..<40).map { Self.turn($0, ["trust": "untrusted"]) })
    let result = try await Self.condense(harness, mode: mode)
    #expect(result["condensed"] == true && result["by"] == "extract" && result["isNew"] == true)
    #expect(result["originals"] == 40 && result["originalTokens"]?.integerValue ?? 0 > 400)
    let summary = try #require(try Self.record(result["summaryID"], harness))
    #expect(summary.content == .summary && summary.kind == .longTerm)
    #expect(summary.trust == .untrusted && summary.derivedFrom.count == 40)
    #expect(Extract.tokens(of: summary.text) <= 100)
    #expect(result["tokens"] == JSONValue(Extract.tokens(of: summary.text)))
    #expect(summary.text.hasSuffix("Bob: Turn 39 is on subject4 and on detail39 of it."))
    let again = try await Self.condense(harness, mode: mode)
    #expect(again["summaryID"] == result["summaryID"] && again["isNew"] == false)
    let listed = try await harness.call(
      "list_memories", ["conversationID": "C1", "limit": 100])
    #expect(listed["memories"]?.arrayValue?.count == 41, "the originals stay")
    #expect(asked.withLock { $0.isEmpty }, "an extract needs no model")
    let events = try harness.events().filter { $0.kind == .memoryConsolidated }
    #expect(events.count == 1 && events.first?.actor == "tester/consolidate_memory")
  }

  @Test func newTurnsMakeANewSummaryInPlaceOfTheOldOne() async throws {
    let harness = try ToolHarness()
    try await Self.tell(harness, (0..<30).map { Self.turn($0) })
    let first = try await Self.condense(harness)
    try await Self.tell(harness, [Self.turn(30)])
    let second = try await Self.condense(harness)
    #expect(second["isNew"] == true && second["originals"] == 31)
    #expect(second["summaryID"] != first["summaryID"])
    #expect(try Self.record(first["summaryID"], harness)?.retractedAt == ToolHarness.now)
    #expect(try Self.record(second["summaryID"], harness)?.retractedAt == nil)
    let found = try await harness.call(
      "recall", ["query": "detail30 subject2", "limit": 100, "conversationID": "C1"])
    let names = found["memories"]?.arrayValue?.compactMap { $0["memoryID"] } ?? []
    #expect(names.contains(second["summaryID"] ?? .null))
    #expect(!names.contains(first["summaryID"] ?? .null))
    // Consolidation finds nothing left to do with what is summarised.
    let all = try await harness.call("consolidate_memory", [:])
    #expect(all["summaries"] == 0)
  }

  @Test func aShortOneIsLeftAsItIs() async throws {
    let harness = try ToolHarness()
    try await Self.tell(harness, (0..<4).map { Self.turn($0) })
    let result = try await Self.condense(harness)
    #expect(result["condensed"] == false && result["originals"] == 4)
    #expect(result["reason"]?.stringValue?.contains("maxTokens (100)") == true)
    #expect(result["summaryID"] == nil)
    #expect(try harness.events().allSatisfy { $0.kind != .memoryConsolidated })
  }

  @Test func whatIsPrivateStaysSo() async throws {
    let harness = try ToolHarness()
    try await Self.tell(
      harness, (0..<20).map { Self.turn($0) } + (20..<40).map { Self.turn($0, role: "closer") })
    let shared = try await Self.condense(harness)
    #expect(shared["originals"] == 20)
    let own = try await Self.condense(harness, ["agentRole": "closer"])
    #expect(own["originals"] == 40)
    #expect(try Self.record(shared["summaryID"], harness)?.role == nil)
    #expect(try Self.record(own["summaryID"], harness) == nil)
    #expect(try Self.record(own["summaryID"], harness, role: "closer")?.role == "closer")
    #expect(
      try Self.record(shared["summaryID"], harness)?.retractedAt == nil, "others have no other one")
  }

  @Test func shortTermWordsLiveNoLongerInASummary() async throws {
    let harness = try ToolHarness()
    let lead = try await harness.newLead(["email": "ann@acme.test"])
    let more: JSONObject = ["kind": "short_term", "leadID": .string(lead)]
    try await Self.tell(harness, (0..<30).map { Self.turn($0, more) })
    let result = try await Self.condense(harness)
    let summary = try #require(try Self.record(result["summaryID"], harness))
    #expect(summary.kind == .shortTerm && summary.leadID?.rawValue == lead)
    #expect(summary.expiresAt == ToolHarness.now + .days(1))
    let profile = try await harness.call("get_profile", ["leadID": .string(lead)])
    let conversations = profile["conversations"]?.arrayValue ?? []
    #expect(conversations.contains { $0["memoryID"] == result["summaryID"] })
    #expect(conversations.count == 20, "beside its turns")
  }

  @Test(arguments: [ClientSession.Mode.modern, .legacy(.v2025November)])
  func theHostsModelMayWriteIt(_ mode: ClientSession.Mode) async throws {
    let (harness, asked) = try Self.model("Ann and Bob went through detail39.")
    try await Self.tell(harness, (0..<40).map { Self.turn($0, ["trust": "verified"]) })
    let result = try await Self.condense(harness, ["summarizer": "model"], mode: mode)
    #expect(result["by"] == "model" && result["isNew"] == true)
    let summary = try #require(try Self.record(result["summaryID"], harness))
    #expect(
      summary.text == "40 utterances on 2026-01-01: Ann and Bob went through detail39.")
    #expect(summary.trust == .agent && summary.source.reference == "model")
    let question = try #require(asked.withLock { $0.first })
    let text = question["messages"]?[0]?["content"]?["text"]?.stringValue ?? ""
    #expect(text.contains("1. Ann: Turn 0") && text.contains("40. Bob: Turn 39"))
    #expect(question["systemPrompt"]?.stringValue?.contains("untrusted") == true)
    #expect(question["maxTokens"]?.integerValue ?? 1000 <= 100)
    let count = asked.withLock { $0.count }
    let again = try await Self.condense(harness, ["summarizer": "model"], mode: mode)
    #expect(again["summaryID"] == result["summaryID"] && again["isNew"] == false)
    #expect(asked.withLock { $0.count } == count, "what is known is not asked again")
    let extract = try await Self.condense(harness, mode: mode)
    #expect(extract["by"] == "extract" && extract["isNew"] == true)
    #expect(try Self.record(result["summaryID"], harness)?.retractedAt != nil)
  }

  @Test(arguments: [
    "", "Carl asked for it.", "Ann asked for 17000 of them.", "See evil.test for more.",
    String(repeating: "Ann asked Bob. ", count: 60),
  ])
  func whatTheModelMakesUpIsNotTaken(_ answer: String) async throws {
    let (harness, asked) = try Self.model(answer)
    try await Self.tell(harness, (0..<40).map { Self.turn($0) })
    let result = try await Self.condense(harness, ["summarizer": "model"])
    #expect(result["by"] == "extract" && result["condensed"] == true)
    #expect(asked.withLock { $0.count } == 1)
    #expect(try Self.record(result["summaryID"], harness)?.source.reference == nil)
  }

  @Test func withoutAModelItIsAnExtract() async throws {
    let harness = try ToolHarness()
    try await Self.tell(harness, (0..<40).map { Self.turn($0) })
    #expect(try await Self.condense(harness, ["summarizer": "model"])["by"] == "extract")
    let refusing = try ToolHarness(
      handlers: ClientHandlers(sample: { _ throws(RPCError) in
        throw RPCError(.invalidParams, "no")
      }), stores: harness.stores)
    let result = try await Self.condense(
      refusing, ["summarizer": "model"], mode: .legacy(.v2025November))
    #expect(result["by"] == "extract" && result["isNew"] == false)
  }

  /// What is said or forgotten while the model writes counts.
  @Test func whatIsGoneMeanwhileDoesNotComeBack() async throws {
    let stores = InMemoryStores()
    let plain = try ToolHarness(stores: stores)
    try await Self.tell(
      plain, (0..<40).map { Self.turn($0, ["memoryID": .string("turn\($0)")]) })
    let handlers = ClientHandlers(sample: { _ throws(RPCError) in
      do {
        _ = try await plain.call("forget", ["memoryIDs": ["turn39"]])
      } catch {
        throw RPCError(.internalError, "\(error)")
      }
      return [
        "role": "assistant", "model": "m",
        "content": ["type": "text", "text": "Ann asked on detail39."],
      ]
    })
    let harness = try ToolHarness(handlers: handlers, stores: stores)
    for mode in [ClientSession.Mode.legacy(.v2025November)] {
      let result = try await Self.condense(harness, ["summarizer": "model"], mode: mode)
      #expect(result["by"] == "extract" && result["originals"] == 39)
      let text = try #require(try Self.record(result["summaryID"], harness)).text
      #expect(!text.contains("detail39"))
    }
  }

  @Test func oneLeadsPartOfAConversationOfSeveral() async throws {
    let harness = try ToolHarness()
    let leads = [
      try await harness.newLead(["email": "ann@acme.test"]),
      try await harness.newLead(["email": "bob@other.test"]),
    ]
    try await Self.tell(
      harness, (0..<60).map { Self.turn($0, ["leadID": .string(leads[$0 % 2])]) })
    let message = try await harness.failure("consolidate_memory", ["conversationID": "C1"])
    #expect(message.contains("/leadID") && message.contains("several leads"))
    let result = try await Self.condense(harness, ["leadID": .string(leads[1])])
    #expect(result["originals"] == 30)
    #expect(
      try Self.record(result["summaryID"], harness)?.leadID?.rawValue == leads[1])
    _ = try await harness.call("erase_lead", ["leadID": .string(leads[1])])
    #expect(try Self.record(result["summaryID"], harness) == nil)
  }

  @Test(
    arguments: [
      (["conversationID": "C404"], "/conversationID"),
      (["conversationID": "C1", "dryRun": true], "/dryRun"),
      (["conversationID": "C1", "limit": 5], "/limit"), (["maxTokens": 100], "/maxTokens"),
      (["summarizer": "model"], "/summarizer"), (["agentRole": "closer"], "/agentRole"),
      (["conversationID": "C1", "maxTokens": 49], "maxTokens"),
      (["conversationID": "C1", "summarizer": "other"], "summarizer"),
    ] as [(JSONObject, String)])
  func whatDoesNotGoTogetherIsRefused(_ arguments: JSONObject, _ named: String) async throws {
    let harness = try ToolHarness()
    try await Self.tell(harness, (0..<40).map { Self.turn($0, role: "other") })
    let message = try await harness.failure("consolidate_memory", arguments)
    #expect(message.contains(named))
    #expect(try harness.events().allSatisfy { $0.kind != .memoryConsolidated })
  }
}
