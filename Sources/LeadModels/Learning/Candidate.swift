import Marketing

/// A family of models that can be trained on rows.
protocol CandidateTrainer: Sendable {
  var kind: ModelKind { get }

  /// Trains a model for each part without its rows and predicts them.
  /// - Returns: a raw log-odds for each row; of rows that are not judged it means nothing.
  func judge(
    _ learning: Learning, progress: @escaping @Sendable (Double) -> Void
  ) async throws(TrainingFailure) -> CandidateJudgement

  /// Trains on all rows.
  func train(_ learning: Learning, parameters: [String: Double]) throws(TrainingFailure) -> Learner
}

/// What a family's models said of rows that they were not trained on.
struct CandidateJudgement: Sendable {
  var margins: [Double]
  /// What did best, by name, to train on all rows with.
  var parameters: [String: Double]
}

/// Why training ended without a model.
package enum TrainingFailure: Error, Sendable, Hashable {
  case cancelled
  /// The data cannot be trained on.
  case data(DataError)
  /// A family cannot be trained here.
  case unavailable(String)
}

/// What a family's training leaves behind.
struct Learner: Sendable, Hashable, Codable {
  /// The family.
  var kind: ModelKind
  var naiveBayes: NaiveBayes?
  var regression: LogisticRegression?
  /// Trees, as the library's own JSON.
  var trees: String?
  /// The version of the scorecard.
  var scorecard: String?
}

/// The points that people wrote down.
struct ScorecardTrainer: CandidateTrainer {
  let kind = ModelKind.scorecard

  func judge(
    _ learning: Learning, progress: @escaping @Sendable (Double) -> Void
  ) async throws(TrainingFailure) -> CandidateJudgement {
    guard let scorecard = learning.scorecard else { throw .unavailable("there is no scorecard") }
    guard learning.columns.contains(where: { ScorecardRows.reads($0.field) }) else {
      throw .unavailable("no column is one of the fields that it reads")
    }
    var margins: [Double] = []
    margins.reserveCapacity(learning.labels.count)
    for row in learning.labels.indices {
      if row % 1000 == 0, Task.isCancelled { throw .cancelled }
      margins.append(
        ScorecardRows.logOdds(
          scorecard, columns: learning.columns, values: learning.values.map { $0[row] }))
    }
    return CandidateJudgement(margins: margins, parameters: [:])
  }

  func train(_ learning: Learning, parameters: [String: Double]) throws(TrainingFailure) -> Learner
  {
    Learner(kind: kind, scorecard: learning.scorecard?.version)
  }
}

/// Counts of values.
struct NaiveBayesTrainer: CandidateTrainer {
  let kind = ModelKind.naiveBayes

  func judge(
    _ learning: Learning, progress: @escaping @Sendable (Double) -> Void
  ) async throws(TrainingFailure) -> CandidateJudgement {
    var margins = [Double](repeating: 0, count: learning.labels.count)
    for part in 0..<learning.partCount {
      if Task.isCancelled { throw .cancelled }
      let model = NaiveBayes(
        learning.columns, values: learning.values, labels: learning.labels,
        rows: learning.training(without: part))
      for (place, row) in learning.judged(part).enumerated() {
        if place % 1000 == 0, Task.isCancelled { throw .cancelled }
        margins[row] =
          model.contributions(of: learning.values.map { $0[row] }, columns: learning.columns)
          .reduce(model.intercept, +)
      }
      progress(Double(part + 1) / Double(learning.partCount))
    }
    return CandidateJudgement(margins: margins, parameters: [:])
  }

  func train(_ learning: Learning, parameters: [String: Double]) throws(TrainingFailure) -> Learner
  {
    let model = NaiveBayes(
      learning.columns, values: learning.values, labels: learning.labels,
      rows: Array(learning.labels.indices))
    return Learner(kind: kind, naiveBayes: model)
  }
}

/// A weighted sum, for several strengths of the penalty.
struct LogisticRegressionTrainer: CandidateTrainer {
  let kind = ModelKind.logisticRegression

  /// From strong to weak, so that each fit starts from the one before it.
  private static let penalties = [100.0, 30, 10, 3, 1]
  private static let name = "l2"
  /// Of more rows some are taken: so many say as much of so few weights, and all would fill the memory.
  private static let mostRows = 100_000

  func judge(
    _ learning: Learning, progress: @escaping @Sendable (Double) -> Void
  ) async throws(TrainingFailure) -> CandidateJudgement {
    let done = Counter(of: learning.partCount, progress)
    var byPart: [Int: [[Double]]] = [:]
    await withTaskGroup(of: (Int, [[Double]]).self) { group in
      for part in 0..<learning.partCount {
        group.addTask {
          defer { done.step() }
          return (part, Self.margins(learning, part))
        }
      }
      for await (part, margins) in group { byPart[part] = margins }
    }
    if Task.isCancelled { throw .cancelled }
    let losses = (0..<learning.partCount).map { part in
      let rows = learning.judged(part)
      return (byPart[part] ?? []).map { margins in
        meanLoss(margins, rows.map { learning.labels[$0] })
      }
    }
    let choice = PartwiseChoice(losses, latest: learning.latest)
    var margins = [Double](repeating: 0, count: learning.labels.count)
    for part in 0..<learning.partCount {
      let chosen = byPart[part]?[choice.best(without: part)] ?? []
      for (row, margin) in zip(learning.judged(part), chosen) { margins[row] = margin }
    }
    return CandidateJudgement(
      margins: margins, parameters: [Self.name: Self.penalties[choice.best(without: nil)]])
  }

  private static func sample(of rows: [Int], _ learning: Learning) -> [Int] {
    Folds.sample(of: rows, labels: learning.labels, count: mostRows, seed: learning.seed)
  }

  /// The log-odds of a part's rows by each penalty.
  private static func margins(_ learning: Learning, _ part: Int) -> [[Double]] {
    let training = sample(of: learning.training(without: part), learning)
    let rows = ScaledRows(
      learning.rows(training, without: part), labels: training.map { learning.labels[$0] })
    let judged = learning.rows(learning.judged(part), without: part)
    var model: LogisticRegression?
    return penalties.map { penalty in
      let fitted = LogisticRegression.fit(rows, penalty: penalty, start: model)
      model = fitted
      return (0..<judged.rows).map { fitted.logOdds(of: judged.row($0)) }
    }
  }

  func train(_ learning: Learning, parameters: [String: Double]) throws(TrainingFailure) -> Learner
  {
    let sample = Self.sample(of: Array(learning.labels.indices), learning)
    let rows = ScaledRows(
      learning.rows(sample, without: nil), labels: sample.map { learning.labels[$0] })
    let model = LogisticRegression.fit(
      rows, penalty: parameters[Self.name] ?? Self.penalties[0], start: nil)
    if Task.isCancelled { throw .cancelled }
    return Learner(kind: kind, regression: model)
  }
}
