/// What a customer is expected to buy.
package struct CustomerOutlook: Sendable, Hashable {
  /// The chance that the customer has not left, 0–1.
  package var probabilityAlive: Double
  /// On how many days the customer is expected to buy within the horizon, 0 or more.
  package var purchases: Double
  /// What those purchases are expected to be worth, one amount for each currency the customer bought in, by
  /// the currencies' names.
  package var value: [Money]
}

/// Estimates what customers will buy, from a model of when they buy and the mean of what they spend.
///
/// The expected value in a currency is the expected number of purchases, times the share of the customer's
/// purchases that were in it, times what a purchase is worth: (s + k·m) ÷ (n + k), where n purchases of the
/// customer's were worth s together, m is the mean of all customers' own mean values in the currency, and k
/// is `CustomerSettings.valuePriorWeight`. Currencies are never mixed.
package struct CustomerForecast: Sendable {
  /// The model of when customers buy.
  package let model: BGNBD
  /// How far it looks, in days.
  package let horizonDays: Double
  private let priorWeight: Double
  private let meanValues: [String: Double]

  /// A forecast.
  /// - Parameter customers: all customers, whose mean values count.
  package init(
    model: BGNBD, horizonDays: Double, customers: some Sequence<PurchaseSummary>,
    settings: CustomerSettings
  ) {
    self.model = model
    self.horizonDays = horizonDays
    priorWeight = settings.valuePriorWeight
    var sums: [String: (amount: Double, customers: Double)] = [:]
    for customer in customers {
      for (currency, revenue) in customer.revenue {
        sums[currency, default: (0, 0)].amount += revenue.perDay
        sums[currency, default: (0, 0)].customers += 1
      }
    }
    meanValues = sums.mapValues { $0.amount / $0.customers }
  }

  /// What a customer will buy.
  package func outlook(of customer: PurchaseSummary, at now: Timestamp) -> CustomerOutlook {
    let observation = customer.observation(at: now)
    let purchases = model.expectedPurchases(Self.bounded(observation, model), in: horizonDays)
    let days = Double(customer.revenue.values.reduce(0) { $0 + $1.days })
    let value = customer.revenue.sorted { $0.key < $1.key }.map { currency, revenue in
      let n = Double(revenue.days)
      let mean =
        (revenue.amount + priorWeight * (meanValues[currency] ?? revenue.perDay))
        / (n + priorWeight)
      return Money(amount: purchases * n / days * mean, currency: currency)
    }
    return CustomerOutlook(
      probabilityAlive: model.probabilityAlive(observation), purchases: purchases, value: value)
  }

  /// The observation, with an age at which the customer's mean rate (r + x) ÷ (α + T) is one a day at most:
  /// purchases are counted by the day. Who bought for the first time a moment ago would otherwise be taken
  /// to go on at any rate.
  private static func bounded(
    _ observation: BGNBD.Observation, _ model: BGNBD
  ) -> BGNBD.Observation {
    var observation = observation
    observation.age = max(
      observation.age, model.r + Double(observation.repeats) - model.alpha)
    return observation
  }
}
