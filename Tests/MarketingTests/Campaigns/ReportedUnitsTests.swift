import Marketing
import Testing

/// Experiments whose units are counted in reports of calendar days.
@Suite struct ReportedUnitsTests {
  private static let first = CalendarDay(rawValue: 20_254)

  private static func experiment(hour: Int, horizon: Int = 28) -> Experiment {
    MadeData.experiment(days: horizon) {
      $0.unit = "impression"
      $0.campaignID = "C1"
      $0.primaryMetric = .click
      $0.startedAt = first.start + .seconds(3600 * hour)
    }
  }

  /// Reports of both variants from the day before the first to the ninth after it.
  private static func record() -> CampaignRecord {
    let reported = (-1...9).flatMap { day in
      ["today", "b"].map { variant in
        CampaignMetric(
          CampaignMetric.Key(
            campaignID: "C1", day: first + day, channel: "search", variant: variant),
          CampaignFigures(impressions: 1000, clicks: 50), currency: nil)
      }
    }
    return CampaignRecord(
      campaign: Campaign(id: "C1", name: "C1"), currency: nil, reported: reported, counted: [])
  }

  private static func days(_ experiment: Experiment) -> [Int] {
    let data = ExperimentData(.impression, of: experiment, in: record())
    return data.exposures.filter { $0.variant == "b" }.map(\.day)
  }

  /// The report of the day on which the experiment starts holds what was before, except at midnight; nothing
  /// counts that was not over at the horizon or at the stop.
  @Test func onlyWholeDaysCount() throws {
    #expect(Self.days(Self.experiment(hour: 0)) == Array(0...9))
    #expect(Self.days(Self.experiment(hour: 12)) == Array(1...9))
    #expect(Self.days(Self.experiment(hour: 0, horizon: 4)) == Array(0...3))
    #expect(Self.days(Self.experiment(hour: 12, horizon: 4)) == Array(1...3))
    var stopped = Self.experiment(hour: 12)
    _ = try stopped.stop(
      ExperimentStop(decision: .inconclusive, reason: "."),
      at: stopped.startedAt + .seconds(3600 * 54))
    #expect(Self.days(stopped) == [1])
  }

  /// Reports count neither unsubscriptions nor complaints.
  @Test func whatIsNotReportedIsNotKnown() throws {
    let experiment = Self.experiment(hour: 0)
    let data = ExperimentData(.impression, of: experiment, in: Self.record())
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: experiment.startedAt + .days(9))
    #expect(analysis.metrics[0].arms[1].units == 9000)
    #expect(analysis.guardrails.map(\.metric) == [.unsubscribe, .complaint])
    #expect(analysis.guardrails.allSatisfy { $0.status == .unknown && $0.excessLow == nil })
    #expect(!analysis.verdict.text.contains("guardrail"))
  }

  struct Moment: Sendable {
    let hours: Int
    let units: Int
    let looks: Int
    let lastLook: Int
  }

  /// At 18:00 of the fourth day its own report does not count yet, at 1:00 of the fifth it does; but the third
  /// look was made before, at 12:00 of the fourth.
  @Test(arguments: [
    Moment(hours: 6, units: 0, looks: 0, lastLook: 0),
    Moment(hours: 24, units: 0, looks: 1, lastLook: 0),
    Moment(hours: 37, units: 1000, looks: 1, lastLook: 0),
    Moment(hours: 78, units: 2000, looks: 3, lastLook: 2000),
    Moment(hours: 85, units: 3000, looks: 3, lastLook: 2000),
    Moment(hours: 96, units: 3000, looks: 4, lastLook: 3000),
  ])
  func noLookSeesADayThatIsNotOver(moment: Moment) throws {
    let experiment = Self.experiment(hour: 12)
    let data = ExperimentData(.impression, of: experiment, in: Self.record())
    let analysis = try ExperimentAnalysis.analyze(
      experiment, data, now: experiment.startedAt + .seconds(3600 * moment.hours))
    #expect(analysis.metrics[0].arms[1].units == moment.units)
    let test = try #require(analysis.sequential.first)
    #expect(test.made == moment.looks)
    let fraction = test.current?.fraction ?? 0
    #expect(abs(fraction - Double(moment.lastLook) / 14_000) < 1e-12)
    let known = analysis.sufficiency.fraction ?? 0
    #expect(abs(known - Double(moment.units) / 14_000) < 1e-12)
  }
}
