import Foundation
import Marketing
import Testing

@Suite struct ExperimentDraftTests {
  static let now = Timestamp(milliseconds: 1_750_000_000_000)

  static func draft(_ change: (inout ExperimentDraft) -> Void = { _ in }) -> ExperimentDraft {
    var draft = ExperimentDraft(
      variants: [.init("today", isControl: true), .init("shorter")], primaryMetric: .conversion)
    draft.hypothesis = "A shorter subject is opened more often"
    draft.baselineRate = 0.05
    draft.minimumEffect = 0.1
    draft.dailyUnits = 3000
    change(&draft)
    return draft
  }

  static func read(_ draft: ExperimentDraft) throws(InvalidExperiment) -> Experiment {
    try draft.experiment(newName: ExperimentID(rawValue: "exp-1"), now: now)
  }

  @Test func aDraftBecomesAPlannedExperiment() throws {
    let experiment = try Self.read(Self.draft())
    #expect(experiment.design.unitsPerArm == 31_231)
    #expect(experiment.design.expectedDays == 21)
    #expect(experiment.design.horizonDays == 21 && experiment.design.plannedLooks == 21)
    #expect(experiment.control?.name == "today" && experiment.state == .running)
    #expect(experiment.guardrails == ExperimentGuardrail.builtIn)
    #expect(experiment.metrics == [.conversion, .unsubscribe, .complaint])
    #expect(experiment.name == "A shorter subject is opened more often")
  }

  /// Three variants share alpha, unequal shares need more time, and a longer plan is looked at weekly.
  @Test func variantsSharesAndHorizonsCount() throws {
    let experiment = try Self.read(
      Self.draft {
        $0.variants.append(.init("longer", weight: 0.5))
        $0.horizonDays = 100
        $0.guardrails = [.init(metric: .complaint, margin: 0.001), .init(metric: .bounce)]
      })
    // (2.241403 + 0.841621)² · 0.099475 ÷ 0.000025, then 37,821 · (2.5 + 5) ÷ 2 ÷ 3000 days.
    #expect(experiment.design.unitsPerArm == 37_821)
    #expect(experiment.design.expectedDays == 48)
    #expect(experiment.design.plannedLooks == 15 && experiment.design.daysPerLook == 7)
    #expect(
      experiment.guardrails == [
        .init(metric: .unsubscribe), .init(metric: .complaint, margin: 0.001, limit: 0.003),
        .init(metric: .bounce),
      ])
  }

  @Test func amountsNeedACurrencyAndADeviation() throws {
    let experiment = try Self.read(
      Self.draft {
        $0.primaryMetric = .revenue
        $0.currency = "EUR"
        $0.baselineRate = nil
        $0.baselineMean = 20
        $0.baselineDeviation = 40
      })
    // 7.848880 · 2 · 1600 ÷ 4
    #expect(experiment.design.unitsPerArm == 6280)
  }

  @Test func aBanditHasAFloorAndNoSize() throws {
    let experiment = try Self.read(
      Self.draft {
        $0.kind = .bandit
        $0.baselineRate = nil
      })
    #expect(experiment.banditFloor == 0.02 && experiment.design.unitsPerArm == nil)
  }

  struct Flaw: Sendable, CustomTestStringConvertible {
    let fields: [String]
    let change: @Sendable (inout ExperimentDraft) -> Void
    var testDescription: String { fields.joined(separator: ", ") }

    init(_ fields: String..., change: @escaping @Sendable (inout ExperimentDraft) -> Void) {
      self.fields = fields
      self.change = change
    }
  }

  @Test(arguments: [
    Flaw("/variants", "/variants") { $0.variants = [.init("only")] },
    Flaw("/variants") { $0.variants = (0..<11).map { .init("v\($0)", isControl: $0 == 0) } },
    Flaw("/variants/1/name") { $0.variants[1].name = "today" },
    Flaw("/variants/1/name") { $0.variants[1].name = "two words" },
    Flaw("/variants/1/weight") { $0.variants[1].weight = 0 },
    Flaw("/variants/0/weight") { $0.variants[0].weight = .nan },
    Flaw("/variants") { $0.variants[1].isControl = true },
    Flaw("/hypothesis") { $0.hypothesis = "  " },
    Flaw("/name") { $0.name = "two\nlines" },
    Flaw("/unit") { $0.unit = "" },
    Flaw("/exclusionGroup") { $0.exclusionGroup = "a/b" },
    Flaw("/secondaryMetrics/0") { $0.secondaryMetrics = [.conversion] },
    Flaw("/guardrails/0/margin") { $0.guardrails = [.init(metric: .bounce, margin: -0.1)] },
    Flaw("/guardrails/0/limit") { $0.guardrails = [.init(metric: .bounce, limit: 1)] },
    Flaw("/currency") { $0.secondaryMetrics = [.revenue] },
    Flaw("/currency") { $0.currency = "USD" },
    Flaw("/currency") {
      $0.currency = "usd"
      $0.secondaryMetrics = [.revenue]
    },
    Flaw("/baselineRate") { $0.baselineRate = nil },
    Flaw("/baselineRate") { $0.baselineRate = 1 },
    Flaw("/minimumEffect") { $0.minimumEffect = 0 },
    Flaw("/minimumEffect") {
      $0.baselineRate = 0.6
      $0.minimumEffect = 1
    },
    Flaw("/alpha") { $0.alpha = 0.21 },
    Flaw("/alpha") { $0.alpha = 0 },
    Flaw("/power") { $0.power = 0.49 },
    Flaw("/horizonDays") { $0.horizonDays = 366 },
    Flaw("/dailyUnits") { $0.dailyUnits = -3 },
    Flaw("/banditFloor") { $0.banditFloor = 0.1 },
    Flaw("/banditFloor") {
      $0.kind = .bandit
      $0.banditFloor = 0.5
    },
    Flaw("/variants/1/weight", "/alpha", "/horizonDays") {
      $0.variants[1].weight = -1
      $0.alpha = 1
      $0.horizonDays = 0
    },
  ])
  func everyFlawIsNamed(flaw: Flaw) {
    let error = #expect(throws: InvalidExperiment.self) {
      try Self.read(Self.draft(flaw.change))
    }
    #expect(error?.errors.map(\.field) == flaw.fields)
  }

  /// A store keeps an experiment as JSON.
  @Test func anExperimentCanBeKept() throws {
    var experiment = try Self.read(Self.draft { $0.exclusionGroup = "subjects" })
    _ = try experiment.switchOff(
      SwitchedOffVariant(variant: "shorter", at: Self.now, guardrail: .bounce, reason: "."))
    _ = try experiment.stop(
      ExperimentStop(decision: .keepControl, reason: "."), at: Self.now + .days(1))
    let kept = try JSONDecoder().decode(
      Experiment.self, from: try JSONEncoder().encode(experiment))
    #expect(kept == experiment)
  }
}
