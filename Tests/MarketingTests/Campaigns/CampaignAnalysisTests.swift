import Marketing
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("analysis of campaigns")
struct CampaignAnalysisTests {
  typealias Sample = SampleRecord

  private func counts(_ means: [Double], seed: UInt64) -> [CampaignSeries.Day] {
    var generator = SplitMix64(state: seed)
    return means.enumerated().map { number, mean in
      CampaignSeries.Day(
        day: Sample.first + number,
        figures: CampaignFigures(
          impressions: 10_000, clicks: sampledPoisson(mean, using: &generator)))
    }
  }

  @Test("planted changes are found within two days", arguments: 1...10 as ClosedRange<UInt64>)
  func changes(_ seed: UInt64) {
    let means = (0..<90).map { $0 < 30 ? 300.0 : $0 < 60 ? 200 : 260 }
    let found = ChangePoint.all(.ctr, of: counts(means, seed: seed))
    #expect(found.count == 2)
    #expect(zip(found, [30, 60]).allSatisfy { abs($0.day - (Sample.first + $1)) <= 2 })
    #expect(abs((found.first?.before ?? 0) - 0.03) < 0.001)
    #expect(abs((found.first?.after ?? 0) - 0.02) < 0.001)
  }

  @Test("noise has no changes, nor has a weekly pattern")
  func silence() {
    let flat = (1...200 as ClosedRange<UInt64>).count { seed in
      !ChangePoint.all(.ctr, of: counts([Double](repeating: 300, count: 90), seed: seed)).isEmpty
    }
    #expect(flat <= 4, "\(flat) of 200")
    let weekly = (0..<90).map { $0 % 7 >= 5 ? 240.0 : 320 }
    let patterned = (1...50 as ClosedRange<UInt64>).count { seed in
      !ChangePoint.all(.ctr, of: counts(weekly, seed: seed)).isEmpty
    }
    #expect(patterned <= 2, "\(patterned) of 50")
    #expect(ChangePoint.all(.ctr, of: counts([1, 2, 3], seed: 1)).isEmpty)
  }

  @Test("a planted trend lies within its interval; none is seldom taken for one")
  func trend() throws {
    let rising = try #require(
      CampaignTrend(.ctr, of: counts((0..<60).map { 300 * exp(0.01 * Double($0)) }, seed: 3)))
    #expect(rising.isCertain && rising.low > 0)
    #expect(rising.low < 0.01005 && rising.high > 0.01005)
    let flat = (1...100 as ClosedRange<UInt64>).count { seed in
      CampaignTrend(.ctr, of: counts([Double](repeating: 300, count: 60), seed: seed))?.isCertain
        ?? false
    }
    #expect(flat <= 18, "\(flat) of 100 at a nominal 10")
  }

  // Bounds by SciPy: gamma.ppf.
  @Test("rates with their intervals, and why there are none")
  func rates() throws {
    let days = [
      CampaignSeries.Day(
        day: Sample.first,
        figures: CampaignFigures(
          impressions: 10_000, clicks: 176, leads: 10, conversions: 10, spend: 5000, revenue: 4000))
    ]
    let rates = CampaignRates(days)
    let ctr = try #require(rates[.ctr].rate)
    #expect(abs(ctr.low - 0.0155640) < 1e-6 && abs((ctr.high ?? 0) - 0.0198970) < 1e-6)
    let cpl = try #require(rates[.cpl].rate)
    #expect(cpl.value == 500)
    #expect(abs(cpl.low - 5000 / 16.962219) < 1e-3)
    #expect(abs((cpl.high ?? 0) - 5000 / 5.425406) < 1e-3)
    #expect(rates[.roas].rate?.value == 0.8)
    #expect(rates[.aov].rate?.value == 400)
    let empty = CampaignRates([
      CampaignSeries.Day(day: Sample.first, figures: CampaignFigures(leads: 3, spend: 10))
    ])
    #expect(empty[.ctr].reason == "There are no impressions, so there is no data.")
    #expect(empty[.cpa].reason != nil && empty[.cpl].rate != nil)
    #expect(CampaignRates([CampaignSeries.Day]())[.ctr].rate == nil)
  }

  @Test("the spend against the budgets")
  func pacing() throws {
    func pacing(_ perDay: Double, total: Double) -> CampaignPacing? {
      var campaign = Campaign(id: SampleOptimization.campaignID, name: "E")
      campaign.startsAt = Sample.first.start
      campaign.endsAt = (Sample.first + 29).start
      campaign.dailyBudget = Money(amount: 100, currency: "USD")
      campaign.totalBudget = Money(amount: total, currency: "USD")
      let days = (0..<15).map {
        CampaignSeries.Day(
          day: Sample.first + $0, figures: CampaignFigures(spend: perDay + Double($0 % 2)))
      }
      return CampaignPacing(
        CampaignSeries(campaign: campaign, currency: "USD", days: days), through: Sample.first + 14)
    }
    let on = try #require(pacing(100, total: 3000))
    #expect(on.expectedByNow == 1500)
    #expect(on.total == .on && on.daily == .on)
    #expect(abs((on.projected ?? 0) - 3014.5) < 2)
    let over = try #require(pacing(150, total: 3000))
    #expect(over.total == .over && over.daily == .over)
    let under = try #require(pacing(50, total: 3000))
    #expect(under.total == .under && under.daily == .under)
  }

  @Test("a week of spend is the last calendar week, whose days without a report are unknown")
  func pacingOfOldCosts() throws {
    func pacing(_ known: [Int]) throws -> CampaignPacing {
      var campaign = Campaign(id: SampleOptimization.campaignID, name: "E")
      campaign.dailyBudget = Money(amount: 100, currency: "USD")
      campaign.endsAt = (Sample.first + 40).start
      let days = (0...20).map { number in
        CampaignSeries.Day(
          day: Sample.first + number,
          figures: CampaignFigures(
            impressions: 10, spend: known.contains(number) ? 100 + Double(number) : nil))
      }
      return try #require(
        CampaignPacing(
          CampaignSeries(campaign: campaign, currency: "USD", days: days),
          through: Sample.first + 20))
    }
    let some = try pacing([0, 1, 2, 13, 14, 20])
    #expect(some.perDay == 117 && some.knownDays == 2)
    #expect(some.daily == .over)
    #expect(some.spent == 650)
    let old = try pacing([0, 1, 2, 3, 13])
    #expect(old.perDay == nil && old.knownDays == 0 && old.daily == nil)
    #expect(abs(try #require(old.projected) - (519 + 20 * 113)) < 1e-9)
    let older = try pacing([0, 1, 2, 3])
    #expect(older.spent == 406 && older.projected == nil)
  }

  /// Clicks whose rate wanders: a tenth beyond chance that goes over to the next day by so much.
  private func wandering(
    _ correlation: Double, days: Int, weekend: Double, seed: UInt64
  ) -> [CampaignSeries.Day] {
    var generator = SplitMix64(state: seed)
    var state = 0.1 * sampledNormal(using: &generator)
    return counts(
      (0..<days).map { day in
        let noise = 0.1 * sampledNormal(using: &generator)
        state = correlation * state + (1 - correlation * correlation).squareRoot() * noise
        return 300 * (day % 7 >= 5 ? weekend : 1) * exp(state)
      }, seed: seed &+ 1_000_000)
  }

  // Nominal 1 %; the limits are those that the function states, with room for chance.
  @Test(
    "rates that wander raise few changes",
    arguments: [
      (0.0, 28, 1.0, 12), (0, 28, 0.7, 8), (0.3, 28, 1, 26), (0.3, 90, 1, 22), (0.5, 28, 1, 46),
      (0.5, 90, 1, 36),
    ])
  func wandering(_ correlation: Double, _ days: Int, _ weekend: Double, _ most: Int) {
    let found = (0..<500 as Range<UInt64>).count { seed in
      !ChangePoint.all(
        .ctr, of: wandering(correlation, days: days, weekend: weekend, seed: seed)
      ).isEmpty
    }
    #expect(found <= most, "\(found) of 500")
  }

  @Test("a campaign is analysed beside its past and its siblings")
  func analysis() throws {
    var generator = SplitMix64(state: 1)
    let own = CampaignRuleSimulation.series(.ctr, days: 28, using: &generator)
    let siblings = (0..<4).map { _ in
      CampaignRuleSimulation.series(nil, days: 28, using: &generator)
    }
    let now = try #require(own.days.last).day.end
    let analysis = try #require(CampaignAnalysis(own, siblings: siblings, now: now))
    #expect(analysis.window.length == 28)
    #expect(analysis.sections.map(\.measure) == CampaignMeasure.allCases)
    let ctr = try #require(analysis.sections.first)
    #expect(abs(try #require(ctr.change).share + 0.5) < 0.05)
    #expect(ctr.standing?.betterThan == 0)
    #expect(abs((ctr.standing?.benchmark ?? 0) - 0.03) < 0.002)
    #expect(ctr.missing == nil)
    #expect(analysis.pacing != nil)
    #expect(CampaignAnalysis(Sample.series([]), now: now) == nil)
  }

  @Test("campaigns are ranked with the doubt that is left")
  func comparison() throws {
    var generator = SplitMix64(state: 1)
    var all = [CampaignRuleSimulation.Fault?.none, .ctr, nil].map {
      CampaignRuleSimulation.series($0, days: 28, using: &generator)
    }
    all = zip(all, ["a", "b", "c"]).map { series, name in
      CampaignSeries(
        campaign: Campaign(id: CampaignID(rawValue: name), name: name), currency: series.currency,
        days: series.days)
    }
    all.append(Sample.series([]))
    let window = CampaignWindow(days: 28, through: try #require(all[0].days.last).day)
    let found = CampaignComparison(.ctr, of: all, over: window, using: &generator)
    #expect(found.rows.last?.campaignID.rawValue == "b")
    #expect(found.rows.last?.chanceToBeBest == 0)
    #expect(abs(found.rows.reduce(0) { $0 + $1.chanceToBeBest } - 1) < 1e-12)
    #expect(found.pairs.count == 3)
    #expect(found.pairs.map { $0.p < 0.001 } == [false, true, true])
    #expect(found.missing.count == 1)
  }
}
