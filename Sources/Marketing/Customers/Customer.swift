/// Somebody who bought something: all stored leads with one normalized e-mail address, or one lead without
/// an address, with their purchases.
package struct Customer: Sendable, Hashable {
  /// Those of the leads that bought, by their names. Never empty.
  package var leadIDs: [LeadID]
  /// The company of the first of them that names one. Untrusted text.
  package var company: String?
  /// What they bought, in the order of time. Never empty.
  package var purchases: [Purchase]

  /// A customer.
  package init(leadIDs: [LeadID], company: String?, purchases: [Purchase]) {
    self.leadIDs = leadIDs
    self.company = company
    self.purchases = purchases
  }
}

/// A conversion with a value.
package struct Purchase: Sendable, Hashable {
  /// When it happened.
  package var occurredAt: Timestamp
  /// What it was worth, above 0.
  package var value: Money

  /// A purchase.
  package init(occurredAt: Timestamp, value: Money) {
    self.occurredAt = occurredAt
    self.value = value
  }
}

/// Which conversions count as purchases. All need a value above 0: a refund is none.
package enum PurchaseKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Those of the type `purchase`, and those that name no type.
  case purchases
  /// Those of every type: what a booked demo or a trial is said to be worth counts too.
  case conversions

  /// The value of an outcome that counts; `nil` for others.
  package func value(of outcome: Outcome) -> Money? {
    guard outcome.disposition == .converted, let value = outcome.value, value.amount > 0 else {
      return nil
    }
    let counts = self == .conversions || (outcome.conversionType ?? .purchase) == .purchase
    return counts ? value : nil
  }
}

/// What a customer's purchases come down to. Purchases of one day (in UTC) count as one.
package struct PurchaseSummary: Sendable, Hashable {
  /// When the customer first bought.
  package var firstAt: Timestamp
  /// When the customer last bought.
  package var lastAt: Timestamp
  /// On how many days the customer bought, at least 1.
  package var days: Int
  /// What the customer spent, by currency.
  package var revenue: [String: Revenue]

  /// What was spent in one currency.
  package struct Revenue: Sendable, Hashable {
    /// The amount, above 0.
    package var amount: Double
    /// On how many days.
    package var days: Int

    /// What is spent on a day on which something is.
    package var perDay: Double { amount / Double(days) }
  }

  /// Sums a customer's purchases up; in the order of time.
  package init(of purchases: [Purchase]) {
    firstAt = purchases.first?.occurredAt ?? Timestamp(milliseconds: 0)
    lastAt = purchases.last?.occurredAt ?? firstAt
    days = 0
    revenue = [:]
    var last: Int64?
    var lastOf: [String: Int64] = [:]
    for purchase in purchases {
      let day = purchase.occurredAt.utcDay
      let currency = purchase.value.currency
      var sum = revenue[currency] ?? Revenue(amount: 0, days: 0)
      sum.amount += purchase.value.amount
      if lastOf[currency] != day { sum.days += 1 }
      if last != day { days += 1 }
      revenue[currency] = sum
      lastOf[currency] = day
      last = day
    }
  }

  /// The currency in which the customer bought on the most days; the first by name among equals.
  package var mainCurrency: String {
    revenue.min { ($1.value.days, $0.key) < ($0.value.days, $1.key) }?.key ?? ""
  }

  /// What a model of repeat purchases needs to know, in days.
  package func observation(at now: Timestamp) -> BGNBD.Observation {
    // Days on the calendar may be less than 24 hours apart; a last purchase is never ahead of now.
    let age = max(0, (now - firstAt).days)
    return BGNBD.Observation(
      repeats: days - 1, recency: days > 1 ? min(age, (lastAt - firstAt).days) : 0, age: age)
  }
}

extension Timestamp {
  /// Whole days since 1970-01-01 in UTC.
  fileprivate var utcDay: Int64 {
    milliseconds / 86_400_000 - (milliseconds % 86_400_000 < 0 ? 1 : 0)
  }
}
