import Marketing
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("forecasts of campaigns")
struct CampaignForecastTests {
  private static func clicks(_ series: CampaignSeries, _ count: Int) -> CampaignSeries {
    CampaignSeries(
      campaign: series.campaign, currency: series.currency, days: Array(series.days.prefix(count)))
  }

  /// How often what came lay within what was foretold of the next 7 days.
  private static func coverage(_ all: [CampaignSeries]) -> (
    hits: Int, sums: Int, days: Int, weeks: Int
  ) {
    var found = (hits: 0, sums: 0, days: 0, weeks: 0)
    for series in all {
      for cut in stride(from: 14, through: series.days.count - 7, by: 7) {
        let past = clicks(series, cut)
        let now = series.days[cut].day.start
        guard let forecast = CampaignForecast(past, days: 7, now: now) else { continue }
        for line in forecast.lines {
          var sum = 0.0
          for (expected, day) in zip(line.days, series.days[cut...]) {
            let value = line.figure.value(of: day.figures) ?? 0
            sum += value
            found.days += 1
            if expected.low <= value && value <= expected.high { found.hits += 1 }
          }
          found.weeks += 1
          if line.sum.low <= sum && sum <= line.sum.high { found.sums += 1 }
        }
      }
    }
    return found
  }

  @Test("made-up campaigns lie within their 90 % intervals in 80 to 97 % of days and weeks")
  func generated() {
    var generator = SplitMix64(state: 4)
    let all = (0..<25).map { _ in
      CampaignRuleSimulation.series(nil, days: 42, using: &generator)
    }
    let found = Self.coverage(all)
    let days = Double(found.hits) / Double(found.days)
    let weeks = Double(found.sums) / Double(found.weeks)
    #expect((0.8...0.97).contains(days), "days \(days)")
    #expect((0.8...0.97).contains(weeks), "weeks \(weeks)")
  }

  @Test(
    "public campaigns lie within their 90 % intervals in 80 to 97 % of days",
    .enabled(if: PublicData.has(PublicCampaigns.path), "../shared/data/marketing_agents is absent"))
  func publicData() throws {
    let found = Self.coverage(try PublicCampaigns.series())
    let days = Double(found.hits) / Double(found.days)
    let weeks = Double(found.sums) / Double(found.weeks)
    #expect((0.8...0.97).contains(days), "days \(days)")
    #expect((0.8...0.97).contains(weeks), "weeks \(weeks)")
  }

  @Test("weekdays are told apart from four weeks on, a level is kept before")
  func weekdays() throws {
    func series(_ count: Int) -> CampaignSeries {
      SampleRecord.series(
        (0..<count).map { day in
          SampleRecord.row(
            day, CampaignFigures(impressions: day % 7 >= 5 ? 500 : 1000, spend: 100))
        })
    }
    let now = (SampleRecord.first + 56).start
    let long = try #require(CampaignForecast(series(56), days: 7, now: now))
    let line = try #require(long.lines.first)
    #expect(line.hasWeekdays)
    #expect(line.days.map { ($0.mean / 100).rounded() } == [10, 10, 10, 10, 10, 5, 5])
    #expect(abs(line.sum.mean - 6000) < 200)
    #expect(
      long.lines.map(\.figure).contains(.spend) && !long.lines.map(\.figure).contains(.revenue))
    let short = try #require(
      CampaignForecast(series(21), days: 3, now: (SampleRecord.first + 21).start))
    #expect(short.lines.first?.hasWeekdays == false)
    #expect(
      short.window == CampaignWindow(first: SampleRecord.first + 21, last: SampleRecord.first + 23))
    #expect(CampaignForecast(series(6), days: 3, now: now) == nil)
  }

  @Test(
    "after days without any event some may come, the fewer the longer it was silent",
    arguments: [(7, 1, 1.0), (7, 7, 4), (28, 1, 1), (28, 7, 1), (28, 90, 11), (100, 30, 2)])
  func silence(_ days: Int, _ ahead: Int, _ most: Double) throws {
    let series = SampleRecord.series(
      (0..<days).map { SampleRecord.row($0, CampaignFigures(impressions: 100)) })
    let now = (SampleRecord.first + days).start
    let forecast = try #require(CampaignForecast(series, days: ahead, now: now))
    let line = try #require(forecast.lines.first { $0.figure == .conversions })
    #expect(line.sum.mean == 0 && line.sum.low == 0)
    #expect(line.sum.high == most)
    #expect(line.days.allSatisfy { $0.high <= line.sum.high && $0.high >= 1 })
  }
}
