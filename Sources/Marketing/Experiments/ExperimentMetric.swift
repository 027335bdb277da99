/// What an experiment measures of each unit. Stores and callers name a metric by its raw value.
package enum ExperimentMetric: String, Sendable, Hashable, Codable, CaseIterable {
  case conversion, meeting, reply, click, open, revenue, unsubscribe, complaint, bounce

  /// Whether a unit either shows it or not; otherwise each unit has an amount.
  package var isBinary: Bool { self != .revenue }

  /// Whether a variant with more of it is the better one.
  package var isMoreBetter: Bool {
    switch self {
    case .unsubscribe, .complaint, .bounce: false
    default: true
    }
  }

  /// 1 when more is better, −1 when less is.
  package var direction: Double { isMoreBetter ? 1 : -1 }
}
