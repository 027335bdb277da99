package import Marketing

/// What of a lead's past can be a feature.
package enum HistoryField: Sendable, Hashable {
  /// How often something happened.
  case interactions(InteractionKind)
  /// How often the lead took something so.
  case outcomes(InteractionOutcome)
  /// Days since the lead last did something.
  case daysSinceActivity
  /// Days since the lead came in.
  case ageDays
  /// What the lead's message wants.
  case intent

  /// All of them.
  static var all: [HistoryField] {
    [.ageDays, .daysSinceActivity, .intent]
      + InteractionKind.allCases.map(HistoryField.interactions)
      + InteractionOutcome.allCases.filter { $0 != .none }.map(HistoryField.outcomes)
  }

  /// The feature's name.
  var name: String {
    switch self {
    case .interactions(let kind): "interactions.\(kind.rawValue)"
    case .outcomes(let outcome): "outcomes.\(outcome.rawValue)"
    case .daysSinceActivity: "daysSinceActivity"
    case .ageDays: "ageDays"
    case .intent: "messageIntent"
    }
  }

  /// The field's value.
  func cell(of subject: ScoringSubject) -> Cell {
    switch self {
    case .interactions(let kind): return .number(Double(subject.history.interactions[kind] ?? 0))
    case .outcomes(let outcome): return .number(Double(subject.history.outcomes[outcome] ?? 0))
    case .daysSinceActivity:
      let last = [subject.history.lastLeadActivity, subject.lead.lastActiveAt].compactMap(\.self)
        .max()
      return last.map { .number(max(0, (subject.now - $0).days)) } ?? .missing
    case .ageDays: return .number(max(0, (subject.now - subject.lead.createdAt).days))
    case .intent: return subject.intent == .none ? .missing : .text(subject.intent.rawValue)
    }
  }
}

extension HistoryField: Codable {
  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  package init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let field = Self.byName[name] else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no such field of a lead's past"))
    }
    self = field
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
