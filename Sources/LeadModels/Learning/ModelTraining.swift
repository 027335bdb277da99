import JSONRPC
package import Marketing

/// Trains every family of models on rows, judges them on rows that they have not seen, and keeps the best.
package struct ModelTraining: Sendable {
  /// What an operator may choose.
  package struct Settings: Sendable, Hashable {
    /// Chooses the folds and what the trees see.
    package var seed: UInt64 = 42
    /// The parts of a cross-validation, 2 or more.
    package var folds = 5
    /// The share of rows, the latest ones, that are judged where rows have times; in (0, 1).
    package var judgedShare = 0.25
    /// The shares of leads that shall reach each band.
    package var bands = BandShares()
    /// How a probability becomes a score: `lift` or `identity`.
    package var mapping = ScoreMapping.lift
    /// The bands' bounds.
    package var triage = TriageSettings()

    /// Five folds, seed 42.
    package init() {}
  }

  /// How far training has come.
  package struct Progress: Sendable, Hashable {
    /// 0–1.
    package var share: Double
    /// What is being done.
    package var step: String
  }

  private let settings: Settings
  private let scorecard: Scorecard?

  /// - Parameter scorecard: the one that is built in, a candidate like the others.
  package init(_ settings: Settings = Settings(), scorecard: Scorecard?) {
    self.settings = settings
    self.scorecard = scorecard
  }

  /// The families in the order in which they are tried, with their share of the time.
  private static let families: [(trainer: any CandidateTrainer, name: String, share: Double)] = [
    (ScorecardTrainer(), "scorecard", 0.01), (NaiveBayesTrainer(), "naive Bayes", 0.02),
    (LogisticRegressionTrainer(), "logistic regression", 0.17),
    (BoostedTreesTrainer(), "boosted trees", 0.73),
  ]

  /// Trains on rows. Runs on the caller's executor and, for its parts, on the executor that the caller
  /// prefers: it keeps them busy.
  /// - Parameter progress: called from several threads.
  /// - Throws: `.cancelled` soon after the task was cancelled; `.data` for data that nothing can be learned
  ///   from.
  package func train(
    on data: TrainingData, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws(TrainingFailure) -> ModelContent {
    // What was cancelled while it was made is not whole.
    if Task.isCancelled { throw .cancelled }
    if let problem = data.problem { throw .data(problem) }
    progress(Progress(share: 0, step: "reading the columns"))
    var draft = FeaturePlan.draft(
      data.table, excluded: data.excluded, fields: data.fields, histories: data.histories,
      groups: data.groups)
    LeakageGuard.examine(&draft, labels: data.labels, groups: data.groups)
    if Task.isCancelled { throw .cancelled }
    guard !draft.features.isEmpty else {
      throw .data(
        DataError(
          draft.columns.isEmpty
            ? "there is no column beside '\(data.target)', expected some to predict it by"
            : "no column is of use: \(Self.reasons(draft.columns))"))
    }
    let (parts, count, validation) = split(data)
    let learning = Learning(
      draft, labels: data.labels, parts: parts, partCount: count,
      latest: validation.method == .outOfTime ? count - 1 : nil, seed: settings.seed,
      scorecard: scorecard, groups: data.groups)
    draft.features = learning.columns
    if Task.isCancelled { throw .cancelled }
    if let latest = learning.latest { try Self.check(learning, latest) }
    let trials = try await judge(learning, progress)
    guard let winner = trials.first, let metrics = winner.report.metrics else {
      let problems = trials.compactMap(\.report.problem).joined(separator: "; ")
      throw .data(DataError("no model could be trained: \(problems)"))
    }
    progress(Progress(share: 0.95, step: "training \(winner.name) on all rows"))
    let learner = try winner.trainer.train(learning, parameters: winner.report.parameters)
    if Task.isCancelled { throw .cancelled }
    let assembly = ModelAssembly(
      settings: settings, learning: learning, draft: draft, data: data, scorecard: scorecard)
    do throws(ScoringFailure) {
      return try assembly.content(
        learner, trial: winner, metrics: metrics, candidates: trials.map(\.report),
        validation: validation)
    } catch {
      throw .unavailable(error.description)
    }
  }

  /// The latest rows must be able to tell models apart.
  private static func check(_ learning: Learning, _ latest: Int) throws(TrainingFailure) {
    let judged = learning.judged(latest)
    let positives = judged.count { learning.labels[$0] }
    let past = learning.training(without: latest)
    let pastPositives = past.count { learning.labels[$0] }
    guard min(positives, judged.count - positives) >= 5,
      min(pastPositives, past.count - pastPositives) >= 10
    else {
      throw .data(
        DataError(
          "split by time, \(past.count) earlier rows have \(pastPositives) conversions and "
            + "\(judged.count) later ones \(positives): too few of one outcome to judge a model; "
            + "leave the time column out to judge by cross-validation"))
    }
  }

  /// Tries every family; the best by log loss first, those that could not be trained last.
  private func judge(
    _ learning: Learning, _ progress: @escaping @Sendable (Progress) -> Void
  ) async throws(TrainingFailure) -> [Trial] {
    var trials: [Trial] = []
    var start = 0.02
    for (trainer, name, share) in Self.families {
      let from = start
      progress(Progress(share: from, step: name))
      do throws(TrainingFailure) {
        let judgement = try await trainer.judge(learning) { done in
          progress(Progress(share: from + share * done, step: name))
        }
        trials.append(Trial(trainer, name, judgement, learning))
      } catch {
        guard case .unavailable(let problem) = error else { throw error }
        trials.append(Trial(trainer, name, problem: problem))
      }
      if Task.isCancelled { throw .cancelled }
      start += share
    }
    return trials.sorted {
      $0.report.metrics?.logLoss ?? .infinity < $1.report.metrics?.logLoss ?? .infinity
    }
  }

  private static func reasons(_ columns: [ModelReport.Column]) -> String {
    columns.prefix(5).map { "'\($0.name.shortened(to: 40))': \($0.reason ?? "not used")" }
      .joined(separator: "; ")
  }

  /// The part that each row is judged in.
  private func split(
    _ data: TrainingData
  ) -> (parts: [Int], count: Int, validation: ModelReport.Validation) {
    guard let times = data.times else {
      let folds = max(2, settings.folds)
      return (
        Folds.parts(
          labels: data.labels, groups: data.groups, count: folds, seed: settings.seed),
        folds, .init(method: .crossValidation, folds: folds)
      )
    }
    let sorted = times.sorted()
    let first = sorted[
      min(sorted.count - 1, Int(Double(sorted.count) * (1 - settings.judgedShare)))]
    // The parts of the past choose settings and calibration; the last part, the latest rows, is judged by
    // what the past alone would have chosen.
    let folds = max(2, settings.folds)
    let past = Folds.parts(
      labels: data.labels, groups: data.groups, count: folds, seed: settings.seed)
    let parts = times.indices.map { times[$0] >= first ? folds : past[$0] }
    return (
      parts, folds + 1,
      .init(
        method: .outOfTime, folds: folds, timeColumn: data.timeColumn,
        judgedFrom: data.timesAreDates ? first.iso8601 : nil)
    )
  }
}
