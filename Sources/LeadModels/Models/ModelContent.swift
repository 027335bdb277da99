import JSONRPC
package import Marketing

/// A trained model as it is kept: everything that an answer needs, and what was found out when it was
/// trained. Equal data and seeds make equal bytes.
package struct ModelContent: Sendable, Hashable, Codable {
  /// What a model's file says that it is.
  static let format = "leadrelay-scoring-model"
  /// The version of the file's layout.
  static let layout = 2

  var format = Self.format
  var layout = Self.layout
  /// Chooses the folds and what the trees see.
  package var seed: UInt64
  var plan: FeaturePlan
  var learner: Learner
  var calibration: Calibration
  /// How a probability becomes a score.
  package var mapping: ScoreCurve
  /// For each column how far its contributions spread in training, in calibrated log-odds.
  var ranges: [Double]
  /// What was found out when it was trained.
  package var report: ModelReport
}

extension ModelContent {
  /// The longest file that is read.
  package static let largest = 64 << 20

  /// The file's bytes.
  package func bytes() throws -> [UInt8] {
    JSONWriter.bytes(of: Self.sorted(try JSONValueEncoder().encode(self)))
  }

  /// Dictionaries have no order of their own.
  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }))
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }

  /// Reads a file.
  /// - Throws: what says how the bytes are no model of ours.
  package init(bytes: [UInt8]) throws(DataError) {
    guard bytes.count <= Self.largest else {
      throw DataError("the model has \(bytes.count) bytes, at most \(Self.largest) are accepted")
    }
    do {
      let json = try JSONParser(maximumBytes: Self.largest).parse(bytes)
      guard json["format"]?.stringValue == Self.format else {
        throw DataError(
          "this is no model: expected a file that leadrelay models export has written")
      }
      guard json["layout"]?.integerValue == Int64(Self.layout) else {
        throw DataError(
          "the model's layout is \(json["layout"].map { JSONWriter.text(of: $0) } ?? "not given"), "
            + "this program reads \(Self.layout)")
      }
      self = try JSONValueDecoder().decode(ModelContent.self, from: json)
    } catch let error as DataError {
      throw error
    } catch let error as JSONParseError {
      throw DataError("this is no model: \(error)")
    } catch {
      throw DataError("the model is damaged: \(error)")
    }
    if let problem { throw DataError("the model is damaged: \(problem)") }
  }

  /// What does not fit together; `nil` when all does.
  private var problem: String? {
    if ranges.count != plan.columns.count {
      return "it has \(ranges.count) ranges for \(plan.columns.count) columns"
    }
    if let place = plan.columns.compactMap(\.reference).first(where: {
      !plan.columns.indices.contains($0)
    }) {
      return "a date refers to column \(place) of \(plan.columns.count)"
    }
    if let column = plan.columns.first(where: { !$0.isWhole }) {
      return "the column '\(column.name.shortened(to: 60))' does not fit together"
    }
    if !calibration.isRising { return "its calibration falls" }
    if !mapping.isInOrder { return "its bands are not in order" }
    if !ranges.allSatisfy({ $0 >= 0 && $0.isFinite }) { return "it has ranges below 0" }
    return learner.problem(columns: plan.columns, width: plan.width) ?? report.countProblem
  }
}

extension Learner {
  /// What keeps it from answering for these columns; `nil` when nothing does.
  fileprivate func problem(columns: [FeatureColumn], width: Int) -> String? {
    let members: [(kind: ModelKind, isThere: Bool)] = [
      (.scorecard, scorecard != nil), (.naiveBayes, naiveBayes != nil),
      (.logisticRegression, regression != nil), (.boostedTrees, trees != nil),
    ]
    if members.contains(where: { $0.kind != kind && $0.isThere }) {
      return "it has a learner of another family"
    }
    switch kind {
    case .scorecard: return scorecard == nil ? "the scorecard's version is missing" : nil
    case .naiveBayes:
      let ratios = naiveBayes?.ratios ?? []
      let fits =
        ratios.count == columns.count
        && zip(ratios, columns).allSatisfy { $0.count == NaiveBayes.size($1) }
      return fits ? nil : "its counts are incomplete"
    case .logisticRegression:
      guard let model = regression else { return "its weights are missing" }
      let count = width + model.logarithms.count + model.segments.count
      let fits =
        model.weights.count == count && model.scalings.count == count
        && (model.logarithms + model.segments.map(\.place)).allSatisfy { (0..<width).contains($0) }
      return fits ? nil : "its weights do not fit its columns"
    case .boostedTrees: return trees == nil ? "its trees are missing" : nil
    }
  }
}

extension ModelReport {
  /// More rows than these no training sees: sums of them must not overflow.
  private static let mostRows = 1_000_000_000_000

  /// What of the counts cannot be; `nil` when all can.
  fileprivate var countProblem: String? {
    let ofRows =
      [positives, metrics.rows, leads ?? 0] + lift.flatMap { [$0.rows, $0.positives] }
      + bands.map(\.rows) + calibrationCurve.map(\.rows)
    let others =
      [rows, validation.folds] + skipped.values + columns.map(\.distinct)
      + candidates.flatMap { [$0.metrics?.rows ?? 0, $0.metrics?.positives ?? 0] }
    let areWithin =
      others.allSatisfy { (0...Self.mostRows).contains($0) }
      && ofRows.allSatisfy { (0...rows).contains($0) }
      && (0...metrics.rows).contains(metrics.positives)
      && (0...(leads ?? 0)).contains(convertedLeads ?? 0)
      && lift.allSatisfy { (1...10).contains($0.tenth) }
    return areWithin ? nil : "its report's counts are not possible"
  }
}
