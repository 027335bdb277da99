import JSONRPC
package import MCP
import Marketing
import Recall

/// Finds what is remembered and answers a question.
package struct RecallTool: Tool {
  /// The question, and where to look.
  package struct Arguments: Decodable, Sendable {
    var query: String
    var leadID: LeadID?
    var conversationID: ConversationID?
    var agentRole: AgentRoleID?
    var kinds: [MemoryKind]?
    var asOf: Timestamp?
    var knownAt: Timestamp?
    var limit: Int?
    var maxTokens: Int?
    var fields: [Field]?
    var explain: Bool?
    var cursor: String?
  }

  /// What may be left out of a result.
  package enum Field: String, Decodable, Sendable, CaseIterable {
    case text, why, kind, leadID, conversationID, speaker, fact, episode, context, validFrom,
      validTo
    case source, trust
  }

  /// What was found.
  package struct Output: Encodable, Sendable {
    let memories: [JSONObject]
    let tokens: Int
    let vectors: MemoryDesk.VectorUse?
    let nextCursor: String?
  }

  /// The deepest page: who needs more asks more precisely, or lists.
  private static let deepest = RecallRequest.deepest

  /// Where a page begins, and the moment that all pages look at.
  private struct Place: Codable {
    var start: Int
    var asOf: Timestamp
    var knownAt: Timestamp
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("recall")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let scope = Self.cursorScope(arguments)
    let place = try Self.place(arguments, scope, context, now: environment.now())
    let limit = min(arguments.limit ?? 10, Self.deepest - place.start)
    let request = request(arguments, place, limit: place.start + limit)
    let found = try await found(request, context)
    let (output, shown) = try Self.output(
      found, from: place, limit: limit, arguments: arguments, scope: scope, context)
    environment.memory.note(shown, at: request.scope.now, in: context.workspace)
    // What is to live longer by it must not run out before.
    if environment.memory.settings.isSliding { try? await environment.memory.storeUses() }
    return output
  }

  private func found(
    _ request: RecallRequest, _ context: RequestContext
  ) async throws(CallInterruption) -> MemoryDesk.Answer {
    let desk = environment.memory
    let graph = GraphExpansion(knowledge: environment.knowledge, analyzer: desk.analyzer)
    return try await storing(context) { () async throws(StoreError) in
      var request = request
      request.expansions = try await graph.expansions(
        of: request.question, in: request.scope, context.workspace)
      return try await desk.recall(request, in: context.workspace)
    }
  }

  private func request(_ arguments: Arguments, _ place: Place, limit: Int) -> RecallRequest {
    var scope = RecallScope(
      for: .agent(arguments.agentRole),
      at: MemoryMoment(asOf: place.asOf, knownAt: place.knownAt), now: environment.now())
    scope.leadID = arguments.leadID
    scope.conversationID = arguments.conversationID
    scope.kinds = Set(arguments.kinds ?? [])
    let question = QueryAnalysis(
      arguments.query, by: environment.memory.analyzer, now: place.asOf)
    return RecallRequest(question, in: scope, limit: limit)
  }

  // These are kept out of the asynchronous function for the reason that SearchLeadsTool gives.
  @inline(never)
  private static func place(
    _ arguments: Arguments, _ scope: String, _ context: RequestContext, now: Timestamp
  ) throws(CallInterruption) -> Place {
    if let cursor = arguments.cursor {
      return try context.place(of: cursor, in: scope, paging: "recall")
    }
    return Place(start: 0, asOf: arguments.asOf ?? now, knownAt: arguments.knownAt ?? now)
  }

  @inline(never)
  private static func output(
    _ answer: MemoryDesk.Answer, from place: Place, limit: Int, arguments: Arguments, scope: String,
    _ context: RequestContext
  ) throws(CallInterruption) -> (Output, shown: [OwnedMemoryID]) {
    let found = answer.found
    var memories: [JSONObject] = []
    var shown: [OwnedMemoryID] = []
    var tokens = 0
    let start = place.start
    var end = start
    var room = ResultRoom(context)
    let best = found.first?.hit.score ?? 1
    for item in found.dropFirst(start).prefix(limit) {
      let next = tokens + item.hit.tokens
      if let budget = arguments.maxTokens, next > budget {
        // The next page begins with it. What fits on no page by itself is passed over.
        if !memories.isEmpty || item.hit.tokens <= budget { break }
        end += 1
        continue
      }
      var entry = try entry(item, best: best, arguments)
      if try !room.takes(entry) {
        if !memories.isEmpty { break }
        // What fits on no page by itself is shown by its beginning.
        shorten(&entry)
      }
      end += 1
      tokens = next
      shown.append(item.record.ownedID)
      memories.append(entry)
    }
    let isLast = end >= deepest || end >= found.count && found.count < start + limit
    var next: Place? = place
    next?.start = end
    let output = Output(
      memories: memories, tokens: tokens, vectors: answer.vectors,
      nextCursor: try context.cursor(at: isLast ? nil : next, in: scope))
    return (output, shown)
  }

  private static func entry(
    _ found: MemoryDesk.Found, best: Double, _ arguments: Arguments
  ) throws(CallInterruption) -> JSONObject {
    let record = found.record
    let fields = Set(arguments.fields ?? Field.allCases)
    var entry: JSONObject = ["memoryID": .string(record.id.rawValue)]
    let score = best > 0 ? found.hit.score / best : 0
    entry["score"] = JSONValue((min(1, max(0, score)) * 1000).rounded() / 1000)
    func put(_ field: Field, _ value: JSONValue?) {
      if fields.contains(field), let value { entry[field.rawValue] = value }
    }
    put(.text, .string(record.text))
    put(.why, .string(why(found.hit)))
    put(.kind, .string(record.kind.rawValue))
    put(.leadID, (record.leadID?.rawValue).map(JSONValue.string))
    put(.conversationID, (record.conversationID?.rawValue).map(JSONValue.string))
    put(.speaker, record.speaker.map(JSONValue.string))
    put(.validFrom, .string(record.validFrom.iso8601))
    put(.validTo, (record.validTo?.iso8601).map(JSONValue.string))
    put(.source, .string(record.source.name))
    put(.trust, .string(record.trust.rawValue))
    do {
      put(.fact, try record.fact.map { try JSONValueEncoder().encode($0) })
      put(.episode, try record.episode.map { try JSONValueEncoder().encode($0) })
      put(.context, try record.context.map { try JSONValueEncoder().encode($0) })
    } catch {
      throw .fault(error)
    }
    if arguments.explain == true {
      entry["signals"] = .object(
        JSONObject(
          found.hit.parts.map { ("\($0.signal)", JSONValue(($0.points * 1000).rounded() / 1000)) }))
    }
    return entry
  }

  private static func shorten(_ entry: inout JSONObject) {
    for field in [Field.fact, .episode, .context] { entry[field.rawValue] = nil }
    let text = entry[Field.text.rawValue]?.stringValue
    entry[Field.text.rawValue] = text.map { .string(MemoryEntry.beginning(of: $0)) }
    entry["truncated"] = true
  }

  /// Why a record was found, in few words.
  private static func why(_ hit: RecallHit) -> String {
    let strongest = hit.parts.filter { $0.points > 0 }.prefix(2).map { $0.signal.wording }
    let words = hit.stems.isEmpty ? [] : ["has \(hit.stems.prefix(6).joined(separator: ", "))"]
    return (words + strongest).joined(separator: "; ")
  }

  private static func cursorScope(_ arguments: Arguments) -> String {
    let parts: [String?] = [
      "recall", arguments.query, arguments.leadID?.rawValue, arguments.conversationID?.rawValue,
      arguments.agentRole?.rawValue,
      arguments.kinds.map { $0.map(\.rawValue).sorted().joined(separator: ",") },
      arguments.asOf?.iso8601, arguments.knownAt?.iso8601,
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }
}

extension RecallSignal {
  /// What a signal says, as a part of a reason.
  fileprivate var wording: String {
    switch self {
    case .coverage: "the question's words are in it or near it"
    case .session: "its conversation is about them"
    case .share: "much of the question is in it"
    case .answer: "it answers a question about them"
    case .related: "it has words like them"
    case .speaker: "said by who is asked about"
    case .date: "from the time that is named"
    case .time: "it says when"
    case .question: "it asks"
    case .opening: "it opens its conversation"
    case .names: "it names somebody or something"
    case .excluded: "it lacks what is left out"
    case .kind: "of the kind that is asked for"
    case .recency: "recent"
    case .importance: "important"
    case .use: "often recalled"
    case .trust: "well founded"
    case .similarity: "near in meaning"
    case .answerSimilarity: "it answers what is near in meaning"
    }
  }
}
