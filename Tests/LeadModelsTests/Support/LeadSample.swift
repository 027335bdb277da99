import JSONRPC
import Marketing

@testable import LeadModels

/// Random leads with a known rule behind their outcomes, the same for the same seed.
struct LeadSample {
  /// The outcome's share.
  var baseRate = 0.25
  var rows = 400
  var delimiter = ","
  /// Whether numbers are written with a decimal comma.
  var hasDecimalCommas = false
  /// How far the rule of the last quarter is the opposite of the others'.
  var flipsLate = false
  var seed: UInt64 = 7

  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
    mutating func uniform() -> Double { Double(next() >> 11) / Double(1 << 53) }
    /// Nearly normal: the sum of twelve uniform numbers less six.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
  }

  private static let channels = ["Organic", "Paid", "Referral", "Fair"]

  /// The file, with a header; the outcome is in `won`, the day in `created`.
  func csv() -> String {
    var random = Random(state: seed)
    var lines = [
      [
        "lead_no", "channel", "minutes", "income", "agent", "weekly", "plan", "created", "seen",
        "won",
      ]
      .joined(separator: delimiter)
    ]
    for row in 0..<rows {
      let channel = Int(random.next() % 4)
      let minutes = random.normal()
      let income = 50_000 + 15_000 * random.normal()
      let agent = Int(random.next() % 60)
      let weekly = random.uniform() < 0.4
      let gap = random.uniform() * 20
      var pull =
        [0, -0.8, 1.2, 0.4][channel] + 0.9 * minutes * (weekly ? 1 : -0.3)
        + (income > 55_000 ? 0.8 : 0) + (agent % 3 == 0 ? 1 : -0.5) - gap / 10
      if flipsLate, row >= rows * 3 / 4 { pull = -pull }
      let isWon = random.uniform() < logistic(1.3 * pull + logit(baseRate) - 0.1)
      // Whoever has much says less: missing, and not at random.
      let isHidden = random.uniform() < (income > 55_000 ? 0.45 : 0.2)
      let start = Timestamp(milliseconds: 1_700_000_000_000 + Int64(row) * 7_200_000)
      let seen = start + .seconds(Int(gap * 86_400))
      lines.append(
        [
          "\(10_000 + row * 3)", random.uniform() < 0.1 ? "" : Self.channels[channel],
          number(minutes * 10 + 40), isHidden ? "" : "\(Int(income))", "agent \(agent)",
          weekly ? "Yes" : "No", ["free", "pro", "team"][Int(random.next() % 3)],
          start.iso8601, seen.iso8601, isWon ? "1" : "0",
        ].joined(separator: delimiter))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func number(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let text = "\(hundredths / 100)\(hasDecimalCommas ? "," : ".")" + padded(abs(hundredths % 100))
    return hundredths < 0 && hundredths > -100 ? "-\(text)" : text
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// The rows, ready to train on.
  func data(time: String? = nil) throws -> TrainingData {
    var file = FileTraining(target: "won")
    file.time = time
    return try file.data(DataTable(csv: Array(csv().utf8)))
  }

  /// The rows, divided into parts.
  func learning(folds: Int = 3) throws -> (Learning, FeaturePlan.Draft, TrainingData) {
    let data = try data()
    let draft = FeaturePlan.draft(data.table, excluded: data.excluded, fields: data.fields)
    let learning = Learning(
      draft, labels: data.labels,
      parts: Folds.parts(labels: data.labels, groups: nil, count: folds, seed: 1),
      partCount: folds, latest: nil, seed: 1, scorecard: try Scorecard.served())
    return (learning, draft, data)
  }
}

/// Models that several tests look at.
enum SampleModels {
  /// What training on the usual sample makes, done once.
  private static let training = Task {
    try await ModelTraining(Self.settings, scorecard: nil).train(on: LeadSample().data())
  }

  static var settings: ModelTraining.Settings {
    var settings = ModelTraining.Settings()
    settings.folds = 3
    return settings
  }

  static func trained() async throws -> ModelContent { try await training.value }

  /// A model of a family, trained on the usual sample and calibrated in a way.
  static func model(
    _ trainer: any CandidateTrainer, _ method: CalibrationMethod
  ) async throws -> TrainedModel {
    let (learning, draft, _) = try LeadSample(rows: 300).learning()
    let learner = try trainer.train(learning, parameters: ["rounds": 25, "l2": 10])
    var content = try await trained()
    content.plan = FeaturePlan(columns: learning.columns, missing: [])
    content.learner = learner
    content.ranges = [Double](repeating: 0, count: draft.features.count)
    content.calibration = .none
    let scorecard = try Scorecard.served()
    let raw = try TrainedModel(version: "raw", content: content, scorecard: scorecard)
      .rawLogOdds(of: learning.labels.indices.map { row in learning.values.map { $0[row] } })
    content.calibration = Calibration(method, margins: raw, labels: learning.labels)
    return try TrainedModel(version: "m-1", content: content, scorecard: scorecard)
  }
}
