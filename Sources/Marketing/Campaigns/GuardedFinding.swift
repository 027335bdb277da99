/// How a campaign, or a channel of it, stands to one of the rules within a window.
package struct GuardedFinding: Sendable, Hashable {
  /// The rule: `.roas`, `.ctr` or `.cpl`.
  package var rule: OptimizationEvidence.Rule
  /// The channel, where a threshold of its own is set for it; `nil` for the campaign, or the rest of it.
  package var channel: String?
  /// The days.
  package var window: CampaignWindow
  /// What happened in them.
  package var figures: CampaignFigures
  /// The measured value.
  package var estimate: Double
  /// The value in the campaign's favour that is just credible, one-sided with 95 %.
  package var bound: Double
  /// The threshold.
  package var threshold: Double

  /// What the rule measures.
  package var measure: CampaignMeasure {
    switch rule {
    case .ctr: .ctr
    case .cpl: .cpl
    default: .roas
    }
  }

  /// How far the bound is on the right side of the threshold, as a share of it; below 0 where the rule is
  /// broken.
  package var margin: Double {
    rule == .cpl ? (threshold - bound) / threshold : (bound - threshold) / threshold
  }

  /// Whether the threshold is broken beyond doubt.
  package var isBroken: Bool { margin < 0 }

  /// The same as a sentence.
  package func words(currency: String?) -> String {
    let place = channel.map { " on \($0)" } ?? ""
    let side = rule == .cpl ? "at least" : "at most"
    let limit = rule == .cpl ? "at most" : "at least"
    return
      "\(measure.title)\(place) is \(measure.words(estimate, currency: currency)) over \(window), "
      + "\(side) \(measure.words(bound, currency: currency)) with 95 % certainty; "
      + "it should be \(limit) \(measure.words(threshold, currency: currency))."
  }

  /// The same as evidence for a change.
  package func evidence(currency: String?) -> OptimizationEvidence {
    OptimizationEvidence(
      rule, measure, part: channel, window: window, figures: figures, estimate: estimate,
      bound: bound, threshold: threshold, words: words(currency: currency))
  }
}

extension CampaignMeasure {
  /// A value of it for a sentence: `1.85 %`, `61.2 USD`, `1.4`.
  package func words(_ value: Double, currency: String?) -> String {
    if isShare { return "\((value * 100).figure(value < 0.001 ? 4 : 2)) %" }
    guard isMoney, let currency else { return value.figure(2) }
    return "\(value.figure(2)) \(currency)"
  }
}
