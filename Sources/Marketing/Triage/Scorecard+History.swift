/// `history`: what a lead's past is worth.
struct HistoryEntry: Decodable {
  var interactions: [InteractionKind: ScorecardCount] = [:]
  var outcomes: [InteractionOutcome: ScorecardCount] = [:]
  var conversions: ScorecardCount?
  var accountConversions: ScorecardCount?

  init() {}

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder,
      accepting: ["about", "interactions", "outcomes", "conversions", "accountConversions"])
    _ = try reader.text("about", maximumLength: 1000)
    interactions = try reader.optional("interactions", as: Counts.self)?.counts ?? [:]
    outcomes = try reader.optional("outcomes", as: Counts.self)?.counts ?? [:]
    conversions = try reader.optional("conversions", as: CountEntry.self)?
      .count(of: "conversions")
    accountConversions = try reader.optional("accountConversions", as: CountEntry.self)?
      .count(of: "accountConversions")
  }
}

/// Counts by the names that an enumeration has.
private struct Counts<Name>: Decodable
where Name: RawRepresentable & CaseIterable & Hashable, Name.RawValue == String {
  let counts: [Name: ScorecardCount]

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: Name.allCases.map(\.rawValue))
    let group = decoder.codingPath.last?.stringValue ?? ""
    var counts: [Name: ScorecardCount] = [:]
    for name in Name.allCases {
      counts[name] = try reader.optional(name.rawValue, as: CountEntry.self)?
        .count(of: "\(group).\(name.rawValue)")
    }
    self.counts = counts
  }
}

private struct CountEntry: Decodable {
  private let weight: ScorecardWeight
  private let limit: Int
  private let fades: Bool

  func count(of field: String) -> ScorecardCount {
    ScorecardCount(field: field, weight: weight, limit: limit, fades: fades)
  }

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(decoder, accepting: ScorecardWeight.keys + ["atMost", "fades"])
    weight = try ScorecardWeight(reader)
    limit = try reader.integer("atMost", in: 1...1000)
    fades = try reader.optional("fades", as: Bool.self) ?? false
    // Otherwise a bad sign would count for less when the lead stays away.
    guard !fades || weight.points >= 0 else {
      throw reader.failure(
        at: "fades", found: "true beside \(weight.points) points",
        expected: "false: only what speaks for a lead fades")
    }
  }
}

/// `intents`: the phrases by which messages are told apart.
struct IntentsEntry: Decodable {
  let classifier: MessageIntentClassifier

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder,
      accepting: [
        "about", "negations", "negationReach", "negationEnds", "exceptions", "phrases",
      ])
    _ = try reader.text("about", maximumLength: 1000)
    classifier = MessageIntentClassifier(
      entries: try reader.value("phrases", as: [IntentEntry].self).map(\.entry),
      negations: try reader.value("negations"),
      negationReach: try reader.integer("negationReach", in: 0...20),
      negationEnds: try reader.value("negationEnds"),
      exceptions: try reader.value("exceptions"))
  }
}

private struct IntentEntry: Decodable {
  let entry: MessageIntentClassifier.Entry

  init(from decoder: any Decoder) throws {
    let reader = try ModelReader(
      decoder, accepting: ["intent", "decisive", "phrases", "wholeMessages"])
    let name = try reader.value("intent", as: String.self)
    let accepted = MessageIntent.allCases.filter { $0 != .none && $0 != .general }
    guard let intent = MessageIntent(rawValue: name), accepted.contains(intent) else {
      throw reader.failure(
        at: "intent", found: "an unknown intent",
        expected: "one of \(accepted.map(\.rawValue).joined(separator: ", "))")
    }
    entry = .init(
      intent: intent, isDecisive: try reader.optional("decisive") ?? false,
      phrases: try reader.value("phrases"),
      wholeMessages: try reader.optional("wholeMessages") ?? [])
  }
}
