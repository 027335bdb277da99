import Marketing
import Testing

@Suite struct CustomerValueTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)
  private static let model = BGNBD(r: 2, alpha: 60, a: 1, b: 3)

  private func summary(_ purchases: [(daysAgo: Int, amount: Double, currency: String)])
    -> PurchaseSummary
  {
    PurchaseSummary(
      of: purchases.map {
        Purchase(
          occurredAt: Self.now + .days(-$0.daysAgo),
          value: Money(amount: $0.amount, currency: $0.currency))
      })
  }

  @Test func valueIsPurchasesTimesTheShrunkenMean() throws {
    // Mean values 10 and 40: all customers' mean is 25, whatever the number of purchases.
    let frequent = summary([(90, 10, "EUR"), (60, 10, "EUR"), (30, 10, "EUR")])
    let rare = summary([(50, 40, "EUR")])
    let forecast = CustomerForecast(
      model: Self.model, horizonDays: 90, customers: [frequent, rare], settings: .init())
    let outlook = forecast.outlook(of: frequent, at: Self.now)
    let observation = BGNBD.Observation(repeats: 2, recency: 60, age: 90)
    #expect(outlook.purchases == Self.model.expectedPurchases(observation, in: 90))
    #expect(outlook.probabilityAlive == Self.model.probabilityAlive(observation))
    let value = try #require(outlook.value.first)
    #expect(outlook.value.count == 1 && value.currency == "EUR")
    #expect(abs(value.amount - outlook.purchases * (30 + 2 * 25) / (3 + 2)) < 1e-9)
  }

  @Test func currenciesAreNeverMixed() {
    let both = summary([(90, 100, "EUR"), (60, 100, "EUR"), (30, 9000, "JPY")])
    var settings = CustomerSettings()
    settings.valuePriorWeight = 0
    let forecast = CustomerForecast(
      model: Self.model, horizonDays: 90, customers: [both], settings: settings)
    let outlook = forecast.outlook(of: both, at: Self.now)
    #expect(outlook.value.map(\.currency) == ["EUR", "JPY"])
    #expect(abs(outlook.value[0].amount - outlook.purchases * 2 / 3 * 100) < 1e-9)
    #expect(abs(outlook.value[1].amount - outlook.purchases / 3 * 9000) < 1e-9)
  }

  /// However fast a customer of today seems to be.
  @Test func nobodyIsExpectedToBuyMoreOftenThanOnceADay() {
    let new = summary([(0, 10, "EUR")])
    let fast = BGNBD(r: 50, alpha: 0.001, a: 1, b: 3)
    let forecast = CustomerForecast(
      model: fast, horizonDays: 1825, customers: [new], settings: .init())
    let purchases = forecast.outlook(of: new, at: Self.now).purchases
    // As of one who has bought once a day, of whom s(n) is about 3·ln n.
    #expect((15...25).contains(purchases), "\(purchases)")
  }

  @Test func totalsAddUp() throws {
    let table = try SegmentTableTests.table()
    let customers = (0..<100).map { index in
      let purchases = (0...(index % 4)).map { number in
        Purchase(
          occurredAt: Self.now + .days(-400 + 90 * number + index % 30),
          value: Money(amount: 10, currency: index % 10 == 0 ? "EUR" : "USD"))
      }
      let customer = Customer(
        leadIDs: [LeadID(rawValue: "L\(1000 + index)")], company: nil, purchases: purchases)
      return (customer: customer, purchases: PurchaseSummary(of: purchases))
    }
    let fit = try BGNBD.fit(
      customers.map { $0.purchases.observation(at: Self.now) }, needed: (50, 10))
    let analysis = try CustomerAnalysis(
      customers, fit: fit, method: .quintiles, horizonDays: 90, table: table,
      settings: .init(), now: Self.now)
    let totals = SegmentTotals.all(of: analysis, table: table, now: Self.now)
    #expect(totals.map(\.segment) == table.segments)
    #expect(totals.reduce(0) { $0 + $1.customers } == 100)
    for currency in ["EUR", "USD"] {
      let spent = customers.reduce(0.0) {
        $0 + ($1.purchases.revenue[currency]?.amount ?? 0)
      }
      #expect(totals.reduce(0.0) { $0 + ($1.revenue[currency] ?? 0) } == spent)
    }
    let sums = analysis.entries.map(\.scores.sum)
    #expect(sums == sums.sorted(by: >))
    #expect(analysis.entries.allSatisfy { $0.outlook != nil })
    // Or one by one.
    let scored = try CustomerAnalysis(
      customers, fit: fit, method: .quintiles, horizonDays: 90, table: table,
      settings: .init(), now: Self.now, looksAhead: false)
    #expect(scored.entries.allSatisfy { $0.outlook == nil })
    #expect(scored.entries.map { scored.outlook(of: $0) } == analysis.entries.map(\.outlook))
    for total in totals where total.customers == 0 { #expect(total.meanRecencyDays == nil) }
  }
}
