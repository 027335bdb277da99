/// Everything that triage found out about a lead.
package struct TriageResult: Sendable, Hashable {
  /// What is stored.
  package var record: TriageRecord
  /// The log-odds that the reasons' contributions are added to: together they are exactly the logit of
  /// the probability.
  package var intercept: Double
  /// How the score came from the model.
  package var mapping: ScoreMapping
  /// What the lead wants, by its message or as the caller said.
  package var intent: MessageIntent
  /// How often leads like this one converted; `nil` when there are none.
  package var cohort: CohortEstimate?
  /// What to do next.
  package var nextAction: NextAction
  /// Other leads that seem to be the same person.
  package var duplicates: [DuplicateMatch]
  /// What would change the category, each scored by the model; empty when that was not asked.
  package var counterfactuals: [Counterfactual] = []
  /// What the reader should know about the input, as sentences without the lead's own text.
  package var warnings: [TriageWarning]
}

/// How a score of 0–100 came from a model.
package enum ScoreMapping: String, Sendable, Hashable, Codable, CaseIterable {
  /// The model's own points, clamped to 0–100.
  case points
  /// Fitted so that a set share of leads reaches each band, straight between the bands' bounds.
  case lift
  /// 100 × probability.
  case identity
}

/// Something about a lead's data that weakens its triage.
package struct TriageWarning: Sendable, Hashable, Codable {
  /// The field, for example `industry`.
  package var field: String
  /// What is the matter, as a sentence. Holds no text that the lead wrote.
  package var text: String

  /// A warning.
  package init(field: String, text: String) {
    self.field = field
    self.text = text
  }
}
