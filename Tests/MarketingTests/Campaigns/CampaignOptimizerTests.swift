import JSONRPC
import Marketing
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("proposals for campaigns")
struct CampaignOptimizerTests {
  typealias Sample = SampleRecord

  static let healthy = CampaignFigures(
    impressions: 10_000, clicks: 300, leads: 200, conversions: 33, spend: 5000, revenue: 20_000)

  private func plan(
    _ rows: [CampaignMetric], controls: [ControlName: ControlValue] = [:],
    siblings: [CampaignSeries] = [], channels: [Channel] = [],
    thresholds: CampaignThresholds = CampaignThresholds()
  ) -> OptimizationPlan {
    var generator = SplitMix64(state: 9)
    var campaign = Campaign(id: SampleOptimization.campaignID, name: "E")
    campaign.channels = channels
    let series = CampaignSeries(
      CampaignRecord(campaign: campaign, currency: "USD", reported: rows, counted: []))
    let optimizer = CampaignOptimizer(
      thresholds: thresholds, policy: OptimizationPolicy())
    return optimizer.propose(
      series, controls: SampleOptimization.controls(controls), siblings: siblings,
      now: (Sample.first + 14).start, using: &generator)
  }

  /// Two weeks of the same day.
  private func days(_ rows: (Int) -> [CampaignMetric]) -> [CampaignMetric] {
    (0..<14).flatMap(rows)
  }

  private func whole(_ change: (inout CampaignFigures) -> Void) -> [CampaignMetric] {
    var figures = Self.healthy
    change(&figures)
    return days { [Sample.row($0, figures)] }
  }

  @Test("a healthy campaign needs nothing, and is told what is nearest")
  func healthy() throws {
    let plan = plan(whole { _ in })
    #expect(plan.proposals.isEmpty && plan.escalation == nil && plan.findings.isEmpty)
    #expect(plan.nearest != nil)
    #expect(plan.words.hasPrefix("Nothing to do: no rule is broken."))
  }

  @Test("without figures, with old ones or with too few nothing is proposed")
  func nothingKnown() {
    #expect(plan([]).words.contains("no whole day"))
    let old = [Sample.row(0, CampaignFigures(impressions: 10_000))]
    #expect(plan(old).words.contains("the last figures are of"))
    let few = [Sample.row(13, CampaignFigures(impressions: 900))]
    #expect(plan(few).words.contains("not enough volume"))
    // Today is not over.
    let today = [Sample.row(14, CampaignFigures(impressions: 10_000))]
    #expect(plan(today).words.contains("no whole day"))
  }

  @Test("a lead that costs too much leads to lower bids where it does")
  func bids() throws {
    let rows = days { day in
      [
        Sample.row(
          day, "search",
          CampaignFigures(
            impressions: 5000, clicks: 200, leads: 30, conversions: 20, spend: 4000, revenue: 30_000
          )),
        Sample.row(
          day, "social",
          CampaignFigures(
            impressions: 5000, clicks: 200, leads: 40, conversions: 20, spend: 800, revenue: 30_000)
        ),
      ]
    }
    let plan = plan(rows)
    #expect(plan.escalation == nil)
    let proposal = try #require(plan.proposals.first)
    #expect(plan.proposals.count == 1)
    #expect(proposal.kind == .bidChange)
    #expect(
      proposal.changes == [
        ControlChange(.bid(channel: "search"), from: .multiplier(1), to: .multiplier(0.8))
      ])
    #expect(proposal.evidence.map(\.rule) == [.cpl, .marginalReturn])
    let expected = try #require(proposal.expected)
    #expect(expected.measure == .cpl)
    // Search has five of six parts of the spend, but three of seven of the leads.
    let words = expected.words.split(separator: " ")
    let elasticity = try #require(
      words.firstIndex(of: "by").flatMap { Double(words[$0 + 1]) }.map { $0 / 100 })
    let lost = 3 * (1 - pow(0.8, elasticity)) / 7
    #expect(abs(expected.estimate - ((1 - 0.2 * 5 / 6) / (1 - lost) - 1)) < 0.003)
    #expect(expected.low < expected.estimate && expected.estimate < expected.high)
    #expect(expected.estimate < 0 && expected.estimate > -0.2)
    #expect(proposal.risk.level == .low)
  }

  @Test("bids fall no further than is needed")
  func smallCut() throws {
    let figures = CampaignFigures(
      impressions: 10_000, clicks: 300, leads: 9800, conversions: 3300, spend: 500_000,
      revenue: 2_000_000)
    let plan = plan(whole { $0 = figures }, channels: [.social])
    let proposal = try #require(plan.proposals.first)
    #expect(proposal.changes.map(\.control) == [.bid(channel: "social")])
    let factor = try #require(proposal.changes.first?.to.number)
    #expect(factor > 0.9 && factor < 0.96)
  }

  private func variants(_ clicks: [Int], conversions: [Int] = [20, 20, 20]) -> [CampaignMetric] {
    days { day in
      zip(["A", "B", "C"], zip(clicks, conversions)).map { name, counts in
        Sample.row(
          day, "social", name,
          CampaignFigures(
            impressions: 10_000, clicks: counts.0, leads: 200, conversions: counts.1, spend: 2000,
            revenue: 400 * Double(counts.1)))
      }
    }
  }

  @Test("a low CTR moves traffic from the variant that is certainly worse")
  func creative() throws {
    let plan = plan(
      variants([100, 180, 230], conversions: [10, 18, 23]),
      controls: [.variant("A"): .share(0.3), .variant("C"): .share(0.4)])
    let proposal = try #require(plan.proposals.first)
    #expect(proposal.kind == .creativeRefresh)
    #expect(
      proposal.changes == [
        ControlChange(.variant("A"), from: .share(0.3), to: .share(0.1)),
        ControlChange(.variant("C"), from: .share(0.4), to: .share(0.6)),
      ])
    #expect(proposal.evidence.map(\.part) == [nil, "A", "C"])
    #expect(proposal.evidence[1].measure == .ctr && proposal.evidence[1].estimate == 0.01)
    #expect(proposal.evidence[1].words.hasPrefix("CTR of A is 1 %, "))
    #expect(try #require(proposal.expected).low > 0)
    #expect(proposal.risk.level == .low)
    #expect(
      OptimizationPolicy().decide(
        proposal, in: OptimizationSituation(controls: SampleOptimization.controls([:])),
        now: proposal.createdAt, approvedBy: "ann"
      ).isAllowed)
  }

  @Test(
    "variants that are all poor, or alike, need a new creative",
    arguments: [([100, 120, 150], "All 3 variants"), ([190, 190, 190], "is certainly worse")])
  func newCreative(_ clicks: [Int], _ words: String) throws {
    let plan = plan(variants(clicks))
    #expect(plan.proposals.isEmpty)
    #expect(plan.escalation?.reason.contains("new creative") == true)
    if clicks[0] != clicks[1] { #expect(plan.escalation?.reason.contains(words) == true) }
  }

  @Test("a variant that is clicked less but converts more is for a person")
  func conflictingVariants() throws {
    let plan = plan(variants([100, 180, 230], conversions: [60, 18, 12]))
    #expect(plan.proposals.isEmpty)
    let escalation = try #require(plan.escalation)
    #expect(escalation.reason.contains("convert"))
    #expect(escalation.context["options"]?.arrayValue?.count == 1)
  }

  private func segments(_ conversions: [Int]) -> [CampaignMetric] {
    days { day in
      zip(["young", "middle", "old"], conversions).map { name, count in
        Sample.row(
          day, "social", nil, name,
          CampaignFigures(
            impressions: 10_000, clicks: 300, leads: 200, conversions: count, spend: 3000,
            revenue: 300 * Double(count)))
      }
    }
  }

  @Test("a low return moves bids toward the segments that certainly do better")
  func targeting() throws {
    let plan = plan(segments([4, 12, 20]))
    let proposal = try #require(plan.proposals.first)
    #expect(proposal.kind == .targetingAdjustment)
    #expect(
      proposal.changes == [
        ControlChange(.segment("young"), from: .multiplier(1), to: .multiplier(0.8)),
        ControlChange(.segment("old"), from: .multiplier(1), to: .multiplier(1.2)),
      ])
    let expected = try #require(proposal.expected)
    #expect(expected.estimate > 0 && expected.low < expected.estimate)
  }

  @Test("what segments bring for the money is told as the ROAS that the rule is about")
  func segmentEvidence() throws {
    let evidence = try #require(plan(segments([4, 12, 20])).proposals.first).evidence
    let (young, old) = (evidence[1], evidence[2])
    #expect(young.rule == .segment && young.measure == .roas)
    // 4 conversions of 300 USD for 3000 USD, beside 32 for 6000 of the others.
    #expect(abs(young.estimate - 0.4) < 1e-9 && abs(young.threshold - 1.6) < 1e-9)
    #expect(young.bound > 0.4 && young.bound < 1.6)
    #expect(abs(old.estimate - 2) < 1e-9 && abs(old.threshold - 0.8) < 1e-9)
    #expect(old.bound < 2 && old.bound > 0.8)
    #expect(
      young.words.hasPrefix(
        "ROAS of young is 0.4, 75 % below the 1.6 of the others of its channels, each conversion at "
          + "300 USD"), "\(young.words)")
  }

  @Test("where only a channel knows what conversions are worth segments are told by what one costs")
  func segmentCosts() throws {
    let rows = days { day in
      let sold = [4, 12, 20]
      let own = zip(["young", "middle", "old"], sold).map { name, count in
        Sample.row(
          day, "social", nil, name,
          CampaignFigures(
            impressions: 10_000, clicks: 300, leads: 200, conversions: count, spend: 3000))
      }
      var whole = CampaignFigures(
        impressions: 30_000, clicks: 900, leads: 600, conversions: 36, spend: 9000)
      let total = Sample.row(day, whole)
      whole.revenue = 36 * 300
      return own + [total, Sample.row(day, "social", whole)]
    }
    var thresholds = CampaignThresholds()
    thresholds.channels["social"] = CampaignThresholds.Channel()
    thresholds.channels["social"]?.minimumROAS = 2
    let proposal = try #require(plan(rows, thresholds: thresholds).proposals.first)
    let young = proposal.evidence[1]
    #expect(young.measure == .cpa && young.part == "young")
    #expect(abs(young.estimate - 750) < 1e-9 && abs(young.threshold - 187.5) < 1e-9)
    #expect(young.bound < 750 && young.bound > 187.5)
    #expect(
      young.words.hasPrefix("CPA of young is 750 USD, 300 % above the 187.5 USD of the others"))
  }

  @Test("a segment that converts less, for more each, is for a person")
  func worthOfSegments() throws {
    let rows = days { day in
      zip(["young", "old"], [(4, 900.0), (16, 200.0)]).map { name, sold in
        Sample.row(
          day, "social", nil, name,
          CampaignFigures(
            impressions: 10_000, clicks: 300, leads: 200, conversions: sold.0, spend: 3000,
            revenue: Double(sold.0) * sold.1))
      }
    }
    let plan = plan(rows)
    #expect(plan.proposals.isEmpty)
    #expect(plan.escalation?.reason.contains("young converts less than the others") == true)
    #expect(plan.escalation?.reason.contains("its ROAS is 1.2, that of the others 1.07") == true)
  }

  @Test("parts of which too few days are known are not changed without a person")
  func fewDays() throws {
    let rows = variants([100, 180, 230], conversions: [10, 18, 23]).filter {
      $0.key.day > Sample.first + 8
    }
    let plan = plan(
      rows, controls: [.variant("A"): .share(0.3), .variant("C"): .share(0.4)])
    let proposal = try #require(plan.proposals.first)
    #expect(proposal.risk.level == .medium)
    #expect(proposal.evidence[1].words.contains("too few days"))
  }

  @Test("a daily budget falls by no more than the step, to the cent")
  func budgetStep() throws {
    let budget: [ControlName: ControlValue] = [.dailyBudget: SampleOptimization.usd(33.33)]
    let proposal = try #require(plan(segments([12, 12, 12]), controls: budget).proposals.first)
    #expect(proposal.changes[0].to == SampleOptimization.usd(26.67))
  }

  @Test("without segment evidence the budget falls, or nothing is proposed")
  func noSegmentEvidence() throws {
    let budget: [ControlName: ControlValue] = [.dailyBudget: SampleOptimization.usd(9000)]
    let proposal = try #require(plan(segments([12, 12, 12]), controls: budget).proposals.first)
    #expect(proposal.kind == .budgetReallocation)
    #expect(proposal.changes[0].to == SampleOptimization.usd(7200))
    #expect(proposal.risk.level == .medium)
    let without = plan(segments([12, 12, 12]))
    #expect(without.proposals.isEmpty && without.escalation == nil)
    #expect(without.words.contains("No segment certainly differs"))
  }

  @Test("several rules at once are for a person, sooner the worse it is")
  func several() throws {
    let plan = plan(whole { ($0.clicks, $0.leads) = (150, 40) })
    #expect(plan.proposals.isEmpty)
    #expect(Set(plan.findings.map(\.rule)) == [.ctr, .cpl])
    let escalation = try #require(plan.escalation)
    #expect(escalation.reason.hasPrefix("2 rules"))
    #expect(escalation.context["findings"]?.arrayValue?.count == 2)
    #expect(escalation.severity == .critical)
    #expect(escalation.deadline == (Sample.first + 14).start + .seconds(4 * 3600))
  }

  @Test("what most siblings suffer from as well is for a person")
  func commonCause() throws {
    let rows = whole { $0.leads = 60 }
    let siblings = (0..<3).map { _ in Sample.series(rows) }
    let alone = plan(rows, channels: [.ads])
    #expect(alone.proposals.count == 1)
    let together = plan(rows, siblings: siblings, channels: [.ads])
    #expect(together.proposals.isEmpty)
    #expect(together.escalation?.reason.contains("sibling") == true)
  }

  @Test("parts are compared within their channels")
  func withinChannels() {
    // A is shown where few click; within each channel it does as well as B.
    let rows = days { day in
      [
        Sample.row(day, "display", "A", CampaignFigures(impressions: 90_000, clicks: 90)),
        Sample.row(day, "display", "B", CampaignFigures(impressions: 10_000, clicks: 10)),
        Sample.row(day, "search", "A", CampaignFigures(impressions: 1000, clicks: 60)),
        Sample.row(day, "search", "B", CampaignFigures(impressions: 9000, clicks: 540)),
      ]
    }
    let series = Sample.series(rows)
    let window = CampaignWindow(days: 28, through: Sample.first + 13)
    let contrasts = PartContrast.all(series.variants, .ctr, over: window)
    #expect(contrasts.map(\.z) == [0, 0])
    #expect(contrasts.map(\.p) == [1, 1])
  }
}
