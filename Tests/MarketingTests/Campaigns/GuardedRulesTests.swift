import Marketing
import Testing

@Suite("guarded rules of campaigns")
struct GuardedRulesTests {
  typealias Sample = SampleRecord

  private func findings(
    _ figures: CampaignFigures, _ thresholds: CampaignThresholds = CampaignThresholds(),
    fallback: ConversionValue? = nil
  ) -> [GuardedFinding] {
    GuardedRules(thresholds).findings(Sample.series([Sample.row(0, figures)]), fallback: fallback)
  }

  // The bounds of the three tables are those of SciPy 1.x: gamma.ppf and Wilson's formula.
  @Test(
    "the CTR is judged by Wilson's upper bound from 1,000 impressions on",
    arguments: [
      (10_000, 176, 0.0198970), (10_000, 177, nil), (999, 0, nil), (1000, 12, 0.0191240),
      (1000, 13, nil), (0, 0, nil),
    ] as [(Int, Int, Double?)])
  func ctr(_ impressions: Int, _ clicks: Int, _ bound: Double?) {
    let found = findings(CampaignFigures(impressions: impressions, clicks: clicks))
    #expect(found.map(\.rule) == (bound == nil ? [] : [.ctr]))
    if let bound { #expect(found.allSatisfy { abs($0.bound - bound) < 1e-7 }) }
  }

  @Test(
    "a lead's cost is judged by the Gamma bound from 100 dollars on, without leads not at all",
    arguments: [
      (600, 6, 50.665424), (600, 7, nil), (5000, 66, 61.722441), (99, 1, nil), (5000, 0, nil),
      (300, 1, 63.239580),
    ] as [(Double, Int, Double?)])
  func cpl(_ spend: Double, _ leads: Int, _ bound: Double?) {
    let found = findings(CampaignFigures(leads: leads, spend: spend)).filter { $0.rule == .cpl }
    #expect(found.count == (bound == nil ? 0 : 1))
    if let bound { #expect(found.allSatisfy { abs($0.bound - bound) < 1e-5 }) }
  }

  @Test(
    "the return is judged by the Poisson bound and the worth of a conversion",
    arguments: [
      (5000, 10, 500, 1.696222), (1000, 3, 100, 0.775366), (100, 0, 50, 1.497866),
      (100, 0, 100, nil), (99, 0, 1, nil), (1000, 10, 150, nil),
    ] as [(Double, Int, Double, Double?)])
  func roas(_ spend: Double, _ conversions: Int, _ mean: Double, _ bound: Double?) {
    let value = ConversionValue(mean: mean, standardError: 10, conversions: 30)
    let figures = CampaignFigures(leads: 1000, conversions: conversions, spend: spend)
    let found = findings(figures, fallback: value)
    #expect(found.map(\.rule) == (bound == nil ? [] : [.roas]))
    if let bound { #expect(found.allSatisfy { abs($0.bound - bound) < 1e-6 }) }
  }

  @Test("under 30 conversions the error of their worth counts")
  func worthError() {
    let figures = CampaignFigures(leads: 1000, conversions: 10, spend: 5000)
    func bound(_ conversions: Int) -> Double? {
      findings(
        figures,
        fallback: ConversionValue(mean: 500, standardError: 30, conversions: conversions)
      ).first?.bound
    }
    #expect(abs((bound(29) ?? 0) - 1.696222 * (500 + 1.644854 * 30) / 500) < 1e-5)
    #expect(abs((bound(30) ?? 0) - 1.696222) < 1e-5)
  }

  @Test("a campaign's own worth of a conversion goes before the channel's")
  func ownWorth() {
    let value = ConversionValue(mean: 1_000_000, standardError: 0, conversions: 100)
    let figures = CampaignFigures(leads: 1000, conversions: 2, spend: 1000, revenue: 10)
    #expect(findings(figures, fallback: value).map(\.rule) == [.roas])
    #expect(findings(figures, fallback: nil).map(\.rule) == [.roas])
  }

  @Test("a fall of what conversions are worth is found as well as one of their number")
  func fallingWorth() {
    let days = (0..<35).map { day in
      Sample.row(
        day,
        CampaignFigures(
          leads: 200, conversions: 40, spend: 5000, revenue: day < 28 ? 20_000 + Double(day) : 6000)
      )
    }
    let series = Sample.series(days)
    let rules = GuardedRules()
    #expect(rules.findings(series, through: Sample.first + 27).isEmpty)
    let found = rules.findings(series, through: Sample.first + 29)
    #expect(Set(found.map(\.rule)) == [.roas])
  }

  @Test("money is judged only in currencies that have thresholds")
  func currencies() {
    let figures = CampaignFigures(leads: 10, conversions: 1, spend: 50_000, revenue: 5)
    var record = CampaignRecord(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: "JPY",
      reported: [Sample.row(0, figures)], counted: [])
    var thresholds = CampaignThresholds()
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).isEmpty)
    thresholds.minimumSpend["JPY"] = 10_000
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).map(\.rule) == [.roas])
    thresholds.maximumCPL["JPY"] = 2000
    let both = Set(GuardedRules(thresholds).findings(CampaignSeries(record)).map(\.rule))
    #expect(both == [.roas, .cpl])
    record.currency = nil
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).isEmpty)
  }

  @Test("channels with thresholds of their own are judged by them, the rest by the general ones")
  func channels() {
    var thresholds = CampaignThresholds()
    thresholds.channels = ["display": .init(minimumCTR: 0.0002), "search": .init(minimumCTR: 0.06)]
    let series = Sample.series([
      Sample.row(0, "display", CampaignFigures(impressions: 100_000, clicks: 30)),
      Sample.row(0, "search", CampaignFigures(impressions: 10_000, clicks: 400)),
      Sample.row(0, "social", CampaignFigures(impressions: 10_000, clicks: 250)),
    ])
    let found = GuardedRules(thresholds).findings(series)
    #expect(found.map(\.channel) == ["search"])
    #expect(found.map(\.threshold) == [0.06])
    #expect(GuardedRules().findings(series).map(\.channel) == [nil])
    let all = GuardedRules(thresholds).readings(series, isBrokenOnly: false)
    #expect(all.map(\.channel) == ["display", "search", nil])
    #expect(all.map(\.figures.clicks) == [30, 400, 250])
  }

  @Test("the only channel of a campaign is judged by its thresholds")
  func onlyChannel() {
    var record = CampaignRecord(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: nil,
      reported: [Sample.row(0, CampaignFigures(impressions: 10_000, clicks: 150))], counted: [])
    var thresholds = CampaignThresholds()
    thresholds.channels["social"] = .init(minimumCTR: 0.01)
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).count == 1)
    record.campaign.channels = [.social]
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).isEmpty)
    record.campaign.channels = [.social, .email]
    #expect(GuardedRules(thresholds).findings(CampaignSeries(record)).count == 1)
  }

  @Test("what is not broken is told with its margin when that is asked for")
  func margins() throws {
    let figures = CampaignFigures(impressions: 10_000, clicks: 300)
    let readings = GuardedRules().readings(
      Sample.series([Sample.row(0, figures)]), isBrokenOnly: false)
    let reading = try #require(readings.first)
    #expect(readings.count == 1)
    #expect(!reading.isBroken)
    #expect(abs(reading.margin - (reading.bound / 0.02 - 1)) < 1e-12)
  }

  @Test("a longer window without further days is not looked at again")
  func lengths() {
    let row = Sample.row(0, CampaignFigures(impressions: 10_000, clicks: 100))
    #expect(GuardedRules().findings(Sample.series([row])).count == 1)
    let two = Sample.series([row, Sample.row(1, CampaignFigures(impressions: 9000, clicks: 90))])
    #expect(GuardedRules().findings(two).map(\.window.length) == [3, 1])
  }

  @Test("thresholds that make no sense are named")
  func problems() {
    var thresholds = CampaignThresholds()
    #expect(thresholds.problems() == [])
    thresholds.minimumCTR = 2
    thresholds.maximumCPL["usd"] = 0
    thresholds.channels["<x>"] = .init(minimumROAS: -1)
    #expect(
      thresholds.problems().map(\.field) == [
        "/minimumCTR", "/maximumCPL/usd", "/maximumCPL/usd", "/channels/<x>",
        "/channels/<x>/minimumROAS",
      ])
  }
}
