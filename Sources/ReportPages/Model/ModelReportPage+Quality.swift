import Marketing

extension ModelReportPage {
  /// How good the probabilities and the order of the leads are.
  var quality: [String: TemplateValue] {
    let calibration = CalibrationChart(
      bins: report.calibrationCurve, error: report.metrics.calibrationError)
    let roc = ROCChart(points: report.roc, metrics: report.metrics)
    let lift = LiftChart(rows: report.lift)
    let capture = CaptureChart(rows: report.lift)
    return [
      "judgedRows": .text(NumberText.count(report.metrics.rows)),
      "judgedPositives": .text(NumberText.count(report.metrics.positives)),
      "figures": .list([
        calibration.picture(id: "calibration").values(with: calibrationTable),
        roc.picture(id: "roc").values(with: rocTable),
        lift.picture(id: "lift").values(with: liftTable),
        capture.picture(id: "capture").values(with: captureTable),
      ]),
    ]
  }

  private var calibrationTable: ReportTable {
    ReportTable(
      caption: "Calibration, in bins of about equal count",
      columns: [
        .numbers("Predicted"), .numbers("Converted"), .numbers("95\u{A0}% from"),
        .numbers("to"), .numbers("Leads"),
      ],
      rows: report.calibrationCurve.map {
        [
          NumberText.percent($0.predicted), NumberText.percent($0.observed),
          NumberText.percent($0.interval.low), NumberText.percent($0.interval.high),
          NumberText.count($0.rows),
        ]
      })
  }

  /// The curve's points at every tenth of the other leads: a table of all would be read by nobody.
  private var rocTable: ReportTable {
    var rows: [[String]] = []
    for tenth in 0...10 {
      let taken = Double(tenth) / 10
      guard let found = ROCChart.height(of: report.roc, at: taken) else { continue }
      rows.append([NumberText.percent(taken), NumberText.percent(found)])
    }
    return ReportTable(
      caption: "Converted leads found, by other leads taken with them",
      columns: [.numbers("Others taken"), .numbers("Converted found")], rows: rows)
  }

  private var liftTable: ReportTable {
    ReportTable(
      caption: "Lift by tenth, highest probability first",
      columns: [
        .numbers("Tenth"), .numbers("Leads"), .numbers("Converted"), .numbers("Share"),
        .numbers("Lift"),
      ],
      rows: report.lift.map {
        [
          NumberText.count($0.tenth), NumberText.count($0.rows), NumberText.count($0.positives),
          NumberText.percent($0.rate), NumberText.significant($0.lift),
        ]
      })
  }

  private var captureTable: ReportTable {
    var leads = 0
    var converted = 0
    return ReportTable(
      caption: "Conversions among the leads with the highest probabilities",
      columns: [
        .numbers("Best tenths"), .numbers("Leads"), .numbers("Converted"), .numbers("Captured"),
      ],
      rows: report.lift.map {
        leads += $0.rows
        converted += $0.positives
        return [
          NumberText.count($0.tenth), NumberText.count(leads), NumberText.count(converted),
          NumberText.percent($0.capturedShare),
        ]
      })
  }
}
