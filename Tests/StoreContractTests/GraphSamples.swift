import JSONRPC
import Marketing

extension RelationSource {
  static func sample(
    _ name: String = "crm", _ reference: String? = nil, _ weight: Double = 0.5,
    _ trust: TrustLevel = .agent
  ) -> RelationSource {
    RelationSource(
      MemorySource(name: name, reference: reference), trust: trust, weight: weight)
  }
}

extension NewRelation {
  /// A relation between two companies by their names.
  static func sample(
    _ subject: String, _ predicate: String, _ object: String, _ source: RelationSource = .sample(),
    role: AgentRoleID? = nil, lead: LeadID? = nil, from: Timestamp? = nil, to: Timestamp? = nil,
    replaces: Bool = false
  ) -> NewRelation {
    NewRelation(
      .named("company", subject), predicate, .named("company", object), source: source,
      validFrom: from, validTo: to, role: role, leadID: lead, replaces: replaces)
  }
}

extension GraphFilter {
  /// What everybody sees at a time, unless another reader is given.
  static func at(_ time: Timestamp, for reader: MemoryReader = .agent(nil)) -> GraphFilter {
    GraphFilter(for: reader, at: MemoryMoment(now: time))
  }
}

extension Stores {
  /// Tells relations, with one event for the call.
  @discardableResult
  func relate(
    _ relations: NewRelation..., at time: Timestamp = noon, in workspace: WorkspaceID = .default
  ) async throws -> [Related] {
    try await knowledge.relate(
      relations, at: time,
      events: { related in
        related.allSatisfy { $0.change == .unchanged } ? [] : [.graph(.knowledgeRelated)]
      }, in: workspace)
  }

  /// The name among all of an entity that everybody sees.
  func entity(
    _ name: String, for reader: MemoryReader = .agent(nil), in workspace: WorkspaceID = .default
  ) async throws -> EntityID? {
    var query = EntityQuery(for: reader, knownAt: .distantFuture, limit: 1)
    query.name = name
    return try await knowledge.entities(matching: query, in: workspace).entities.first?.id
  }

  /// What is around an entity, as `subject predicate object`, by names.
  func facts(
    around name: String, _ filter: GraphFilter, in workspace: WorkspaceID = .default
  ) async throws -> [String] {
    guard let id = try await entity(name, for: filter.reader, in: workspace) else { return [] }
    let found = try await knowledge.neighbours(
      NeighbourQuery(of: [id], filter), in: workspace)
    return found.steps.map { found.text(of: $0.step.relation) }
  }
}

extension Neighbours {
  /// A relation in words.
  func text(of relation: Relation) -> String {
    let ends = [relation.subject, relation.object].map { entities[$0]?.name ?? "?" }
    return "\(ends[0]) \(relation.predicate) \(ends[1])"
  }
}

extension Event {
  static func graph(_ kind: Kind) -> Event {
    Event(id: "evt_graph", kind: kind, occurredAt: noon, actor: "tests/graph")
  }
}
