/// Something that relations are about: a company, a person, a product, a concept. As one reader sees it.
package struct Entity: Sendable, Hashable {
  /// The entity's name among all.
  package var id: EntityID
  /// What it is, for example `company`: 1 to 64 of `[a-z0-9_]`.
  package var type: String
  /// What it is called.
  package var name: String
  /// What else it is called.
  package var aliases: [String]
  /// The lead that it stands for.
  package var leadID: LeadID?
  /// When it was first told of.
  package var recordedAt: Timestamp

  /// An entity.
  package init(
    id: EntityID, type: String, name: String, aliases: [String] = [], leadID: LeadID? = nil,
    recordedAt: Timestamp
  ) {
    self.id = id
    self.type = type
    self.name = name
    self.aliases = aliases
    self.leadID = leadID
    self.recordedAt = recordedAt
  }
}

package typealias EntityID = Identifier<Entity>

/// One thing that an entity is called, and who may know that.
package struct EntityName: Sendable, Hashable {
  /// The name as it was first written.
  package var text: String
  /// Whether it is beside the name that the entity was made with.
  package var isAlias: Bool
  /// The role that it is private to; `nil` when every agent of the workspace may see it.
  package var role: AgentRoleID?
  /// The lead that whoever gave the name said the entity stands for.
  package var leadID: LeadID?
  /// When it was given.
  package var recordedAt: Timestamp

  /// A name.
  package init(
    _ text: String, isAlias: Bool = false, role: AgentRoleID? = nil, leadID: LeadID? = nil,
    recordedAt: Timestamp
  ) {
    self.text = text
    self.isAlias = isAlias
    self.role = role
    self.leadID = leadID
    self.recordedAt = recordedAt
  }

  /// What spellings of one name have in common.
  package var key: String { TextFolding.folded(text) }
}

/// An entity with all its names, whoever may see them. There is one for each name of a type among those that
/// somebody sees; it is there for those who were told one of its names. What a role alone was told of
/// is an entity of its own, which stays beside one that is shared later under the same name.
package struct EntityRecord: Sendable, Hashable {
  /// The entity's name among all.
  package var id: EntityID
  /// What it is.
  package var type: String
  /// What it is called, in the order in which the names were given.
  package var names: [EntityName]

  /// A record.
  package init(id: EntityID, type: String, names: [EntityName]) {
    self.id = id
    self.type = type
    self.names = names
  }

  /// The entity as a reader sees it; `nil` when there is nothing that the reader may see.
  /// - Parameter knownAt: what was recorded by this time.
  package func seen(by reader: MemoryReader, knownAt: Timestamp) -> Entity? {
    let visible = names.filter { reader.sees(recordOf: $0.role) && $0.recordedAt <= knownAt }
    // Who was told by an alias alone knows it by that.
    guard let name = visible.first(where: { !$0.isAlias }) ?? visible.first else { return nil }
    var keys: Set<String> = [name.key]
    let aliases = visible.filter { keys.insert($0.key).inserted }.map(\.text)
    return Entity(
      id: id, type: type, name: name.text, aliases: aliases,
      leadID: visible.lazy.compactMap(\.leadID).first,
      recordedAt: visible.map(\.recordedAt).min() ?? name.recordedAt)
  }
}
