import JSONRPC
import MCP
package import Marketing

/// What is remembered of a lead by kind, as JSON: `memory://{leadID}/{kind}`. What is private to a role is
/// not in it: an address names no role.
package enum MemoryResource {
  private static let most = 100

  /// The address of what is remembered of a lead.
  package static func uri(_ id: LeadID, _ kind: MemoryKind) -> String {
    "memory://\(id.rawValue)/\(kind.rawValue)"
  }

  /// The addresses under which an event changed something.
  package static func uris(of event: Event) -> [String] {
    guard let lead = event.leadID else { return [] }
    switch event.kind {
    case .memoryRemembered:
      return MemoryKind.allCases.filter { event.facts[$0.rawValue] != nil }.map { uri(lead, $0) }
    case .interactionRecorded: return [uri(lead, .episodic)]
    case .memoryForgotten, .leadErased: return MemoryKind.allCases.map { uri(lead, $0) }
    case .memoryConsolidated: return [uri(lead, .longTerm), uri(lead, .episodic)]
    case .knowledgeRelated, .knowledgeForgotten:
      // Of what is private to a role no entity is named.
      return event.facts["entityIDs"]?.arrayValue?.isEmpty == true ? [] : [uri(lead, .semantic)]
    default: return []
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("memory://{leadID}/{kind}") else {
      throw ContractError(message: "memory://{leadID}/{kind} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "memory", title: "Memory of a lead",
      summary: "What is remembered of a lead: short_term, long_term, episodic or semantic.",
      mimeType: "application/json", scopes: ["memory:read"])
    return RegisteredResource(
      definition,
      completions: [
        "leadID": LeadResource.completeID(environment),
        "kind": { typed, _, _ in
          Completion.matching(typed, in: MemoryKind.allCases.map(\.rawValue))
        },
      ]
    ) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["leadID"].flatMap(LeadID.init(checking:)),
        let kind = variables["kind"].flatMap(MemoryKind.init(rawValue:))
      else { return nil }
      return try await contents(of: id, kind, uri: uri, environment, context)
    }
  }

  /// The contents at an address; `nil` when it is no such address or nobody is stored there.
  static func contents(
    at uri: String, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> [ResourceContents]? {
    let parts = uri.dropFirst("memory://".count).split(separator: "/")
    guard parts.count == 2, let id = LeadID(checking: String(parts[0])),
      let kind = MemoryKind(rawValue: String(parts[1]))
    else { return nil }
    return try await contents(of: id, kind, uri: uri, environment, context)
  }

  private struct Memories: Encodable {
    let leadID: LeadID
    let kind: MemoryKind
    let memories: [MemoryEntry]
    let complete: Bool
  }

  private struct Knowledge: Encodable {
    let leadID: LeadID
    let kind: MemoryKind
    let entities: [KnowledgeAnswer.EntityEntry]
    let relations: [KnowledgeAnswer.RelationEntry]
    let complete: Bool
  }

  private static func contents(
    of id: LeadID, _ kind: MemoryKind, uri: String, _ environment: ToolEnvironment,
    _ context: RequestContext
  ) async throws(CallInterruption) -> [ResourceContents]? {
    let lead = try reading(context) { () throws(StoreError) in
      try environment.leads.lead(id, in: context.workspace)
    }
    guard lead != nil else { return nil }
    if kind == .semantic {
      let (own, found) = try await knowledge(of: id, environment, context)
      return try context.contents(at: uri, entries: most) { count in
        let steps = found?.steps.prefix(count) ?? []
        var shown = Set(steps.flatMap { [$0.step.start, $0.step.end] })
        shown.formUnion(own.prefix(count).map(\.id))
        var entities = found?.entities ?? [:]
        for entity in own { entities[entity.id] = entity }
        return Knowledge(
          leadID: id, kind: kind,
          entities: shown.sorted().compactMap { entities[$0] }
            .map(KnowledgeAnswer.EntityEntry.init),
          relations: steps.map { KnowledgeAnswer.RelationEntry($0.step.relation) },
          complete: own.count <= count
            && found.map { $0.next == nil && $0.steps.count <= count } ?? true)
      }
    }
    let page = try await page(of: id, kind, environment, context)
    return try context.contents(at: uri, entries: most) { count in
      Memories(
        leadID: id, kind: kind, memories: page.records.prefix(count).map { MemoryEntry($0) },
        complete: page.next == nil && page.records.count <= count)
    }
  }

  private static func page(
    of id: LeadID, _ kind: MemoryKind, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> MemoryPage {
    let now = environment.now()
    var query = MemoryQuery(for: .agent(nil), at: MemoryMoment(now: now), now: now, limit: most)
    query.leadID = id
    query.kinds = [kind]
    let (store, asked) = (environment.memory.store, query)
    return try await storing(context) { () async throws(StoreError) in
      try await store.list(asked, in: context.workspace)
    }
  }

  /// The entities that a lead is known as, and what is next to them.
  private static func knowledge(
    of id: LeadID, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> ([Entity], Neighbours?) {
    let store = environment.knowledge
    let moment = MemoryMoment(now: environment.now())
    return try await storing(context) { () async throws(StoreError) in
      let entities = try await store.entities(
        of: id, for: .agent(nil), at: moment, in: context.workspace)
      guard !entities.isEmpty else { return ([], nil) }
      let query = NeighbourQuery(
        of: entities.map(\.id), GraphFilter(for: .agent(nil), at: moment), limit: most)
      return (entities, try await store.neighbours(query, in: context.workspace))
    }
  }
}
