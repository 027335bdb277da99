/// A change that a lead could come to, and the score that it would have then.
package struct Counterfactual: Sendable, Hashable, Codable {
  /// The field that would change, for example `interactions.reply`.
  package var field: String
  /// The change and what it would come to, as a sentence. It may name columns and values of
  /// the data that the model was trained on, which people outside may have written.
  package var text: String
  /// The score then, 0–100.
  package var score: Double
  /// The category then.
  package var category: LeadCategory

  /// A change with its outcome.
  package init(field: String, text: String, score: Double, category: LeadCategory) {
    self.field = field
    self.text = text
    self.score = score
    self.category = category
  }
}

/// A change that can be tried on a lead.
package struct Intervention: Sendable {
  /// The field that changes.
  package let field: String
  /// The change as the beginning of a sentence, for example `A reply within 7 days`.
  package let text: String
  /// Makes the change.
  package let apply: @Sendable (inout ScoringSubject) -> Void

  /// A change.
  package init(
    field: String, text: String, apply: @escaping @Sendable (inout ScoringSubject) -> Void
  ) {
    self.field = field
    self.text = text
    self.apply = apply
  }
}

extension Intervention {
  /// What a team can bring about with a lead whatever the model reads, the least effort first.
  static func usual(for subject: ScoringSubject) -> [Intervention] {
    var interventions: [Intervention] = []
    if subject.lead.hasConsent == nil {
      interventions.append(
        Intervention(field: "consent", text: "Consent to be contacted") {
          $0.lead.hasConsent = true
        })
    }
    interventions.append(happening(.emailClick, "A click in an e-mail", days: 7))
    interventions.append(happening(.reply, "A reply", days: 7))
    interventions.append(happening(.meeting, "A meeting", days: 14))
    return interventions
  }

  /// Something that the lead does at the end of a time, with the lead scored then.
  private static func happening(_ kind: InteractionKind, _ text: String, days: Int) -> Intervention
  {
    Intervention(
      field: "interactions.\(kind.rawValue)", text: "\(text) within \(days) days"
    ) { subject in
      subject.now = subject.now + .days(days)
      subject.history.interactions[kind, default: 0] += 1
      subject.history.outcomes[.positive, default: 0] += 1
      subject.history.lastLeadActivity = subject.now
    }
  }
}

extension Counterfactual {
  /// The most that are told of one lead.
  private static let most = 3

  /// What would move a lead into a better category, each change by itself and scored by the model; where
  /// none would, the change that would raise its score the most. None of a lead that is won, is in the best
  /// category, or refuses contact: nobody shall try to bring it about there.
  /// - Parameter scoring: what the model says of the lead as it is.
  package static func all(
    for subject: ScoringSubject, scoring: LeadScoring, model: some LeadScoringModel,
    settings: TriageSettings
  ) throws(ScoringFailure) -> [Counterfactual] {
    let now = settings.category(forScore: scoring.score)
    guard now != .campaignQualified, !subject.history.hasConverted,
      subject.lead.status != .converted, subject.lead.hasConsent != false
    else { return [] }
    let interventions = Intervention.usual(for: subject) + model.interventions(for: subject)
    let changed = interventions.map { intervention in
      var changed = subject
      intervention.apply(&changed)
      return changed
    }
    let scores = try model.scores(of: changed, settings: settings)
    var better: [Counterfactual] = []
    var best: (gain: Double, change: Counterfactual)?
    for (intervention, score) in zip(interventions, scores) where score > scoring.score {
      let category = settings.category(forScore: score)
      let isMoved = category != now
      let text =
        isMoved
        ? "\(intervention.text) would move this to \(category.rawValue) (score \(short(score)))."
        : "\(intervention.text) would raise the score from \(short(scoring.score)) to \(short(score))."
      let change = Counterfactual(
        field: intervention.field, text: text, score: score, category: category)
      if isMoved { better.append(change) }
      if score - scoring.score > best?.gain ?? 0.5 { best = (score - scoring.score, change) }
    }
    if !better.isEmpty { return Array(better.prefix(most)) }
    return best.map { [$0.change] } ?? []
  }

  private static func short(_ score: Double) -> String { String(Int(score.rounded())) }
}

extension LeadScoringModel {
  /// The scores of several subjects.
  package func scores(
    of subjects: [ScoringSubject], settings: TriageSettings
  ) throws(ScoringFailure) -> [Double] {
    var scores: [Double] = []
    for subject in subjects { scores.append(try scoring(of: subject, settings: settings).score) }
    return scores
  }

  /// No changes beside the usual ones.
  package func interventions(for subject: ScoringSubject) -> [Intervention] { [] }
}
