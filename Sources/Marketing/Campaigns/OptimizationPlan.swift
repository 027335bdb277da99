package import JSONRPC

/// What the optimizer says to a campaign.
package struct OptimizationPlan: Sendable, Hashable {
  /// The rules that are broken, the one that is broken farthest first, one of each rule and channel.
  package var findings: [GuardedFinding] = []
  /// What is proposed.
  package var proposals: [Optimization] = []
  /// What a person has to decide.
  package var escalation: EscalationRequest?
  /// Of a campaign that breaks no rule, the one that is nearest to being broken; `nil` without enough volume.
  package var nearest: GuardedFinding?
  /// The same as a sentence.
  package var words: String

  /// A plan that only says something.
  package init(words: String) { self.words = words }
}

/// A question to a person, before it is stored as an escalation.
package struct EscalationRequest: Sendable, Hashable {
  /// How soon it has to be answered.
  package enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    case normal, high, critical

    /// The time for the answer.
    package var time: Duration {
      switch self {
      case .normal: .seconds(72 * 3600)
      case .high: .seconds(24 * 3600)
      case .critical: .seconds(4 * 3600)
      }
    }
  }

  /// Why, as a sentence.
  package var reason: String
  /// What whoever decides has to know: the findings with their figures.
  package var context: JSONObject
  /// How soon it has to be answered.
  package var severity: Severity
  /// Until when.
  package var deadline: Timestamp

  /// A request about findings: the farther a rule is broken, the less time there is.
  package init(
    _ reason: String, _ findings: [GuardedFinding], options: [Optimization] = [],
    notes: [String] = [], currency: String?, campaignID: CampaignID, at now: Timestamp
  ) {
    let worst = findings.map(\.margin).min() ?? 0
    severity = worst < -0.5 ? .critical : worst < -0.2 ? .high : .normal
    deadline = now + severity.time
    self.reason = reason
    context = [
      "campaignID": .string(campaignID.rawValue),
      "findings": .array(findings.map { .object($0.json(currency: currency)) }),
    ]
    if !options.isEmpty {
      context["options"] = .array(
        options.map { option in
          [
            "kind": .string(option.kind.rawValue),
            "changes": .array(option.changes.map { .string($0.words) }),
            "why": .array(option.evidence.map { .string($0.words) }),
          ]
        })
    }
    if !notes.isEmpty { context["notes"] = .array(notes.map { .string($0) }) }
  }
}

extension GuardedFinding {
  /// As it is sent.
  package func json(currency: String?) -> JSONObject {
    var object: JSONObject = [
      "rule": .string(rule.rawValue), "first": .string(window.first.iso8601),
      "last": .string(window.last.iso8601), "estimate": JSONValue(estimate.rounded(to: 6)),
      "bound": JSONValue(bound.rounded(to: 6)), "threshold": JSONValue(threshold),
      "words": .string(words(currency: currency)),
    ]
    if let channel { object["channel"] = .string(channel) }
    return object
  }
}
