package import LeadModels
package import Marketing

/// What an operator may change about trained models.
package struct ModelSettings: Sendable, Hashable {
  /// The shares of leads that shall reach each band.
  package var bands = BandShares()
  /// How a probability becomes a score: `lift` or `identity`.
  package var mapping = ScoreMapping.lift
  /// A stored lead without an outcome counts as lost after so many days.
  package var lostAfterDays = 90
  /// After so many new outcomes a model is trained by itself, to be compared with the one that answers; 0 for
  /// never.
  package var retrainAfterOutcomes = 0
  /// How many threads train and score at a time.
  package var threads = 1

  /// The defaults.
  package init() {}
}
