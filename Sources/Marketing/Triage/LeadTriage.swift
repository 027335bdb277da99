/// Scores a lead, puts it into a category and says why and what next.
package enum LeadTriage {
  /// The triage of one lead by a scorecard: a pure function of its arguments, a few microseconds long.
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
    let subject = ScoringSubject(
      lead: lead, identity: identity, history: history,
      intent: intent ?? model.intent(of: lead.message), now: now)
    return triage(
      subject, scoring: model.scoring(of: subject), cohorts: cohorts, settings: settings)
  }

  /// The triage of a lead that a model has answered about.
  /// - Parameter cohorts: the counts of leads like this one, coarse to fine, as `LeadStore.cohorts` gives
  ///   them.
  package static func triage(
    _ subject: ScoringSubject, scoring: LeadScoring, cohorts: [CohortCount],
    settings: TriageSettings
  ) -> TriageResult {
    let category = settings.category(forScore: scoring.score)
    let record = TriageRecord(
      leadID: subject.lead.id, triagedAt: subject.now, score: scoring.score,
      probability: scoring.probability, isCalibrated: scoring.isCalibrated, category: category,
      confidence: scoring.confidence, reasons: scoring.reasons, modelVersion: scoring.modelVersion)
    let rule = NextActionRule(
      lead: subject.lead, identity: subject.identity, history: subject.history,
      category: category, intent: subject.intent, settings: settings)
    return TriageResult(
      record: record, intercept: scoring.intercept, mapping: scoring.mapping,
      intent: subject.intent, cohort: CohortEstimate(counts: cohorts, settings: settings),
      nextAction: rule.recommendation(), duplicates: subject.history.duplicates,
      warnings: scoring.warnings + warnings(about: subject))
  }

  private static func warnings(about subject: ScoringSubject) -> [TriageWarning] {
    var warnings: [TriageWarning] = []
    let domain = subject.identity.email.flatMap(EmailAddress.init(splitting:))
      .map { MailDomain($0.domain) }
    if domain == .placeholder {
      warnings.append(
        TriageWarning(
          field: ScorecardField.email.rawValue,
          text: "The address is in a domain reserved for examples; mail to it reaches nobody."))
    }
    if subject.lead.createdAt > subject.now {
      warnings.append(
        TriageWarning(field: "createdAt", text: "The lead's creation lies in the future."))
    }
    return warnings
  }
}
