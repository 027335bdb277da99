package import Marketing

/// A trained model that answers and explains.
package struct TrainedModel: Sendable {
  /// Its name with its version.
  package let version: String
  /// Everything that an answer needs.
  package let content: ModelContent
  private let engine: Engine
  /// Texts that mean "not known".
  package let missing: MissingMarkers
  /// The columns of numbers that only an attribute holds, the weightiest ones.
  let movable: [Int]
  /// The most columns that are tried for what a change would bring.
  private static let mostMovable = 4
  private let featureRanges: [Range<Int>]
  private let width: Int

  /// Makes a model ready to answer.
  /// - Parameter scorecard: the one that is built in.
  /// - Throws: when it needs a library that is not there, or another scorecard.
  package init(
    version: String, content: ModelContent, scorecard: Scorecard?
  ) throws(ScoringFailure) {
    self.version = version
    self.content = content
    featureRanges = content.plan.ranges
    width = content.plan.width
    missing = MissingMarkers(content.plan.missing)
    let columns = content.plan.columns
    movable = Array(
      columns.indices.filter {
        columns[$0].reading.kind == .number && columns[$0].field == nil
          && columns[$0].history == nil && Self.isBehaviour(columns[$0].name)
      }
      .sorted { content.ranges[$0] > content.ranges[$1] }.prefix(Self.mostMovable))
    let engine: Engine?
    do throws(XGBoostError) {
      engine = try Engine(content.learner, features: width, scorecard: scorecard)
    } catch {
      throw ScoringFailure("the model \(version) cannot be used: \(error)")
    }
    guard let engine else {
      throw ScoringFailure(
        content.learner.kind == .scorecard
          ? "the model \(version) calibrates \(content.learner.scorecard ?? "a scorecard"), this "
            + "program has \(scorecard?.version ?? "none")"
          : "the model \(version) has no learner")
    }
    self.engine = engine
  }

  /// What answers: of what a learner holds, only that of its family is looked at.
  private enum Engine {
    case scorecard(Scorecard)
    case naiveBayes(NaiveBayes)
    case regression(LogisticRegression)
    case trees(TreeEnsemble)

    /// - Returns: `nil` when the family's own member is missing, or the scorecard is another one.
    init?(_ learner: Learner, features: Int, scorecard: Scorecard?) throws(XGBoostError) {
      switch learner.kind {
      case .scorecard:
        guard let scorecard, scorecard.version == learner.scorecard else { return nil }
        self = .scorecard(scorecard)
      case .naiveBayes:
        guard let model = learner.naiveBayes else { return nil }
        self = .naiveBayes(model)
      case .logisticRegression:
        guard let model = learner.regression else { return nil }
        self = .regression(model)
      case .boostedTrees:
        guard let text = learner.trees else { return nil }
        self = .trees(try TreeEnsemble(content: text, features: features))
      }
    }
  }

  /// Whether it looks at features, and not at the values that they are made of.
  var usesFeatures: Bool {
    switch engine {
    case .trees, .regression: true
    case .naiveBayes, .scorecard: false
    }
  }

  private static func isBehaviour(_ name: String) -> Bool {
    let folded = TextFolding.folded(name).map { $0 == "_" || $0 == "-" ? " " : $0 }
    return behaviours.contains { String(folded).contains($0) }
  }

  /// The columns that the model reads.
  package var columns: [FeatureColumn] { content.plan.columns }

  /// What one row comes to.
  package struct Answer: Sendable, Hashable {
    /// The calibrated chance of conversion, 0–1.
    package var probability: Double
    /// Where every row starts, in calibrated log-odds.
    package var intercept: Double
    /// Each column's part: with the intercept they add up to the logit of the probability.
    package var parts: [Double]
  }

  /// The probabilities of rows, each a cell for each of `columns`.
  package func probabilities(of rows: [[Cell]]) throws(ScoringFailure) -> [Double] {
    try rawLogOdds(of: rows.map(values)).map { logistic(content.calibration.logOdds($0)) }
  }

  /// The answers for rows, each a cell for each of `columns`.
  package func answers(for rows: [[Cell]]) throws(ScoringFailure) -> [Answer] {
    try answers(for: rows.map(values))
  }

  func values(_ row: [Cell]) -> [ColumnReading.Value] {
    zip(columns, row).map { $0.reading.value(of: $1) }
  }

  func rawLogOdds(of rows: [[ColumnReading.Value]]) throws(ScoringFailure) -> [Double] {
    switch engine {
    case .trees(let trees):
      do throws(XGBoostError) {
        return try trees.margins(of: matrix(rows))
      } catch {
        throw ScoringFailure("the model \(version) failed: \(error)")
      }
    case .regression(let model):
      let matrix = matrix(rows)
      return rows.indices.map { model.logOdds(of: matrix.row($0)) }
    case .naiveBayes(let model):
      return rows.map { model.contributions(of: $0, columns: columns).reduce(model.intercept, +) }
    case .scorecard(let scorecard):
      return rows.map { ScorecardRows.logOdds(scorecard, columns: columns, values: $0) }
    }
  }

  func answers(for rows: [[ColumnReading.Value]]) throws(ScoringFailure) -> [Answer] {
    try rawParts(of: rows).map(calibrated)
  }

  /// Scales the parts so that they add up after calibration too: by the slope of the curve's chord between
  /// where rows start and where this one came to, which is never negative, so that no part changes its sign.
  ///
  /// Where the parts cancel out there is no chord: the curve's own slope there scales them.
  private func calibrated(_ raw: (intercept: Double, parts: [Double])) -> Answer {
    let curve = content.calibration
    let moved = raw.parts.reduce(0, +)
    let start = curve.logOdds(raw.intercept)
    let end = curve.logOdds(raw.intercept + moved)
    let step = 1e-3
    let slope =
      abs(moved) < 1e-9
      ? (curve.logOdds(raw.intercept + step) - curve.logOdds(raw.intercept - step)) / (2 * step)
      : (end - start) / moved
    let parts = raw.parts.map { $0 * slope }
    return Answer(probability: logistic(end), intercept: start, parts: parts)
  }

  private func rawParts(
    of rows: [[ColumnReading.Value]]
  ) throws(ScoringFailure) -> [(intercept: Double, parts: [Double])] {
    switch engine {
    case .trees(let trees):
      let numbers: [Float]
      do throws(XGBoostError) {
        numbers = try trees.contributions(of: matrix(rows))
      } catch {
        throw ScoringFailure("the model \(version) failed: \(error)")
      }
      return rows.indices.map { row in
        let start = row * (width + 1)
        return (
          Double(numbers[start + width]),
          featureRanges.map { range in
            range.reduce(0) { $0 + Double(numbers[start + $1]) }
          }
        )
      }
    case .regression(let model):
      let matrix = matrix(rows)
      return rows.indices.map { row in
        let parts = model.contributions(of: matrix.row(row))
        return (model.intercept, featureRanges.map { $0.reduce(0) { $0 + parts[$1] } })
      }
    case .naiveBayes(let model):
      return rows.map { (model.intercept, model.contributions(of: $0, columns: columns)) }
    case .scorecard(let scorecard):
      return rows.map { ScorecardRows.parts(scorecard, columns: columns, values: $0) }
    }
  }

  private func matrix(_ rows: [[ColumnReading.Value]]) -> FeatureMatrix {
    var matrix = FeatureMatrix(
      columns: width, values: [Float](repeating: 0, count: rows.count * width))
    for (row, values) in rows.enumerated() {
      for (place, column) in columns.enumerated() {
        column.encode(
          values[place], since: column.reference.map { values[$0] }, into: &matrix.values,
          at: row * width + featureRanges[place].lowerBound)
      }
    }
    return matrix
  }
}
