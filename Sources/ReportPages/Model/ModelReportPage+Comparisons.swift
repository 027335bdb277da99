import Marketing

extension ModelReportPage {
  /// The families that were tried, and other models on the same leads.
  var comparisons: [String: TemplateValue] {
    [
      "hasCandidates": .flag(!report.candidates.isEmpty),
      "candidates": .markup(candidateTable.markup),
      "problems": .list(
        report.candidates.compactMap { candidate in
          candidate.problem.map {
            ["family": .text(ModelWords.name(candidate.kind)), "problem": .text($0)]
          }
        }),
      "hasShadows": .flag(!shadows.isEmpty),
      "shadows": .markup(shadows.isEmpty ? Markup() : shadowTable.markup),
    ]
  }

  private var candidateTable: ReportTable {
    // Its metrics tell the winner from the same family with other settings.
    let chosen = report.candidates.firstIndex {
      $0.kind == report.kind && $0.metrics == report.metrics
    }
    return ReportTable(
      caption: "Families by log loss on held-out rows, the best first",
      columns: [.words("Family"), .words("Calibration")] + Self.metricColumns
        + [.words("Parameters")],
      rows: report.candidates.enumerated().map { index, candidate in
        [
          ModelWords.name(candidate.kind) + (index == chosen ? " (chosen)" : ""),
          candidate.metrics == nil ? NumberText.missing : ModelWords.name(candidate.calibration),
        ] + Self.cells(candidate.metrics)
          + [candidate.problem == nil ? Self.settings(candidate.parameters) : "not trained"]
      }, marked: chosen)
  }

  private var shadowTable: ReportTable {
    let best = shadows.indices.filter { shadows[$0].metrics.logLoss.isFinite }
      .min { shadows[$0].metrics.logLoss < shadows[$1].metrics.logLoss }
    return ReportTable(
      caption: "Models on the same judged leads",
      columns: [.words("Model"), .numbers("Leads"), .numbers("Converted")] + Self.metricColumns,
      rows: shadows.enumerated().map { index, shadow in
        [
          shadow.model + (index == best && shadows.count > 1 ? " (lowest log loss)" : ""),
          NumberText.count(shadow.metrics.rows), NumberText.count(shadow.metrics.positives),
        ] + Self.cells(shadow.metrics)
      }, marked: shadows.count > 1 ? best : nil)
  }

  private static let metricColumns: [ReportTable.Column] = [
    .numbers("Log loss"), .numbers("AUC"), .numbers("PR-AUC"), .numbers("Brier"),
    .numbers("Calibration error"),
  ]

  private static func cells(_ metrics: ModelMetrics?) -> [String] {
    guard let metrics else { return metricColumns.map { _ in NumberText.missing } }
    return [
      metrics.logLoss, metrics.auc, metrics.averagePrecision, metrics.brier,
      metrics.calibrationError,
    ].map(NumberText.significant)
  }

  private static func settings(_ parameters: [String: Double]) -> String {
    guard !parameters.isEmpty else { return NumberText.missing }
    return parameters.sorted { $0.key < $1.key }
      .map { "\($0.key)\u{A0}\(NumberText.setting($0.value))" }.joined(separator: ", ")
  }
}
