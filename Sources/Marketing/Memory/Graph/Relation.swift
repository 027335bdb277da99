#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// That one entity stands to another in some way. Its times are on two clocks, like those of a
/// `MemoryRecord`: its name stays when what is known of it changes, each state is a version.
package struct Relation: Sendable, Hashable {
  /// The relation's name.
  package var id: RelationID
  /// The entity that it starts from.
  package var subject: EntityID
  /// How the two stand to each other, for example `works_at`: 1 to 64 of `[a-z0-9_]`.
  package var predicate: String
  /// The entity that it leads to.
  package var object: EntityID
  /// Since when it holds.
  package var validFrom: Timestamp
  /// Until when it held, that moment not included; `nil` while it holds.
  package var validTo: Timestamp?
  /// When this version was recorded.
  package var recordedAt: Timestamp
  /// When another version took the place of this one, or it was found to be wrong; `nil` while neither.
  package var retractedAt: Timestamp?
  /// The role that it is private to; `nil` when every agent of the workspace may see it.
  package var role: AgentRoleID?
  /// The lead that it concerns.
  package var leadID: LeadID?
  /// Who said so: at least one, each once.
  package private(set) var sources: [RelationSource]

  /// A relation.
  package init(
    id: RelationID, subject: EntityID, predicate: String, object: EntityID, validFrom: Timestamp,
    validTo: Timestamp? = nil, recordedAt: Timestamp, role: AgentRoleID? = nil,
    leadID: LeadID? = nil, sources: [RelationSource]
  ) {
    self.id = id
    self.subject = subject
    self.predicate = predicate
    self.object = object
    self.validFrom = validFrom
    self.validTo = validTo
    self.recordedAt = recordedAt
    self.role = role
    self.leadID = leadID
    self.sources = sources
  }

  /// How sure it is that the relation holds, 0–1: that not every one of its sources is wrong, taken as
  /// independent of each other, 1 − ∏ (1 − weight) (noisy-or; Pearl 1988, section 4.3.2).
  package var weight: Double { 1 - sources.reduce(1) { $0 * (1 - $1.weight) } }

  /// How far it can be relied on: as far as the best of its sources.
  package var trust: TrustLevel { sources.map(\.trust).max() ?? .untrusted }

  /// Whether this version was what was known at a moment, and held then.
  package func holds(at moment: MemoryMoment) -> Bool {
    isKnown(at: moment.knownAt) && validFrom <= moment.asOf
      && (validTo.map { moment.asOf < $0 } ?? true)
  }

  /// Whether this version was what was known at a time of the record clock.
  package func isKnown(at knownAt: Timestamp) -> Bool {
    recordedAt <= knownAt && (retractedAt.map { knownAt < $0 } ?? true)
  }

  /// The entity at the other end.
  package func other(than entity: EntityID) -> EntityID { subject == entity ? object : subject }

  /// Takes another source in. What a source said before under the same reference gives way to what it
  /// says now, so that telling the same again changes nothing; unless it can be relied on less now.
  /// - Returns: whether anything is another than before; a source that is weaker than each of
  ///   `GraphLimits.sources` others is not kept.
  @discardableResult
  package mutating func add(_ source: RelationSource) -> Bool {
    if let place = sources.firstIndex(where: { $0.source == source.source }) {
      guard sources[place] != source, sources[place].trust <= source.trust else { return false }
      sources[place] = source
      return true
    }
    guard sources.count >= GraphLimits.sources else {
      sources.append(source)
      return true
    }
    let weakest = sources.indices.min { sources[$0].strength < sources[$1].strength }
    guard let weakest, sources[weakest].strength < source.strength else { return false }
    sources.remove(at: weakest)
    sources.append(source)
    return true
  }

  /// Takes back what some sources said, and takes in what is said instead.
  /// - Returns: whether anybody still says so; a relation that nobody does is not stored like that.
  package mutating func replace(_ old: [MemorySource], with new: RelationSource?) -> Bool {
    let place = sources.firstIndex { old.contains($0.source) } ?? sources.endIndex
    sources.removeAll { old.contains($0.source) }
    if let new { sources.insert(new, at: place) }
    return !sources.isEmpty
  }
}

package typealias RelationID = Identifier<Relation>

/// One who said that a relation holds.
package struct RelationSource: Sendable, Hashable, Codable {
  /// Who, and where.
  package var source: MemorySource
  /// How far it can be relied on.
  package var trust: TrustLevel
  /// How sure it is, 0–1.
  package var weight: Double
  /// How often it has seen it, by its own count.
  package var timesSeen: Int

  /// A source.
  package init(
    _ source: MemorySource, trust: TrustLevel = .agent, weight: Double = 1, timesSeen: Int = 1
  ) {
    self.source = source
    self.trust = trust
    self.weight = weight
    self.timesSeen = timesSeen
  }

  /// The more, the rather it is kept.
  fileprivate var strength: (TrustLevel, Double) { (trust, weight) }
}

/// The bounds of the graph.
package enum GraphLimits {
  /// Sources of one relation.
  package static let sources = 32
  /// Names of one entity, its own and those private to roles included.
  package static let names = 50
  /// Characters of a name.
  package static let nameLength = 200
  /// Bytes of a source's name or reference.
  package static let sourceBytes = 200
  /// Relations told at once.
  package static let relations = 100
  /// Relations on the way from one entity to another.
  package static let depth = 6
  /// Ways from one entity to another in one answer.
  package static let paths = 20
  /// Relations that a search looks at.
  package static let visits = 20_000
  /// Relations that a search follows from one entity, the strongest.
  package static let fanOut = 1_000
}

extension Relation {
  /// What following the relation costs a search for the strongest way: −ln(weight) in units of 2^−32, in
  /// whole numbers so that sums are the same in any order. A weight below 10^−12 counts as that.
  package var cost: Int64 { Int64((-log(max(weight, 1e-12)) * 4_294_967_296).rounded()) }
}
