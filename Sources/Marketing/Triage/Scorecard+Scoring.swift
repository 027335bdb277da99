extension Scorecard: LeadScoringModel {
  package func scoring(
    of subject: ScoringSubject, settings: TriageSettings
  ) throws(ScoringFailure) -> LeadScoring {
    scoring(of: subject)
  }

  /// What the scorecard says of a lead; it always has an answer, and no setting changes it.
  package func scoring(of subject: ScoringSubject) -> LeadScoring {
    let evaluation = ScorecardEvaluation(of: subject, model: self)
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

  /// The scores alone. Subjects that follow each other and differ in nothing but their past share what
  /// their fields are worth.
  package func scores(of subjects: [ScoringSubject], settings: TriageSettings) -> [Double] {
    var last: (subject: ScoringSubject, fields: ScorecardEvaluation)?
    return subjects.map { subject in
      let fields: ScorecardEvaluation
      if let last, last.subject.hasSameFields(as: subject) {
        fields = last.fields
      } else {
        fields = ScorecardEvaluation(fieldsOf: subject, model: self)
        last = (subject, fields)
      }
      var evaluation = fields
      evaluation.addHistory(of: subject, model: self)
      return Self.score(ofPoints: evaluation.points)
    }
  }

  /// Points clamped to 0–100 and rounded to hundredths, so that the category follows from the score as
  /// it is shown.
  private static func score(ofPoints points: Double) -> Double {
    (min(100, max(0, points)) * 100).rounded() / 100
  }
}

extension ScoringSubject {
  /// Whether both are the same but for their past and their present.
  fileprivate func hasSameFields(as other: ScoringSubject) -> Bool {
    intent == other.intent && identity == other.identity && lead == other.lead
  }
}
