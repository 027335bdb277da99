extension GraphTable {
  /// Deletes relations with all their versions.
  /// - Returns: those that were there for the reader, as last known.
  package mutating func forget(
    _ relations: [RelationID], for reader: MemoryReader
  ) throws -> [Relation] {
    var forgotten: [Relation] = []
    for id in relations {
      let versions = try versions(of: id)
      guard let last = versions.last, reader.sees(recordOf: last.relation.role) else { continue }
      for version in versions { try delete(version) }
      forgotten.append(last.relation)
    }
    return forgotten
  }

  /// Deletes what a reader may see of an entity.
  /// - Returns: the relations that went with it, as last known; `nil` when it was not there for the reader.
  package mutating func forget(
    _ entity: EntityID, for reader: MemoryReader
  ) throws -> [Relation]? {
    guard var record = try self.entity(entity),
      record.seen(by: reader, knownAt: .distantFuture) != nil
    else { return nil }
    var forgotten = LastKnown()
    var rolesLeft: Set<AgentRoleID> = []
    for version in try versions(touching: entity) {
      if reader.sees(recordOf: version.relation.role) {
        try delete(version)
        forgotten.add(version.relation)
      } else if let role = version.relation.role {
        rolesLeft.insert(role)
      }
    }
    let shared = record.names.filter { $0.role == nil }
    record.names.removeAll { reader.sees(recordOf: $0.role) }
    // Others keep the relations that are private to them, and with those what they knew it by.
    for role in rolesLeft.sorted() where !record.names.contains(where: { $0.role == role }) {
      record.names += shared.map { name in
        var name = name
        name.role = role
        return name
      }
    }
    if record.names.isEmpty { try delete(entity) } else { try put(record) }
    return forgotten.relations
  }

  /// Deletes everything that concerns a lead, whoever may see it.
  package mutating func erase(_ lead: LeadID) throws -> GraphErasure {
    let own = Set(try entities(standingFor: lead).map(\.id))
    var versions = try versions(concerning: lead)
    for entity in own.sorted() { versions += try self.versions(touching: entity) }
    var forgotten = LastKnown()
    var ends: Set<EntityID> = []
    var deleted: Set<Int64> = []
    for version in versions where deleted.insert(version.number).inserted {
      try delete(version)
      forgotten.add(version.relation)
      ends.formUnion([version.relation.subject, version.relation.object])
    }
    var erasure = GraphErasure(relations: forgotten.relations.count)
    for entity in ends.union(own).sorted() {
      // Nobody speaks of what only this lead led to: its name may be somebody's.
      if try own.contains(entity) || !isTouched(entity) {
        try delete(entity)
        erasure.entities.append(entity)
      } else {
        erasure.touched.append(entity)
      }
    }
    return erasure
  }
}

/// Relations by name, each as its last version says, in the order in which they came.
private struct LastKnown {
  private(set) var relations: [Relation] = []
  private var places: [RelationID: Int] = [:]

  mutating func add(_ relation: Relation) {
    if let place = places[relation.id] {
      relations[place] = relation
    } else {
      places[relation.id] = relations.count
      relations.append(relation)
    }
  }
}
