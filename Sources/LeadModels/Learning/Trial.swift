import Marketing

/// A family that was tried: what its models said of rows they had not seen, calibrated.
struct Trial: Sendable {
  let trainer: any CandidateTrainer
  let name: String
  let report: ModelReport.Candidate
  /// Raw log-odds of all rows.
  let margins: [Double]
  /// Of the judged rows.
  let judgement: [Judgement.Row]

  /// A family that could not be trained.
  init(_ trainer: any CandidateTrainer, _ name: String, problem: String) {
    self.trainer = trainer
    self.name = name
    report = .init(kind: trainer.kind, problem: problem)
    margins = []
    judgement = []
  }

  /// Calibrates what a family said by each method, and keeps the one with the lowest log loss.
  init(
    _ trainer: any CandidateTrainer, _ name: String, _ judged: CandidateJudgement,
    _ learning: Learning
  ) {
    self.trainer = trainer
    self.name = name
    margins = judged.margins
    var best: (method: CalibrationMethod, rows: [Judgement.Row], metrics: ModelMetrics)?
    for method in CalibrationMethod.allCases {
      let rows = Self.calibrated(judged.margins, method, learning)
      guard let metrics = Judgement(rows).metrics else { continue }
      if metrics.logLoss < best?.metrics.logLoss ?? .infinity { best = (method, rows, metrics) }
    }
    report = .init(
      kind: trainer.kind, calibration: best?.method ?? .none, metrics: best?.metrics,
      parameters: judged.parameters,
      problem: best == nil ? "its probabilities could not be judged" : nil)
    judgement = best?.rows ?? []
  }

  /// The probabilities of the judged rows, each calibrated by a curve that was fitted without its part.
  private static func calibrated(
    _ margins: [Double], _ method: CalibrationMethod, _ learning: Learning
  ) -> [Judgement.Row] {
    let parts = learning.latest.map { [$0] } ?? Array(0..<learning.partCount)
    var rows: [(row: Int, judged: Judgement.Row)] = []
    for part in parts {
      let fitted = learning.training(without: part)
      let curve = Calibration(
        method, margins: fitted.map { margins[$0] }, labels: fitted.map { learning.labels[$0] })
      for row in learning.judged(part) {
        rows.append(
          (
            row,
            .init(
              probability: logistic(curve.logOdds(margins[row])),
              isPositive: learning.labels[row])
          ))
      }
    }
    return rows.sorted { $0.row < $1.row }.map(\.judged)
  }
}
