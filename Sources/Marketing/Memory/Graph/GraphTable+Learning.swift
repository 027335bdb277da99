extension GraphTable {
  /// Has the graph say of a situation what is concluded of it. What holds goes on holding, as surely as is
  /// known now; what does not hold any more ends, and stays known as what it was. What others say of the same
  /// is left alone.
  /// - Parameters:
  ///   - conclusion: the fact that holds the patterns; `nil` when there is none.
  ///   - isOwn: whether a record that consolidation named holds, or held, patterns of this situation, or is gone.
  /// - Returns: what has changed.
  package mutating func learn(
    _ learned: LearnedSituation, from conclusion: MemoryRecord?, at now: Timestamp,
    isOwn: (MemoryID) throws -> Bool
  ) throws -> [Related] {
    guard let situation = learned.entity else { return [] }
    let time = conclusion?.validFrom ?? now
    var wanted = conclusion.map(learned.sequences(in:)) ?? []
    var related: [Related] = []
    for version in try relations(of: learned, situation)
    where version.relation.retractedAt == nil
      && version.relation.validTo.map({ time < $0 }) ?? true
    {
      let own = try version.relation.sources.map(\.source).filter { source in
        try source.conclusion.map(isOwn) ?? false
      }
      if own.isEmpty { continue }
      let keys = Set(try entity(version.relation.object)?.names.map(\.key) ?? [])
      let place = wanted.firstIndex { keys.contains($0.key) }
      let source = place.map { wanted.remove(at: $0).source }
      if let change = try replace(own, with: source, in: version, endingAt: time, at: now) {
        related.append(change)
      }
    }
    let new = wanted.map { sequence in
      NewRelation(
        .named(situation), LearnedSituation.predicate, .named(sequence.entity),
        source: sequence.source, validFrom: time, role: learned.role)
    }
    return try related + relate(new, at: now).filter(\.hasChanged)
  }

  /// Puts what consolidation says of a relation in the place of what it said before.
  /// - Returns: `nil` when it says the same.
  private mutating func replace(
    _ own: [MemorySource], with source: RelationSource?, in version: RelationVersion,
    endingAt time: Timestamp, at now: Timestamp
  ) throws -> Related? {
    var relation = version.relation
    let isSaid = relation.replace(own, with: source)
    guard relation != version.relation else { return nil }
    try retract(version, at: now)
    if isSaid {
      relation.recordedAt = now
      try insert(relation)
      return Related(relation: relation, change: .merged)
    }
    var ended = version.relation
    if ended.validFrom < time {
      (ended.validTo, ended.recordedAt) = (time, now)
      try insert(ended)
    } else {
      // What began at the same moment never held.
      ended.retractedAt = now
    }
    return Related(relation: ended, change: .unchanged, ended: [ended])
  }

  /// Deletes what the graph has from conclusions that are erased, in every version. What others say of the same
  /// stays as theirs.
  /// - Parameter conclusions: the names of the facts that are gone, by what they were of.
  package mutating func unlearn(
    _ conclusions: [LearnedSituation: [MemoryID]]
  ) throws -> GraphErasure {
    var erasure = GraphErasure()
    var ends: Set<EntityID> = []
    for (learned, ids) in conclusions {
      guard let situation = learned.entity else { continue }
      let gone = Set(ids)
      let relations = Dictionary(grouping: try relations(of: learned, situation)) {
        $0.relation.id
      }
      for versions in relations.values {
        let left = versions.compactMap { $0.relation.without(gone) }
        guard left != versions.map(\.relation) else { continue }
        for version in versions { try delete(version) }
        // All of them anew, so that they stay in their order.
        for relation in left { try insert(relation) }
        if left.isEmpty { erasure.relations += 1 }
        ends.formUnion(versions.flatMap { [$0.relation.subject, $0.relation.object] })
      }
    }
    for end in ends.sorted() {
      if try isTouched(end) {
        erasure.touched.append(end)
      } else {
        try delete(end)
        erasure.entities.append(end)
      }
    }
    return erasure
  }

  /// The versions of what works in a situation, whichever entity stood for it, in the order of their numbers.
  private func relations(
    of learned: LearnedSituation, _ situation: EntityDescription
  ) throws -> [RelationVersion] {
    let key = TextFolding.folded(situation.name)
    return try candidates(type: situation.type, key: key, leadID: nil).map(\.id).sorted().flatMap {
      entity in
      try versions(touching: entity).filter { version in
        version.relation.subject == entity
          && version.relation.predicate == LearnedSituation.predicate
          && version.relation.role == learned.role
      }
    }
  }
}

extension MemorySource {
  /// The record that consolidation names as where it has something from; `nil` for what others say.
  fileprivate var conclusion: MemoryID? {
    name == ActionPatterns.sourceName ? reference.map(MemoryID.init(rawValue:)) : nil
  }
}

extension Relation {
  /// The relation without what consolidation has from some records; `nil` when nobody else says it.
  fileprivate func without(_ conclusions: Set<MemoryID>) -> Relation? {
    var relation = self
    let gone = sources.map(\.source).filter { $0.conclusion.map(conclusions.contains) ?? false }
    return relation.replace(gone, with: nil) ? relation : nil
  }
}
