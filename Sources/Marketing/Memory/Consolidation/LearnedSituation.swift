/// A situation whose patterns the graph tells of, to those who may see its episodes. The graph says what the
/// fact says that holds the patterns, and names that fact as where it has it from.
package struct LearnedSituation: Sendable, Hashable {
  /// What an entity is that stands for a situation.
  package static let entityType = "situation"
  /// What an entity is that stands for a sequence of actions.
  package static let sequenceType = "action_sequence"
  /// How a situation stands to what works in it.
  package static let predicate = "works_with"
  private static let separator = " > "

  /// The situation.
  package var situation: String
  /// The role that its episodes are private to; `nil` for those that every agent may see.
  package var role: AgentRoleID?

  /// A situation.
  package init(_ situation: String, role: AgentRoleID? = nil) {
    self.situation = situation
    self.role = role
  }

  /// The key of the fact that holds its patterns.
  package var key: String { ActionPatterns.key(of: situation) }

  /// Whether a record is a version of the fact that holds its patterns.
  package func isConcluded(by record: MemoryRecord) -> Bool {
    record.leadID == nil && record.role == role
      && record.source.name == ActionPatterns.sourceName && record.fact?.key == key
  }

  /// The fact that holds its patterns at a time, among versions of facts.
  package func conclusion(among records: [MemoryRecord], at now: Timestamp) -> MemoryRecord? {
    records.filter { record in
      isConcluded(by: record) && record.retractedAt == nil && !record.hasExpired(at: now)
        && record.validTo.map { now < $0 } ?? true
    }.max { $0.validFrom < $1.validFrom }
  }

  /// The entity that stands for it; `nil` where what it is called is no name.
  var entity: EntityDescription? {
    EntityDescription(type: Self.entityType, cutting: situation)
  }

  /// A sequence of actions that works.
  struct Sequence {
    let entity: EntityDescription
    let key: String
    let source: RelationSource
  }

  /// The sequences that a fact names, the surest first. What is one name when it is cut is one sequence.
  func sequences(in conclusion: MemoryRecord) -> [Sequence] {
    let patterns = conclusion.fact.map { ActionPatterns.patterns(in: $0.value) } ?? []
    let source = MemorySource(
      name: ActionPatterns.sourceName, reference: conclusion.id.rawValue)
    var known: Set<String> = []
    return patterns.compactMap { pattern in
      let name = pattern.actions.joined(separator: Self.separator)
      guard let entity = EntityDescription(type: Self.sequenceType, cutting: name) else {
        return nil
      }
      let key = TextFolding.folded(entity.name)
      guard known.insert(key).inserted else { return nil }
      return Sequence(
        entity: entity, key: key,
        source: RelationSource(
          source, weight: min(1, max(0, pattern.interval.low)),
          timesSeen: max(1, pattern.successes)))
    }
  }
}
