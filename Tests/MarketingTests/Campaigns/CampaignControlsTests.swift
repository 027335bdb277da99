import JSONRPC
import Marketing
import Testing

@Suite("controls of a campaign")
struct CampaignControlsTests {
  typealias Sample = SampleOptimization

  @Test(
    "names from outside",
    arguments: [
      ("dailyBudget", ControlName.dailyBudget), ("bid/search", .bid(channel: "search")),
      ("segment/age=30-34", .segment("age=30-34")), ("variant/A/B", .variant("A/B")),
      ("bid/", nil), ("bid", nil), ("budget", nil), ("variant/ A", nil), ("segment/<b>", nil),
    ])
  func names(_ text: String, _ expected: ControlName?) {
    #expect(ControlName(checking: text) == expected)
    if let expected { #expect(expected.text == text) }
  }

  @Test(
    "steps are relative, those of shares in points",
    arguments: [
      (ControlValue.multiplier(1), ControlValue.multiplier(0.8), Double?.some(0.2)),
      (.share(0.5), .share(0.25), 0.25), (.share(0), .share(0.1), 0.1),
      (SampleOptimization.usd(50), SampleOptimization.usd(60), 0.2),
      (SampleOptimization.usd(50), .money(Money(amount: 50, currency: "EUR")), nil),
      (.multiplier(0), .multiplier(1), nil), (.multiplier(1), .share(1), nil),
    ])
  func steps(_ from: ControlValue, _ to: ControlValue, _ expected: Double?) throws {
    let step = from.step(to: to)
    guard let expected else {
      #expect(step == nil)
      return
    }
    #expect(abs(try #require(step) - expected) < 1e-12)
  }

  @Test(
    "changes that do not fit change nothing",
    arguments: [
      ControlChange(.bid(channel: "search"), from: .multiplier(0.9), to: .multiplier(0.8)),
      ControlChange(.dailyBudget, from: nil, to: SampleOptimization.usd(120)),
      ControlChange(
        .dailyBudget, from: SampleOptimization.usd(100),
        to: .money(Money(amount: 110, currency: "EUR"))),
      ControlChange(.dailyBudget, from: SampleOptimization.usd(100), to: .share(0.5)),
      ControlChange(.variant("B"), from: .share(0.4), to: .share(0.6)),
      ControlChange(.bid(channel: "search"), from: .multiplier(1), to: .multiplier(.nan)),
    ])
  func refused(_ change: ControlChange) {
    var controls = Sample.controls([
      .dailyBudget: Sample.usd(100), .variant("A"): .share(0.6), .variant("B"): .share(0.4),
    ])
    let before = controls
    let error = #expect(throws: StoreError.self) {
      try controls.apply([Sample.lowerBid, change], basis: 0)
    }
    #expect(error?.code == .conflict)
    #expect(controls == before)
  }

  @Test("a campaign starts with its own budget")
  func start() {
    var campaign = Campaign(id: Sample.campaignID, name: "Ember")
    #expect(CampaignControls(of: campaign).values.isEmpty)
    campaign.dailyBudget = Money(amount: 80, currency: "USD")
    #expect(CampaignControls(of: campaign)[.dailyBudget] == Sample.usd(80))
    #expect(CampaignControls(of: campaign).currency == "USD")
    #expect(CampaignControls(of: campaign, currency: "EUR").values.isEmpty)
    #expect(CampaignControls(of: campaign)[.segment("x")] == .multiplier(1))
    #expect(CampaignControls(of: campaign)[.variant("A")] == nil)
  }

  @Test("JSON holds everything of the controls")
  func roundTrip() throws {
    var controls = Sample.controls([
      .dailyBudget: Sample.usd(100.25), .variant("A"): .share(0.6),
      .segment("age=30-34"): .multiplier(1.1),
    ])
    #expect(try CampaignControls(json: controls.json) == controls)
    try controls.apply([Sample.lowerBid], basis: 0)
    #expect(controls.json["revision"] == 1)
    #expect(try CampaignControls(json: controls.json) == controls)
    var bad = controls.json
    bad["values"] = ["bid/<b>": ["multiplier": 1]]
    #expect(throws: DecodingError.self) { try CampaignControls(json: bad) }
    bad["values"] = ["variant/A": ["share": 1.5]]
    #expect(throws: DecodingError.self) { try CampaignControls(json: bad) }
  }

  @Test(
    "a value moves by no more than the share, rounded toward itself",
    arguments: [
      (SampleOptimization.usd(33.33), -0.2, 2, 26.67),
      (SampleOptimization.usd(33.33), 0.2, 2, 39.99),
      (SampleOptimization.usd(9000), -0.2, 2, 7200), (SampleOptimization.usd(0.01), -0.2, 2, 0.01),
      (.multiplier(0.262144), -0.2, 6, 0.209716), (.multiplier(0.262144), 0.2, 6, 0.314572),
      (.multiplier(1), -0.2, 6, 0.8), (.multiplier(1), 0.2, 6, 1.2), (.multiplier(0), 0.2, 6, 0),
    ])
  func moved(_ value: ControlValue, _ share: Double, _ digits: Int, _ expected: Double) {
    let next = value.moved(by: share, digits: digits)
    #expect(next == value.with(expected), "\(next)")
    if value.number > 0 { #expect((value.step(to: next) ?? 1) <= abs(share) + 1e-9) }
  }
}
