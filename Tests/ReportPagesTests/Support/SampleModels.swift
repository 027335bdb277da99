import Marketing

/// Models whose pages are looked at: a usual one, and one that is unusual in every way at once.
enum SampleModels {
  /// A model as training makes them.
  static let usual = stored(
    id: "x-education-3", name: "x-education", report: usualReport, seconds: 4.27)

  private static let usualReport: ModelReport = {
    let fields = [
      ("Total Time Spent on Website", 0.912), ("Lead Origin", 0.641),
      ("What is your current occupation", 0.588), ("Last Activity", 0.431), ("Lead Source", 0.322),
      ("Do Not Email", 0.158), ("Page Views Per Visit", 0.121), ("Specialization", 0.104),
      ("TotalVisits", 0.087), ("City", 0.041), ("Country", 0.012),
    ]
    let sum = fields.reduce(0) { $0 + $1.1 }
    let metrics = ModelMetrics(
      rows: 6468, positives: 2487, auc: 0.9113, averagePrecision: 0.8921, brier: 0.1153,
      logLoss: 0.3571, calibrationError: 0.0123)
    return ModelReport(
      kind: .boostedTrees, calibration: .isotonic, target: "Converted", positive: "1", rows: 6468,
      positives: 2487, skipped: ["the target is empty": 3, "the row has too few cells": 1204],
      validation: .init(method: .crossValidation, folds: 5), metrics: metrics,
      candidates: candidates(metrics),
      calibrationCurve: curve([0.02, 0.07, 0.11, 0.17, 0.24, 0.33, 0.48, 0.66, 0.85, 0.97]),
      roc: roc(bend: 9), lift: lift([251, 244, 231, 205, 112, 78, 51, 32, 18, 11]),
      bands: [
        band(.campaignQualified, 1617, 0.25, 0.942, 0.713),
        band(.coldLead, 2587, 0.4, 0.322, 0.121),
        band(.generalInquiry, 2264, 0.35, 0.0577, 0),
      ],
      importance: fields.map {
        .init(field: $0.0, meanContribution: $0.1, share: $0.1 / sum)
      },
      columns: columns(fields.map(\.0)),
      warnings: ["Tags alone ranks the leads with AUC 0.972 and was left out."])
  }()

  private static func candidates(_ winner: ModelMetrics) -> [ModelReport.Candidate] {
    var logistic = winner
    (logistic.auc, logistic.logLoss, logistic.brier) = (0.9032, 0.3711, 0.1209)
    var bayes = winner
    (bayes.auc, bayes.logLoss, bayes.calibrationError) = (0.8821, 0.4186, 0.0211)
    return [
      .init(
        kind: .boostedTrees, calibration: .isotonic, metrics: winner,
        parameters: ["max_depth": 4, "eta": 0.05, "rounds": 250, "lambda": 5]),
      .init(
        kind: .logisticRegression, calibration: .platt, metrics: logistic,
        parameters: ["l2": 0.000_001_25]),
      .init(kind: .naiveBayes, calibration: .isotonic, metrics: bayes, parameters: ["prior": 0.5]),
      .init(kind: .scorecard, problem: "No column is mapped to a lead field."),
    ]
  }

  private static func columns(_ used: [String]) -> [ModelReport.Column] {
    used.enumerated().map { index, name in
      .init(
        name: name, content: index.isMultiple(of: 3) ? .number : .category,
        field: name == "Lead Source" ? "source" : nil,
        missingShare: min(1, Double(index) * 0.0312), distinct: 7 + index * 131,
        auc: min(1, 0.51 + 0.02 * Double(index)))
    } + [
      .init(
        name: "Prospect ID", content: .identifier, isUsed: false,
        reason: "a different value in nearly every row", missingShare: 0, distinct: 6468),
      .init(
        name: "Magazine", content: .flag, isUsed: false, reason: "the same value in every row",
        missingShare: 0.0002, distinct: 1, auc: 0.5),
      .init(
        name: "Tags", content: .category, isUsed: false, reason: "excluded", missingShare: 0.3624,
        distinct: 26, auc: 0.972, isLeakageSuspect: true),
    ]
  }

  /// What drift looks like when it is there.
  static let drift = DriftReport(
    rows: 1812, status: .alarm,
    fields: [
      .init(field: "Lead Source", index: 0.3141, status: .alarm),
      .init(field: "Last Activity", index: 0.1327, status: .warning),
      .init(field: "City", index: 0.0413, status: .stable),
      .init(field: "Lead Origin", index: 0.0091, status: .stable),
      .init(field: "Do Not Email", index: 0, status: .stable),
    ],
    baseRate: .init(
      trained: 0.3845, recent: 0.2917, interval: RateInterval(low: 0.2513, high: 0.3356),
      outcomes: 439, status: .alarm))

  /// Models on the same leads.
  static let shadows = [
    ShadowComparison(
      model: "x-education-3",
      metrics: ModelMetrics(
        rows: 439, positives: 128, auc: 0.8777, averagePrecision: 0.8012, brier: 0.1341,
        logLoss: 0.4102, calibrationError: 0.0456)),
    ShadowComparison(
      model: "incremental",
      metrics: ModelMetrics(
        rows: 439, positives: 128, auc: 0.8431, averagePrecision: 0.7655, brier: 0.1502,
        logLoss: 0.4689, calibrationError: 0.0734)),
  ]

  /// Names from a file that was made to break the page, and what a page must not show of them.
  static let hostileNames = [
    "<script>alert(1)</script>", "\" onload=\"alert(1)", "</title></svg></style><img src=x>",
    "\"\u{0301} onload=alert(1) x=\"\u{0301}", "<\u{0338}b>", "a & b &amp; c", "{{digest}}",
    "\u{202E}right to left", "\u{0}\u{8}\u{1B}[31m", "]]>", "-->", "שיעור המרה לפי מקור",
    "معدل التحويل", "広告キャンペーンの流入元と参照ページの種類", "источник обращения", "😀👩‍👩‍👧", "", " ",
  ]

  /// No order at all, no importance or names that no page was made for, figures that are no numbers.
  static let unusual: StoredModel = {
    let long = (0..<60).map { index in
      index < hostileNames.count
        ? hostileNames[index]
        : String(("column_" + String(repeating: "of_a_very_wide_table_", count: 4)).prefix(76))
          + "_\(index + 100)"
    }
    var report = usualReport
    report.target = "<b>Won?</b>"
    report.positive = "\"yes\" & 'no'"
    report.calibration = .none
    report.kind = .logisticRegression
    report.validation = .init(
      method: .outOfTime, folds: 1, timeColumn: "<i>when</i>", judgedFrom: "2026-01-01")
    report.metrics.auc = 0.5
    report.metrics.brier = .nan
    report.metrics.logLoss = .infinity
    report.roc = [.init(x: 0, y: 0), .init(x: 1, y: 1)]
    report.lift = lift(Array(repeating: 97, count: 10))
    report.lift[9].lift = .nan
    report.calibrationCurve =
      curve([0.004, 0.009, 0.013, 0.021]) + [
        .init(rows: 0, predicted: .nan, observed: .nan, interval: .init(low: .nan, high: .nan))
      ]
    report.bands = [
      band(.campaignQualified, 0, 0, .nan, 1), band(.coldLead, 6468, 1, 0.385, 0.001),
      band(.generalInquiry, 0, 0, .nan, 0),
    ]
    report.importance = long.enumerated().map { index, name in
      .init(field: name, meanContribution: 1.2 / Double(index + 1), share: 0.25 / Double(index + 1))
    }
    report.columns = columns(long)
    report.warnings = hostileNames.prefix(3).map { "The column \($0) is odd." }
    return stored(
      id: String(repeating: "a-very-long-model-name-", count: 3) + "12",
      name: String(repeating: "a-very-long-model-name-", count: 3), report: report, seconds: nil,
      by: "<script>Mallory</script>")
  }()

  /// The unusual model's drift: without limit, and without outcomes.
  static let unusualDrift = DriftReport(
    rows: 12, status: .insufficient,
    fields: hostileNames.enumerated().map { index, name in
      .init(
        field: name, index: index == 0 ? .infinity : 9.0 / Double(index * index),
        status: index < 2 ? .alarm : .insufficient)
    },
    baseRate: .init(trained: 0.3845, recent: nil, interval: nil, outcomes: 0, status: .insufficient)
  )

  /// A model of which nothing was recorded.
  static let bare: StoredModel = {
    var report = usualReport
    report.kind = .naiveBayes
    report.rows = 0
    report.positives = 0
    report.metrics = ModelMetrics(
      rows: 0, positives: 0, auc: .nan, averagePrecision: .nan, brier: .nan, logLoss: .nan,
      calibrationError: .nan)
    report.skipped = [:]
    report.candidates = []
    report.calibrationCurve = []
    report.roc = []
    report.lift = []
    report.bands = []
    report.importance = []
    report.columns = []
    report.warnings = []
    return stored(id: "bare-1", name: "bare", report: report, seconds: nil)
  }()

  private static func stored(
    id: String, name: String, report: ModelReport, seconds: Double?, by author: String = "ops"
  ) -> StoredModel {
    StoredModel(
      id: ScoringModelID(rawValue: id), name: name, version: 3,
      createdAt: Timestamp(milliseconds: 1_767_225_600_000), createdBy: author,
      digest: String(repeating: "9f86d081", count: 8), size: 184_213, trainingSeconds: seconds,
      report: report)
  }

  private static func band(
    _ category: LeadCategory, _ rows: Int, _ share: Double, _ rate: Double, _ from: Double
  ) -> ModelReport.Band {
    .init(category: category, rows: rows, share: share, rate: rate, fromProbability: from)
  }

  private static func curve(_ predicted: [Double]) -> [ModelReport.CalibrationBin] {
    predicted.enumerated().map { index, value in
      let rows = 646 + index % 2
      let won = Int((value * Double(rows)).rounded()) + (index % 3 - 1) * 6
      return .init(
        rows: rows, predicted: value, observed: Double(max(0, won)) / Double(rows),
        interval: RateInterval.wilson(successes: max(0, won), trials: rows, z: 1.96)!)
    }
  }

  /// A curve that rises fast first.
  private static func roc(bend: Double) -> [ModelReport.Point] {
    (0...100).map { index in
      let x = Double(index * index) / 10_000
      return .init(x: x, y: x * (1 + bend) / (1 + bend * x))
    }
  }

  private static func lift(_ won: [Int]) -> [ModelReport.LiftRow] {
    let all = won.reduce(0, +)
    var captured = 0
    return won.enumerated().map { index, count in
      captured += count
      return .init(
        tenth: index + 1, rows: 259, positives: count, rate: Double(count) / 259,
        lift: Double(count) / (Double(all) / 10), capturedShare: Double(captured) / Double(all))
    }
  }
}
