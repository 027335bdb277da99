import JSONRPC
import Marketing
import Testing

/// Optimizations for tests.
enum SampleOptimization {
  static let campaignID = CampaignID(rawValue: "CMP0001")
  static let day = CalendarDay(rawValue: 20_000)
  static let now = day.start

  static func usd(_ amount: Double) -> ControlValue {
    .money(Money(amount: amount, currency: "USD"))
  }

  static func controls(_ values: [ControlName: ControlValue]) -> CampaignControls {
    CampaignControls(campaignID: campaignID, revision: 0, currency: "USD", values: values)
  }

  static func evidence(_ rule: OptimizationEvidence.Rule) -> OptimizationEvidence {
    OptimizationEvidence(
      rule, .cpl, part: "search", window: CampaignWindow(days: 7, through: day),
      figures: CampaignFigures(impressions: 10, clicks: 3, leads: 2, spend: 120.5), estimate: 60.25,
      bound: 55, threshold: 50, words: "A lead costs 60.25 USD.")
  }

  static func optimization(
    id: String = "opt-1", kind: Optimization.Kind = .bidChange, _ changes: [ControlChange],
    basis: Int = 0, risk: OptimizationRisk.Level = .low
  ) -> Optimization {
    Optimization(
      id: OptimizationID(rawValue: id), campaignID: campaignID, kind: kind, changes: changes,
      evidence: [evidence(.cpl)],
      expected: ExpectedEffect(
        .cpl, estimate: -0.1, low: -0.15, high: -0.02, words: "By elasticity."),
      risk: OptimizationRisk(risk, "Fewer clicks."), undo: "Set the bid back.", basis: basis,
      createdAt: now, expiresAt: now + .days(7))
  }

  static let lowerBid = ControlChange(
    .bid(channel: "search"), from: .multiplier(1), to: .multiplier(0.85))
}

@Suite("optimizations")
struct OptimizationTests {
  typealias Sample = SampleOptimization

  @Test("applying sets the controls once, reverting sets them back")
  func applyAndRevert() throws {
    var controls = Sample.controls([.dailyBudget: Sample.usd(100)])
    var optimization = Sample.optimization([Sample.lowerBid])
    #expect(try optimization.apply(to: &controls, by: "ann", at: Sample.now))
    #expect(controls[.bid(channel: "search")] == .multiplier(0.85))
    #expect(controls.revision == 1)
    #expect(optimization.state == .applied)
    #expect(optimization.appliedBy == "ann")
    #expect(try !optimization.apply(to: &controls, by: "bob", at: Sample.now + .days(1)))
    #expect(controls.revision == 1)
    #expect(optimization.lastChangedAt == Sample.now)
    let left = try optimization.revert(
      in: &controls, by: "bob", because: "worse", at: Sample.now + .days(2))
    #expect(left == [])
    #expect(controls[.bid(channel: "search")] == .multiplier(1))
    #expect(controls[.dailyBudget] == Sample.usd(100))
    #expect(controls.revision == 2)
    #expect(optimization.lastChangedAt == Sample.now + .days(2))
    let again = try optimization.revert(in: &controls, by: "b", because: "", at: Sample.now)
    #expect(again == nil)
    #expect(controls.revision == 2)
  }

  @Test("of two that were worked out from the same revision one is applied")
  func twoAtOnce() throws {
    var controls = Sample.controls([:])
    var first = Sample.optimization(id: "opt-1", [Sample.lowerBid])
    var second = Sample.optimization(id: "opt-2", [Sample.lowerBid])
    #expect(try first.apply(to: &controls, by: "a", at: Sample.now))
    let error = #expect(throws: StoreError.self) {
      try second.apply(to: &controls, by: "b", at: Sample.now)
    }
    #expect(error?.code == .stale)
    #expect(second.state == .proposed)
    #expect(controls.revision == 1)
    #expect(controls[.bid(channel: "search")] == .multiplier(0.85))
  }

  @Test(
    "what is over is not applied, and says so",
    arguments: [
      (Optimization.State.reverted, "has been reverted"), (.declined, "has been declined"),
      (.expired, "was not applied in time"),
    ])
  func over(_ state: Optimization.State, _ words: String) {
    var controls = Sample.controls([:])
    var optimization = Sample.optimization([Sample.lowerBid])
    optimization.state = state
    let error = #expect(throws: StoreError.self) {
      try optimization.apply(to: &controls, by: "a", at: Sample.now)
    }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains(words) == true)
    #expect(controls.revision == 0)
  }

  @Test("a proposal ends at its time")
  func expiry() throws {
    var controls = Sample.controls([:])
    var optimization = Sample.optimization([Sample.lowerBid])
    let end = optimization.expiresAt
    #expect(throws: StoreError.self) { try optimization.apply(to: &controls, by: "a", at: end) }
    let early = optimization.expire(at: end + .milliseconds(-1))
    #expect(!early)
    let onTime = optimization.expire(at: end)
    #expect(onTime)
    #expect(optimization.state == .expired)
    #expect(throws: StoreError.self) {
      try optimization.revert(in: &controls, by: "a", because: "", at: end)
    }
  }

  @Test("declining ends a proposal and nothing that is applied")
  func decline() throws {
    var controls = Sample.controls([:])
    var open = Sample.optimization([Sample.lowerBid])
    var applied = open
    #expect(try applied.apply(to: &controls, by: "a", at: Sample.now))
    #expect(try open.decline(by: "b", because: "no", at: Sample.now))
    #expect(try !open.decline(by: "b", because: "no", at: Sample.now))
    #expect(open.lastChangedAt == nil)
    let error = #expect(throws: StoreError.self) {
      try applied.decline(by: "b", because: "no", at: Sample.now)
    }
    #expect(error?.message.contains("revert_optimization") == true)
  }

  @Test("what was changed again since is left alone by a revert")
  func revertBelowLaterChange() throws {
    let bids = [
      Sample.lowerBid,
      ControlChange(.segment("age=30-34"), from: .multiplier(1), to: .multiplier(1.1)),
    ]
    var controls = Sample.controls([:])
    var first = Sample.optimization(id: "opt-1", bids)
    #expect(try first.apply(to: &controls, by: "a", at: Sample.now))
    var second = Sample.optimization(
      id: "opt-2",
      [ControlChange(.bid(channel: "search"), from: .multiplier(0.85), to: .multiplier(0.8))],
      basis: 1)
    #expect(try second.apply(to: &controls, by: "a", at: Sample.now))
    let left = try first.revert(in: &controls, by: "a", because: "", at: Sample.now)
    #expect(left == [.bid(channel: "search")])
    #expect(controls[.bid(channel: "search")] == .multiplier(0.8))
    #expect(controls[.segment("age=30-34")] == .multiplier(1))
  }

  @Test(
    "JSON holds everything of an optimization",
    arguments: [
      [SampleOptimization.lowerBid],
      [
        ControlChange(
          .dailyBudget, from: SampleOptimization.usd(100.1), to: SampleOptimization.usd(120)),
        ControlChange(.variant("A"), from: nil, to: .share(0.25)),
      ],
    ])
  func roundTrip(_ changes: [ControlChange]) throws {
    var optimization = Sample.optimization(kind: .creativeRefresh, changes, risk: .high)
    optimization.conflicts = ["Another test runs."]
    optimization.requires = [OptimizationID(rawValue: "opt-0")]
    #expect(try Optimization(json: try optimization.json()) == optimization)
    optimization.state = .reverted
    (optimization.appliedAt, optimization.appliedBy) = (Sample.now, "ann")
    (optimization.revertedAt, optimization.revertedBy) = (Sample.now + .days(1), "bob")
    optimization.revertReason = "worse"
    optimization.measurement = OptimizationMeasurement(
      .cpl, before: CampaignWindow(days: 7, through: Sample.day),
      after: CampaignWindow(days: 7, through: Sample.day + 9), effect: -0.125, low: -0.25, high: 0,
      siblings: 3, verdict: .inconclusive, words: "Not told from chance.", measuredAt: Sample.now)
    let json = try optimization.json()
    #expect(json["kind"] == "creative_refresh")
    #expect(json["state"] == "reverted")
    #expect(try Optimization(json: json) == optimization)
  }
}
