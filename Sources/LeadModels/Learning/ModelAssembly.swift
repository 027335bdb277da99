import JSONRPC
import Marketing

/// Puts a trained model together with all that was found out.
struct ModelAssembly {
  /// So many rows are enough to see how far contributions spread.
  private static let mostExplained = 2000

  let settings: ModelTraining.Settings
  let learning: Learning
  let draft: FeaturePlan.Draft
  let data: TrainingData
  let scorecard: Scorecard?

  func content(
    _ learner: Learner, trial: Trial, metrics: ModelMetrics,
    candidates: [ModelReport.Candidate], validation: ModelReport.Validation
  ) throws(ScoringFailure) -> ModelContent {
    let calibration = Calibration(
      trial.report.calibration, margins: trial.margins, labels: learning.labels)
    let probabilities = trial.judgement.map(\.probability)
    var warnings = data.warnings
    var mapping = ScoreCurve.identity
    if settings.mapping == .lift {
      if let curve = ScoreCurve(fitting: probabilities, shares: settings.bands) {
        mapping = curve
      } else {
        warnings.append(
          "The probabilities are too much alike to give each category its share of leads: the score "
            + "is 100 × probability.")
      }
    }
    let judgement = Judgement(trial.judgement)
    var content = ModelContent(
      seed: settings.seed, plan: FeaturePlan(columns: told(), missing: data.missing),
      learner: learner, calibration: calibration, mapping: mapping,
      ranges: [Double](repeating: 0, count: draft.features.count),
      report: ModelReport(
        kind: trial.report.kind, calibration: trial.report.calibration, target: data.target,
        positive: data.positive, rows: data.labels.count,
        positives: data.labels.count { $0 }, skipped: data.skipped, validation: validation,
        metrics: metrics, candidates: candidates,
        calibrationCurve: judgement.calibrationCurve(), roc: judgement.roc(),
        lift: judgement.lift(), bands: bands(trial.judgement, mapping), importance: [],
        columns: draft.columns, warnings: []))
    if let groups = data.groups {
      content.report.leads = Set(groups).count
      content.report.convertedLeads =
        Set(groups.indices.filter { data.labels[$0] }.map { groups[$0] })
        .count
    }
    try explain(&content)
    content.report.warnings = warnings + self.warnings(metrics, candidates)
    return content
  }

  /// The columns, with the values that reasons may tell: those of enough leads, however many rows each
  /// lead makes, so that nothing is told that one of them wrote.
  private func told() -> [FeatureColumn] {
    guard let groups = data.groups else { return draft.features }
    return zip(draft.features, draft.values).map { column, values in
      guard column.reading.kind == .category, column.history == nil else { return column }
      var leads: [ColumnReading.Value: Set<Int>] = [:]
      for (value, group) in zip(values, groups) { leads[value, default: []].insert(group) }
      var column = column
      for (place, word) in column.categories.enumerated()
      where leads[.word(word), default: []].count < ColumnInference.fewest {
        column.labels[place] = ""
      }
      return column
    }
  }

  /// How far each column's contributions spread, and how much they move rows on the whole.
  private func explain(_ content: inout ModelContent) throws(ScoringFailure) {
    let model = try TrainedModel(version: "", content: content, scorecard: scorecard)
    let rows = Folds.sample(
      of: Array(learning.labels.indices), count: Self.mostExplained, seed: settings.seed)
    let answers = try model.answers(for: rows.map { row in learning.values.map { $0[row] } })
    var sums = [Double](repeating: 0, count: draft.features.count)
    for place in draft.features.indices {
      let parts = answers.map { $0.parts[place] }
      content.ranges[place] = max(0, parts.max() ?? 0) - min(0, parts.min() ?? 0)
      sums[place] = parts.reduce(0) { $0 + abs($1) } / Double(max(1, parts.count))
    }
    let total = sums.reduce(0, +)
    content.report.importance = zip(draft.features, sums)
      .map {
        .init(field: $0.name, meanContribution: $1, share: total > 0 ? $1 / total : 0)
      }
      .sorted { ($1.meanContribution, $0.field) < ($0.meanContribution, $1.field) }
  }

  private func bands(_ rows: [Judgement.Row], _ curve: ScoreCurve) -> [ModelReport.Band] {
    let triage = settings.triage
    let scored = rows.map {
      (triage.category(forScore: curve.score($0.probability, settings: triage)), $0)
    }
    return LeadCategory.allCases.map { category in
      let members = scored.filter { $0.0 == category }.map(\.1)
      let hits = members.count { $0.isPositive }
      let from: Double =
        switch category {
        case .campaignQualified:
          curve.mapping == .lift ? curve.campaignQualified : triage.campaignQualifiedScore / 100
        case .coldLead: curve.mapping == .lift ? curve.coldLead : triage.coldLeadScore / 100
        case .generalInquiry: 0
        }
      return ModelReport.Band(
        category: category, rows: members.count,
        share: Double(members.count) / Double(max(1, rows.count)),
        rate: Double(hits) / Double(max(1, members.count)), fromProbability: from)
    }
  }

  private func warnings(
    _ metrics: ModelMetrics, _ candidates: [ModelReport.Candidate]
  ) -> [String] {
    var warnings: [String] = []
    for column in draft.columns where column.isLeakageSuspect {
      let auc = (column.auc ?? 0.5).rounded(to: 3)
      warnings.append(
        "'\(column.name.shortened(to: 60))' alone ranks leads with AUC \(auc): it may be known only "
          + "after the outcome. If it is, exclude it and train again; a model with it is of no use for "
          + "new leads.")
    }
    if metrics.auc < 0.55 {
      warnings.append(
        "The model hardly tells leads apart (AUC \(metrics.auc.rounded(to: 3))): the columns carry "
          + "little or no signal.")
    }
    if metrics.calibrationError > 0.05 {
      warnings.append(
        "Probabilities are off by \(metrics.calibrationError.rounded(to: 3)) on average on rows that "
          + "the model was not trained on.")
    }
    for candidate in candidates where candidate.problem != nil && candidate.kind == .boostedTrees {
      warnings.append("Boosted trees were left out: \(candidate.problem ?? "").")
    }
    return warnings
  }
}
