import Marketing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension ModelReportPage {
  /// What the model is, in short, and what its reader should know first.
  var introduction: [String: TemplateValue] {
    let used = report.columns.count(where: \.isUsed)
    return [
      "modelName": .text(model.id.rawValue),
      "target": .text(report.target),
      "positive": .text(report.positive),
      "kind": .text(ModelWords.name(report.kind)),
      "kindExplanation": .text(ModelWords.explanation(report.kind)),
      "calibrationExplanation": .text(ModelWords.explanation(report.calibration)),
      "usedColumns": .text(NumberText.count(used)),
      "columnCount": .text(NumberText.count(report.columns.count)),
      "rows": .text(NumberText.count(report.leadCount)),
      "positives": .text(NumberText.count(report.convertedLeadCount)),
      "baseRate": .text(NumberText.percent(report.baseRate)),
      "validation": .text(ModelWords.explanation(report.validation)),
      "limit": .text(ModelWords.limit(report.validation)),
      "hasWarnings": .flag(!warnings.isEmpty),
      "warnings": .list(warnings.map { ["warning": .text($0)] }),
      "createdAt": .text(ModelWords.moment(model.createdAt)),
      "createdBy": .text(model.createdBy),
      "digest": .text(model.digest),
      "size": .text(NumberText.count(model.size)),
      "version": .text(NumberText.count(model.version)),
      "versionOf": .text(model.name),
      "hasTrainingTime": .flag(model.trainingSeconds != nil),
      "trainingSeconds": .text(model.trainingSeconds.map(NumberText.significant) ?? ""),
      "measures": .list(measures.map(\.values)),
    ]
  }

  /// The report's own warnings and what drift adds to them.
  private var warnings: [String] {
    guard let drift else { return report.warnings }
    switch drift.status {
    case .insufficient, .stable: return report.warnings
    case .warning:
      return report.warnings + ["The leads of now differ from those of training; see Drift below."]
    case .alarm:
      return report.warnings + [
        "The leads of now differ much from those of training: its probabilities may be wrong; see Drift "
          + "below."
      ]
    }
  }

  private var measures: [PageMeasure] {
    let metrics = report.metrics
    let rate = metrics.baseRate
    return [
      PageMeasure(
        name: "AUC", value: NumberText.significant(metrics.auc),
        meaning: "1 ranks every converted lead first; .5 is chance"),
      PageMeasure(
        name: "Calibration error", value: NumberText.significant(metrics.calibrationError),
        meaning: "mean distance of probability and share converted; 0 is exact"),
      PageMeasure(
        name: "Log loss", value: NumberText.significant(metrics.logLoss),
        meaning: "0 is certain and right; the base rate alone gets \(Self.blindLogLoss(rate))"),
      PageMeasure(
        name: "Brier score", value: NumberText.significant(metrics.brier),
        meaning: "0 is certain and right; the base rate alone gets "
          + NumberText.significant(rate * (1 - rate))),
      PageMeasure(
        name: "PR-AUC", value: NumberText.significant(metrics.averagePrecision),
        meaning: "1 ranks every converted lead first; \(NumberText.significant(rate)) is chance"),
    ]
  }

  /// The log loss of whoever predicts the base rate for every lead.
  private static func blindLogLoss(_ rate: Double) -> String {
    guard rate > 0, rate < 1 else { return NumberText.missing }
    return NumberText.significant(-(rate * log(rate) + (1 - rate) * log(1 - rate)))
  }
}
