import Marketing

extension ModelReportPage {
  /// What the model goes by, and what categories its leads fall into.
  var drivers: [String: TemplateValue] {
    let importance = ImportanceChart(fields: report.importance)
    // Of the rows that the bands are of: those that were judged.
    let bands = BandsChart(bands: report.bands, baseRate: report.metrics.baseRate)
    var figures: [[String: TemplateValue]] = []
    if let picture = importance.picture(id: "importance") {
      figures.append(picture.values(with: importanceTable))
    }
    if let picture = bands.picture(id: "bands") {
      figures.append(picture.values(with: bandTable))
    }
    return [
      "drivers": .list(figures),
      "hasNoImportance": .flag(report.importance.isEmpty),
      "hasNoBands": .flag(report.bands.isEmpty),
    ]
  }

  private var importanceTable: ReportTable {
    ReportTable(
      caption: "Importance: the mean size of each field's contribution in log-odds",
      columns: [.words("Field"), .numbers("Contribution"), .numbers("Share")],
      rows: report.importance.map {
        [
          ModelWords.named($0.field), NumberText.significant($0.meanContribution),
          NumberText.percent($0.share),
        ]
      })
  }

  private var bandTable: ReportTable {
    ReportTable(
      caption: "Categories",
      columns: [
        .words("Category"), .numbers("Probability from"), .numbers("Leads"), .numbers("Share"),
        .numbers("Converted"),
      ],
      rows: report.bands.map {
        [
          BandsChart.name($0.category), NumberText.percent($0.fromProbability),
          NumberText.count($0.rows), NumberText.percent($0.share),
          $0.rows > 0 ? NumberText.percent($0.rate) : NumberText.missing,
        ]
      })
  }
}
