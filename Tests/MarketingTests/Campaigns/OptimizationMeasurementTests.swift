import Marketing
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("measurement of optimizations")
struct OptimizationMeasurementTests {
  static let changed = SampleRecord.first + 40

  /// A campaign whose leads follow a season that all have in common, times a factor from a day on.
  private func series(
    factor: Double, using generator: inout SplitMix64, season: Double = 0.4
  ) -> CampaignSeries {
    let days = (0..<80).map { number in
      let common = exp(season * Double(number - 40) / 40)
      let own = SampleRecord.first + number > Self.changed ? factor : 1
      let noise = exp(0.05 * sampledNormal(using: &generator))
      let leads = sampledPoisson(200 * common * own * noise, using: &generator)
      return CampaignSeries.Day(
        day: SampleRecord.first + number,
        figures: CampaignFigures(impressions: 10_000, clicks: 300, leads: leads, spend: 5000))
    }
    return CampaignSeries(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: "USD", days: days)
  }

  private func applied() -> Optimization {
    var optimization = SampleOptimization.optimization([SampleOptimization.lowerBid])
    optimization.state = .applied
    optimization.appliedAt = Self.changed.start + .seconds(3600)
    return optimization
  }

  private func measure(
    factor: Double, siblings: Int, seed: UInt64, day: Int = 38
  ) -> OptimizationMeasurement? {
    var generator = SplitMix64(state: seed)
    let own = series(factor: factor, using: &generator)
    let others = (0..<siblings).map { _ in series(factor: 1, using: &generator) }
    return OptimizationMeasurement.measure(
      applied(), in: own, siblings: others, now: (Self.changed + day).start)
  }

  @Test(
    "planted effects are told from a season that siblings have in common",
    arguments: [(1.25, OptimizationMeasurement.Verdict.success), (0.75, .failure)])
  func planted(_ factor: Double, _ verdict: OptimizationMeasurement.Verdict) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let found = try #require(measure(factor: factor, siblings: 4, seed: seed))
      #expect(found.measure == .cpl)
      #expect(found.verdict == verdict, "\(found.words)")
      #expect(abs(try #require(found.effect) - (1 / factor - 1)) < 0.12)
      #expect(found.siblings == 4)
    }
  }

  @Test("no effect is seldom taken for one; alone the season would be")
  func none() throws {
    var told = 0
    for seed in 1...100 as ClosedRange<UInt64> {
      if try #require(measure(factor: 1, siblings: 4, seed: seed)).verdict != .inconclusive {
        told += 1
      }
    }
    #expect(told <= 15, "\(told) of 100 at a nominal 10")
    let alone = try #require(measure(factor: 1, siblings: 0, seed: 1))
    #expect(alone.verdict == .success)
    #expect(alone.words.contains("its own past only"))
  }

  @Test("the windows leave out the change and its settling, and wait for enough days")
  func windows() throws {
    #expect(measure(factor: 1, siblings: 0, seed: 1, day: 9) == nil)
    let found = try #require(measure(factor: 1, siblings: 0, seed: 1, day: 10))
    #expect(found.after == CampaignWindow(first: Self.changed + 3, last: Self.changed + 9))
    #expect(found.before == CampaignWindow(first: Self.changed + -7, last: Self.changed + -1))
    #expect(measure(factor: 1, siblings: 0, seed: 1, day: 60)?.after.length == 28)
    var generator = SplitMix64(state: 1)
    let series = series(factor: 1, using: &generator)
    let open = SampleOptimization.optimization([SampleOptimization.lowerBid])
    let now = (Self.changed + 30).start
    #expect(OptimizationMeasurement.measure(open, in: series, siblings: [], now: now) == nil)
    var reverted = applied()
    reverted.state = .reverted
    reverted.revertedAt = (Self.changed + 15).start
    let measured = OptimizationMeasurement.measure(reverted, in: series, siblings: [], now: now)
    #expect(measured?.after.last == Self.changed + 14)
  }

  @Test("too few figures are inconclusive")
  func tooFew() throws {
    let empty = CampaignSeries(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: "USD", days: [])
    let found = try #require(
      OptimizationMeasurement.measure(
        applied(), in: empty, siblings: [], now: (Self.changed + 30).start))
    #expect(found.verdict == .inconclusive)
    #expect(found.effect == nil)
  }
}
