/// Which relations a search follows, and who looks when.
package struct GraphFilter: Sendable, Hashable {
  /// The ways in which a relation is followed.
  package enum Direction: String, Sendable, Hashable, Codable {
    /// From subject to object.
    case outgoing
    /// From object to subject.
    case incoming
    /// Both.
    case any

    /// The same relations, followed from the other end.
    var reversed: Direction {
      switch self {
      case .outgoing: .incoming
      case .incoming: .outgoing
      case .any: .any
      }
    }
  }

  /// Who looks.
  package var reader: MemoryReader
  /// The moment to look at.
  package var moment: MemoryMoment
  /// How relations are followed.
  package var direction = Direction.any
  /// Any of these predicates; empty for every one.
  package var predicates: Set<String> = []
  /// Only to entities of any of these types; empty for every one.
  package var types: Set<String> = []

  /// A filter that lets everything pass that the reader may see at the moment.
  package init(for reader: MemoryReader, at moment: MemoryMoment) {
    self.reader = reader
    self.moment = moment
  }

  /// Whether a relation passes, its ends left aside.
  package func passes(_ relation: Relation) -> Bool {
    reader.sees(recordOf: relation.role) && relation.holds(at: moment)
      && (predicates.isEmpty || predicates.contains(relation.predicate))
  }
}

/// A relation as it is followed from one of its ends.
package struct GraphStep: Sendable, Hashable {
  /// The relation.
  package var relation: Relation
  /// Whether it is followed from subject to object.
  package var isOutgoing: Bool

  /// A step.
  package init(_ relation: Relation, isOutgoing: Bool) {
    self.relation = relation
    self.isOutgoing = isOutgoing
  }

  /// The entity that it comes from.
  package var start: EntityID { isOutgoing ? relation.subject : relation.object }
  /// The entity that it leads to.
  package var end: EntityID { isOutgoing ? relation.object : relation.subject }
  /// The same relation, followed from its other end.
  var reversed: GraphStep { GraphStep(relation, isOutgoing: !isOutgoing) }
}

/// The place of a step among those from one entity: the strongest first, then by name.
package struct StepPlace: Sendable, Hashable, Codable, Comparable {
  /// How far from where the search began, 1 and up.
  package var distance: Int
  /// The relation's weight.
  package var weight: Double
  /// The relation's name.
  package var id: RelationID

  /// The place of a relation.
  package init(of relation: Relation, distance: Int = 1) {
    self.distance = distance
    weight = relation.weight
    id = relation.id
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.distance, right.weight, left.id) < (right.distance, left.weight, right.id)
  }
}

/// What a search over a graph needs: the relations that touch an entity, each read as the filter says.
package protocol GraphAdjacency {
  /// The steps from each of some entities that pass the filter, in the order of their places.
  /// - Parameters:
  ///   - ends: entities that a step may lead to whatever their type.
  ///   - place: only steps behind it.
  ///   - limit: the most of one entity.
  func steps(
    from entities: [EntityID], _ filter: GraphFilter, orTo ends: Set<EntityID>,
    after place: StepPlace?, limit: Int
  ) throws -> [EntityID: [GraphStep]]
}

extension GraphAdjacency {
  /// Gives the entities of some names among all that a reader sees at a time of the record clock.
  package typealias EntityLookUp = (Self, Set<EntityID>, MemoryReader, Timestamp) throws
    -> [EntityID: Entity]

  /// Answers a query for what is around entities.
  package func neighbours(
    _ query: NeighbourQuery, entities: EntityLookUp
  ) throws -> Neighbours {
    let (reader, knownAt) = (query.filter.reader, query.filter.moment.knownAt)
    let starts = try entities(self, Set(query.entities), reader, knownAt)
    let finds = try GraphSearch.neighbours(
      of: starts.keys.sorted(), depth: min(query.depth, GraphLimits.depth), query.filter,
      after: query.after, limit: query.limit, in: self)
    let ids = Set(finds.steps.flatMap { [$0.step.start, $0.step.end] }).union(starts.keys)
    return Neighbours(
      steps: finds.steps, entities: try entities(self, ids, reader, knownAt),
      next: finds.hasMore ? finds.steps.last?.place : nil, isComplete: finds.isComplete)
  }

  /// Answers a query for ways.
  package func paths(_ query: PathQuery, entities: EntityLookUp) throws -> GraphPaths {
    let search = GraphPathSearch(
      from: query.source, to: query.target, query.filter, depth: query.depth, order: query.order)
    let (ways, isComplete) = try search.ways(
      limit: min(query.limit, GraphLimits.paths), in: self)
    let ids = Set(ways.flatMap(\.entities)).union([query.source, query.target])
    return GraphPaths(
      ways: ways,
      entities: try entities(self, ids, query.filter.reader, query.filter.moment.knownAt),
      isComplete: isComplete)
  }
}
