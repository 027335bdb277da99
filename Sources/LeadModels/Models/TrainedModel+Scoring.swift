import JSONRPC
package import Marketing

extension TrainedModel: LeadScoringModel {
  /// So many reasons are told one by one; the rest is told as one.
  static let reasons = 8
  /// What the rest is called.
  static let rest = "other"

  package func scoring(
    of subject: ScoringSubject, settings: TriageSettings
  ) throws(ScoringFailure) -> LeadScoring {
    scoring(try examined([values(of: subject)])[0], settings: settings)
  }

  package func scores(
    of subjects: [ScoringSubject], settings: TriageSettings
  ) throws(ScoringFailure) -> [Double] {
    try rawLogOdds(of: subjects.map(values)).map {
      content.mapping.score(logistic(content.calibration.logOdds($0)), settings: settings)
    }
  }

  /// A row with its answer.
  package struct Examined: Sendable {
    /// The values of the row's columns.
    let values: [ColumnReading.Value]
    /// What it comes to.
    package let answer: Answer
  }

  /// What the columns hold of a lead.
  func values(of subject: ScoringSubject) -> [ColumnReading.Value] {
    var cells = LeadCells(subject, missing: missing)
    return columns.map { $0.reading.value(of: cells.cell(of: $0)) }
  }

  func examined(_ rows: [[ColumnReading.Value]]) throws(ScoringFailure) -> [Examined] {
    zip(rows, try answers(for: rows)).map { Examined(values: $0, answer: $1) }
  }

  /// What the model says of rows of a file, each a cell for each of `columns`.
  package func scorings(
    of rows: [[Cell]], settings: TriageSettings
  ) throws(ScoringFailure) -> [LeadScoring] {
    try examined(rows.map(values)).map { scoring($0, settings: settings) }
  }

  /// What the model says of rows of a file, each a cell for each of `columns`, and how they spread.
  /// - Parameter rows: at most 5,000 at a time; the counts of several calls are added up by `add`.
  package func countedScorings(
    of rows: [[Cell]], settings: TriageSettings
  ) throws(ScoringFailure) -> (scorings: [LeadScoring], counts: DriftCounts) {
    var counts = DriftCounts()
    let values = rows.map(values)
    for row in values { counts.note(row, columns: columns) }
    return (try examined(values).map { scoring($0, settings: settings) }, counts)
  }

  func scoring(_ row: Examined, settings: TriageSettings) -> LeadScoring {
    let reasons = reasons(row)
    // Summed in the order of the reasons, so that adding those up gives the very same number.
    let logOdds = reasons.reduce(row.answer.intercept) { $0 + $1.contribution }
    let probability = logistic(logOdds)
    var warnings: [TriageWarning] = []
    var known = 0.0
    for (place, column) in columns.enumerated() {
      let value = row.values[place]
      if column.isKnown(value) {
        known += content.ranges[place]
      } else if let warning = warning(column, value) {
        warnings.append(warning)
      }
    }
    let total = content.ranges.reduce(0, +)
    let confidence = total > 0 ? min(1, known / total) : 0
    return LeadScoring(
      score: content.mapping.score(probability, settings: settings),
      mapping: content.mapping.mapping, probability: probability,
      // Also where no curve did better than the model's own probabilities: they were held against outcomes.
      isCalibrated: true,
      confidence: confidence, intercept: row.answer.intercept, reasons: reasons,
      warnings: warnings, modelVersion: version)
  }

  /// What is said of a value that the model does not know, and what became of it: never that it says nothing
  /// where it moved the score.
  private func warning(
    _ column: FeatureColumn, _ value: ColumnReading.Value
  ) -> TriageWarning? {
    let what: String
    if value == .unreadable {
      what = "The value could not be read"
    } else if !column.isMissing(value), !column.isWide {
      // Of a column of very many values, such as companies, new ones are no news.
      what = "The model was trained without this value"
    } else {
      return nil
    }
    let becomes: String
    if let standIn = standIn(column, value) {
      becomes = "is taken as \(ReasonText.typical(column, standIn))"
    } else if column.isMissing(value) {
      becomes = usesFeatures && column.hasMissing ? "counts as not given" : "says nothing"
    } else if column.hasOther {
      becomes = "counts as a rare one"
    } else {
      becomes = usesFeatures ? "counts as none of those that it knows" : "says nothing"
    }
    return TriageWarning(field: column.name.shortened(to: 80), text: "\(what); it \(becomes).")
  }

  /// What the model takes instead of a value.
  private func standIn(
    _ column: FeatureColumn, _ value: ColumnReading.Value
  ) -> ColumnReading.Value? {
    usesFeatures ? column.standIn(for: value) : nil
  }

  private func reasons(_ row: Examined) -> [TriageReason] {
    let parts = row.answer.parts
    let order = parts.indices.sorted {
      let (left, right) = (abs(parts[$0]), abs(parts[$1]))
      return left == right ? $0 < $1 : left > right
    }
    var reasons = order.prefix(Self.reasons).filter { parts[$0] != 0 }.map { place in
      TriageReason(
        field: columns[place].name.shortened(to: 80), contribution: parts[place],
        text: ReasonText.reason(
          columns[place], row.values[place], standIn: standIn(columns[place], row.values[place]),
          contribution: parts[place]))
    }
    let rest = order.dropFirst(Self.reasons).filter { parts[$0] != 0 }
    if !rest.isEmpty {
      let sum = rest.reduce(0) { $0 + parts[$1] }
      reasons.append(
        TriageReason(
          field: Self.rest, contribution: sum,
          text: "\(rest.count) more fields together (odds \(ReasonText.factor(sum)))"))
    }
    return reasons
  }

  /// Words in names of columns that count what a lead does: that can grow, unlike an age or an income.
  static let behaviours = [
    "visit", "view", "click", "open", "session", "page", "download", "login", "request", "reply",
    "replies", "call", "meeting", "event", "webinar", "trial", "demo", "time spent", "minutes",
    "seconds", "hours on", "activity", "activities", "interaction", "form",
  ]

  /// What leads do and only this model reads, such as visits and time on a site, brought to where the upper
  /// quarter of leads begins.
  package func interventions(for subject: ScoringSubject) -> [Intervention] {
    var cells = LeadCells(subject, missing: missing)
    return movable.compactMap { place in
      let column = columns[place]
      guard let number = column.numbers?.percentiles[74], number > 0 else { return nil }
      let now = FeatureColumn.number(column.reading.value(of: cells.cell(of: column)))
      guard now.map({ number > $0 }) ?? true else { return nil }
      let name = column.name
      return Intervention(
        field: name.shortened(to: 80),
        text: "\(name.shortened(to: 80)) of \(ReasonText.short(number))"
      ) { $0.lead.attributes[name] = JSONValue(number) }
    }
  }
}
