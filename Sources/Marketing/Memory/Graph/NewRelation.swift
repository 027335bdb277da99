/// A relation as somebody tells it.
package struct NewRelation: Sendable, Hashable {
  /// The entity that it starts from.
  package var subject: EntityReference
  /// How the two stand to each other.
  package var predicate: String
  /// The entity that it leads to.
  package var object: EntityReference
  /// Who says so.
  package var source: RelationSource
  /// Since when it holds; `nil` for since it is told, or as long as is known already.
  package var validFrom: Timestamp?
  /// Until when it held; `nil` while it holds.
  package var validTo: Timestamp?
  /// The role that it is private to.
  package var role: AgentRoleID?
  /// The lead that it concerns.
  package var leadID: LeadID?
  /// Whether the subject stands so to one object at a time: others end when this one begins.
  package var replaces: Bool

  /// A relation.
  package init(
    _ subject: EntityReference, _ predicate: String, _ object: EntityReference,
    source: RelationSource, validFrom: Timestamp? = nil, validTo: Timestamp? = nil,
    role: AgentRoleID? = nil, leadID: LeadID? = nil, replaces: Bool = false
  ) {
    self.subject = subject
    self.predicate = predicate
    self.object = object
    self.source = source
    self.validFrom = validFrom
    self.validTo = validTo
    self.role = role
    self.leadID = leadID
    self.replaces = replaces
  }
}

/// An entity as somebody speaks of it.
package enum EntityReference: Sendable, Hashable {
  /// One that is stored.
  case id(EntityID)
  /// One that is made where there is none of this type and name.
  case named(EntityDescription)

  /// An entity by its type and name.
  package static func named(_ type: String, _ name: String) -> EntityReference {
    .named(EntityDescription(type: type, name: name))
  }
}

/// What somebody says of an entity. Spellings that differ in case, spaces or accents are one name.
package struct EntityDescription: Sendable, Hashable {
  /// What it is.
  package var type: String
  /// What it is called.
  package var name: String
  /// What else it is called.
  package var aliases: [String]
  /// The lead that it stands for. Two leads are never one entity, whatever they are called.
  package var leadID: LeadID?

  /// A description.
  package init(type: String, name: String, aliases: [String] = [], leadID: LeadID? = nil) {
    self.type = type
    self.name = name
    self.aliases = aliases
    self.leadID = leadID
  }
}

/// What became of a relation that was told.
package struct Related: Sendable, Hashable {
  /// The kinds of fate.
  package enum Change: String, Sendable, Hashable, Codable {
    /// It was not there.
    case new
    /// It was there, and what is known of it is more or another now.
    case merged
    /// It was there just so.
    case unchanged
  }

  /// The relation as it is stored now.
  package var relation: Relation
  /// What became of it.
  package var change: Change
  /// The entities that the teller did not know before.
  package var newEntities: [EntityID]
  /// The entities of which the teller knew, but not one of the names that it gave, or their lead.
  package var namedEntities: [EntityID] = []
  /// The relations that ended when this one began.
  package var ended: [Relation]
  /// The relations that should have ended, but are more trusted: both stand.
  package var conflicts: [RelationID]

  /// A fate.
  package init(
    relation: Relation, change: Change, newEntities: [EntityID] = [], ended: [Relation] = [],
    conflicts: [RelationID] = []
  ) {
    self.relation = relation
    self.change = change
    self.newEntities = newEntities
    self.ended = ended
    self.conflicts = conflicts
  }

  /// Whether anything is known now that was not before.
  package var hasChanged: Bool {
    change != .unchanged || !(ended.isEmpty && newEntities.isEmpty && namedEntities.isEmpty)
  }

  /// The entities about which something else is known now.
  package var touched: [EntityID] {
    guard change != .unchanged || !ended.isEmpty else { return newEntities + namedEntities }
    return [relation.subject, relation.object] + ended.map(\.object)
  }
}

extension NewRelation {
  /// What is wrong with the relation; empty when it can be stored.
  /// - Parameters:
  ///   - place: the JSON Pointer of the relation.
  ///   - now: when a relation begins that says nothing of it.
  package func errors(at place: String, now: Timestamp) -> [FieldError] {
    var errors: [FieldError] = []
    func expect(_ isRight: Bool, _ field: String, _ found: String, _ expected: String) {
      if !isRight {
        errors.append(FieldError(field: place + field, found: found, expected: expected))
      }
    }
    expect(
      Self.isWord(predicate), "/predicate", "another text",
      "1 to 64 of lower-case letters, digits and '_', such as works_at")
    for (field, reference) in [("/subject", subject), ("/object", object)] {
      guard case .named(let description) = reference else { continue }
      errors += description.errors(at: place + field)
    }
    expect(subject != object, "/object", "the subject again", "another entity")
    expect(
      (0...1).contains(source.weight), "/weight", "a number out of range", "a number from 0 to 1")
    expect(
      Self.isSourceText(source.source.name), "/source/name",
      "an empty text or one of more than \(GraphLimits.sourceBytes) bytes",
      "the name of who or what said it")
    expect(
      source.source.reference.map(Self.isSourceText) ?? true, "/source/reference",
      "an empty text or one of more than \(GraphLimits.sourceBytes) bytes",
      "the place where it was said, or none")
    expect(source.timesSeen > 0, "/source/timesSeen", "\(source.timesSeen)", "1 or more")
    if let validTo {
      expect(
        (validFrom ?? now) < validTo, "/validTo", "a time that is not behind validFrom",
        "a later one, or none while it holds; give validFrom with a time that has passed")
    }
    return errors
  }

  /// Whether a text can be a predicate or a type.
  package static func isWord(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
      }
  }

  private static func isSourceText(_ text: String) -> Bool {
    (1...GraphLimits.sourceBytes).contains(text.utf8.count)
  }
}

extension EntityDescription {
  /// An entity that is called by a text, as much of it as a name holds; `nil` when that is no name.
  init?(type: String, cutting text: String) {
    var name = String(TextFolding.collapsingSpaces(text).prefix(GraphLimits.nameLength))
    while name.utf8.count > Self.nameBytes { name.removeLast() }
    self.init(type: type, name: TextFolding.collapsingSpaces(name))
    if !errors(at: "").isEmpty { return nil }
  }

  /// What is wrong with the description; empty when it can be stored.
  /// - Parameter place: the JSON Pointer of the description.
  package func errors(at place: String) -> [FieldError] {
    var errors: [FieldError] = []
    if !NewRelation.isWord(type) {
      errors.append(
        FieldError(
          field: "\(place)/type", found: "another text",
          expected: "1 to 64 of lower-case letters, digits and '_', such as company"))
    }
    let names = [("name", name)] + aliases.enumerated().map { ("aliases/\($0.offset)", $0.element) }
    for (field, text) in names where !Self.isName(text) {
      errors.append(
        FieldError(
          field: "\(place)/\(field)",
          found:
            "a text without letters or digits, or of more than \(GraphLimits.nameLength) characters",
          expected: "a name"))
    }
    return errors
  }

  /// Bytes bound what one character may be made of.
  private static let nameBytes = 8 * GraphLimits.nameLength

  private static func isName(_ text: String) -> Bool {
    text.count <= GraphLimits.nameLength && text.utf8.count <= nameBytes
      && text.unicodeScalars.contains { !TextFolding.isSpace($0) && $0.value >= 0x20 }
      && !text.unicodeScalars.contains { $0.value < 0x20 && !TextFolding.isSpace($0) }
  }
}
