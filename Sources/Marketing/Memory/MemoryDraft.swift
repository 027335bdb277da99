import JSONRPC

/// What somebody wants remembered, as it comes in.
package struct MemoryDraft: Decodable, Sendable {
  package var memoryID: MemoryID?
  package var kind: MemoryKind?
  package var text: String?
  package var leadID: LeadID?
  package var conversationID: ConversationID?
  package var agentRole: AgentRoleID?
  package var speaker: String?
  package var fact: Fact?
  package var episode: Episode?
  package var context: ConversationContext?
  package var importance: Double?
  package var source: String?
  package var reference: String?
  package var trust: TrustLevel?
  package var validFrom: Timestamp?
  package var validTo: Timestamp?
  package var ttlSeconds: Int?

  /// Nothing yet.
  init() {}
}

/// What an operator may change about memory.
package struct MemorySettings: Sendable, Hashable {
  /// How long short-term memory lives.
  package var shortTermLifetime = Duration.seconds(86_400)
  /// Whether recalling a record of short-term memory makes it live for its time again.
  package var isSliding = false
  /// The most bytes that the indexes of all workspaces may take together; more than one workspace needs
  /// alone is never let go of.
  package var indexBytes = 512 << 20

  /// The defaults.
  package init() {}
}

extension MemoryDraft {
  /// The most characters (Unicode scalars) of a text.
  package static let textLength = 10_000
  /// The most bytes that a fact's value or a context's slots may take as JSON.
  package static let contentBytes = 16 << 10

  /// What the names of records begin with that consolidation makes.
  private static let reservedPrefixes = [
    PlannedConsolidation.Summary.idPrefix, ActionPatterns.idPrefix, InteractionMemory.idPrefix,
  ]

  /// The record that the draft describes.
  /// - Parameters:
  ///   - newName: a name for it where the draft has none.
  ///   - author: who remembers it, the source where none is named.
  /// - Throws: every field that cannot be used, in the order of the fields.
  package func record(
    newName: MemoryID, author: String, settings: MemorySettings, now: Timestamp
  ) throws(InvalidMemory) -> MemoryRecord {
    var errors: [FieldError] = []
    func refuse(_ field: String, _ found: String, _ expected: String) {
      errors.append(FieldError(field: field, found: found, expected: expected))
    }
    let given = [("fact", fact != nil), ("episode", episode != nil), ("context", context != nil)]
      .filter(\.1).map(\.0)
    if given.count > 1 {
      refuse(
        "/\(given[1])", "it beside \(given[0])", "one of fact, episode and context in one memory")
    }
    let natural = naturalKind
    let kind = kind ?? natural ?? .longTerm
    if kind == .semantic {
      refuse("/kind", "semantic", "relate_entities for entities and how they relate")
    } else if let natural, natural != kind {
      refuse(
        "/kind", "\(kind.rawValue) with \(given.first ?? "a fact")",
        "\(natural.rawValue), or none")
    }
    let words = text.map(TextFolding.collapsingSpaces) ?? ""
    if words.isEmpty && given.isEmpty {
      refuse("/text", "none", "the words to remember, or a fact, episode or context")
    }
    for (field, bytes) in [
      ("/fact/value", fact.map { JSONWriter.bytes(of: $0.value).count }),
      ("/context/slots", context.map { JSONWriter.bytes(of: .object($0.slots)).count }),
    ] {
      guard let bytes, bytes > Self.contentBytes else { continue }
      refuse(field, "\(bytes) bytes of JSON", "at most \(Self.contentBytes)")
    }
    if fact != nil, trust == .untrusted, source == nil {
      refuse(
        "/source", "none for a fact from untrusted text",
        "the name of the source: what a lead wrote is no fact without one")
    }
    for (field, text) in [
      ("/source", source), ("/speaker", speaker), ("/episode/situation", episode?.situation),
    ] {
      guard let text, TextFolding.collapsingSpaces(text).isEmpty else { continue }
      refuse(field, "only space", "a text, or none")
    }
    if source == ActionPatterns.sourceName {
      refuse(
        "/source", "'\(ActionPatterns.sourceName)'",
        "another name: what is learned from episodes has it")
    }
    if let key = fact?.key, key.hasPrefix(ActionPatterns.prefix) {
      refuse(
        "/fact/key", "one that begins with '\(ActionPatterns.prefix)'",
        "another key: learned patterns have it")
    }
    if let id = memoryID,
      let prefix = Self.reservedPrefixes.first(where: { id.rawValue.hasPrefix($0) })
    {
      refuse(
        "/memoryID", "one that begins with '\(prefix)'",
        "another name, or none: what the server makes itself is called so")
    }
    let validFrom = validFrom ?? now
    if let validTo, validTo <= validFrom {
      refuse("/validTo", validTo.iso8601, "a time after validFrom (\(validFrom.iso8601))")
    }
    if kind == .shortTerm, conversationID == nil, leadID == nil {
      refuse("/conversationID", "none", "the conversation or the lead of short-term memory")
    }
    guard errors.isEmpty else { throw InvalidMemory(errors: errors) }
    var record = MemoryRecord(
      id: memoryID ?? newName, kind: kind, text: words.isEmpty ? spokenContent : words,
      content: content, importance: importance ?? 0.5,
      source: MemorySource(name: source ?? author, reference: reference),
      trust: trust ?? .agent, validFrom: validFrom, recordedAt: now)
    record.leadID = leadID
    record.conversationID = conversationID
    record.role = agentRole
    record.speaker = speaker
    record.validTo = validTo
    if let ttlSeconds {
      record.expiresAt = now + .seconds(ttlSeconds)
    } else if kind == .shortTerm {
      record.expiresAt = now + settings.shortTermLifetime
    }
    return record
  }

  /// The kind that what it holds belongs to; `nil` for words alone.
  private var naturalKind: MemoryKind? {
    if fact != nil { return .longTerm }
    if episode != nil { return .episodic }
    return context == nil ? nil : .shortTerm
  }

  private var content: MemoryContent {
    if let fact { return .fact(fact) }
    if let episode { return .episode(episode) }
    if let context { return .context(context) }
    return conversationID == nil || speaker == nil ? .note : .utterance
  }

  /// What a fact, an episode or a context says in words, for who gave none.
  private var spokenContent: String {
    if let fact { return "\(Self.words(fact.key)): \(Self.spoken(fact.value))" }
    if let episode {
      let outcome = episode.outcome.map { ", outcome \(JSONWriter.text(of: JSONValue($0)))" } ?? ""
      let actions = episode.actions.map(Self.words).joined(separator: ", then ")
      return "\(Self.words(episode.situation)): \(actions)\(outcome)"
    }
    guard let context else { return "" }
    let slots = context.slots.map { "\(Self.words($0.key)): \(Self.spoken($0.value))" }
    return ([context.intent.map { "wants to \(Self.words($0))" }].compactMap(\.self) + slots)
      .joined(separator: "; ")
  }

  private static func words(_ name: String) -> String {
    String(name.map { $0 == "_" || $0 == "." ? " " : $0 })
  }

  private static func spoken(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let values): values.map(spoken).joined(separator: ", ")
    case .object(let members):
      members.map { "\(words($0.key)) \(spoken($0.value))" }.joined(separator: ", ")
    default: JSONWriter.text(of: value)
    }
  }
}

/// Every field error of one memory, in the order of the fields.
package struct InvalidMemory: Error, Sendable, Hashable {
  /// At least one error.
  package var errors: [FieldError]
}
