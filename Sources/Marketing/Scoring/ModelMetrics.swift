/// How well a model's probabilities agree with what happened, on rows that it was not trained on.
package struct ModelMetrics: Sendable, Hashable, Codable {
  /// Rows that were judged.
  package var rows: Int
  /// How many of them converted.
  package var positives: Int
  /// The chance that a converted lead ranks above one that did not, 0–1; ties count half.
  package var auc: Double
  /// The area under precision by recall, as average precision, 0–1.
  package var averagePrecision: Double
  /// The mean squared error of the probability, 0–1.
  package var brier: Double
  /// The mean of −ln(probability of what happened), in nats, 0 or more.
  package var logLoss: Double
  /// The expected calibration error, 0–1: over ten bins of equal width, the mean distance of the mean
  /// probability from the share that converted, weighted by rows.
  package var calibrationError: Double

  /// The share of the judged rows that converted; not a number when there are none.
  package var baseRate: Double { rows > 0 ? Double(positives) / Double(rows) : .nan }

  /// Metrics.
  package init(
    rows: Int, positives: Int, auc: Double, averagePrecision: Double, brier: Double,
    logLoss: Double, calibrationError: Double
  ) {
    self.rows = rows
    self.positives = positives
    self.auc = auc
    self.averagePrecision = averagePrecision
    self.brier = brier
    self.logLoss = logLoss
    self.calibrationError = calibrationError
  }
}
