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
  /// The days before the change that it is compared with: those before the ones that broke the rule, where
  /// enough are known.
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
  /// Whether another change of the same campaign leaves too few days to tell the two apart.
  package var isConfounded: Bool
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
    isConfounded: Bool = false, verdict: Verdict, words: String, measuredAt: Timestamp
  ) {
    self.measure = measure
    self.before = before
    self.after = after
    self.effect = effect
    self.low = low
    self.high = high
    self.siblings = siblings
    self.isConfounded = isConfounded
    self.verdict = verdict
    self.words = words
    self.measuredAt = measuredAt
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    measure = try container.decode(CampaignMeasure.self, forKey: .measure)
    before = try container.decode(CampaignWindow.self, forKey: .before)
    after = try container.decode(CampaignWindow.self, forKey: .after)
    effect = try container.decodeIfPresent(Double.self, forKey: .effect)
    low = try container.decodeIfPresent(Double.self, forKey: .low)
    high = try container.decodeIfPresent(Double.self, forKey: .high)
    siblings = try container.decode(Int.self, forKey: .siblings)
    // Measurements were stored before it was told.
    isConfounded = try container.decodeIfPresent(Bool.self, forKey: .isConfounded) ?? false
    verdict = try container.decode(Verdict.self, forKey: .verdict)
    words = try container.decode(String.self, forKey: .words)
    measuredAt = try container.decode(Timestamp.self, forKey: .measuredAt)
  }
}
