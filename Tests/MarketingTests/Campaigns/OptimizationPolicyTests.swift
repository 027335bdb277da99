import Marketing
import Testing

@Suite("policy of optimizations")
struct OptimizationPolicyTests {
  typealias Sample = SampleOptimization

  private func reason(_ decision: OptimizationPolicy.Decision) -> String? {
    if case .refused(let reason, _) = decision { reason } else { nil }
  }

  private func budgetChange(to amount: Double) -> Optimization {
    Sample.optimization(
      kind: .budgetReallocation,
      [ControlChange(.dailyBudget, from: Sample.usd(100), to: Sample.usd(amount))])
  }

  private var budgetControls: CampaignControls {
    Sample.controls([.dailyBudget: Sample.usd(100)])
  }

  @Test(
    "a person approves unless the kind is automatic, the risk low and nothing speaks against it")
  func approval() {
    var policy = OptimizationPolicy()
    let situation = OptimizationSituation(controls: Sample.controls([:]))
    let optimization = Sample.optimization([Sample.lowerBid])
    func decide(_ optimization: Optimization, _ person: String? = nil) -> Bool {
      policy.decide(optimization, in: situation, now: Sample.now, approvedBy: person).isAllowed
    }
    #expect(!decide(optimization))
    #expect(decide(optimization, "ann"))
    policy.modes[.creativeRefresh] = .auto
    #expect(!decide(optimization))
    policy.modes[.bidChange] = .auto
    #expect(decide(optimization))
    #expect(!decide(Sample.optimization([Sample.lowerBid], risk: .medium)))
    var doubtful = optimization
    doubtful.conflicts = ["The CTR fell as well."]
    #expect(!decide(doubtful))
    #expect(decide(doubtful, "ann"))
  }

  @Test("what belongs together is applied while all of it still can be")
  func partners() {
    let cut = budgetChange(to: 90)
    func decide(_ partner: Optimization, revision: Int, days: Int = 0) -> String? {
      var situation = OptimizationSituation(controls: budgetControls)
      situation.partners = [OptimizationSituation.Partner(partner, revision: revision)]
      var cut = cut
      cut.expiresAt = Sample.now + .days(60)
      return reason(
        OptimizationPolicy().decide(
          cut, in: situation, now: Sample.now + .days(days), approvedBy: "ann"))
    }
    var partner = budgetChange(to: 110)
    partner.id = "opt-2"
    #expect(decide(partner, revision: 0) == nil)
    #expect(decide(partner, revision: 1)?.contains("'opt-2' of campaign CMP0001") == true)
    #expect(decide(partner, revision: 0, days: 7) != nil)
    partner.state = .applied
    #expect(decide(partner, revision: 1, days: 7) == nil)
    // What was applied has to be taken back before the money is divided anew.
    var another = budgetChange(to: 90)
    another.id = "opt-3"
    var situation = OptimizationSituation(controls: budgetControls)
    situation.partners = [partner, another].map { OptimizationSituation.Partner($0, revision: 1) }
    let stuck = OptimizationPolicy().decide(
      cut, in: situation, now: Sample.now, approvedBy: "ann")
    #expect(reason(stuck)?.contains("'opt-3' of campaign CMP0001, which cannot") == true)
    #expect(reason(stuck)?.contains("revert 'opt-2'") == true)
    for state in [Optimization.State.reverted, .declined, .expired] {
      partner.state = state
      #expect(decide(partner, revision: 0) != nil)
    }
  }

  @Test("money that is freed already is spent, whatever became of other raises")
  func freed() {
    var (cut, other) = (budgetChange(to: 80), budgetChange(to: 110))
    (cut.id, cut.state, cut.appliedAt) = ("opt-cut", .applied, Sample.now)
    cut.campaignID = "CMP0002"
    (other.id, other.state) = ("opt-other", .expired)
    var raise = budgetChange(to: 110)
    (raise.requires, raise.partners) = ([cut.id], [cut.id, other.id])
    var situation = OptimizationSituation(controls: budgetControls, history: [cut])
    situation.partners = [cut, other].map { OptimizationSituation.Partner($0, revision: 0) }
    #expect(
      OptimizationPolicy().decide(raise, in: situation, now: Sample.now, approvedBy: "ann")
        .isAllowed)
  }

  @Test("what needs money that can never be freed is refused as such")
  func neverFreed() {
    var cut = budgetChange(to: 80)
    (cut.id, cut.campaignID) = ("opt-cut", "CMP0002")
    var raise = budgetChange(to: 110)
    (raise.requires, raise.partners) = ([cut.id], [cut.id])
    func decide(revision: Int) -> String? {
      var situation = OptimizationSituation(controls: budgetControls)
      situation.partners = [OptimizationSituation.Partner(cut, revision: revision)]
      return reason(
        OptimizationPolicy().decide(raise, in: situation, now: Sample.now, approvedBy: "ann"))
    }
    #expect(decide(revision: 0)?.hasPrefix("Apply 'opt-cut' first") == true)
    #expect(decide(revision: 1)?.contains("divided anew") == true)
  }

  @Test("what cannot be undone under a cap is said before")
  func undo() {
    var policy = OptimizationPolicy()
    let cut = [ControlChange(.dailyBudget, from: Sample.usd(1000), to: Sample.usd(800))]
    #expect(policy.obstacleToUndoing(cut).isEmpty)
    policy.dailyBudgetCaps = ["USD": 500]
    #expect(policy.obstacleToUndoing(cut).contains("the cap of 500 USD"))
    #expect(policy.obstacleToUndoing([Sample.lowerBid]).isEmpty)
  }

  @Test("a control rests for the cool-down after a change or a revert of it, whatever is set")
  func coolDown() throws {
    var policy = OptimizationPolicy()
    policy.coolDownDays = 1
    var past = Sample.optimization(id: "opt-0", [Sample.lowerBid])
    past.state = .applied
    past.appliedAt = Sample.now
    let next = Sample.optimization(
      [ControlChange(.bid(channel: "search"), from: .multiplier(0.85), to: .multiplier(0.8))])
    let other = Sample.optimization(
      [ControlChange(.bid(channel: "social"), from: .multiplier(1), to: .multiplier(0.9))])
    func decide(_ optimization: Optimization, days: Int) -> OptimizationPolicy.Decision {
      let situation = OptimizationSituation(controls: Sample.controls([:]), history: [past])
      var optimization = optimization
      optimization.expiresAt = Sample.now + .days(60)
      return policy.decide(
        optimization, in: situation, now: Sample.now + .days(days), approvedBy: "ann")
    }
    guard case .refused(_, let until) = decide(next, days: 6) else {
      Issue.record("allowed within the cool-down")
      return
    }
    #expect(until == Sample.now + .days(7))
    #expect(decide(other, days: 6).isAllowed)
    #expect(decide(next, days: 7).isAllowed)
    past.state = .reverted
    past.revertedAt = Sample.now + .days(5)
    #expect(!decide(next, days: 11).isAllowed)
    #expect(decide(next, days: 12).isAllowed)
    past.campaignID = CampaignID(rawValue: "CMP0002")
    #expect(decide(next, days: 6).isAllowed)
  }

  @Test(
    "no control moves further than the step, whoever approves it",
    arguments: [
      (
        ControlName.bid(channel: "search"), ControlValue?.some(.multiplier(1)),
        ControlValue.multiplier(0.8), true
      ),
      (.bid(channel: "search"), .multiplier(1), .multiplier(0.79), false),
      (.variant("A"), .share(0.5), .share(0.3), true),
      (.variant("A"), .share(0.5), .share(0), false),
      (.variant("A"), .share(0.15), .share(0), true), (.variant("A"), nil, .share(0.3), true),
      (.segment("x"), .multiplier(0), .multiplier(0.1), false),
    ])
  func step(_ control: ControlName, _ from: ControlValue?, _ to: ControlValue, _ isAllowed: Bool) {
    var policy = OptimizationPolicy()
    policy.step = 5
    let optimization = Sample.optimization([ControlChange(control, from: from, to: to)])
    let situation = OptimizationSituation(controls: Sample.controls([:]))
    let decision = policy.decide(optimization, in: situation, now: Sample.now, approvedBy: "ann")
    #expect(decision.isAllowed == isAllowed)
  }

  @Test("a value that nobody has set is not set without a person")
  func firstValue() {
    var policy = OptimizationPolicy()
    policy.modes[.creativeRefresh] = .auto
    let optimization = Sample.optimization(
      kind: .creativeRefresh, [ControlChange(.variant("A"), from: nil, to: .share(0.3))])
    let situation = OptimizationSituation(controls: Sample.controls([:]))
    #expect(!policy.decide(optimization, in: situation, now: Sample.now, approvedBy: nil).isAllowed)
  }

  @Test(
    "no budget is raised above a cap; less is always allowed",
    arguments: [
      (120.0, 119.0, 1000.0, 0.0, 10_000.0, false), (119, 119, 1000, 0, 10_000, true),
      (90, 50, 10, 1000, 10_000, true), (110, 500, 1000, 900, 10_000, false),
      (110, 500, 1000, 890, 10_000, true), (110, 500, 1000, 0, 5109, false),
      (110, 500, 1000, 0, 5110, true),
    ])
  func caps(
    _ next: Double, _ cap: Double, _ all: Double, _ others: Double, _ total: Double,
    _ isAllowed: Bool
  ) {
    var policy = OptimizationPolicy()
    policy.dailyBudgetCaps["USD"] = cap
    policy.allDailyBudgetsCaps["USD"] = all
    let situation = OptimizationSituation(
      controls: budgetControls, totalBudget: Money(amount: total, currency: "USD"), spent: 5000,
      otherDailyBudgets: others)
    let decision = policy.decide(
      budgetChange(to: next), in: situation, now: Sample.now, approvedBy: "ann")
    #expect(decision.isAllowed == isAllowed)
  }

  @Test("only so many are applied a day")
  func pace() {
    var policy = OptimizationPolicy()
    policy.changesPerDay = 2
    let history = (0..<2).map { hour in
      var past = Sample.optimization(id: "opt-x\(hour)", [Sample.lowerBid])
      past.campaignID = CampaignID(rawValue: "CMP000\(hour + 2)")
      past.state = .applied
      past.appliedAt = Sample.now + .seconds(3600 * hour)
      return past
    }
    let situation = OptimizationSituation(controls: budgetControls, history: history)
    let decision = policy.decide(
      budgetChange(to: 110), in: situation, now: Sample.now + .seconds(7200), approvedBy: "ann")
    guard case .refused(_, let until) = decision else {
      Issue.record("allowed")
      return
    }
    #expect(until == Sample.now + .days(1))
    #expect(
      policy.decide(
        budgetChange(to: 110), in: situation, now: Sample.now + .days(1), approvedBy: "ann"
      ).isAllowed)
  }

  @Test("what frees the money comes first; what is over or stale is refused")
  func order() {
    let policy = OptimizationPolicy()
    var freeing = Sample.optimization(id: "opt-0", [Sample.lowerBid])
    freeing.campaignID = CampaignID(rawValue: "CMP0002")
    var optimization = budgetChange(to: 110)
    optimization.requires = [freeing.id]
    func decide(_ optimization: Optimization) -> OptimizationPolicy.Decision {
      policy.decide(
        optimization,
        in: OptimizationSituation(controls: budgetControls, history: [freeing]), now: Sample.now,
        approvedBy: "ann")
    }
    #expect(reason(decide(optimization))?.contains("opt-0") == true)
    freeing.state = .applied
    freeing.appliedAt = Sample.now
    #expect(decide(optimization).isAllowed)
    optimization.basis = 3
    #expect(!decide(optimization).isAllowed)
    optimization.basis = 0
    optimization.state = .reverted
    #expect(!decide(optimization).isAllowed)
  }

  @Test("settings that make no sense are named")
  func problems() {
    var policy = OptimizationPolicy()
    #expect(policy.problems() == [])
    policy.coolDownDays = 3
    policy.step = 0.5
    policy.dailyBudgetCaps["usd"] = -1
    #expect(
      policy.problems().map(\.field) == [
        "/coolDownDays", "/step", "/dailyBudgetCaps/usd", "/dailyBudgetCaps/usd",
      ])
  }
}
