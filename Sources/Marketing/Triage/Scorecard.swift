/// A transparent model of lead quality: every value of every field has its points and its log-odds,
/// written down with a reason in a file that people review.
///
/// The score is the sum of points, clamped to 0–100 (the mapping `points`); the probability is the
/// logistic of the sum of log-odds. The model needs no data, so its probability is not calibrated. It
/// reads nothing that is known only after the outcome: no status, no earlier score, no tags by sales.
package struct Scorecard: Sendable {
  /// The model's name and version, for example `scorecard-1`.
  package let version: String
  /// The file's own words on what the model is.
  package let about: String
  /// The log-odds of a lead of which nothing is known.
  package var intercept: Double { baseline.logOdds }

  let baseline: ScorecardWeight
  /// Days in which the worth of past activity halves.
  let halfLifeDays: Double
  let tables: [ScorecardField: ScorecardTable]
  let seniority: ScorecardLevels
  let interactions: [InteractionKind: ScorecardCount]
  let outcomes: [InteractionOutcome: ScorecardCount]
  let conversions: ScorecardCount?
  let accountConversions: ScorecardCount?
  let classifier: MessageIntentClassifier
  /// The ranges that confidence is a share of.
  let ranges: ScorecardRanges

  /// What a lead wants, by the phrases that this model knows.
  package func intent(of message: String?) -> MessageIntent { classifier.intent(of: message) }

  /// Notes in a triage by another model that the lead refuses contact, so that `sawRefusal` tells it.
  package func noteRefusal(in triage: inout TriageRecord) {
    guard !sawRefusal(triage),
      let weight = tables[.message]?.weight(of: MessageIntent.unsubscribe.rawValue)
    else { return }
    triage.reasons.append(
      TriageReason(
        field: ScorecardField.message.rawValue, contribution: 0, text: weight.text))
  }

  /// Whether an earlier triage was made of a lead that refuses contact.
  package func sawRefusal(_ triage: TriageRecord) -> Bool {
    guard let weight = tables[.message]?.weight(of: MessageIntent.unsubscribe.rawValue) else {
      return false
    }
    return triage.reasons.contains { $0.text == weight.text }
  }
}

/// How far a part of a lead can move the log-odds: max − min over its values, absence counting as 0.
struct ScorecardRanges: Sendable {
  /// The lead's own past: interactions, outcomes, conversions. All of it is known, or none.
  let past: Double
  /// The conversions of the company's other leads.
  let accountConversions: Double
  /// The sum of all, with the fields.
  let total: Double
}
