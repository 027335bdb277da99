import JSONRPC
import MCP
package import Marketing

/// One entity with its strongest relations, as JSON: `knowledge://entity/{entityID}`. What is private to a
/// role is not in it: an address names no role.
package enum KnowledgeResource {
  private static let relations = 50

  /// The address of an entity.
  package static func uri(_ id: EntityID) -> String { "knowledge://entity/\(id.rawValue)" }

  /// The entities that an event says something else is known about now.
  package static func entities(of event: Event) -> [EntityID] {
    switch event.kind {
    case .knowledgeRelated, .knowledgeForgotten, .leadErased:
      (event.facts["entityIDs"]?.arrayValue ?? []).compactMap(\.stringValue)
        .compactMap(EntityID.init(checking:))
    default: []
    }
  }

  static func registered(
    _ environment: ToolEnvironment
  ) throws(ContractError) -> RegisteredResource {
    guard let template = URITemplate("knowledge://entity/{entityID}") else {
      throw ContractError(message: "knowledge://entity/{entityID} is no URI template")
    }
    let definition = ResourceTemplateDefinition(
      uriTemplate: template, name: "entity", title: "Entity",
      summary: "What is known of a company, person, product or concept: its strongest relations.",
      mimeType: "application/json", scopes: ["memory:read"])
    return RegisteredResource(
      definition, completions: ["entityID": completeID(environment)]
    ) { uri, variables, context throws(CallInterruption) in
      guard let id = variables["entityID"].flatMap(EntityID.init(checking:)) else { return nil }
      return try await contents(of: id, uri: uri, environment, context)
    }
  }

  private struct Contents: Encodable {
    let entity: KnowledgeAnswer.EntityEntry
    let relations: [KnowledgeAnswer.RelationEntry]
    let neighbours: [KnowledgeAnswer.EntityEntry]
    let complete: Bool
  }

  private static func contents(
    of id: EntityID, uri: String, _ environment: ToolEnvironment, _ context: RequestContext
  ) async throws(CallInterruption) -> [ResourceContents]? {
    let knowledge = environment.knowledge
    let filter = GraphFilter(for: .agent(nil), at: MemoryMoment(now: environment.now()))
    let query = NeighbourQuery(of: [id], filter, limit: relations)
    let found = try await storing(context) { () async throws(StoreError) in
      try await knowledge.neighbours(query, in: context.workspace)
    }
    guard let entity = found.entities[id] else { return nil }
    return try context.contents(at: uri, entries: relations) { count in
      let steps = found.steps.prefix(count)
      let ends = Set(steps.map(\.step.end)).subtracting([entity.id]).sorted()
      return Contents(
        entity: KnowledgeAnswer.EntityEntry(entity),
        relations: steps.map { KnowledgeAnswer.RelationEntry($0.step.relation) },
        neighbours: ends.compactMap { found.entities[$0].map(KnowledgeAnswer.EntityEntry.init) },
        complete: found.next == nil && steps.count == found.steps.count)
    }
  }

  /// Completes the name of an entity among all, also from the beginning of what it is called.
  private static func completeID(_ environment: ToolEnvironment) -> CompletionProvider {
    { typed, _, context throws(CallInterruption) in
      let knowledge = environment.knowledge
      var byID = EntityQuery(for: .agent(nil), knownAt: environment.now(), limit: 101)
      var byName = byID
      byID.id = typed
      byName.name = typed
      let queries = typed.isEmpty ? [byID] : [byID, byName]
      let found = try await storing(context) { () async throws(StoreError) in
        var found: [EntityID] = []
        for query in queries {
          found += try await knowledge.entities(matching: query, in: context.workspace)
            .entities.map(\.id)
        }
        return found
      }
      var known: Set<EntityID> = []
      return Completion(values: found.filter { known.insert($0).inserted }.map(\.rawValue))
    }
  }
}
