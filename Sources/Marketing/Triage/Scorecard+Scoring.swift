extension Scorecard: LeadScoringModel {
  package func scoring(
    of subject: ScoringSubject, settings: TriageSettings
  ) throws(ScoringFailure) -> LeadScoring {
    scoring(of: subject)
  }

  /// What the scorecard says of a lead; it always has an answer, and no setting changes it.
  package func scoring(of subject: ScoringSubject) -> LeadScoring {
    let evaluation = ScorecardEvaluation(
      of: subject.lead, identity: subject.identity, history: subject.history,
      intent: subject.intent, model: self, now: subject.now)
    return LeadScoring(
      score: Self.score(ofPoints: evaluation.points), mapping: .points,
      probability: logistic(evaluation.logOdds), isCalibrated: false,
      confidence: evaluation.confidence, intercept: intercept,
      reasons: evaluation.contributions.map {
        TriageReason(field: $0.field, contribution: $0.logOdds, text: $0.text)
      },
      warnings: evaluation.unknownFields.map {
        TriageWarning(
          field: $0.rawValue, text: "The model does not know this value; it counts as absent.")
      }, modelVersion: version)
  }

  /// Points clamped to 0–100 and rounded to hundredths, so that the category follows from the score as
  /// it is shown.
  private static func score(ofPoints points: Double) -> Double {
    (min(100, max(0, points)) * 100).rounded() / 100
  }
}
