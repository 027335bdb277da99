import JSONRPC
import Marketing
import Testing

@testable import LeadModels

@Suite struct TrainedModelTests {
  private static let trainers: [any CandidateTrainer] = [
    ScorecardTrainer(), NaiveBayesTrainer(), LogisticRegressionTrainer(), BoostedTreesTrainer(),
  ]

  /// Cells as leads have them: known, missing, never seen, of another kind.
  private static func rows(_ columns: [FeatureColumn]) throws -> [[Cell]] {
    let table = try LeadSample(rows: 40, seed: 99).data().table
    return (0..<40).map { row in
      columns.enumerated().map { place, column in
        switch (row * 7 + place * 3) % 9 {
        case 0: .missing
        case 1: .text("never seen \(row)")
        case 2: .number(Double(row) * 1e6)
        case 3: .flag(row % 2 == 0)
        case 4: .moment(Timestamp(milliseconds: Int64(row) * 1_000_000_000_000 / 20))
        default: table.column(column.name)?[row].map(Cell.text) ?? .missing
        }
      }
    }
  }

  @Test(arguments: 0..<4, CalibrationMethod.allCases)
  func contributionsAddUpAndKeepTheirSign(family: Int, method: CalibrationMethod) async throws {
    let model = try await SampleModels.model(Self.trainers[family], method)
    let rows = try Self.rows(model.columns)
    let answers = try model.answers(for: rows)
    let probabilities = try model.probabilities(of: rows)
    var raw = model.content
    raw.calibration = .none
    let uncalibrated = try TrainedModel(
      version: "raw", content: raw, scorecard: Scorecard.served()
    ).answers(for: rows)
    #expect(answers.count == rows.count)
    for (place, answer) in answers.enumerated() {
      #expect(abs(answer.intercept + answer.parts.reduce(0, +) - logit(answer.probability)) < 1e-6)
      #expect(abs(answer.probability - probabilities[place]) < 1e-6)
      #expect(answer.parts.count == model.columns.count)
      #expect(answer.probability > 0 && answer.probability < 1)
      for (part, other) in zip(answer.parts, uncalibrated[place].parts) {
        #expect(part * other >= 0)
      }
    }
    #expect(try model.answers(for: [rows[3]])[0].probability == answers[3].probability)
  }

  /// Two parts of equal size and opposite sign: together nothing, each something.
  @Test func partsThatCancelOutAreTold() async throws {
    var content = try await SampleModels.model(LogisticRegressionTrainer(), .platt).content
    let columns = content.plan.columns
    let flag = try #require(columns.firstIndex { $0.name == "weekly" })
    let number = try #require(columns.firstIndex { $0.name == "minutes" })
    let width = content.plan.width
    let places = content.plan.ranges
    content.learner.regression = LogisticRegression(
      logarithms: [], segments: [],
      scalings: .init(repeating: .init(median: 0, mean: 0, scale: 1), count: width),
      weights: (0..<width).map {
        $0 == places[flag].lowerBound ? 2 : $0 == places[number].lowerBound ? -1 : 0
      }, intercept: -1)
    let model = try TrainedModel(version: "m-1", content: content, scorecard: nil)
    let cells: [Cell] = columns.indices.map { $0 == flag ? .flag(true) : .number(2) }
    let answer = try model.answers(for: [cells])[0]
    #expect(answer.parts[flag] > 0.1)
    #expect(abs(answer.parts[flag] + answer.parts[number]) < 1e-9)
    #expect(abs(answer.intercept - logit(answer.probability)) < 1e-9)
  }

  /// Whatever a reason gives odds to, no warning says that it says nothing.
  @Test(arguments: 0..<4) func noWarningContradictsAReason(family: Int) async throws {
    let model = try await SampleModels.model(Self.trainers[family], .platt)
    for row in try Self.rows(model.columns) {
      let scoring = try model.scorings(of: [row], settings: TriageSettings())[0]
      let told = Set(scoring.reasons.map(\.field))
      for warning in scoring.warnings where warning.text.contains("says nothing") {
        #expect(!told.contains(warning.field), "\(warning) \(scoring.reasons)")
      }
    }
  }

  @Test func itsFileIsReadBackTheSame() async throws {
    for trainer in Self.trainers {
      let content = try await SampleModels.model(trainer, .isotonic).content
      let bytes = try content.bytes()
      let back = try ModelContent(bytes: bytes)
      #expect(back == content)
      #expect(try back.bytes() == bytes)
    }
  }

  @Test(
    arguments: [
      (["format"], .string("other"), "this is no model"),
      (["layout"], .integer(99), "layout is 99"),
      (["layout"], nil, "layout is not given"), (["seed"], nil, "damaged"),
      (["ranges"], .array([]), "0 ranges for 8 columns"),
      (["learner", "regression"], nil, "its weights are missing"),
      (["learner", "regression", "weights"], .array([]), "weights do not fit"),
      (["learner", "regression", "logarithms"], .array([.integer(900)]), "weights do not fit"),
      (["learner", "regression", "intercept"], .string("NaN"), "damaged"),
      (["learner", "regression", "intercept"], .null, "damaged"),
      (["learner", "kind"], .string("oracle"), "damaged"),
      (["plan", "columns"], .array([]), "8 ranges for 0 columns"),
      (["learner", "trees"], .string("{}"), "it has a learner of another family"),
      (["learner", "scorecard"], .string("scorecard-1"), "it has a learner of another family"),
      (["learner", "kind"], .string("scorecard"), "it has a learner of another family"),
      (["learner", "kind"], .string("naive_bayes"), "it has a learner of another family"),
      (["report", "rows"], .integer(.max), "counts are not possible"),
      (["report", "positives"], .integer(-1), "counts are not possible"),
      (["report", "leads"], .integer(401), "counts are not possible"),
      (["report", "metrics", "rows"], .integer(.max), "counts are not possible"),
      (["report", "skipped"], .object(["a": .integer(.max)]), "counts are not possible"),
      (["report", "validation", "folds"], .integer(.min), "counts are not possible"),
    ] as [([String], JSONValue?, String)])
  func refusesDamagedFiles(path: [String], value: JSONValue?, words: String) async throws {
    let content = try await SampleModels.model(LogisticRegressionTrainer(), .platt).content
    let json = try JSONParser(maximumBytes: ModelContent.largest).parse(content.bytes())
    let bytes = JSONWriter.bytes(
      of: value.map { json.setting(path, to: $0) } ?? json.replacing(at: path, with: nil))
    let error = #expect(throws: DataError.self) { try ModelContent(bytes: bytes) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// Members of the first column of a kind that do not go together, and what of a report is listed.
  @Test(
    arguments: [
      ("number", ["bins", "words"], .array([.string("a")]), "does not fit together"),
      ("category", ["bins", "edges"], .array([.integer(1)]), "does not fit together"),
      ("date", ["bins", "edges"], .array([]), "does not fit together"),
      ("flag", ["typical"], .object(["word": .string("a")]), "does not fit together"),
      (
        "date", ["typical"], .object(["milliseconds": .integer(.min)]), "does not fit together"
      ),
      ("lift", ["rows"], .integer(.max), "counts are not possible"),
      ("lift", ["tenth"], .integer(11), "counts are not possible"),
      ("bands", ["rows"], .integer(-1), "counts are not possible"),
      ("calibrationCurve", ["rows"], .integer(.max), "counts are not possible"),
      ("columns", ["distinct"], .integer(-1), "counts are not possible"),
    ] as [(String, [String], JSONValue, String)])
  func refusesColumnsAndCountsThatDoNotFit(
    place: String, path: [String], value: JSONValue, words: String
  ) async throws {
    let content = try await SampleModels.model(LogisticRegressionTrainer(), .platt).content
    let json = try JSONParser(maximumBytes: ModelContent.largest).parse(content.bytes())
    let isKind = ColumnReading.Kind(rawValue: place) != nil
    let list = isKind ? ["plan", "columns"] : ["report", place]
    var elements = try #require(list.reduce(json) { $0?[$1] }?.arrayValue)
    let first = try #require(
      elements.firstIndex { !isKind || $0["reading"]?["kind"]?.stringValue == place })
    elements[first] = elements[first].setting(path, to: value)
    let bytes = JSONWriter.bytes(of: json.replacing(at: list, with: .array(elements)))
    let error = #expect(throws: DataError.self) { try ModelContent(bytes: bytes) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// A file that says one family and brings another one's weights, empty ones.
  @Test(arguments: ModelKind.allCases) func aLearnerOfAnotherFamilyIsNotUsed(
    kind: ModelKind
  ) async throws {
    var content = try await SampleModels.model(LogisticRegressionTrainer(), .platt).content
    content.learner.kind = kind
    content.learner.regression?.weights = []
    content.learner.scorecard = kind == .scorecard ? try Scorecard.served().version : nil
    #expect(throws: DataError.self) { try ModelContent(bytes: content.bytes()) }
    guard kind != .logisticRegression else { return }
    // However it came to be: what is not of the family is not looked at.
    let model = try? TrainedModel(version: "m-1", content: content, scorecard: .served())
    let row = try Self.rows(content.plan.columns)[5]
    #expect(try (model?.probabilities(of: [row]).count ?? 1) == 1)
    #expect((model != nil) == (kind == .scorecard))
  }

  @Test func refusesTruncatedFiles() async throws {
    let bytes = try await SampleModels.model(BoostedTreesTrainer(), .none).content.bytes()
    for length in [0, 1, 100, bytes.count / 2, bytes.count - 1] {
      #expect(throws: DataError.self) { try ModelContent(bytes: Array(bytes.prefix(length))) }
    }
    #expect(throws: DataError.self) { try ModelContent(bytes: Array("[]".utf8)) }
  }

  @Test func refusesTreesOfAnotherWidth() async throws {
    var content = try await SampleModels.model(BoostedTreesTrainer(), .none).content
    content.plan = FeaturePlan(columns: Array(content.plan.columns.dropLast()), missing: [])
    content.ranges.removeLast()
    let error = #expect(throws: ScoringFailure.self) {
      try TrainedModel(version: "m-1", content: content, scorecard: nil)
    }
    #expect(error?.description.contains("feature") == true)
    content.learner.trees = "{\"learner\": 1}"
    #expect(throws: ScoringFailure.self) {
      try TrainedModel(version: "m-1", content: content, scorecard: nil)
    }
  }

  @Test(arguments: [
    (#""left_children":[1,"#, #""left_children":[0,"#), ("binary:logistic", "reg:squarederror"),
    ("gbtree", "gblinear"), (#""num_class":"0""#, #""num_class":"3""#),
    (#""split_indices":["#, #""split_indices":[99999,"#),
  ])
  func refusesDamagedTrees(found: String, replaced: String) async throws {
    var content = try await SampleModels.model(BoostedTreesTrainer(), .none).content
    let trees = try #require(content.learner.trees)
    try #require(trees.contains(found))
    content.learner.trees = trees.replacing(found, with: replaced)
    #expect(throws: ScoringFailure.self) {
      try TrainedModel(version: "m-1", content: content, scorecard: nil)
    }
  }

  @Test func refusesAnotherScorecard() async throws {
    let content = try await SampleModels.model(ScorecardTrainer(), .platt).content
    let error = #expect(throws: ScoringFailure.self) {
      try TrainedModel(version: "m-1", content: content, scorecard: nil)
    }
    #expect(error?.description.contains("this program has none") == true)
  }
}

extension JSONValue {
  /// The same with a member set, whether or not it was there.
  fileprivate func setting(_ path: [String], to value: JSONValue) -> JSONValue {
    guard let key = path.first else { return value }
    var object = objectValue ?? [:]
    object[key] = (object[key] ?? .object([:])).setting(Array(path.dropFirst()), to: value)
    return .object(object)
  }

  /// The tree with another value at the place that the keys lead to; `nil` removes the member.
  fileprivate func replacing(at path: [String], with value: JSONValue?) -> JSONValue {
    guard let key = path.first, case .object(let object) = self else { return value ?? .null }
    return .object(
      JSONObject(
        object.members.compactMap { member in
          guard member.key == key else { return (member.key, member.value) }
          if path.count == 1 { return value.map { (member.key, $0) } }
          return (member.key, member.value.replacing(at: Array(path.dropFirst()), with: value))
        }))
  }
}
