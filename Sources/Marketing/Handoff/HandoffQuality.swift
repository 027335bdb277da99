import JSONRPC

/// How good a packet is for its receiver, with the parts that it is made of, each 0–1.
package struct HandoffQuality: Sendable, Hashable {
  /// .5 completeness + .2 consistency + .15 freshness + .15 relevance; 0 for a packet that holds nothing.
  package var score: Double
  /// Of what is required and known, the share that is there; 0 when nothing of it is known.
  package var completeness: Double
  /// Of the properties that are told of, the share that is told in one way only; what happened is none.
  package var consistency: Double
  /// The mean of 0.5^(age ÷ half-life of the kind).
  package var freshness: Double
  /// The share of the items' tokens that match the receiver's contract.
  package var relevance: Double

  private static let completenessWeight = 0.5
  private static let consistencyWeight = 0.2
  private static let freshnessWeight = 0.15
  private static let relevanceWeight = 0.15

  /// Of stored parts.
  package init(
    score: Double, completeness: Double, consistency: Double, freshness: Double, relevance: Double
  ) {
    self.score = score
    self.completeness = completeness
    self.consistency = consistency
    self.freshness = freshness
    self.relevance = relevance
  }

  /// Of a packet.
  /// - Parameters:
  ///   - items: what is in the packet.
  ///   - known: what any store knows of the lead.
  package init(
    of items: [HandoffItem], known: [HandoffItem], contract: HandoffContract, now: Timestamp
  ) {
    guard !items.isEmpty else {
      self.init(score: 0, completeness: 0, consistency: 0, freshness: 0, relevance: 0)
      return
    }
    let needed = contract.required.filter { $0.isMet(by: known) }
    let met = needed.count { $0.isMet(by: items) }
    let completeness = needed.isEmpty ? 0 : Double(met) / Double(needed.count)
    let consistency = Self.consistency(of: items)
    var (fresh, relevantTokens, tokens) = (0.0, 0, 0)
    for item in items {
      let age = max(0, (now - item.knownSince).days)
      fresh += halfLifeDecay(ageDays: age, halfLifeDays: contract.halfLives[item.kind] ?? 1)
      let size = HandoffPacket.tokens(ofBytes: item.bytes)
      tokens += size
      if contract.isRelevant(item) { relevantTokens += size }
    }
    let freshness = fresh / Double(items.count)
    let relevance = Double(relevantTokens) / Double(tokens)
    let score =
      Self.completenessWeight * completeness + Self.consistencyWeight * consistency
      + Self.freshnessWeight * freshness + Self.relevanceWeight * relevance
    self.init(
      score: score.rounded(to: 4), completeness: completeness.rounded(to: 4),
      consistency: consistency.rounded(to: 4), freshness: freshness.rounded(to: 4),
      relevance: relevance.rounded(to: 4))
  }

  /// What the receiver requires and nobody knows.
  package static func gaps(
    in known: [HandoffItem], for contract: HandoffContract
  ) -> [String] {
    contract.required.filter { !$0.isMet(by: known) }.map(\.name)
  }

  private static func consistency(of items: [HandoffItem]) -> Double {
    var values: [String: [JSONValue]] = [:]
    for item in items where item.kind == .fact || item.kind == .lead {
      if item.flags.contains(.event) { continue }
      if let key = item.key { values[property(key), default: []].append(item.value) }
    }
    guard !values.isEmpty else { return 1 }
    let contradicted = values.values.count { values in
      values.dropFirst().contains { !isSame($0, values[0]) }
    }
    return 1 - Double(contradicted) / Double(values.count)
  }

  private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if case .string(let left) = left, case .string(let right) = right {
      return TextFolding.folded(left) == TextFolding.folded(right)
    }
    return EqualValue.areEqual(left, right)
  }

  /// `preferredChannel` and `preferred_channel` are one property.
  private static func property(_ key: String) -> String {
    key.lowercased().filter { $0 != "_" }
  }
}
