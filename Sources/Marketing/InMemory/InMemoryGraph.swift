/// The entities and relations of one workspace.
struct InMemoryGraph: Sendable {
  struct Stored: Sendable {
    let number: Int64
    var record: EntityRecord
  }

  private enum Thing: Sendable, Hashable {
    case entity(Int64)
    case relation(Int64)
  }

  /// The leads that are stored, for the time of a transaction.
  var leads: Set<LeadID> = []
  private(set) var entities: [EntityID: Stored] = [:]
  private(set) var versions: [Int64: Relation] = [:]
  private var versionsAt: [EntityID: Set<Int64>] = [:]
  private var entityIDs: [Int64: EntityID] = [:]
  private var changes = InMemoryChanges<Thing>()
  private var lastNumber: Int64 = 0

  var lastChange: Int64 { changes.latest }

  private mutating func note(_ thing: Thing) { changes.note(thing) }

  private mutating func nextNumber() -> Int64 {
    lastNumber += 1
    return lastNumber
  }

  private func versions(where isWanted: (Relation) -> Bool) -> [RelationVersion] {
    versions.filter { isWanted($0.value) }.map {
      RelationVersion(number: $0.key, relation: $0.value)
    }
    .sorted { $0.number < $1.number }
  }

  /// What has changed behind a place; `nil` where some of it was pruned.
  func changes(after place: ChangePlace, limit: Int) -> GraphChanges? {
    changes.page(after: place, limit: limit) { thing in
      switch thing {
      case .entity(let number):
        entityIDs[number].flatMap { entities[$0] }
          .map { .entity(number: number, $0.record) } ?? .deletedEntity(number: number)
      case .relation(let number):
        versions[number].map { .relation(RelationVersion(number: number, relation: $0)) }
          ?? .deletedRelation(version: number)
      }
    }
  }

  mutating func pruneChanges(keeping newest: Int, limit: Int) -> Int {
    let (entityIDs, versions) = (entityIDs, versions)
    return changes.prune(keeping: newest, limit: limit) { thing in
      switch thing {
      case .entity(let number): entityIDs[number] != nil
      case .relation(let number): versions[number] != nil
      }
    }
  }

  /// The entities that a reader sees, by name among all.
  func entities(
    _ ids: some Sequence<EntityID>, for reader: MemoryReader, knownAt: Timestamp
  ) -> [EntityID: Entity] {
    var seen: [EntityID: Entity] = [:]
    for id in ids {
      seen[id] = entities[id]?.record.seen(by: reader, knownAt: knownAt)
    }
    return seen
  }
}

extension InMemoryGraph: GraphTable {
  func candidates(type: String, key: String, leadID: LeadID?) -> [EntityRecord] {
    entities.values.map(\.record).filter { record in
      record.type == type
        && record.names.contains { $0.key == key || leadID != nil && $0.leadID == leadID }
    }
  }

  func entity(_ id: EntityID) -> EntityRecord? { entities[id]?.record }

  func entities(standingFor lead: LeadID) -> [EntityRecord] {
    entities.values.map(\.record).filter { $0.names.contains { $0.leadID == lead } }
  }

  mutating func put(_ record: EntityRecord) {
    let number = entities[record.id]?.number ?? nextNumber()
    entities[record.id] = Stored(number: number, record: record)
    entityIDs[number] = record.id
    note(.entity(number))
  }

  mutating func delete(_ entity: EntityID) {
    guard let stored = entities.removeValue(forKey: entity) else { return }
    entityIDs[stored.number] = nil
    versionsAt[entity] = nil
    note(.entity(stored.number))
  }

  func current(
    subject: EntityID, predicate: String, object: EntityID?
  ) -> [RelationVersion] {
    versions(touching: subject).filter {
      $0.relation.subject == subject && $0.relation.predicate == predicate
        && $0.relation.retractedAt == nil && (object == nil || $0.relation.object == object)
    }
  }

  func versions(of relation: RelationID) -> [RelationVersion] { versions { $0.id == relation } }

  func versions(touching entity: EntityID) -> [RelationVersion] {
    (versionsAt[entity] ?? []).sorted().compactMap { number in
      versions[number].map { RelationVersion(number: number, relation: $0) }
    }
  }

  func isTouched(_ entity: EntityID) -> Bool { versionsAt[entity]?.isEmpty == false }

  func versions(concerning lead: LeadID) -> [RelationVersion] { versions { $0.leadID == lead } }

  mutating func insert(_ relation: Relation) {
    let number = nextNumber()
    versions[number] = relation
    versionsAt[relation.subject, default: []].insert(number)
    versionsAt[relation.object, default: []].insert(number)
    note(.relation(number))
  }

  mutating func retract(_ version: RelationVersion, at time: Timestamp) {
    versions[version.number]?.retractedAt = time
    note(.relation(version.number))
  }

  mutating func delete(_ version: RelationVersion) {
    guard let relation = versions.removeValue(forKey: version.number) else { return }
    versionsAt[relation.subject]?.remove(version.number)
    versionsAt[relation.object]?.remove(version.number)
    note(.relation(version.number))
  }

  func hasLead(_ id: LeadID) -> Bool { leads.contains(id) }

  func newID<Thing>(_ prefix: String, at now: Timestamp) -> Identifier<Thing> {
    var generator = SystemRandomNumberGenerator()
    return Identifier.make(
      prefix: prefix, at: now, random: (generator.next(), generator.next()))
  }
}

extension InMemoryGraph: GraphAdjacency {
  func steps(
    from entities: [EntityID], _ filter: GraphFilter, orTo ends: Set<EntityID>,
    after place: StepPlace?, limit: Int
  ) -> [EntityID: [GraphStep]] {
    var steps: [EntityID: [GraphStep]] = [:]
    for entity in entities {
      let own = versions(touching: entity).map(\.relation).compactMap { relation -> GraphStep? in
        let step = GraphStep(relation, isOutgoing: relation.subject == entity)
        let isFollowed =
          switch filter.direction {
          case .outgoing: step.isOutgoing
          case .incoming: !step.isOutgoing
          case .any: true
          }
        guard isFollowed, filter.passes(relation),
          place.map({ $0 < StepPlace(of: relation) }) ?? true
        else { return nil }
        let isWanted =
          filter.types.isEmpty || ends.contains(step.end)
          || self.entities[step.end].map { filter.types.contains($0.record.type) } ?? false
        return isWanted ? step : nil
      }
      steps[entity] = Array(
        own.sorted { StepPlace(of: $0.relation) < StepPlace(of: $1.relation) }.prefix(limit))
    }
    return steps
  }
}
