import Marketing

extension ModelReportPage {
  /// How far the leads of now are from those of training.
  var changes: [String: TemplateValue] {
    guard let drift else {
      return [
        "hasDrift": .flag(false), "driftRows": .text(""), "driftStatus": .text(""),
        "driftFigures": .list([]), "hasNoBaseRate": .flag(false),
      ]
    }
    var figures: [[String: TemplateValue]] = []
    let stability = StabilityChart(fields: drift.fields, rows: drift.rows)
    if let picture = stability.picture(id: "stability") {
      figures.append(picture.values(with: stabilityTable(drift)))
    }
    if let baseRate = drift.baseRate {
      let chart = BaseRateChart(baseRate: baseRate, trainedLeads: report.leadCount)
      figures.append(
        chart.picture(id: "base-rate").values(with: baseRateTable(baseRate)))
    }
    return [
      "hasDrift": .flag(true),
      "driftRows": .text(NumberText.count(drift.rows)),
      "driftStatus": .text(StabilityChart.word(drift.status)),
      "driftFigures": .list(figures),
      "hasNoBaseRate": .flag(drift.baseRate == nil),
    ]
  }

  private func stabilityTable(_ drift: DriftReport) -> ReportTable {
    ReportTable(
      caption: "Population stability index by field",
      columns: [.words("Field"), .numbers("Index"), .words("Status")],
      rows: drift.fields.map {
        [
          ModelWords.named($0.field), NumberText.decimals($0.index, 3),
          StabilityChart.word($0.status),
        ]
      })
  }

  private func baseRateTable(_ baseRate: DriftReport.BaseRate) -> ReportTable {
    let interval = baseRate.interval
    return ReportTable(
      caption: "Share that converted (status: \(StabilityChart.word(baseRate.status)))",
      columns: [
        .words("When"), .numbers("Share"), .numbers("95\u{A0}% from"), .numbers("to"),
        .numbers("Leads"),
      ],
      rows: [
        [
          "In training", NumberText.percent(baseRate.trained), NumberText.missing,
          NumberText.missing, NumberText.count(report.leadCount),
        ],
        [
          "Since then", baseRate.recent.map(NumberText.percent) ?? NumberText.missing,
          interval.map { NumberText.percent($0.low) } ?? NumberText.missing,
          interval.map { NumberText.percent($0.high) } ?? NumberText.missing,
          NumberText.count(baseRate.outcomes),
        ],
      ])
  }
}
