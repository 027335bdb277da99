import Marketing

/// What the models of a workspace say of a lead.
struct LineupAnswer {
  /// What counts.
  let scoring: LeadScoring
  /// What would change the category.
  let changes: [Counterfactual]
  /// What is kept to compare the models.
  let shadows: [ShadowPrediction]
  /// What kept a model from answering that should have, for operators; `nil` when nothing did.
  let cause: String?

  /// Asks the champion; where it cannot answer, the scorecard does, and a warning says so.
  init(
    _ lineup: ScoringModels.Lineup, of subject: ScoringSubject, _ environment: ToolEnvironment,
    withChanges: Bool
  ) {
    let settings = environment.settings
    var champion = lineup.champion
    var problem = lineup.problem
    var scoring: LeadScoring
    do throws(ScoringFailure) {
      scoring = try champion.scoring(of: subject, settings: settings)
    } catch {
      problem = ScoringModels.Problem(champion.version, error)
      champion = environment.scorecard
      scoring = environment.scorecard.scoring(of: subject)
    }
    if let problem {
      scoring.warnings.append(
        TriageWarning(field: "modelVersion", text: problem.text))
    }
    self.scoring = scoring
    cause = problem?.cause ?? lineup.challengerProblem
    changes =
      withChanges
      ? (try? Counterfactual.all(
        for: subject, scoring: scoring, model: champion, settings: settings)) ?? [] : []
    shadows = lineup.shadows.compactMap { name, model in
      // What the scorecard says in the champion's place is not the champion's.
      let isChampion = name == lineup.choices.active.name
      let probability =
        isChampion
        ? (problem == nil ? scoring.probability : nil)
        : (try? model.scoring(of: subject, settings: settings))?.probability
      return probability.map { ShadowPrediction(model: name, probability: $0) }
    }
  }
}
