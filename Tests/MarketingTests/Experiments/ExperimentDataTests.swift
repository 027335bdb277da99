import Marketing
import Testing

@Suite struct ExperimentDataTests {
  private static let experiment = Experiment(
    id: ExperimentID(rawValue: "x"), name: "x", hypothesis: "h",
    variants: [ExperimentVariant("a", isControl: true), ExperimentVariant("b")],
    primaryMetric: .conversion, design: ExperimentDesign(minimumEffect: 0.1, horizonDays: 28),
    startedAt: ExperimentDraftTests.now)

  /// Rows of one day and variant add up, in any order, and days without a row add nothing.
  @Test func daysAddUp() throws {
    let totals = try ExperimentTotals(
      ExperimentData(
        exposures: [
          .init(day: 3, variant: "a", units: 5), .init(day: 0, variant: "a", units: 10),
          .init(day: 0, variant: "a", units: 2), .init(day: 1, variant: "b", units: 7),
        ],
        outcomes: [
          .init(day: 3, variant: "a", metric: .conversion, successes: 4),
          .init(day: 1, variant: "a", metric: .conversion, successes: 2),
          .init(day: 1, variant: "b", metric: .revenue, sum: 30, sumOfSquares: 500),
          .init(day: 2, variant: "b", metric: .revenue, sum: 12, sumOfSquares: 100),
        ]), of: Self.experiment)
    #expect((0...4).map { totals.units(of: "a", through: $0) } == [12, 12, 12, 17, 17])
    #expect(
      (0...4).map { totals.successes(of: "a", in: .conversion, through: $0) } == [0, 2, 2, 6, 6])
    #expect(totals.units(of: "b", through: 0) == 0 && totals.units(of: "a", through: -1) == 0)
    let revenue = totals.sample(of: "b", in: .revenue, through: 9)
    #expect(abs(revenue.mean - 6) < 1e-12)
    #expect(abs(revenue.variance - (600 - 252) / 6) < 1e-9)
    #expect(totals.lastDay == 3)
  }

  struct Flaw: Sendable {
    let field: String
    let data: ExperimentData
  }

  private static func exposed(
    _ outcome: ExperimentData.Outcome, units: Int = 10
  ) -> ExperimentData {
    ExperimentData(exposures: [.init(day: 0, variant: "a", units: units)], outcomes: [outcome])
  }

  @Test(arguments: [
    Flaw(
      field: "/exposures/0/units",
      data: ExperimentData(exposures: [.init(day: 0, variant: "a", units: -1)])),
    Flaw(
      field: "/exposures/0/day",
      data: ExperimentData(exposures: [.init(day: -1, variant: "a", units: 1)])),
    Flaw(
      field: "/exposures/0/day",
      data: ExperimentData(exposures: [.init(day: .max, variant: "a", units: 1)])),
    Flaw(
      field: "/exposures/0/variant",
      data: ExperimentData(exposures: [.init(day: 0, variant: "c", units: 1)])),
    Flaw(
      field: "/exposures/1/units",
      data: ExperimentData(
        exposures: [
          .init(day: 0, variant: "a", units: .max), .init(day: 0, variant: "a", units: 1),
        ])),
    Flaw(
      field: "",
      data: ExperimentData(
        exposures: [
          .init(day: 0, variant: "a", units: .max), .init(day: 1, variant: "a", units: 1),
        ])),
    Flaw(
      field: "/outcomes/0/successes",
      data: exposed(.init(day: 0, variant: "a", metric: .click, successes: -2))),
    Flaw(
      field: "/outcomes/0/variant",
      data: exposed(.init(day: 0, variant: "", metric: .click, successes: 2))),
    Flaw(
      field: "/outcomes/0/sum",
      data: exposed(.init(day: 0, variant: "a", metric: .revenue, sum: .nan, sumOfSquares: 1))),
    Flaw(field: "", data: exposed(.init(day: 0, variant: "a", metric: .click, successes: 11))),
    Flaw(
      field: "",
      data: exposed(.init(day: 0, variant: "a", metric: .revenue, sum: 10, sumOfSquares: 9))),
    Flaw(
      field: "",
      data: exposed(
        .init(day: 0, variant: "a", metric: .revenue, sum: 1e200, sumOfSquares: 1e300))),
    Flaw(
      field: "/covariates/0/sumOfSquares",
      data: ExperimentData(covariates: [
        .init(variant: "a", metric: .click, sum: 1, sumOfSquares: -1, sumOfProducts: 0)
      ])),
    Flaw(
      field: "/covariates/0/day",
      data: ExperimentData(covariates: [
        .init(day: -1, variant: "a", metric: .click, sum: 1, sumOfSquares: 1, sumOfProducts: 0)
      ])),
    Flaw(
      field: "/covariates/0/variant",
      data: ExperimentData(covariates: [
        .init(variant: "c", metric: .click, sum: 1, sumOfSquares: 1, sumOfProducts: 0)
      ])),
  ])
  func impossibleCountsAreRefused(flaw: Flaw) {
    let error = #expect(throws: InvalidExperimentData.self) {
      try ExperimentTotals(flaw.data, of: Self.experiment)
    }
    #expect(error?.errors.map(\.field) == [flaw.field])
  }

  /// One unit of ten buys for 30 on day 2 and for 10 on day 5, and gives 5 back on day 6: each look sees what
  /// was known by then.
  @Test func amountsCountWhenTheyComeIn() throws {
    var data = ExperimentData(exposures: [.init(day: 0, variant: "a", units: 10)])
    for (day, amount, growth) in [(2, 30.0, 900.0), (5, 10, 700), (6, -5, -375)] {
      data.outcomes.append(
        .init(day: day, variant: "a", metric: .revenue, sum: amount, sumOfSquares: growth))
    }
    let totals = try ExperimentTotals(data, of: Self.experiment)
    let expected = [(1, 0.0, 0.0), (2, 3, 90), (4, 3, 90), (5, 4, 160), (6, 3.5, 122.5)]
    for (day, mean, variance) in expected {
      let sample = totals.sample(of: "a", in: .revenue, through: day)
      #expect(abs(sample.mean - mean) < 1e-12 && abs(sample.variance - variance) < 1e-9)
    }
  }

  /// A success before its unit was exposed.
  @Test func successesDoNotComeBeforeUnits() {
    let data = ExperimentData(
      exposures: [.init(day: 1, variant: "a", units: 10)],
      outcomes: [.init(day: 0, variant: "a", metric: .click, successes: 1)])
    #expect(throws: InvalidExperimentData.self) {
      try ExperimentTotals(data, of: Self.experiment)
    }
  }
}
