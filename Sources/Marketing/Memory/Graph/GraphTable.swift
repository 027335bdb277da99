/// What telling a graph of relations needs of a store, all of it within one transaction.
package protocol GraphTable {
  /// The entities of a type that have a name with this key, and those that stand for the lead.
  func candidates(type: String, key: String, leadID: LeadID?) throws -> [EntityRecord]
  /// The entity of this name among all; `nil` when there is none.
  func entity(_ id: EntityID) throws -> EntityRecord?
  /// The entities that stand for a lead, whoever said so.
  func entities(standingFor lead: LeadID) throws -> [EntityRecord]
  /// Stores an entity, new or with other names.
  mutating func put(_ record: EntityRecord) throws
  /// Deletes an entity with its names. No relation touches it any more.
  mutating func delete(_ entity: EntityID) throws
  /// The versions of relations of a subject and predicate that nothing has taken the place of.
  /// - Parameter object: only relations to this entity; `nil` for all.
  func current(
    subject: EntityID, predicate: String, object: EntityID?
  ) throws -> [RelationVersion]
  /// All versions of a relation, in the order of their numbers.
  func versions(of relation: RelationID) throws -> [RelationVersion]
  /// All versions of relations at an entity, in the order of their numbers.
  func versions(touching entity: EntityID) throws -> [RelationVersion]
  /// Whether there is any version of a relation at an entity.
  func isTouched(_ entity: EntityID) throws -> Bool
  /// All versions of relations that concern a lead, in the order of their numbers.
  func versions(concerning lead: LeadID) throws -> [RelationVersion]
  /// Stores a version of a relation.
  mutating func insert(_ relation: Relation) throws
  /// Says that a version is not what is known any more.
  mutating func retract(_ version: RelationVersion, at time: Timestamp) throws
  /// Deletes a version.
  mutating func delete(_ version: RelationVersion) throws
  /// Whether a lead is stored.
  func hasLead(_ id: LeadID) throws -> Bool
  /// A name that nothing has yet.
  func newID<Thing>(_ prefix: String, at now: Timestamp) -> Identifier<Thing>
}

/// A version of a relation by the store's own number for it.
package struct RelationVersion: Sendable, Hashable {
  /// The number; never used again for another.
  package var number: Int64
  /// The relation.
  package var relation: Relation

  /// A version.
  package init(number: Int64, relation: Relation) {
    self.number = number
    self.relation = relation
  }
}

extension GraphTable {
  /// Takes relations in, in their order.
  ///
  /// One that is there already, with the same ends, predicate, role and lead in a time that overlaps, is put
  /// together with it: its sources are kept side by side. One that replaces ends the others of its subject,
  /// predicate and role when it is told to begin, or ends when the next of them begins; those that are more
  /// trusted stay, and conflict. Nothing is deleted.
  /// - Throws: `StoreError`: `.notFound` for an entity that the role does not know and for a lead that is
  ///   not stored, `.conflict` for a relation of an entity to itself and for one name too many.
  package mutating func relate(
    _ relations: [NewRelation], at now: Timestamp
  ) throws -> [Related] {
    var related: [Related] = []
    related.reserveCapacity(relations.count)
    for relation in relations { related.append(try relate(relation, at: now)) }
    return related
  }

  private mutating func relate(_ new: NewRelation, at now: Timestamp) throws -> Related {
    if let lead = new.leadID { try require(lead) }
    var newEntities: [EntityID] = []
    var named: [EntityID] = []
    let subject = try resolve(new.subject, role: new.role, at: now, &newEntities, &named)
    let object = try resolve(new.object, role: new.role, at: now, &newEntities, &named)
    guard subject != object else { throw StoreError.sameEntity(new.predicate) }
    let all = try current(
      subject: subject, predicate: new.predicate, object: new.replaces ? nil : object
    ).filter { $0.relation.role == new.role }
    let same = all.filter { $0.relation.object == object && $0.relation.leadID == new.leadID }
    let begin = new.validFrom ?? now
    let known = same.filter { $0.relation.overlaps(from: begin, to: new.validTo) }
      .max { $0.relation.validFrom < $1.relation.validFrom }
    let relation =
      known.map { Self.merged(new, into: $0.relation, beside: all.map(\.relation)) }
      ?? Relation(
        id: newID("rel_", at: now), subject: subject, predicate: new.predicate, object: object,
        validFrom: begin, validTo: new.validTo, recordedAt: now, role: new.role,
        leadID: new.leadID, sources: [new.source])
    var fate = Related(relation: relation, change: .new, newEntities: newEntities)
    fate.namedEntities = named
    if new.replaces {
      let others = all.filter { $0.relation.object != object }
      try replace(others, with: &fate, from: begin, new.source.trust, at: now)
    }
    if let known {
      guard fate.relation != known.relation else {
        fate.change = .unchanged
        return fate
      }
      fate.change = .merged
      fate.relation.recordedAt = now
      try retract(known, at: now)
    }
    try insert(fate.relation)
    return fate
  }

  /// A relation with what is told of it now. Times that are told are taken over, unless by a source that is
  /// less trusted than those so far; no period runs into the one before.
  /// - Parameter others: the relations to the same object, and those that this one replaces.
  private static func merged(
    _ new: NewRelation, into known: Relation, beside others: [Relation]
  ) -> Relation {
    var merged = known
    merged.add(new.source)
    guard new.source.trust >= known.trust else { return merged }
    if let validFrom = new.validFrom, validFrom < known.validFrom {
      let ends = others.compactMap { other -> Timestamp? in
        if other.object == known.object {
          return other.leadID == known.leadID ? other.validTo : nil
        }
        let isBetween =
          other.validFrom > validFrom && other.validFrom < known.validFrom
          && other.trust >= merged.trust
        return isBetween ? min(other.validTo ?? known.validFrom, known.validFrom) : nil
      }.filter { $0 <= known.validFrom }
      merged.validFrom = max(validFrom, ends.max() ?? validFrom)
    }
    if let validTo = new.validTo, validTo > known.validFrom { merged.validTo = validTo }
    return merged
  }

  /// Ends the others where one takes their place.
  /// - Parameter told: since when it does; where it was known before, it may itself hold for longer.
  private mutating func replace(
    _ others: [RelationVersion], with fate: inout Related, from told: Timestamp,
    _ trust: TrustLevel, at now: Timestamp
  ) throws {
    let begin = max(told, fate.relation.validFrom)
    for other in others.sorted(by: { $0.relation.validFrom < $1.relation.validFrom }) {
      var relation = other.relation
      guard relation.overlaps(from: begin, to: fate.relation.validTo) else { continue }
      guard relation.trust <= trust else {
        fate.conflicts.append(relation.id)
        continue
      }
      if relation.validFrom > begin {
        // Told late: what came behind it stays. What is less trusted ends nothing.
        if relation.trust >= fate.relation.trust { fate.relation.validTo = relation.validFrom }
        continue
      }
      try retract(other, at: now)
      if relation.validFrom < begin {
        relation.validTo = begin
        relation.recordedAt = now
        try insert(relation)
      } else {
        // One that began at the same moment never held.
        relation.retractedAt = now
      }
      fate.ended.append(relation)
    }
  }

  private func require(_ lead: LeadID) throws {
    guard try hasLead(lead) else {
      throw StoreError(.notFound, "There is no lead '\(lead)'")
    }
  }
}

extension GraphTable {
  /// Finds the entity that is spoken of, or makes it, and keeps what is said of it.
  private mutating func resolve(
    _ reference: EntityReference, role: AgentRoleID?, at now: Timestamp,
    _ newEntities: inout [EntityID], _ namedEntities: inout [EntityID]
  ) throws -> EntityID {
    let reader = MemoryReader.agent(role)
    switch reference {
    case .id(let id):
      guard let record = try entity(id), record.seen(by: reader, knownAt: .distantFuture) != nil
      else { throw StoreError.noEntity(id, for: role) }
      return id
    case .named(let description):
      if let lead = description.leadID { try require(lead) }
      let key = TextFolding.folded(description.name)
      let found = EntityChoice(description, key: key, reader: reader).best(
        among: try candidates(
          type: description.type, key: key, leadID: description.leadID))
      let record =
        found
        ?? EntityRecord(id: newID("ent_", at: now), type: description.type, names: [])
      let isNew = record.seen(by: reader, knownAt: .distantFuture) == nil
      if isNew { newEntities.append(record.id) }
      let named = try Self.named(record, as: description, key: key, role: role, at: now)
      if named != record {
        try put(named)
        if !isNew { namedEntities.append(record.id) }
      }
      return record.id
    }
  }

  /// The entity with the names and the lead that whoever speaks of it did not know yet.
  private static func named(
    _ record: EntityRecord, as description: EntityDescription, key: String, role: AgentRoleID?,
    at now: Timestamp
  ) throws -> EntityRecord {
    var record = record
    let reader = MemoryReader.agent(role)
    let visible = record.names.filter { reader.sees(recordOf: $0.role) }
    var known = Set(visible.map(\.key))
    let leadID = visible.contains { $0.leadID != nil } ? nil : description.leadID
    if let leadID, known.contains(key) {
      // What one role knows of a lead is not written beside a name that everybody sees.
      if let place = record.names.firstIndex(where: { $0.key == key && $0.role == role }) {
        record.names[place].leadID = leadID
      } else {
        known.remove(key)
      }
    }
    let ownKey = visible.first { !$0.isAlias }?.key ?? key
    for (place, text) in ([description.name] + description.aliases).enumerated() {
      let textKey = TextFolding.folded(text)
      guard known.insert(textKey).inserted else { continue }
      record.names.append(
        EntityName(
          text, isAlias: place > 0 || textKey != ownKey, role: role,
          leadID: place == 0 ? leadID : nil, recordedAt: now))
    }
    // What others call it is no business of whoever speaks.
    guard record.names.count(where: { reader.sees(recordOf: $0.role) }) <= GraphLimits.names else {
      throw StoreError(
        .conflict,
        "The entity '\(record.id)' would have more than \(GraphLimits.names) names, "
          + "leave out aliases")
    }
    return record
  }
}

extension GraphTable {
  /// The entities that stand for a lead and those at the ends of relations that concern it, as a reader sees
  /// them at a moment, in the order of their names among all.
  package func entities(
    of lead: LeadID, for reader: MemoryReader, at moment: MemoryMoment
  ) throws -> [Entity] {
    let filter = GraphFilter(for: reader, at: moment)
    var ids = Set(
      try versions(concerning: lead).map(\.relation).filter(filter.passes)
        .flatMap { [$0.subject, $0.object] })
    for record in try entities(standingFor: lead)
    where record.seen(by: reader, knownAt: moment.knownAt)?.leadID == lead {
      ids.insert(record.id)
    }
    return try ids.sorted().compactMap {
      try entity($0)?.seen(by: reader, knownAt: moment.knownAt)
    }
  }
}

/// Which of some entities a description means to somebody.
private struct EntityChoice {
  let description: EntityDescription
  let key: String
  let reader: MemoryReader

  init(_ description: EntityDescription, key: String, reader: MemoryReader) {
    self.description = description
    self.key = key
    self.reader = reader
  }

  /// The one that stands for the lead, else one that is known by this name, first as its own, then as an
  /// alias; of equals the role's own. `nil` when a new one has to be made: what only others know of is
  /// not there, so that nobody hears of it.
  func best(among candidates: [EntityRecord]) -> EntityRecord? {
    candidates.compactMap { record in rank(record).map { (rank: $0, record: record) } }
      .min { ($0.rank, $0.record.id) < ($1.rank, $1.record.id) }?.record
  }

  private func rank(_ record: EntityRecord) -> Int? {
    guard record.type == description.type else { return nil }
    let visible = record.names.filter { reader.sees(recordOf: $0.role) }
    let leads = Set(visible.compactMap(\.leadID))
    if let lead = description.leadID {
      if visible.contains(where: { $0.leadID == lead }) { return 0 }
      guard leads.isSubset(of: [lead]) else { return nil }
    }
    // Of namesakes the one that is nobody's lead.
    let namesake = leads.isEmpty || description.leadID != nil ? 0 : 2
    let shared = visible.contains { $0.role == nil } ? 1 : 0
    if visible.contains(where: { !$0.isAlias && $0.key == key }) { return 1 + namesake + shared }
    if visible.contains(where: { $0.key == key }) { return 5 + namesake + shared }
    return nil
  }
}

extension Relation {
  /// Whether it holds at any time of a span.
  /// - Parameter end: the first moment that is no part of it; `nil` for none.
  fileprivate func overlaps(from start: Timestamp, to end: Timestamp?) -> Bool {
    (validTo.map { start < $0 } ?? true) && (end.map { validFrom < $0 } ?? true)
  }
}

extension StoreError {
  /// That a relation would lead from an entity to itself. Which one is not said: it may be new with the
  /// relation, and then it is not there.
  package static func sameEntity(_ predicate: String) -> StoreError {
    StoreError(.conflict, "\(predicate): subject and object are the same entity")
  }

  /// That an entity is not there for a role, in words that do not tell whether it is for others.
  package static func noEntity(_ id: EntityID, for role: AgentRoleID?) -> StoreError {
    StoreError(.notFound, "There is no entity '\(id)'\(role.map { " for the role '\($0)'" } ?? "")")
  }
}

extension Timestamp {
  /// Later than anything.
  package static var distantFuture: Timestamp { Timestamp(milliseconds: .max) }
}
