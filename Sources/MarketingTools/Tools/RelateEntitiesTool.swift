import JSONRPC
package import MCP
import Marketing

/// Tells the graph how entities relate. Telling the same again changes nothing.
package struct RelateEntitiesTool: Tool {
  /// The relations and who says so.
  package struct Arguments: Decodable, Sendable {
    var relations: [Told]
    var source: Source?
    var trust: TrustLevel?
    var agentRole: AgentRoleID?
    var leadID: LeadID?
    var functional: [String]?

    struct Told: Decodable, Sendable {
      var subject: Reference
      var predicate: String
      var object: Reference
      var weight: Double?
      var validFrom: Timestamp?
      var validTo: Timestamp?
      var replaces: Bool?
    }

    struct Reference: Decodable, Sendable {
      var entityID: EntityID?
      var type: String?
      var name: String?
      var aliases: [String]?
      var leadID: LeadID?
    }

    struct Source: Decodable, Sendable {
      var name: String
      var reference: String?
    }
  }

  /// What became of them.
  package struct Output: Encodable, Sendable {
    let relations: [Entry]
    let entities: [KnowledgeAnswer.EntityEntry]
    let newEntities: [EntityID]
    let new: Int
    let merged: Int
    let unchanged: Int
    let ended: Int

    struct Entry: Encodable, Sendable {
      let relationID: RelationID
      let change: Related.Change
      let subject: EntityID
      let predicate: String
      let object: EntityID
      let weight: Double
      let sources: Int
      let ended: [RelationID]?
      let conflicts: [RelationID]?

      init(_ related: Related) {
        relationID = related.relation.id
        change = related.change
        subject = related.relation.subject
        predicate = related.relation.predicate
        object = related.relation.object
        weight = related.relation.weight.rounded(to: 4)
        sources = related.relation.sources.count
        ended = related.ended.isEmpty ? nil : related.ended.map(\.id)
        conflicts = related.conflicts.isEmpty ? nil : related.conflicts
      }
    }
  }

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("relate_entities")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let now = environment.now()
    let relations = try relations(arguments, context, now: now)
    let knowledge = environment.knowledge
    let (environment, actor) = (environment, context.actor(definition.name))
    let related = try await storing(context) { () async throws(StoreError) in
      try await knowledge.relate(
        relations, at: now, events: { Self.events($0, environment, actor: actor, now: now) },
        in: context.workspace)
    }
    var known: Set<EntityID> = []
    let ids = related.flatMap { [$0.relation.subject, $0.relation.object] }
      .filter { known.insert($0).inserted }
    let entities = try reading(context) { () throws(StoreError) in
      try knowledge.entities(
        ids, for: .agent(arguments.agentRole), knownAt: .distantFuture, in: context.workspace)
    }
    return Output(
      relations: related.map(Output.Entry.init),
      entities: entities.map(KnowledgeAnswer.EntityEntry.init),
      newEntities: related.flatMap(\.newEntities), new: related.count { $0.change == .new },
      merged: related.count { $0.change == .merged },
      unchanged: related.count { $0.change == .unchanged },
      ended: related.reduce(0) { $0 + $1.ended.count })
  }

  /// One event for each lead that the relations concern, and one for those that concern none.
  private static func events(
    _ related: [Related], _ environment: ToolEnvironment, actor: String, now: Timestamp
  ) -> [Event] {
    let byLead = Dictionary(grouping: related.filter(\.hasChanged), by: \.relation.leadID)
    let leads = byLead.keys.sorted { ($0?.rawValue ?? "") < ($1?.rawValue ?? "") }
    return leads.map { lead in
      Event.related(
        byLead[lead] ?? [], of: lead, id: environment.newName("evt_", at: now), actor: actor,
        at: now)
    }
  }
}

extension RelateEntitiesTool {
  /// The relations as the store takes them.
  private func relations(
    _ arguments: Arguments, _ context: RequestContext, now: Timestamp
  ) throws(CallInterruption) -> [NewRelation] {
    var errors: [FieldError] = []
    let trust = arguments.trust ?? .agent
    if trust == .untrusted, arguments.source == nil {
      errors.append(
        FieldError(
          field: "/source", found: "none",
          expected: "the name of who wrote it, as what is untrusted needs a source"))
    }
    if arguments.source?.name == ActionPatterns.sourceName {
      errors.append(
        FieldError(
          field: "/source/name", found: "'\(ActionPatterns.sourceName)'",
          expected: "another name: what is learned from episodes has it"))
    }
    let source = MemorySource(
      name: arguments.source?.name ?? context.actor(definition.name),
      reference: arguments.source?.reference)
    let functional = Set(arguments.functional ?? [])
    var relations: [NewRelation] = []
    for (index, told) in arguments.relations.enumerated() {
      let place = "/relations/\(index)"
      guard let subject = Self.reference(told.subject, at: "\(place)/subject", &errors),
        let object = Self.reference(told.object, at: "\(place)/object", &errors)
      else { continue }
      let relation = NewRelation(
        subject, told.predicate, object,
        source: RelationSource(source, trust: trust, weight: told.weight ?? 1),
        validFrom: told.validFrom, validTo: told.validTo, role: arguments.agentRole,
        leadID: arguments.leadID, replaces: told.replaces ?? functional.contains(told.predicate))
      errors += relation.errors(at: place, now: now).map { error in
        // The source is one for the whole call.
        guard error.field.hasPrefix("\(place)/source") else { return error }
        var error = error
        error.field.removeFirst(place.count)
        return error
      }
      relations.append(relation)
    }
    var known: Set<FieldError> = []
    errors = errors.filter { known.insert($0).inserted }
    guard errors.isEmpty else { throw .invalid("Invalid arguments for relate_entities", errors) }
    return relations
  }

  private static func reference(
    _ told: Arguments.Reference, at place: String, _ errors: inout [FieldError]
  ) -> EntityReference? {
    if let id = told.entityID {
      guard told.type == nil, told.name == nil, told.aliases == nil, told.leadID == nil else {
        errors.append(
          FieldError(
            field: place, found: "entityID beside other members",
            expected: "entityID alone, or type and name"))
        return nil
      }
      return .id(id)
    }
    guard let type = told.type, let name = told.name else {
      errors.append(
        FieldError(
          field: place, found: "neither entityID nor both of type and name",
          expected: "entityID of a stored entity, or type and name"))
      return nil
    }
    return .named(
      EntityDescription(
        type: type, name: name, aliases: told.aliases ?? [], leadID: told.leadID))
  }
}
