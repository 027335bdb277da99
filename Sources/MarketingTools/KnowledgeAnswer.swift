import JSONRPC
import MCP
import Marketing

/// What tools and resources say of entities and relations.
enum KnowledgeAnswer {
  /// An entity.
  struct EntityEntry: Encodable, Sendable {
    let entityID: EntityID
    let type: String
    let name: String
    let aliases: [String]?
    let leadID: LeadID?

    init(_ entity: Entity) {
      entityID = entity.id
      type = entity.type
      name = entity.name
      aliases = entity.aliases.isEmpty ? nil : entity.aliases
      leadID = entity.leadID
    }
  }

  /// A relation between two entities that stand beside it.
  struct RelationEntry: Encodable, Sendable {
    let relationID: RelationID
    let subject: EntityID
    let predicate: String
    let object: EntityID
    let weight: Double
    let trust: TrustLevel
    let validFrom: Timestamp
    let validTo: Timestamp?
    let leadID: LeadID?
    let distance: Int?
    /// The sources that weigh most.
    let sources: [SourceEntry]
    /// How many sources there are.
    let sourceCount: Int

    init(_ relation: Relation, distance: Int? = nil) {
      relationID = relation.id
      subject = relation.subject
      predicate = relation.predicate
      object = relation.object
      weight = relation.weight.rounded(to: 4)
      trust = relation.trust
      validFrom = relation.validFrom
      validTo = relation.validTo
      leadID = relation.leadID
      self.distance = distance
      let strongest = relation.sources.enumerated().sorted {
        ($1.element.trust, $1.element.weight, $0.offset)
          < ($0.element.trust, $0.element.weight, $1.offset)
      }
      sources = strongest.prefix(3).map { SourceEntry($0.element) }
      sourceCount = relation.sources.count
    }
  }

  /// A source of a relation.
  struct SourceEntry: Encodable, Sendable {
    let name: String
    let reference: String?
    let trust: TrustLevel
    let weight: Double

    init(_ source: RelationSource) {
      name = source.source.name
      reference = source.source.reference
      trust = source.trust
      weight = source.weight.rounded(to: 4)
    }
  }
}

extension CallInterruption {
  /// That an entity is not there for the reader.
  static func noSuchEntity(_ id: EntityID, at pointer: String) -> CallInterruption {
    .problem(
      CallProblem(
        .notFound,
        "\(pointer.dropFirst()): there is no entity '\(id)'. Find entities by name with "
          + "query_knowledge, or make one with relate_entities.",
        fields: [.init(pointer: pointer, detail: "there is no entity '\(id)'")]))
  }
}
