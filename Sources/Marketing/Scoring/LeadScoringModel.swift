/// Tells the chance that a lead converts, and why.
package protocol LeadScoringModel: Sendable {
  /// The model's name with its version, for example `scorecard-1` or `leads-3`.
  var version: String { get }

  /// What the model says of a lead. Pure: the same subject and settings give the same answer.
  /// - Parameter settings: valid ones; a score is read against their bands.
  /// - Throws: when the model cannot be computed on this machine.
  func scoring(
    of subject: ScoringSubject, settings: TriageSettings
  ) throws(ScoringFailure) -> LeadScoring

  /// The scores of several subjects, 0–100.
  func scores(
    of subjects: [ScoringSubject], settings: TriageSettings
  ) throws(ScoringFailure) -> [Double]

  /// Changes of what only this model reads that can be tried on a lead.
  func interventions(for subject: ScoringSubject) -> [Intervention]
}

/// Why a model could not answer.
package struct ScoringFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is the matter and what would help; for operators.
  package let description: String

  /// A failure.
  package init(_ description: String) { self.description = description }
}

/// A lead as a model sees it.
package struct ScoringSubject: Sendable {
  /// The lead.
  package var lead: Lead
  /// The lead's normalized values.
  package var identity: LeadIdentity
  /// What the stores know of the lead's past.
  package var history: LeadHistory
  /// What the lead wants.
  package var intent: MessageIntent
  /// The present: what the age of things is counted to.
  package var now: Timestamp

  /// A lead with its past.
  package init(
    lead: Lead, identity: LeadIdentity, history: LeadHistory, intent: MessageIntent, now: Timestamp
  ) {
    self.lead = lead
    self.identity = identity
    self.history = history
    self.intent = intent
    self.now = now
  }
}

/// What a model says of a lead.
package struct LeadScoring: Sendable, Hashable {
  /// What the bands read, 0–100.
  package var score: Double
  /// How the score came from the model.
  package var mapping: ScoreMapping
  /// The chance of conversion, 0–1.
  package var probability: Double
  /// Whether the probability was fitted to outcomes.
  package var isCalibrated: Bool
  /// The share of the model's total contribution range carried by fields that were present and known, 0–1.
  package var confidence: Double
  /// The log-odds that the reasons' contributions are added to, in their order: together they are exactly
  /// the logit of the probability.
  package var intercept: Double
  /// Signed contributions, strongest first.
  package var reasons: [TriageReason]
  /// What weakens the answer.
  package var warnings: [TriageWarning]
  /// The model that answered.
  package var modelVersion: String

  /// An answer.
  package init(
    score: Double, mapping: ScoreMapping, probability: Double, isCalibrated: Bool,
    confidence: Double, intercept: Double, reasons: [TriageReason], warnings: [TriageWarning],
    modelVersion: String
  ) {
    self.score = score
    self.mapping = mapping
    self.probability = probability
    self.isCalibrated = isCalibrated
    self.confidence = confidence
    self.intercept = intercept
    self.reasons = reasons
    self.warnings = warnings
    self.modelVersion = modelVersion
  }
}
