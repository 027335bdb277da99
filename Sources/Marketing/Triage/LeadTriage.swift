/// Scores a lead, puts it into a category and says why and what next.
package enum LeadTriage {
  /// The triage of one lead: a pure function of its arguments, a few microseconds long.
  /// - Parameters:
  ///   - identity: the lead's normalized values, `LeadIdentity(of: lead, …)`.
  ///   - history: what the stores know of the lead's past.
  ///   - cohorts: the counts of leads like this one, coarse to fine, as `LeadStore.cohorts` gives them.
  ///   - lead: without consent when it asks for no further contact now: consent that is there counts as
  ///     given after that message.
  ///   - intent: what the lead wants where somebody has told already; `nil` to go by the phrases of its
  ///     message.
  ///   - settings: valid ones (`TriageSettings.problems()` is empty).
  package static func triage(
    lead: Lead, identity: LeadIdentity, history: LeadHistory, cohorts: [CohortCount],
    intent: MessageIntent?, model: Scorecard, settings: TriageSettings, now: Timestamp
  ) -> TriageResult {
    let intent = intent ?? model.intent(of: lead.message)
    let evaluation = ScorecardEvaluation(
      of: lead, identity: identity, history: history, intent: intent, model: model, now: now)
    let score = score(ofPoints: evaluation.points)
    let category = settings.category(forScore: score)
    let record = TriageRecord(
      leadID: lead.id, triagedAt: now, score: score, probability: logistic(evaluation.logOdds),
      isCalibrated: false, category: category, confidence: evaluation.confidence,
      reasons: evaluation.contributions.map {
        TriageReason(field: $0.field, contribution: $0.logOdds, text: $0.text)
      },
      modelVersion: model.version)
    let rule = NextActionRule(
      lead: lead, identity: identity, history: history, category: category, intent: intent,
      settings: settings)
    return TriageResult(
      record: record, intercept: model.intercept, mapping: .points, intent: intent,
      cohort: CohortEstimate(counts: cohorts, settings: settings),
      nextAction: rule.recommendation(), duplicates: history.duplicates,
      warnings: warnings(
        about: lead, evaluation: evaluation, now: now))
  }

  /// Points clamped to 0–100 and rounded to hundredths, so that the category follows from the score as
  /// it is shown.
  private static func score(ofPoints points: Double) -> Double {
    (min(100, max(0, points)) * 100).rounded() / 100
  }

  private static func warnings(
    about lead: Lead, evaluation: ScorecardEvaluation, now: Timestamp
  ) -> [TriageWarning] {
    var warnings = evaluation.unknownFields.map {
      TriageWarning(
        field: $0.rawValue, text: "The model does not know this value; it counts as absent.")
    }
    if evaluation.mailDomain == .placeholder {
      warnings.append(
        TriageWarning(
          field: ScorecardField.email.rawValue,
          text: "The address is in a domain reserved for examples; mail to it reaches nobody."))
    }
    if lead.createdAt > now {
      warnings.append(
        TriageWarning(field: "createdAt", text: "The lead's creation lies in the future."))
    }
    return warnings
  }
}
