import JSONRPC

/// What a role of agents needs to take a lead over, as a file says that people review.
package struct HandoffContract: Sendable, Hashable {
  /// Which items are meant: those of a kind, or of a kind with a key.
  package struct Selector: Sendable, Hashable {
    /// The kind.
    package let kind: HandoffItem.Kind
    /// The key, or where it ends with `*` what it begins with; `nil` for every one.
    package let key: String?

    /// Reads `fact`, `fact.budget` or `fact.budget*`.
    package init?(_ text: String) {
      let parts = text.split(separator: ".", maxSplits: 1)
      guard let kind = parts.first.flatMap({ HandoffItem.Kind(rawValue: String($0)) }) else {
        return nil
      }
      self.kind = kind
      key = parts.count > 1 ? String(parts[1]) : nil
    }

    /// Whether an item is meant.
    package func selects(_ item: HandoffItem) -> Bool {
      guard item.kind == kind else { return false }
      guard let key else { return true }
      guard let own = item.key else { return false }
      return key.hasSuffix("*") ? own.hasPrefix(key.dropLast()) : own == key
    }
  }

  /// Something that the role needs: any item of those that are meant is enough.
  package struct Need: Sendable, Hashable {
    /// What it is called, for example `contact`.
    package let name: String
    /// The items that are enough.
    package let anyOf: [Selector]

    /// Whether an item is meant by its key, not by its kind alone.
    package func names(_ item: HandoffItem) -> Bool {
      anyOf.contains { $0.key != nil && $0.selects(item) }
    }

    /// Whether some items are enough.
    package func isMet(by items: [HandoffItem]) -> Bool {
      items.contains { item in anyOf.contains { $0.selects(item) } }
    }
  }

  /// The role; `*` for all that have no contract of their own.
  package let role: String
  /// What it cannot do without.
  package let required: [Need]
  /// What helps it.
  package let wanted: [Need]
  /// After how many days an item counts half as fresh, by kind.
  package let halfLives: [HandoffItem.Kind: Double]
  /// How much a kind matters beside others when there is no room for all, 0–1.
  package let weights: [HandoffItem.Kind: Double]
  /// The most tokens of a packet.
  package let tokenBudget: Int
  /// The quality from which on a packet may be offered, 0–1.
  package let minimumQuality: Double
  /// Words of what the role works on, in lower case.
  package let words: Set<Substring>
  /// What the keys of facts begin with that bind whoever deals with the lead.
  package let constraintKeys: [String]
  /// What the keys of facts begin with that say what we have promised.
  package let promiseKeys: [String]

  /// Whether a fact's key is that of a constraint.
  package func isConstraint(_ key: String) -> Bool { Self.begins(key, withAnyOf: constraintKeys) }

  /// Whether a fact's key is that of a promise.
  package func isPromise(_ key: String) -> Bool { Self.begins(key, withAnyOf: promiseKeys) }

  /// Whether an item is something that the role works on.
  package func isRelevant(_ item: HandoffItem) -> Bool {
    item.isBinding
      || required.contains { $0.isMet(by: [item]) } || wanted.contains { $0.isMet(by: [item]) }
      || item.words.contains { words.contains($0) }
  }

  /// A key that begins with a word, and does not merely begin like it.
  private static func begins(_ key: String, withAnyOf words: [String]) -> Bool {
    words.contains { word in
      guard key.hasPrefix(word) else { return false }
      let next = key.dropFirst(word.count).first
      return next.map { $0 == "." || $0 == "_" || $0.isNumber } ?? true
    }
  }
}

extension HandoffContract: Decodable {
  private enum CodingKeys: String, CodingKey {
    case role, about, required, wanted, halfLifeDays, weights, tokenBudget, minimumQuality, words,
      constraints, promises
  }

  private static let budgets = 200...100_000

  /// Reads the layout of `resources/handoffs/{role}.json`.
  /// - Throws: `DecodingError` with the coding path of the first part that cannot be used.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func refuse(_ key: CodingKeys, _ expected: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: "expected \(expected)")
    }
    func needs(_ key: CodingKeys) throws -> [Need] {
      try container.decode([[String: [String]]].self, forKey: key).flatMap { entry in
        try entry.map { name, texts in
          let selectors = texts.compactMap(Selector.init)
          guard !texts.isEmpty, selectors.count == texts.count else {
            throw refuse(key, "kinds of items, each alone or with a key, for '\(name)'")
          }
          return Need(name: name, anyOf: selectors)
        }
      }
    }
    func byKind(_ key: CodingKeys, _ range: ClosedRange<Double>) throws
      -> [HandoffItem.Kind: Double]
    {
      var numbers: [HandoffItem.Kind: Double] = [:]
      for (name, number) in try container.decode([String: Double].self, forKey: key) {
        guard let kind = HandoffItem.Kind(rawValue: name), range.contains(number) else {
          throw refuse(key, "numbers of \(range) by kind, not \(number) for '\(name)'")
        }
        numbers[kind] = number
      }
      guard numbers.count == HandoffItem.Kind.allCases.count else {
        throw refuse(key, "a number for each of \(HandoffItem.Kind.allCases.map(\.rawValue))")
      }
      return numbers
    }
    role = try container.decode(String.self, forKey: .role)
    required = try needs(.required)
    wanted = try needs(.wanted)
    guard !required.isEmpty else { throw refuse(.required, "at least one need") }
    halfLives = try byKind(.halfLifeDays, 0.01...36_500)
    weights = try byKind(.weights, 0...1)
    tokenBudget = try container.decode(Int.self, forKey: .tokenBudget)
    guard Self.budgets.contains(tokenBudget) else {
      throw refuse(.tokenBudget, "\(Self.budgets)")
    }
    minimumQuality = try container.decode(Double.self, forKey: .minimumQuality)
    guard (0...1).contains(minimumQuality) else { throw refuse(.minimumQuality, "0 to 1") }
    words = Set(try container.decode([String].self, forKey: .words).map { $0.lowercased()[...] })
    constraintKeys = try container.decode([String].self, forKey: .constraints)
    promiseKeys = try container.decode([String].self, forKey: .promises)
  }
}
