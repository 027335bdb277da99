import JSONRPC
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
    return campaign(days)
  }

  private func campaign(_ days: [CampaignSeries.Day]) -> CampaignSeries {
    CampaignSeries(
      campaign: Campaign(id: SampleOptimization.campaignID, name: "E"), currency: "USD", days: days)
  }

  /// One that was applied on a day for the days right before it that broke a rule.
  private func applied(
    _ id: String = "opt-1", on day: CalendarDay = changed, trigger: Int = 7
  ) -> Optimization {
    var optimization = SampleOptimization.optimization(id: id, [SampleOptimization.lowerBid])
    optimization.evidence[0].window = CampaignWindow(days: trigger, through: day + -1)
    optimization.state = .applied
    optimization.appliedAt = day.start + .seconds(3600)
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

  @Test("the windows leave out the days that broke the rule, the change and its settling")
  func windows() throws {
    let days = OptimizationMeasurement.waitingDays
    #expect(measure(factor: 1, siblings: 0, seed: 1, day: days - 1) == nil)
    let found = try #require(measure(factor: 1, siblings: 0, seed: 1, day: days))
    #expect(found.after == CampaignWindow(first: Self.changed + 3, last: Self.changed + 16))
    #expect(found.before == CampaignWindow(first: Self.changed + -35, last: Self.changed + -8))
    #expect(!found.words.contains("regression to the mean"))
    #expect(measure(factor: 1, siblings: 0, seed: 1, day: 60)?.after.length == 28)
    var generator = SplitMix64(state: 1)
    let series = series(factor: 1, using: &generator)
    let open = SampleOptimization.optimization([SampleOptimization.lowerBid])
    let now = (Self.changed + 30).start
    #expect(OptimizationMeasurement.measure(open, in: series, siblings: [], now: now) == nil)
    #expect(OptimizationMeasurement.firstDay(of: open) == nil)
    #expect(OptimizationMeasurement.firstDay(of: applied()) == Self.changed + -35)
  }

  @Test("with too few days before those that broke the rule they count, which is said")
  func shortPast() throws {
    var generator = SplitMix64(state: 1)
    let all = series(factor: 1, using: &generator)
    let young = campaign(Array(all.days.dropFirst(25)))
    let found = try #require(
      OptimizationMeasurement.measure(
        applied(), in: young, siblings: [], now: (Self.changed + 20).start))
    #expect(found.before == CampaignWindow(first: Self.changed + -14, last: Self.changed + -1))
    #expect(found.words.contains("regression to the mean is not excluded"))
  }

  @Test(
    "what is taken back is measured up to then, where a week is left",
    arguments: [(15, 7), (25, 21), (8, nil)] as [(Int, Int?)])
  func reverted(_ day: Int, _ length: Int?) throws {
    var generator = SplitMix64(state: 1)
    let series = series(factor: 1, using: &generator)
    var reverted = applied()
    reverted.state = .reverted
    reverted.revertedAt = (Self.changed + day).start
    let found = try #require(
      OptimizationMeasurement.measure(
        reverted, in: series, siblings: [], now: (Self.changed + 40).start))
    #expect(!found.isConfounded)
    #expect((found.effect == nil) == (length == nil))
    if let length {
      #expect(found.after == CampaignWindow(days: length, through: Self.changed + 2 + length))
    } else {
      #expect(found.verdict == .inconclusive && found.words.contains("taken back"))
    }
  }

  @Test(
    "another change ends the days after, or starts those before; with too few left it is confounded",
    arguments: [
      (0, true, 0), (5, true, 0), (9, true, 0), (12, false, 7), (24, false, 21), (-2, true, 0),
      (-8, true, 0), (-12, false, 28), (-30, false, 28), (-60, false, 28),
    ])
  func otherChanges(_ day: Int, _ isConfounded: Bool, _ length: Int) throws {
    var generator = SplitMix64(state: 1)
    let series = series(factor: 1, using: &generator)
    let other = applied("opt-2", on: Self.changed + day)
    let found = try #require(
      OptimizationMeasurement.measure(
        applied(), in: series, siblings: [], others: [other, applied()],
        now: (Self.changed + 40).start))
    #expect(found.isConfounded == isConfounded, "\(found)")
    #expect((found.effect == nil) == isConfounded)
    if !isConfounded {
      #expect(found.after.length == length)
      #expect(found.before.first > Self.changed + day || day > 0)
    }
    var foreign = other
    foreign.campaignID = CampaignID(rawValue: "CMP0002")
    var open = other
    (open.state, open.appliedAt) = (.declined, nil)
    let alone = OptimizationMeasurement.measure(
      applied(), in: series, siblings: [], others: [foreign, open],
      now: (Self.changed + 40).start)
    #expect(alone?.isConfounded == false)
  }

  /// What each brings for its money moves the wrong way when money moves to where it brings more.
  @Test("budgets that were divided anew are measured together")
  func together() throws {
    func brings(_ budget: Double, _ scale: Double) -> Double { scale * budget.squareRoot() }
    func member(_ name: String, _ scale: Double, _ budgets: (Double, Double)) -> CampaignSeries {
      let days = (0..<80).map { number in
        let budget = SampleRecord.first + number > Self.changed ? budgets.1 : budgets.0
        let conversions = Int(brings(budget, scale)) + number % 3
        return CampaignSeries.Day(
          day: SampleRecord.first + number,
          figures: CampaignFigures(
            impressions: 10_000, clicks: 300, conversions: conversions, spend: budget,
            revenue: Double(conversions) * 100))
      }
      return CampaignSeries(
        campaign: Campaign(id: CampaignID(rawValue: name), name: name), currency: "USD", days: days)
    }
    let (rich, poor) = (member("CMP0001", 20, (500, 900)), member("CMP0002", 5, (500, 100)))
    func half(_ id: String, _ campaign: String, on day: Int) -> Optimization {
      var optimization = SampleOptimization.optimization(
        id: id, kind: .budgetReallocation,
        [
          ControlChange(
            .dailyBudget, from: SampleOptimization.usd(500), to: SampleOptimization.usd(100))
        ])
      optimization.campaignID = CampaignID(rawValue: campaign)
      optimization.evidence[0].rule = .marginalReturn
      optimization.evidence[0].measure = .roas
      optimization.evidence[0].window = CampaignWindow(days: 28, through: Self.changed + -1)
      optimization.expected = nil
      optimization.state = .applied
      optimization.appliedAt = (Self.changed + day).start
      return optimization
    }
    let (cut, raise) = (half("opt-1", "CMP0002", on: 0), half("opt-2", "CMP0001", on: 1))
    let both = try #require(CampaignSeries(together: [poor, rich]))
    func measure(_ partner: Optimization, day: Int = 40, others: [Optimization] = [])
      -> OptimizationMeasurement?
    {
      OptimizationMeasurement.measure(
        cut, with: [partner], in: both, siblings: [], others: others + [cut, partner],
        now: (Self.changed + day).start)
    }
    let found = try #require(measure(raise))
    #expect(found.verdict == .success, "\(found.words)")
    #expect(found.words.hasPrefix("ROAS of 2 campaigns together"))
    #expect(!found.words.contains("broke the rule"))
    // From before the first to after the last of them.
    #expect(found.before.last == Self.changed + -1 && found.after.first == Self.changed + 4)
    #expect(measure(raise, day: 17) == nil)
    // The half that has more brings less for it.
    let alone = OptimizationMeasurement.measure(
      raise, in: rich, siblings: [], now: (Self.changed + 40).start)
    #expect(alone?.verdict == .failure)
    var open = raise
    (open.state, open.appliedAt) = (.proposed, nil)
    open.expiresAt = (Self.changed + 41).start
    // It may be applied yet.
    #expect(measure(open) == nil)
    open.state = .expired
    #expect(measure(open)?.verdict == .inconclusive)
    #expect(measure(open)?.words.hasPrefix("Not all") == true)
    var gone = raise
    (gone.state, gone.revertedAt) = (.reverted, (Self.changed + 5).start)
    #expect(measure(gone)?.isConfounded == true)
    var other = half("opt-3", "CMP0001", on: 3)
    #expect(measure(raise, others: [other])?.isConfounded == true)
    other.campaignID = "CMP0003"
    #expect(measure(raise, others: [other])?.isConfounded == false)
  }

  @Test("of an earlier change that was taken back both days count")
  func earlierRevert() throws {
    var generator = SplitMix64(state: 1)
    let series = series(factor: 1, using: &generator)
    var other = applied("opt-2", on: Self.changed + -30)
    (other.state, other.revertedAt) = (.reverted, (Self.changed + -4).start)
    let found = try #require(
      OptimizationMeasurement.measure(
        applied(), in: series, siblings: [], others: [other], now: (Self.changed + 40).start))
    #expect(found.isConfounded)
  }

  /// A campaign without any change whose last week before the day is the worst of many draws.
  private func poorWeek(using generator: inout SplitMix64) -> CampaignSeries {
    var days = series(factor: 1, using: &generator, season: 0).days
    var worst: [CampaignSeries.Day] = []
    for _ in 0..<30 {
      let week = Array(series(factor: 1, using: &generator, season: 0).days[33..<40])
      let leads = week.reduce(0) { $0 + $1.figures.leads }
      if worst.isEmpty || leads < worst.reduce(0, { $0 + $1.figures.leads }) { worst = week }
    }
    days.replaceSubrange(33..<40, with: worst)
    return campaign(days)
  }

  @Test("poor days that get better by themselves are no success")
  func regressionToTheMean() throws {
    var generator = SplitMix64(state: 31)
    var (successes, naive) = (0, 0)
    for _ in 0..<200 {
      let series = poorWeek(using: &generator)
      let now = (Self.changed + 17).start
      let found = try #require(
        OptimizationMeasurement.measure(applied(), in: series, siblings: [], now: now))
      if found.verdict == .success { successes += 1 }
      // Of the days that broke the rule alone, as where nothing before them is known.
      let young = campaign(Array(series.days.dropFirst(33)))
      let told = try #require(
        OptimizationMeasurement.measure(applied(), in: young, siblings: [], now: now))
      if told.verdict == .success { naive += 1 }
    }
    #expect(successes <= 20, "\(successes) of 200 at a nominal 10")
    #expect(naive >= 60, "\(naive) of 200")
  }

  @Test("better than when the rule broke and worse than before is neither")
  func halfRecovered() throws {
    var generator = SplitMix64(state: 32)
    var days = series(factor: 0.8, using: &generator, season: 0).days
    for place in 33...40 { days[place].figures.leads = days[place].figures.leads * 4 / 10 }
    let found = try #require(
      OptimizationMeasurement.measure(
        applied(), in: campaign(days), siblings: [], now: (Self.changed + 17).start))
    #expect(found.verdict == .inconclusive)
    #expect(found.words.contains("not as good as before them"))
    #expect(abs(try #require(found.effect) - 0.25) < 0.06)
  }

  @Test("measurements that were stored before confounding was told are read")
  func decoding() throws {
    let found = try #require(measure(factor: 1, siblings: 2, seed: 1))
    var optimization = applied()
    optimization.measurement = found
    let json = try optimization.json()
    #expect(try Optimization(json: json) == optimization)
    #expect(json["measurement"]?["isConfounded"] == false)
    var stored = try #require(json["measurement"]?.objectValue)
    stored["isConfounded"] = Optional.none
    var old = json
    old["measurement"] = .object(stored)
    #expect(try Optimization(json: old) == optimization)
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
