import Marketing
import Testing

@Suite struct RFMTests {
  static let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func summary(
    daysAgo: [Int], _ amount: Double = 10, _ currency: String = "USD"
  ) -> PurchaseSummary {
    PurchaseSummary(
      of: daysAgo.sorted(by: >).map {
        Purchase(
          occurredAt: Self.now + .days(-$0), value: Money(amount: amount, currency: currency))
      })
  }

  private func scores(
    _ customers: [(String, PurchaseSummary)], _ method: RFM.Method = .quintiles,
    _ settings: CustomerSettings = CustomerSettings()
  ) -> [RFM] {
    RFM.scores(
      of: customers.map { (LeadID(rawValue: $0.0), $0.1) }, by: method, settings: settings,
      now: Self.now)
  }

  @Test func aFifthOfTheCustomersHasEachScore() {
    let found = scores(
      (0..<10).map { ("L\($0)", summary(daysAgo: [$0 + 1], Double($0 + 1))) })
    #expect(found.map(\.recency) == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1])
    #expect(found.map(\.monetary) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    // All bought once: the ranks of equals are those of their names.
    #expect(found.map(\.frequency) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  }

  @Test(arguments: [
    (1, [1]), (2, [1, 3]), (3, [1, 2, 4]), (4, [1, 2, 3, 4]), (7, [1, 1, 2, 3, 3, 4, 5]),
  ])
  func ranksAreCutByTheFormula(_ count: Int, _ expected: [Int]) {
    let found = scores((0..<count).map { ("L\($0)", summary(daysAgo: [1], Double($0 + 1))) })
    #expect(found.map(\.monetary) == expected)
  }

  @Test func tiesGoByNameAndNotByPlace() {
    let customers = ["L3", "L1", "L5", "L2", "L4"].map { ($0, summary(daysAgo: [4, 2])) }
    let found = scores(customers)
    #expect(found.map(\.frequency) == [3, 1, 5, 2, 4])
    #expect(found.map(\.recency) == [3, 5, 1, 4, 2])
  }

  @Test func amountsOfDifferentCurrenciesAreNeverCompared() {
    let found = scores(
      (0..<5).map { ("L\($0)", summary(daysAgo: [1], Double($0 + 1))) }
        + (5..<10).map { ("L\($0)", summary(daysAgo: [1], Double($0) * 1e6, "JPY")) })
    #expect(found.map(\.monetary) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
  }

  static let fixedCases: [([Int], Double, RFM)] = [
    ([0], 1, RFM(recency: 5, frequency: 1, monetary: 1)),
    ([30, 31], 50, RFM(recency: 5, frequency: 2, monetary: 2)),
    ([31, 40, 50], 200, RFM(recency: 4, frequency: 3, monetary: 3)),
    ([180, 200, 210, 220, 230], 400, RFM(recency: 3, frequency: 4, monetary: 4)),
    (Array(200..<210), 1000, RFM(recency: 2, frequency: 5, monetary: 5)),
    ([366], 99.99, RFM(recency: 1, frequency: 1, monetary: 1)),
  ]

  @Test(arguments: fixedCases)
  func fixedCutsHoldAtTheirEnds(_ daysAgo: [Int], _ amount: Double, _ expected: RFM) {
    #expect(scores([("L1", summary(daysAgo: daysAgo, amount))], .fixed) == [expected])
  }

  @Test func cutsAreSettings() {
    var settings = CustomerSettings()
    settings.recencyCuts = [1, 2, 3, 4]
    settings.monetaryCuts = [1, 2, 3, 4]
    #expect(
      scores([("L1", summary(daysAgo: [4], 3))], .fixed, settings)
        == [RFM(recency: 2, frequency: 1, monetary: 4)])
    #expect(CustomerSettings.areCuts(settings.recencyCuts))
    #expect(!CustomerSettings.areCuts([2, 2, 3, 4]))
  }

  @Test func purchasesOfOneDayAreOne() {
    let midnight = Timestamp(milliseconds: 1_767_225_600_000)
    func purchase(_ hours: Int, _ amount: Double, _ currency: String) -> Purchase {
      Purchase(
        occurredAt: midnight + .seconds(hours * 3600),
        value: Money(amount: amount, currency: currency))
    }
    let summary = PurchaseSummary(of: [
      purchase(-1, 1, "USD"), purchase(0, 2, "EUR"), purchase(23, 4, "EUR"),
      purchase(25, 8, "EUR"), purchase(26, 16, "USD"),
    ])
    #expect(summary.days == 3)
    #expect(summary.revenue["EUR"]?.amount == 14 && summary.revenue["EUR"]?.days == 2)
    #expect(summary.revenue["USD"]?.amount == 17 && summary.revenue["USD"]?.days == 2)
    // As many days in both: the first by name.
    #expect(summary.mainCurrency == "EUR")
    let observation = summary.observation(at: midnight + .seconds(49 * 3600))
    #expect(observation.repeats == 2)
    #expect(abs(observation.recency - 27.0 / 24) < 1e-9 && abs(observation.age - 50.0 / 24) < 1e-9)
  }

  static let kinds: [(PurchaseKind, ConversionType?, Double, Bool)] = [
    (.purchases, .purchase, 1, true),
    (.purchases, nil, 1, true), (.purchases, .demoBooked, 1, false),
    (.conversions, .demoBooked, 1, true), (.conversions, nil, 0, false),
    (.purchases, .purchase, -5, false),
  ]

  @Test(arguments: kinds)
  func whatCountsAsAPurchase(
    _ kind: PurchaseKind, _ type: ConversionType?, _ amount: Double, _ counts: Bool
  ) {
    var outcome = Outcome(
      leadID: LeadID(rawValue: "L1"), disposition: .converted, occurredAt: Self.now,
      conversionType: type, value: Money(amount: amount, currency: "USD"))
    #expect((kind.value(of: outcome) != nil) == counts)
    outcome.value = nil
    #expect(kind.value(of: outcome) == nil)
    outcome.value = Money(amount: 1, currency: "USD")
    outcome.disposition = .lost
    #expect(kind.value(of: outcome) == nil)
  }
}
