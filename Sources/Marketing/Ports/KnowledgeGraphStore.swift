/// Keeps a graph of entities and relations. Every method is one transaction, and sees and touches one
/// workspace only; what is private to a role is there for nobody else. What a method has returned from is
/// durable.
package protocol KnowledgeGraphStore: Sendable {
  /// Takes relations in, in their order, all of them or none, as `GraphTable.relate` says.
  /// - Parameter events: makes the events to log from what became of the relations.
  /// - Returns: the fate of each relation.
  /// - Throws: as `GraphTable.relate`.
  func relate(
    _ relations: [NewRelation], at now: Timestamp,
    events: @escaping @Sendable ([Related]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Related]

  /// The entities of some names among all as they were known at a time, in the order of the names; those
  /// that are not there for the reader are left out. Read in place.
  func entities(
    _ ids: [EntityID], for reader: MemoryReader, knownAt: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> [Entity]

  /// Entities that are called something, in the order of their names.
  func entities(
    matching query: EntityQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> EntityPage

  /// The entities that stand for a lead and those at the ends of relations that concern it, in the order of
  /// their names among all.
  func entities(
    of lead: LeadID, for reader: MemoryReader, at moment: MemoryMoment, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Entity]

  /// The relations around some entities, the nearest first, then the strongest.
  func neighbours(
    _ query: NeighbourQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> Neighbours

  /// The ways from one entity to another, the best first.
  func paths(
    _ query: PathQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphPaths

  /// Deletes relations with all their versions. Their entities stay.
  /// - Returns: the relations that were there for the reader and are not any more, as last known.
  func forgetRelations(
    _ ids: [RelationID], for reader: MemoryReader,
    events: @escaping @Sendable ([Relation]) -> [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation]

  /// Deletes what the reader may see of an entity: its names, and the relations that touch it. The entity
  /// itself goes when nothing is left of it for anybody.
  /// - Parameter events: makes the events to log from the relations that went with it.
  /// - Returns: those relations; `nil` when the entity was not there for the reader.
  func forgetEntity(
    _ id: EntityID, for reader: MemoryReader, events: @escaping @Sendable ([Relation]) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [Relation]?

  /// Deletes everything that concerns a lead, whoever may see it: relations of the lead, the entities that
  /// stand for it with all relations that touch them, and entities that no other relation touches then.
  /// - Parameter events: makes the events to log from what was deleted.
  func eraseLead(
    _ id: LeadID, events: @escaping @Sendable (GraphErasure) -> [Event],
    in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphErasure

  /// What has changed behind a place, in the order of the changes, for indexes that follow.
  /// - Parameter place: `start` for one that holds nothing, or what the page before ended with.
  /// - Returns: `nil` when it is not known any more what was deleted behind that place: what follows may hold
  ///   some of it, so it begins anew, with nothing and from the start, where this is never said. It can also
  ///   happen between two pages, when as much is deleted meanwhile.
  func graphChanges(
    after place: ChangePlace, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> GraphChanges?

  /// The place of the latest change, which never goes back; read in place.
  func latestGraphChange(in workspace: WorkspaceID) throws(StoreError) -> Int64

  /// Prunes the changes of every workspace that say that something is not there any more, the oldest first.
  /// - Parameter newest: so many of a workspace's latest changes stay, whatever they say, and one at least.
  /// - Returns: how many were pruned; fewer than the limit when none is left.
  func pruneGraphChanges(keeping newest: Int, limit: Int) async throws(StoreError) -> Int
}

/// Which entities to look for. All conditions must hold; an absent one holds always.
package struct EntityQuery: Sendable, Hashable {
  /// Who asks.
  package var reader: MemoryReader
  /// What was recorded by this time.
  package var knownAt: Timestamp
  /// The beginning of a name or alias; spelling does not count.
  package var name = ""
  /// The beginning of the name among all.
  package var id = ""
  /// Any of these types; empty for every one.
  package var types: Set<String> = []
  /// Where the page before ended.
  package var after: EntityPlace?
  /// How many at most.
  package var limit: Int

  /// A query of everything.
  package init(for reader: MemoryReader, knownAt: Timestamp, limit: Int = 50) {
    self.reader = reader
    self.knownAt = knownAt
    self.limit = limit
  }
}

/// A place in a list of entities.
package struct EntityPlace: Sendable, Hashable, Codable {
  /// The key of the name that was found.
  package var key: String
  /// The entity's name among all.
  package var id: EntityID

  /// A place.
  package init(key: String, id: EntityID) {
    self.key = key
    self.id = id
  }

  /// Whether it is in front of another: by the bytes of the keys, then by name.
  package func precedes(_ other: EntityPlace) -> Bool {
    key == other.key ? id < other.id : key.utf8.lexicographicallyPrecedes(other.key.utf8)
  }
}

/// A page of entities.
package struct EntityPage: Sendable, Hashable {
  /// The entities.
  package var entities: [Entity]
  /// Where the next page starts; `nil` when this is the last.
  package var next: EntityPlace?

  /// A page.
  package init(entities: [Entity], next: EntityPlace?) {
    self.entities = entities
    self.next = next
  }
}

/// What to look for around entities.
package struct NeighbourQuery: Sendable, Hashable {
  /// Where to begin. Those that are not there for the reader are passed over.
  package var entities: [EntityID]
  /// What to follow.
  package var filter: GraphFilter
  /// How far to go, 1 to `GraphLimits.depth`.
  package var depth = 1
  /// Where the page before ended.
  package var after: StepPlace?
  /// How many relations at most.
  package var limit: Int

  /// A query of all that touches some entities.
  package init(of entities: [EntityID], _ filter: GraphFilter, limit: Int = 50) {
    self.entities = entities
    self.filter = filter
    self.limit = limit
  }
}

/// What is around entities.
package struct Neighbours: Sendable, Hashable {
  /// The relations, each once and from its nearer end.
  package var steps: [GraphSearch.Found]
  /// The entities at their ends, by name among all.
  package var entities: [EntityID: Entity]
  /// Where the next page starts; `nil` when this is the last.
  package var next: StepPlace?
  /// Whether everything within the depth was looked at.
  package var isComplete: Bool

  /// Surroundings.
  package init(
    steps: [GraphSearch.Found], entities: [EntityID: Entity], next: StepPlace?, isComplete: Bool
  ) {
    self.steps = steps
    self.entities = entities
    self.next = next
    self.isComplete = isComplete
  }
}

/// Which ways to look for.
package struct PathQuery: Sendable, Hashable {
  /// Where ways begin.
  package var source: EntityID
  /// Where they end.
  package var target: EntityID
  /// What they follow.
  package var filter: GraphFilter
  /// The most relations of a way, 1 to `GraphLimits.depth`.
  package var depth = GraphLimits.depth
  /// Which are the best.
  package var order = GraphPathSearch.Order.strongest
  /// How many at most, up to `GraphLimits.paths`.
  package var limit: Int

  /// A query of the strongest ways.
  package init(
    from source: EntityID, to target: EntityID, _ filter: GraphFilter, limit: Int = 3
  ) {
    self.source = source
    self.target = target
    self.filter = filter
    self.limit = limit
  }
}

/// Ways through the graph.
package struct GraphPaths: Sendable, Hashable {
  /// The ways, the best first.
  package var ways: [GraphPathSearch.Way]
  /// The entities that they come by, by name among all.
  package var entities: [EntityID: Entity]
  /// Whether all that could be a way was looked at.
  package var isComplete: Bool

  /// Ways.
  package init(
    ways: [GraphPathSearch.Way], entities: [EntityID: Entity], isComplete: Bool
  ) {
    self.ways = ways
    self.entities = entities
    self.isComplete = isComplete
  }
}

/// What was deleted with a lead.
package struct GraphErasure: Sendable, Hashable {
  /// How many relations, their versions not counted.
  package var relations: Int
  /// The entities that are gone.
  package var entities: [EntityID]
  /// The entities that stay and had a relation that is gone.
  package var touched: [EntityID]

  /// An erasure.
  package init(relations: Int = 0, entities: [EntityID] = [], touched: [EntityID] = []) {
    self.relations = relations
    self.entities = entities
    self.touched = touched
  }

  /// Takes in what was deleted after it.
  package mutating func add(_ later: GraphErasure) {
    relations += later.relations
    entities += later.entities
    touched = Set(touched + later.touched).subtracting(entities).sorted()
  }
}

/// One version of a relation or one entity, by the store's own number for it.
package enum GraphChange: Sendable, Hashable {
  /// A version is there, new or retracted since.
  case relation(RelationVersion)
  /// A version is not there any more.
  case deletedRelation(version: Int64)
  /// An entity is there, new or with other names.
  case entity(number: Int64, EntityRecord)
  /// An entity is not there any more.
  case deletedEntity(number: Int64)
}

/// Changes of a workspace's graph.
package typealias GraphChanges = StoreChanges<GraphChange>
