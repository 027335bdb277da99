/// What speaks for a change of a campaign.
package struct OptimizationEvidence: Sendable, Hashable, Codable {
  /// How it was found.
  package enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
    /// The return on spend is below its threshold.
    case roas
    /// The click-through rate is below its threshold.
    case ctr
    /// A lead costs more than its threshold.
    case cpl
    /// A part of the audience differs from the rest.
    case segment
    /// A variant differs from the others.
    case variant
    /// More money brings more, or less, here than elsewhere.
    case marginalReturn = "marginal_return"
  }

  /// How it was found.
  package var rule: Rule
  /// What was measured.
  package var measure: CampaignMeasure
  /// What it was measured of: a channel, segment or variant; `nil` for the campaign as a whole.
  package var part: String?
  /// The days.
  package var window: CampaignWindow
  /// What happened in them.
  package var figures: CampaignFigures
  /// The measured value.
  package var estimate: Double
  /// The bound on the side of the doubt: what the value is at best, or at worst, with 95 %.
  package var bound: Double
  /// What the bound is compared with: a threshold, or the bound of the rest.
  package var threshold: Double
  /// The same as a sentence.
  package var words: String

  /// Evidence; see the properties.
  package init(
    _ rule: Rule, _ measure: CampaignMeasure, part: String? = nil, window: CampaignWindow,
    figures: CampaignFigures, estimate: Double, bound: Double, threshold: Double, words: String
  ) {
    self.rule = rule
    self.measure = measure
    self.part = part
    self.window = window
    self.figures = figures
    self.estimate = estimate
    self.bound = bound
    self.threshold = threshold
    self.words = words
  }
}

/// What a change is expected to do to a measure.
package struct ExpectedEffect: Sendable, Hashable, Codable {
  /// The measure.
  package var measure: CampaignMeasure
  /// By what share it is expected to change: −0.1 is a tenth less.
  package var estimate: Double
  /// The lower end of the 90 % interval of it.
  package var low: Double
  /// The upper end.
  package var high: Double
  /// What the expectation rests on, as a sentence.
  package var words: String

  /// An effect; the ends are put in order.
  package init(
    _ measure: CampaignMeasure, estimate: Double, low: Double, high: Double, words: String
  ) {
    self.measure = measure
    self.estimate = estimate
    self.low = min(low, high)
    self.high = max(low, high)
    self.words = words
  }
}

/// How much harm a change can do.
package struct OptimizationRisk: Sendable, Hashable, Codable {
  /// How much.
  package enum Level: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case low, medium, high

    package static func < (left: Self, right: Self) -> Bool { left.place < right.place }

    private var place: Int {
      switch self {
      case .low: 0
      case .medium: 1
      case .high: 2
      }
    }
  }

  /// How much.
  package var level: Level
  /// Why, as a sentence.
  package var words: String

  /// A risk.
  package init(_ level: Level, _ words: String) {
    self.level = level
    self.words = words
  }
}
