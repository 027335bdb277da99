import Marketing
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("division of budgets")
struct BudgetTests {
  static let curves = [
    ResponseCurve(ceiling: 100, half: 50), ResponseCurve(ceiling: 60, half: 20),
    ResponseCurve(ceiling: 80, half: 100),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var budget: Double
    var limits: [ClosedRange<Double>]?
    var spends: [Double]
    var response: Double
  }

  // The first by the closed form, all by SciPy's SLSQP.
  static let cases = [
    Case(
      testDescription: "closed form", budget: 150, spends: [66.1605, 36.9068, 46.9327],
      response: 121.4223),
    Case(
      testDescription: "one that would get less than nothing", budget: 20,
      spends: [10.4068, 9.5932, 0], response: 36.6780),
    Case(
      testDescription: "limits", budget: 150, limits: [0...60, 0...1e9, 50...1e9],
      spends: [60, 38.6266, 51.3734], response: 121.2275),
    Case(
      testDescription: "more money than anybody may get", budget: 150,
      limits: [0...40, 0...40, 0...40], spends: [40, 40, 40], response: 107.3016),
    Case(testDescription: "no money", budget: 0, spends: [0, 0, 0], response: 0),
  ]

  @Test("the best division", arguments: cases)
  func division(_ example: Case) throws {
    let found = try #require(
      BudgetAllocation(of: example.budget, among: Self.curves, within: example.limits))
    for (spend, expected) in zip(found.spends, example.spends) {
      #expect(abs(spend - expected) < 6e-5, "\(found)")
    }
    #expect(abs(found.response - example.response) < 6e-5)
  }

  @Test("all that are within their limits bring the same for one more unit")
  func marginal() throws {
    let found = try #require(BudgetAllocation(of: 150, among: Self.curves))
    let returns = zip(Self.curves, found.spends).map { $0.marginalReturn(at: $1) }
    #expect(abs(returns[0] - returns[1]) < 1e-9)
    #expect(abs(returns[0] - returns[2]) < 1e-9)
  }

  @Test("a budget that does not reach for the least amounts is not divided")
  func tooLittle() {
    #expect(BudgetAllocation(of: 10, among: Self.curves, within: [5...9, 5...9, 5...9]) == nil)
    #expect(BudgetAllocation(of: .nan, among: Self.curves) == nil)
    #expect(BudgetAllocation(of: 10, among: [ResponseCurve(ceiling: 0, half: 1)]) == nil)
  }

  @Test("a curve is found again from 150 weeks, not from 99, nor where nothing bends")
  func fit() throws {
    var generator = SplitMix64(state: 5)
    let truth = ResponseCurve(ceiling: 5000, half: 800)
    let weeks = (0..<150).map { week in
      let spend = 100 + Double(week * 37 % 150) * 20
      let response = Double(sampledPoisson(truth.response(to: spend), using: &generator))
      return (spend: spend, response: response)
    }
    let fitted = try #require(ResponseCurve(fitting: weeks))
    #expect(abs(fitted.ceiling / truth.ceiling - 1) < 0.05, "\(fitted)")
    #expect(abs(fitted.half / truth.half - 1) < 0.1, "\(fitted)")
    #expect(ResponseCurve(fitting: Array(weeks.prefix(99))) == nil)
    #expect(ResponseCurve(fitting: weeks.map { ($0.spend, 2 * $0.spend) }) == nil)
  }

  /// Weeks of spend between two ends, with what they bring: 50 for each unit of the half at most, with a
  /// deviation that is a tenth of it where the mean is the mean of all.
  private func weeks(
    _ half: Double, from least: Double, to most: Double, noise: Double,
    using generator: inout SplitMix64
  ) -> [(spend: Double, response: Double)] {
    let truth = ResponseCurve(ceiling: 50 * half, half: half)
    let mean = truth.response(to: 1000)
    return (0..<120).map { _ in
      let spend = least * pow(most / least, Double.random(in: 0..<1, using: &generator))
      let expected = truth.response(to: spend)
      let error = noise * (expected * mean).squareRoot() * sampledNormal(using: &generator)
      return (spend, max(0, expected + error))
    }
  }

  @Test(
    "ceiling and half are found without bias, also where the spend varies only by a factor of 2",
    arguments: [(500.0, 700.0, 1400.0), (2000, 700, 1400), (2000, 400, 2400), (8000, 400, 2400)])
  func fitWithoutBias(_ half: Double, _ least: Double, _ most: Double) {
    var generator = SplitMix64(state: 21)
    let runs = 61
    let fitted = (0..<runs).compactMap { _ in
      ResponseCurve(
        fitting: weeks(half, from: least, to: most, noise: 0.1, using: &generator))
    }
    #expect(fitted.count >= runs - 3)
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    #expect(abs(median(fitted.map(\.half)) / half - 1) < 0.08)
    #expect(abs(median(fitted.map(\.ceiling)) / (50 * half) - 1) < 0.06)
    let returns = fitted.map { $0.marginalReturn(at: 1000) }
    let truth = ResponseCurve(ceiling: 50 * half, half: half).marginalReturn(at: 1000)
    #expect(abs(median(returns) / truth - 1) < 0.03)
  }

  @Test("a curve whose half the weeks do not tell is none")
  func undetermined() {
    var generator = SplitMix64(state: 22)
    let told = (0..<100).count { _ in
      ResponseCurve(
        fitting: weeks(8000, from: 700, to: 1400, noise: 0.2, using: &generator)) != nil
    }
    #expect(told <= 12, "\(told) of 100")
    let steady = (0..<40).count { _ in
      ResponseCurve(
        fitting: weeks(2000, from: 980, to: 1020, noise: 0.2, using: &generator)) != nil
    }
    #expect(steady == 0)
  }

  private func arm(_ conversions: Int) -> BudgetBandit.Arm {
    BudgetBandit.Arm(
      spend: 1000, conversions: conversions,
      value: ConversionValue(mean: 100, standardError: 5, conversions: conversions))
  }

  @Test("the bandit gives most to what brings most, the floor to all, the same for a seed")
  func bandit() {
    var generator = SplitMix64(state: 1)
    let arms = [arm(20), arm(60), arm(22)]
    let shares = BudgetBandit().shares(arms, using: &generator)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    #expect(shares[1] > 0.85)
    #expect(shares.allSatisfy { $0 >= 0.05 })
    var again = SplitMix64(state: 1)
    #expect(BudgetBandit().shares(arms, using: &again) == shares)
    let equal = BudgetBandit().shares([arm(20), arm(20)], using: &generator)
    #expect(abs(equal[0] - 0.5) < 0.05)
    #expect(BudgetBandit().shares([], using: &generator) == [])
  }

  @Test("budgets follow shares within limits and keep their sum")
  func limited() throws {
    let found = try #require(
      BudgetBandit.budgets(300, by: [0.9, 0.05, 0.05], within: [80...120, 80...120, 80...120]))
    #expect(abs(found.reduce(0, +) - 300) < 1e-6)
    #expect(abs(found[0] - 120) < 1e-6)
    #expect(abs(found[1] - 90) < 1e-6)
    #expect(BudgetBandit.budgets(100, by: [1, 1], within: [80...120, 80...120]) == nil)
  }

  private func member(
    _ name: String, conversions: Int, budget: Double, total: Double? = nil, endsAt: Int? = nil
  ) -> BudgetReallocation.Member {
    let days = (0..<28).map { number in
      CampaignSeries.Day(
        day: SampleRecord.first + number,
        figures: CampaignFigures(
          impressions: 5000, clicks: 150, leads: 40, conversions: conversions, spend: budget,
          revenue: Double(conversions) * (95 + Double(number % 3) * 5)))
    }
    let id = CampaignID(rawValue: name)
    var campaign = Campaign(id: id, name: name)
    campaign.totalBudget = total.map { Money(amount: $0, currency: "USD") }
    campaign.endsAt = endsAt.map { (SampleRecord.first + $0).start }
    return BudgetReallocation.Member(
      series: CampaignSeries(campaign: campaign, currency: "USD", days: days),
      controls: CampaignControls(
        campaignID: id, revision: 4, currency: "USD",
        values: [.dailyBudget: SampleOptimization.usd(budget)]))
  }

  private static let now = (SampleRecord.first + 28).start

  private func reallocate(
    _ members: [BudgetReallocation.Member], policy: OptimizationPolicy = OptimizationPolicy(),
    history: [Optimization] = [], others: Double = 0, seed: UInt64 = 1
  ) -> BudgetReallocation.Result {
    var generator = SplitMix64(state: seed)
    return BudgetReallocation(policy: policy).propose(
      members, history: history, otherDailyBudgets: others, now: Self.now, using: &generator)
  }

  private func cents(_ proposal: Optimization) -> Int {
    let change = proposal.changes[0]
    return Int(((change.to.number - (change.from?.number ?? 0)) * 100).rounded())
  }

  @Test("money moves between campaigns within the step, decreases first, never more than is freed")
  func reallocation() throws {
    let members = [
      member("a", conversions: 10, budget: 500), member("b", conversions: 3, budget: 500),
    ]
    let result = reallocate(members)
    #expect(result.method == .bandit)
    #expect(result.proposals.map(\.campaignID.rawValue) == ["b", "a"])
    #expect(result.proposals[0].changes[0].to == SampleOptimization.usd(400))
    #expect(result.proposals[1].changes[0].to == SampleOptimization.usd(600))
    #expect(result.proposals[1].requires == [result.proposals[0].id])
    #expect(result.proposals.allSatisfy { $0.basis == 4 })
    #expect(result.proposals.map(\.partners) == result.proposals.reversed().map { [$0.id] })
    // Of 28 days 10 and 3 conversions a day of 100 USD each, for 500 USD.
    let evidence = result.proposals.flatMap(\.evidence)
    #expect(evidence.allSatisfy { abs($0.threshold - 1.298) < 0.01 }, "\(evidence)")
    #expect(reallocate([members[0]]).proposals.isEmpty)
  }

  @Test("budgets that are at their common cap to the last cent may be divided anew")
  func atTheCap() {
    var policy = OptimizationPolicy()
    policy.allDailyBudgetsCaps = ["USD": 186.6]
    let members = [
      member("a", conversions: 10, budget: 100), member("b", conversions: 1, budget: 53.3),
    ]
    // The sum of these is above the cap by its last bit.
    #expect(100 + 53.3 + 33.3 > 186.6)
    #expect(reallocate(members, policy: policy, others: 33.3).proposals.count == 2)
    #expect(reallocate(members, policy: policy, others: 33.31).proposals.isEmpty)
  }

  @Test("no part of a plan is applied by itself")
  func approval() {
    var policy = OptimizationPolicy()
    policy.modes[.budgetReallocation] = .auto
    let members = [
      member("a", conversions: 10, budget: 500), member("b", conversions: 3, budget: 500),
    ]
    let result = reallocate(members, policy: policy)
    #expect(result.proposals.count == 2)
    for (proposal, member) in zip(result.proposals, members.reversed()) {
      let situation = OptimizationSituation(controls: member.controls)
      #expect(
        !policy.decide(proposal, in: situation, now: Self.now, approvedBy: nil).isAllowed)
    }
    #expect(
      policy.decide(
        result.proposals[0], in: OptimizationSituation(controls: members[1].controls),
        now: Self.now, approvedBy: "ann"
      ).isAllowed)
  }

  @Test(
    "the sum stays the same to the cent and every step is allowed",
    arguments: 1...12 as ClosedRange<UInt64>)
  func balanced(_ seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    let count = Int.random(in: 2...7, using: &generator)
    let members = (0..<count).map { number in
      member(
        "c\(number)", conversions: Int.random(in: 1...12, using: &generator),
        budget: (Double.random(in: 20...900, using: &generator) * 100).rounded() / 100)
    }
    var policy = OptimizationPolicy()
    policy.dailyBudgetCaps["USD"] = 700
    let result = reallocate(members, policy: policy, seed: seed)
    #expect(result.proposals.reduce(0) { $0 + cents($1) } == 0, "\(result)")
    let cuts = result.proposals.filter { cents($0) < 0 }
    #expect(cuts.isEmpty == result.proposals.isEmpty)
    for proposal in result.proposals {
      let own = try #require(
        members.first { $0.series.campaign.id == proposal.campaignID })
      let applied = cuts.map { cut in
        var cut = cut
        (cut.state, cut.appliedAt) = (.applied, Self.now)
        return cut
      }
      let decision = policy.decide(
        proposal,
        in: OptimizationSituation(
          controls: own.controls, history: cents(proposal) > 0 ? applied : []), now: Self.now,
        approvedBy: "ann")
      #expect(decision.isAllowed, "\(decision) \(proposal.changes)")
    }
  }

  /// A change of a campaign's budget some days ago.
  private func past(_ name: String, days: Int) -> Optimization {
    var past = SampleOptimization.optimization(
      id: "opt-past-\(name)",
      [
        ControlChange(
          .dailyBudget, from: SampleOptimization.usd(480), to: SampleOptimization.usd(500))
      ])
    past.campaignID = CampaignID(rawValue: name)
    (past.state, past.appliedAt) = (.applied, Self.now + .days(-days))
    return past
  }

  @Test("nothing is cut where the raise that it pays for would be refused")
  func whole() {
    let (good, poor) = (
      member("a", conversions: 10, budget: 500), member("b", conversions: 3, budget: 500)
    )
    #expect(reallocate([good, poor], history: [past("a", days: 6)]).proposals.isEmpty)
    #expect(reallocate([good, poor], history: [past("b", days: 6)]).proposals.isEmpty)
    #expect(reallocate([good, poor], history: [past("a", days: 7)]).proposals.count == 2)
    var policy = OptimizationPolicy()
    policy.dailyBudgetCaps["USD"] = 500
    #expect(reallocate([good, poor], policy: policy).proposals.isEmpty)
    policy.dailyBudgetCaps["USD"] = 550
    let capped = reallocate([good, poor], policy: policy).proposals
    #expect(capped.map(cents) == [-5000, 5000])
    policy.dailyBudgetCaps = [:]
    policy.allDailyBudgetsCaps["USD"] = 1500
    #expect(reallocate([good, poor], policy: policy, others: 500).proposals.count == 2)
    let above = reallocate([good, poor], policy: policy, others: 501)
    #expect(above.proposals.isEmpty && above.words.contains("above their cap"))
    policy.changesPerDay = 1
    #expect(reallocate([good, poor], policy: policy, others: 500).words.contains("24 hours"))
    // 28 days of 500 were spent.
    let spent = member("a", conversions: 10, budget: 500, total: 14_400)
    #expect(reallocate([spent, poor]).proposals.isEmpty)
    let ended = member("a", conversions: 10, budget: 500, endsAt: 27)
    #expect(reallocate([ended, poor]).proposals.isEmpty)
  }

  @Test("what is held leaves the plan of the others whole")
  func held() {
    let members = [
      member("a", conversions: 10, budget: 500), member("b", conversions: 3, budget: 500),
      member("c", conversions: 9, budget: 300),
    ]
    let found = reallocate(members, history: [past("a", days: 2)]).proposals
    #expect(found.map(\.campaignID.rawValue) == ["b", "c"])
    #expect(found.map(cents) == [-6000, 6000])
  }
}
