import Marketing

/// Names and explanations of what a report holds.
enum ModelWords {
  static func name(_ kind: ModelKind) -> String {
    switch kind {
    case .scorecard: "Scorecard"
    case .naiveBayes: "Naive Bayes"
    case .logisticRegression: "Logistic regression"
    case .boostedTrees: "Boosted trees"
    }
  }

  static func explanation(_ kind: ModelKind) -> String {
    switch kind {
    case .scorecard: "points by field, written down by people"
    case .naiveBayes:
      "counts of won and lost leads for each value of each field, taken for independent of each other"
    case .logisticRegression: "a weighted sum over the fields, with weights kept small"
    case .boostedTrees:
      "a sum of many small decision trees, each made to mend the ones before it"
    }
  }

  static func name(_ calibration: CalibrationMethod) -> String {
    switch calibration {
    case .none: "none"
    case .platt: "Platt"
    case .isotonic: "isotonic"
    }
  }

  static func explanation(_ calibration: CalibrationMethod) -> String {
    switch calibration {
    case .none: "Its probabilities are used as they come."
    case .platt: "A straight line in log-odds, fitted on held-out rows, makes them probabilities."
    case .isotonic: "A rising curve, fitted on held-out rows, makes them probabilities."
    }
  }

  /// How the figures were come by.
  static func explanation(_ validation: ModelReport.Validation) -> String {
    switch validation.method {
    case .crossValidation:
      "Cross-validation in \(validation.folds) folds: each row was judged by a model that was trained "
        + "without its fold."
    case .outOfTime:
      "Out of time: the latest rows"
        + (validation.judgedFrom.map { ", from \(isolated($0)) on," } ?? "")
        + " were judged by a model that was trained on the earlier ones"
        + (validation.timeColumn.map { ", in the order of the column \(isolated($0))." } ?? ".")
    }
  }

  /// What the figures leave open.
  static func limit(_ validation: ModelReport.Validation) -> String {
    switch validation.method {
    case .crossValidation:
      "The judged rows are of the same time as those trained on: expect somewhat less of the leads to "
        + "come."
    case .outOfTime:
      "The judged rows are later than those trained on, as in use."
    }
  }

  /// A text from outside within a sentence, whichever way its letters run.
  static func isolated(_ text: String) -> String { "\u{2068}\(named(text))\u{2069}" }

  /// A name from outside, or words for one that cannot be seen.
  static func named(_ text: String) -> String {
    text.allSatisfy(\.isWhitespace) ? "(no name)" : text
  }

  /// A moment to the minute.
  static func moment(_ time: Timestamp) -> String {
    let text = time.iso8601
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
