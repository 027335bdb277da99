import JSONRPC
package import MCP
import Marketing

/// Looks into the graph: entities by name, what is around one, ways between two.
package struct QueryKnowledgeTool: Tool {
  /// What to look for.
  package struct Arguments: Decodable, Sendable {
    var name: String?
    var entityID: EntityID?
    var toEntityID: EntityID?
    var predicates: [String]?
    var types: [String]?
    var direction: GraphFilter.Direction?
    var depth: Int?
    var order: GraphPathSearch.Order?
    var asOf: Timestamp?
    var knownAt: Timestamp?
    var agentRole: AgentRoleID?
    var limit: Int?
    var cursor: String?
  }

  /// What was found.
  package struct Output: Encodable, Sendable {
    var entities: [KnowledgeAnswer.EntityEntry]
    var relations: [KnowledgeAnswer.RelationEntry]?
    var paths: [Path]?
    var complete = true
    var nextCursor: String?

    struct Path: Encodable, Sendable {
      let strength: Double
      let entityIDs: [EntityID]
      let relationIDs: [RelationID]

      init(_ way: GraphPathSearch.Way) {
        strength = way.strength.rounded(to: 6)
        entityIDs = way.entities
        relationIDs = way.steps.map(\.relation.id)
      }
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("query_knowledge")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    try Self.check(arguments)
    let now = environment.now()
    let scope = Self.cursorScope(arguments)
    let place = try Self.place(arguments, scope, context, now: now)
    var filter = GraphFilter(
      for: .agent(arguments.agentRole), at: MemoryMoment(asOf: place.asOf, knownAt: place.knownAt))
    filter.direction = arguments.direction ?? .any
    filter.predicates = Set(arguments.predicates ?? [])
    filter.types = Set(arguments.types ?? [])
    guard let entity = arguments.entityID else {
      return try await search(arguments, filter, place, scope, context)
    }
    if let target = arguments.toEntityID {
      return try await paths(from: entity, to: target, arguments, filter, context)
    }
    return try await neighbours(of: entity, arguments, filter, place, scope, context)
  }

  private func search(
    _ arguments: Arguments, _ filter: GraphFilter, _ place: Place, _ scope: String,
    _ context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var query = EntityQuery(
      for: filter.reader, knownAt: filter.moment.knownAt, limit: arguments.limit ?? 50)
    query.name = arguments.name ?? ""
    query.types = filter.types
    query.after = place.entity
    let (knowledge, wanted) = (environment.knowledge, query)
    let page = try await storing(context) { () async throws(StoreError) in
      try await knowledge.entities(matching: wanted, in: context.workspace)
    }
    var output = Output(entities: page.entities.map(KnowledgeAnswer.EntityEntry.init))
    output.nextCursor = try Self.cursor(place.behind(page.next), scope, context)
    return output
  }

  private func neighbours(
    of entity: EntityID, _ arguments: Arguments, _ filter: GraphFilter, _ place: Place,
    _ scope: String, _ context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var query = NeighbourQuery(of: [entity], filter, limit: arguments.limit ?? 50)
    query.depth = arguments.depth ?? 1
    query.after = place.step
    let (knowledge, wanted) = (environment.knowledge, query)
    let found = try await storing(context) { () async throws(StoreError) in
      try await knowledge.neighbours(wanted, in: context.workspace)
    }
    guard found.entities[entity] != nil else { throw .noSuchEntity(entity, at: "/entityID") }
    var output = Output(entities: Self.entries(found.entities, first: [entity]))
    output.relations = found.steps.map {
      KnowledgeAnswer.RelationEntry($0.step.relation, distance: $0.distance)
    }
    output.complete = found.isComplete
    output.nextCursor = try Self.cursor(place.behind(found.next), scope, context)
    return output
  }

  private func paths(
    from source: EntityID, to target: EntityID, _ arguments: Arguments, _ filter: GraphFilter,
    _ context: RequestContext
  ) async throws(CallInterruption) -> Output {
    var query = PathQuery(
      from: source, to: target, filter, limit: min(arguments.limit ?? 3, GraphLimits.paths))
    query.depth = arguments.depth ?? GraphLimits.depth
    query.order = arguments.order ?? .strongest
    let (knowledge, wanted) = (environment.knowledge, query)
    let found = try await storing(context) { () async throws(StoreError) in
      try await knowledge.paths(wanted, in: context.workspace)
    }
    for (id, pointer) in [(source, "/entityID"), (target, "/toEntityID")]
    where found.entities[id] == nil {
      throw .noSuchEntity(id, at: pointer)
    }
    var known: Set<RelationID> = []
    var output = Output(entities: Self.entries(found.entities, first: [source, target]))
    output.relations = found.ways.flatMap(\.steps).map(\.relation)
      .filter { known.insert($0.id).inserted }.map { KnowledgeAnswer.RelationEntry($0) }
    output.paths = found.ways.map(Output.Path.init)
    output.complete = found.isComplete
    return output
  }

  private static func entries(
    _ entities: [EntityID: Entity], first: [EntityID]
  ) -> [KnowledgeAnswer.EntityEntry] {
    (first + entities.keys.sorted().filter { !first.contains($0) })
      .compactMap { entities[$0].map(KnowledgeAnswer.EntityEntry.init) }
  }
}

extension QueryKnowledgeTool {
  /// Where a page begins, and the moment that all pages look at.
  private struct Place: Codable {
    var asOf: Timestamp
    var knownAt: Timestamp
    var entity: EntityPlace?
    var step: StepPlace?

    func behind(_ entity: EntityPlace?) -> Place? {
      entity.map { Place(asOf: asOf, knownAt: knownAt, entity: $0) }
    }

    func behind(_ step: StepPlace?) -> Place? {
      step.map { Place(asOf: asOf, knownAt: knownAt, step: $0) }
    }
  }

  private static func check(_ arguments: Arguments) throws(CallInterruption) {
    var errors: [FieldError] = []
    func refuse(_ isWrong: Bool, _ field: String, _ found: String, _ expected: String) {
      if isWrong { errors.append(FieldError(field: field, found: found, expected: expected)) }
    }
    let isSearch = arguments.entityID == nil
    refuse(
      arguments.name != nil && !isSearch, "/name", "it beside entityID",
      "either of them: name to find entities, entityID for what is around one")
    refuse(
      isSearch && arguments.toEntityID != nil, "/entityID", "none beside toEntityID",
      "the entity that paths start from")
    refuse(
      !isSearch && arguments.entityID == arguments.toEntityID, "/toEntityID", "entityID again",
      "another entity")
    refuse(
      arguments.cursor != nil && arguments.toEntityID != nil, "/cursor", "it beside toEntityID",
      "none, as paths come all at once")
    for (field, words) in [("predicates", arguments.predicates), ("types", arguments.types)] {
      for (index, word) in (words ?? []).enumerated() where !NewRelation.isWord(word) {
        refuse(
          true, "/\(field)/\(index)", "another text",
          "1 to 64 of lower-case letters, digits and '_'")
      }
    }
    guard errors.isEmpty else { throw .invalid("Invalid arguments for query_knowledge", errors) }
  }

  /// A cursor goes on with the same conditions only; the page's size may change.
  private static func cursorScope(_ arguments: Arguments) -> String {
    let parts: [String?] = [
      "query_knowledge", arguments.name, arguments.entityID?.rawValue,
      arguments.predicates?.sorted().joined(separator: ","),
      arguments.types?.sorted().joined(separator: ","), arguments.direction?.rawValue,
      arguments.depth.map { "\($0)" }, arguments.asOf?.iso8601, arguments.knownAt?.iso8601,
      arguments.agentRole?.rawValue,
    ]
    return JSONWriter.text(of: .array(parts.map { $0.map(JSONValue.string) ?? .null }))
  }

  // These two are kept out of asynchronous functions, as in `SearchLeadsTool`.
  @inline(never)
  private static func place(
    _ arguments: Arguments, _ scope: String, _ context: RequestContext, now: Timestamp
  ) throws(CallInterruption) -> Place {
    if let cursor = arguments.cursor {
      return try context.place(of: cursor, in: scope, paging: "query")
    }
    return Place(asOf: arguments.asOf ?? now, knownAt: arguments.knownAt ?? now)
  }

  @inline(never)
  private static func cursor(
    _ place: Place?, _ scope: String, _ context: RequestContext
  ) throws(CallInterruption) -> String? { try context.cursor(at: place, in: scope) }
}
