import JSONRPC
package import MCP
import Marketing

/// One lead's current picture, or that of an earlier moment: what holds of it, where its conversations
/// stand, and what was last tried.
package struct GetProfileTool: Tool {
  /// Whose picture, and of when.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var agentRole: AgentRoleID?
    var asOf: Timestamp?
    var knownAt: Timestamp?
    var episodeLimit: Int?
  }

  /// The picture.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let lead: JSONObject
    let facts: [KnownFact]
    let conversations: [MemoryEntry]
    let episodes: [MemoryEntry]
    let notes: [MemoryEntry]
    let hasMore: Bool

    struct KnownFact: Encodable, Sendable {
      let memoryID: MemoryID
      let key: String
      let value: JSONValue
      let trust: TrustLevel
      let source: MemorySource
      let validFrom: Timestamp
      let validTo: Timestamp?
      let recordedAt: Timestamp
      /// The values that stand against it: later told, but less trusted.
      let others: [JSONValue]?
    }
  }

  /// The most facts and the most notes of a picture.
  private static let mostFacts = 200
  private static let mostNotes = 20

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("get_profile")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let lead = try reading(context) { () throws(StoreError) in
      try environment.leads.lead(arguments.leadID, in: context.workspace)
    }
    guard let lead else { throw .noSuchLead(arguments.leadID) }
    let facts = try await page([.longTerm], Self.mostFacts, isFact: true, arguments, context)
    let notes = try await page([.longTerm], Self.mostNotes, isFact: false, arguments, context)
    let conversations = try await page([.shortTerm], Self.mostNotes, arguments, context)
    let episodes = try await page([.episodic], arguments.episodeLimit ?? 5, arguments, context)
    return try Self.output(
      lead, facts: facts, notes: notes, conversations: conversations, episodes: episodes, context)
  }

  // Kept out of the asynchronous function for the reason that SearchLeadsTool gives.
  @inline(never)
  private static func output(
    _ lead: Lead, facts: MemoryPage, notes: MemoryPage, conversations: MemoryPage,
    episodes: MemoryPage, _ context: RequestContext
  ) throws(CallInterruption) -> Output {
    var room = ResultRoom(context)
    let summary = summary(lead)
    _ = try room.takes(summary)
    var hasMore = facts.hasMore || notes.hasMore || conversations.hasMore || episodes.hasMore
    func fitting<Entry: Encodable>(_ entries: [Entry]) throws(CallInterruption) -> [Entry] {
      let fitting = try room.fitting(entries)
      if fitting.count < entries.count { hasMore = true }
      return fitting
    }
    // What matters most is given room first.
    let factEntries = try fitting(Self.facts(facts.records))
    let conversationEntries = try fitting(conversations.records.map { MemoryEntry($0) })
    let episodeEntries = try fitting(episodes.records.map { MemoryEntry($0) })
    let noteEntries = try fitting(notes.records.map { MemoryEntry($0) })
    return Output(
      leadID: lead.id, lead: summary, facts: factEntries, conversations: conversationEntries,
      episodes: episodeEntries, notes: noteEntries, hasMore: hasMore)
  }

  private func page(
    _ kinds: Set<MemoryKind>, _ limit: Int, isFact: Bool? = nil, _ arguments: Arguments,
    _ context: RequestContext
  ) async throws(CallInterruption) -> MemoryPage {
    let now = environment.now()
    var query = MemoryQuery(
      for: .agent(arguments.agentRole),
      at: MemoryMoment(asOf: arguments.asOf ?? now, knownAt: arguments.knownAt ?? now), now: now,
      limit: limit)
    query.leadID = arguments.leadID
    query.kinds = kinds
    query.isFact = isFact
    let (store, asked) = (environment.memory.store, query)
    return try await storing(context) { () async throws(StoreError) in
      try await store.list(asked, in: context.workspace)
    }
  }

  /// Of each property the most trusted value, of equals the one that began last; the others beside it.
  private static func facts(_ records: [MemoryRecord]) -> [Output.KnownFact] {
    var byKey: [String: [(record: MemoryRecord, value: JSONValue)]] = [:]
    for record in records {
      guard let fact = record.fact else { continue }
      byKey[fact.key, default: []].append((record, fact.value))
    }
    return byKey.sorted { $0.key < $1.key }.compactMap { key, values in
      let ranked = values.sorted {
        ($1.record.trust, $1.record.validFrom, $1.record.id)
          < ($0.record.trust, $0.record.validFrom, $0.record.id)
      }
      guard let (record, value) = ranked.first else { return nil }
      let others = ranked.dropFirst().map(\.value).filter { !EqualValue.areEqual($0, value) }
      return Output.KnownFact(
        memoryID: record.id, key: key, value: value, trust: record.trust, source: record.source,
        validFrom: record.validFrom, validTo: record.validTo, recordedAt: record.recordedAt,
        others: others.isEmpty ? nil : others)
    }
  }

  /// What the lead itself says, as it is now: a lead's own fields have no history.
  private static func summary(_ lead: Lead) -> JSONObject {
    var summary: JSONObject = [
      "status": .string(lead.status.rawValue), "createdAt": .string(lead.createdAt.iso8601),
    ]
    let texts: [(String, String?)] = [
      ("name", lead.contact.name), ("jobTitle", lead.contact.jobTitle),
      ("company", lead.account.company), ("industry", lead.account.industry),
      ("region", lead.region), ("preferredChannel", lead.preferredChannel?.rawValue),
      ("timeZone", lead.contact.timeZone), ("category", lead.category?.rawValue),
      ("lastActiveAt", lead.lastActiveAt?.iso8601),
    ]
    for (key, text) in texts { summary[key] = text.map(JSONValue.string) }
    summary["score"] = lead.score.map { JSONValue($0) }
    summary["consent"] = lead.hasConsent.map(JSONValue.bool)
    return summary
  }
}
