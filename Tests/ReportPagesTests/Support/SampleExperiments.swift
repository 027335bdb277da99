import Marketing
import ReportPages

/// The experiments that tests of their page look at.
enum SampleExperiment: String, CaseIterable {
  case going, shipped, several, bandit, uneven, amounts, empty

  static let start = Timestamp(milliseconds: 1_750_000_000_000)

  func page(
    name: String = "Subject line", variant: String = "b", segment: String = "North"
  ) throws -> ExperimentReportPage {
    let experiment = experiment(name: name, variant: variant)
    let data = data(variant)
    let now = Self.start + .days(self == .shipped || self == .amounts ? 28 : 12)
    return ExperimentReportPage(
      experiment: experiment,
      analysis: try ExperimentAnalysis.analyze(experiment, data, now: now),
      segments: self == .several
        ? try ExperimentAnalysis.segments(
          experiment, [segment: data, "South": Self.days(12, ["today": 25, variant: 24])],
          now: now) : [])
  }

  private func experiment(name: String, variant: String) -> Experiment {
    var design = ExperimentDesign(minimumEffect: 0.15, horizonDays: 28)
    design.unitsPerArm = self == .bandit ? nil : 14_000
    if self != .amounts { design.baselineRate = 0.05 }
    let names = self == .several || self == .bandit ? ["today", variant, "c"] : ["today", variant]
    var experiment = Experiment(
      id: ExperimentID(rawValue: "subject-1"), name: name,
      hypothesis: "A question in the subject makes more leads answer, for \(name).",
      kind: self == .bandit ? .bandit : .test,
      variants: names.map { ExperimentVariant($0, isControl: $0 == "today") },
      primaryMetric: self == .amounts ? .revenue : .conversion, design: design,
      startedAt: Self.start)
    if self == .bandit { experiment.banditFloor = 0.1 }
    if self == .amounts { experiment.currency = "USD" }
    if self == .several {
      experiment.secondaryMetrics = [.reply]
      experiment.switchedOff = [
        SwitchedOffVariant(
          variant: "c", at: Self.start + .days(8), guardrail: .unsubscribe,
          reason: "Too many left, says \(name).")
      ]
    }
    if self == .shipped {
      experiment.state = .stopped
      experiment.stoppedAt = Self.start + .days(28)
      experiment.stop = ExperimentStop(decision: .ship, winner: variant, reason: "\(name) won.")
    }
    return experiment
  }

  private func data(_ variant: String) -> ExperimentData {
    switch self {
    case .going: return Self.days(12, ["today": 25, variant: 31])
    case .shipped: return Self.days(28, ["today": 25, variant: 32])
    case .several:
      var data = Self.days(12, ["today": 25, variant: 31, "c": 22])
      let counts = [("today", 40), (variant, 47), ("c", 38)]
      for (name, count) in counts {
        data.outcomes.append(.init(day: 3, variant: name, metric: .reply, successes: count))
        data.outcomes.append(
          .init(
            day: 4, variant: name, metric: .unsubscribe, successes: name == "c" ? 140 : 20))
      }
      for (name, successes) in [("today", 300.0), (variant, 372), ("c", 264)] {
        data.covariates.append(
          .init(
            variant: name, metric: .conversion, sum: 600, sumOfSquares: 600,
            sumOfProducts: successes / 2))
      }
      return data
    case .bandit: return Self.days(12, ["today": 25, variant: 31, "c": 22])
    case .uneven:
      var data = Self.days(12, ["today": 25, variant: 25])
      data.exposures.append(.init(day: 5, variant: variant, units: 700))
      return data
    case .amounts:
      var data = Self.days(28, [:])
      for day in 0..<28 {
        for (name, sum) in [("today", 900.0), (variant, 1030)] {
          data.exposures.append(.init(day: day, variant: name, units: 500))
          data.outcomes.append(
            .init(
              day: day, variant: name, metric: .revenue, sum: sum, sumOfSquares: sum * 42))
        }
      }
      return data
    case .empty: return ExperimentData()
    }
  }

  /// Every day 500 units of each variant and the same conversions.
  private static func days(_ days: Int, _ successes: [String: Int]) -> ExperimentData {
    var data = ExperimentData()
    for day in 0..<days {
      for (variant, count) in successes {
        data.exposures.append(.init(day: day, variant: variant, units: 500))
        data.outcomes.append(
          .init(day: day, variant: variant, metric: .conversion, successes: count))
      }
    }
    return data
  }
}
