/// What came of an applied optimization, against what would have been without it.
package struct OptimizationMeasurement: Sendable, Hashable, Codable {
  /// What can be said of it.
  package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// The measure got better, beyond chance.
    case success
    /// It got worse, beyond chance.
    case failure
    /// It cannot be told from chance.
    case inconclusive
  }

  /// The measure that the change was for.
  package var measure: CampaignMeasure
  /// The days before the change.
  package var before: CampaignWindow
  /// The days after it.
  package var after: CampaignWindow
  /// By what share the measure changed beyond what its siblings did: −0.1 is a tenth less; `nil` where
  /// there are too few figures.
  package var effect: Double?
  /// The lower end of the 90 % interval of it.
  package var low: Double?
  /// The upper end.
  package var high: Double?
  /// How many sibling campaigns it is compared with; 0 where only its own past is there.
  package var siblings: Int
  /// What can be said of it.
  package var verdict: Verdict
  /// The same as a sentence.
  package var words: String
  /// When it was measured.
  package var measuredAt: Timestamp

  /// A measurement; see the properties.
  package init(
    _ measure: CampaignMeasure, before: CampaignWindow, after: CampaignWindow,
    effect: Double? = nil, low: Double? = nil, high: Double? = nil, siblings: Int,
    verdict: Verdict, words: String, measuredAt: Timestamp
  ) {
    self.measure = measure
    self.before = before
    self.after = after
    self.effect = effect
    self.low = low
    self.high = high
    self.siblings = siblings
    self.verdict = verdict
    self.words = words
    self.measuredAt = measuredAt
  }
}
