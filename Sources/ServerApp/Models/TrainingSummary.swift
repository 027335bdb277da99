import JSONRPC
package import Marketing

/// A trained model in words.
package struct TrainingSummary: Sendable {
  private static let mostFields = 10
  private static let mostColumns = 20

  /// The summary, line by line.
  package let lines: [String]

  /// Puts a model into words.
  package init(_ model: StoredModel) {
    let report = model.report
    var lines = Self.heading(model)
    lines += ["", "every family on rows it was not trained on, the best by log loss first:"]
    lines += Self.candidates(report)
    lines += ["", "categories:"] + Self.bands(report)
    lines += ["", "what moves the score most:"] + Self.importance(report)
    let dropped = report.columns.filter { !$0.isUsed }
    if !dropped.isEmpty {
      lines += ["", "columns that are not used:"] + Self.dropped(dropped)
    }
    lines += Self.leakage(report)
    let warnings = report.warnings.filter { !Self.isLeakage($0, report) }
    if !warnings.isEmpty { lines.append("") }
    lines += warnings.map { "warning: \(TextTable.shown($0))" }
    self.lines = lines
  }

  private static func heading(_ model: StoredModel) -> [String] {
    let report = model.report
    let time =
      model.trainingSeconds.map { ", trained in \(ScoredColumns.fixed($0, decimals: 1)) s" } ?? ""
    var lines = [
      "model \(model.id): \(name(report.kind)), \(calibration(report.calibration))\(time)"
    ]
    let rate = TextTable.percent(Double(report.positives) / Double(max(1, report.rows)))
    lines.append(
      "\(report.rows) rows, \(report.positives) of them converted (\(rate)): "
        + TextTable.shown("\(report.target) is '\(report.positive.shortened(to: 40))'"))
    for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) {
      lines.append("left out: \(count) rows, \(reason)")
    }
    switch report.validation.method {
    case .crossValidation:
      lines.append("judged by cross-validation in \(report.validation.folds) parts")
    case .outOfTime:
      let column = TextTable.shown(report.validation.timeColumn ?? "time")
      lines.append(
        "judged on the latest \(report.metrics.rows) rows by \(column), from "
          + "\(report.validation.judgedFrom ?? "then") on")
    }
    return lines
  }

  static func name(_ kind: ModelKind) -> String {
    kind.rawValue.replacing("_", with: " ")
  }

  private static func calibration(_ method: CalibrationMethod) -> String {
    switch method {
    case .none: "its probabilities are used as they are"
    case .platt: "calibrated by a straight line (Platt)"
    case .isotonic: "calibrated by a rising curve (isotonic)"
    }
  }

  private static func candidates(_ report: ModelReport) -> [String] {
    func figure(_ number: Double) -> String { ScoredColumns.fixed(number, decimals: 4) }
    let rows = report.candidates.map { candidate in
      guard let metrics = candidate.metrics else {
        return [name(candidate.kind), "–", "–", "–", "–", "–", candidate.problem ?? "not trained"]
      }
      return [
        name(candidate.kind), figure(metrics.auc), figure(metrics.averagePrecision),
        figure(metrics.brier), figure(metrics.logLoss), figure(metrics.calibrationError),
        candidate.calibration.rawValue,
      ]
    }
    return TextTable.lines(
      ["family", "AUC", "PR-AUC", "Brier", "log loss", "calibration error", "calibration"], rows,
      numeric: 1...5)
  }

  private static func bands(_ report: ModelReport) -> [String] {
    TextTable.lines(
      ["category", "rows", "share", "converted", "from probability"],
      report.bands.map {
        [
          $0.category.rawValue, "\($0.rows)", TextTable.percent($0.share),
          TextTable.percent($0.rate), ScoredColumns.fixed($0.fromProbability, decimals: 4),
        ]
      }, numeric: 1...4)
  }

  private static func importance(_ report: ModelReport) -> [String] {
    let fields = report.importance.prefix(mostFields)
    let most = fields.first?.share ?? 0
    return TextTable.lines(
      ["column", "share", ""],
      fields.map {
        [
          $0.field.shortened(to: 50), TextTable.percent($0.share),
          TextTable.bar(most > 0 ? $0.share / most : 0),
        ]
      }, numeric: 1...1)
  }

  private static func dropped(_ columns: [ModelReport.Column]) -> [String] {
    var lines = columns.prefix(mostColumns).map { column in
      TextTable.shown("  \(column.name.shortened(to: 60)): \(column.reason ?? "not used")")
    }
    if columns.count > lines.count {
      lines.append("  and \(columns.count - lines.count) more; --json has all of them")
    }
    return lines
  }

  private static func suspects(_ report: ModelReport) -> [ModelReport.Column] {
    report.columns.filter { $0.isLeakageSuspect && $0.isUsed }
  }

  private static func isLeakage(_ warning: String, _ report: ModelReport) -> Bool {
    suspects(report).contains { warning.hasPrefix("'\($0.name.shortened(to: 60))' alone ranks") }
  }

  /// Columns that may be known only after the outcome, and how to train without them.
  private static func leakage(_ report: ModelReport) -> [String] {
    let suspects = suspects(report)
    guard !suspects.isEmpty else { return [] }
    var lines = [
      "",
      "LEAKAGE? These columns may be known only after the outcome. If they are, the figures above",
      "are too good to be true and the model is of no use for new leads: train again without them.",
    ]
    for column in suspects {
      let auc = ScoredColumns.fixed(column.auc ?? 0.5, decimals: 3)
      lines.append(
        TextTable.shown("  !! \(column.name.shortened(to: 60)): alone ranks leads with AUC \(auc)"))
    }
    // A name with a comma in it stands alone.
    let plain = suspects.map(\.name).filter { !$0.contains(",") }
    let others = suspects.map(\.name).filter { $0.contains(",") }
    let options = (plain.isEmpty ? [] : [plain.joined(separator: ",")]) + others
    lines.append(
      TextTable.shown("  " + options.map { "--exclude \(quoted($0))" }.joined(separator: " ")))
    return lines
  }

  /// Text that a shell takes as one word.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: ","), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: #"'\''"#))'"
  }
}
