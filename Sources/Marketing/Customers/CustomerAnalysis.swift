/// All customers of a workspace with their scores, segments and prospects.
package struct CustomerAnalysis: Sendable {
  /// One customer.
  package struct Entry: Sendable, Hashable {
    /// The customer.
    package let customer: Customer
    /// What it bought, summed up.
    package let purchases: PurchaseSummary
    /// Its scores.
    package let scores: RFM
    /// Its segment.
    package let segment: SegmentTable.Segment
    /// What it is expected to buy; `nil` where no model could be fitted or nobody looked ahead.
    package let outlook: CustomerOutlook?

    /// What the customer is called by: the first of its leads.
    package var id: LeadID { customer.leadIDs[0] }
  }

  /// The customers, best scores first, then by name.
  package let entries: [Entry]
  /// How they were scored.
  package let method: RFM.Method
  /// The model of their purchases, or why there is none.
  package let fit: Result<BGNBD.Fit, BGNBD.Refusal>
  private let forecast: CustomerForecast?
  private let now: Timestamp

  /// Scores customers and looks ahead.
  /// - Parameters:
  ///   - fit: the model, fitted to these customers.
  ///   - horizonDays: how far to look ahead.
  ///   - looksAhead: whether every entry gets its outlook, which takes most of the time; `outlook(of:)` tells
  ///     that of one in any case.
  ///   - check: called now and then; what it throws ends the work.
  package init(
    _ customers: [(customer: Customer, purchases: PurchaseSummary)],
    fit: Result<BGNBD.Fit, BGNBD.Refusal>, method: RFM.Method, horizonDays: Double,
    table: SegmentTable, settings: CustomerSettings, now: Timestamp, looksAhead: Bool = true,
    check: () throws -> Void = {}
  ) rethrows {
    self.fit = fit
    self.method = method
    self.now = now
    let scores = RFM.scores(
      of: customers.map { ($0.customer.leadIDs[0], $0.purchases) }, by: method,
      settings: settings, now: now)
    let forecast = (try? fit.get()).map {
      CustomerForecast(
        model: $0.model, horizonDays: horizonDays, customers: customers.map(\.purchases),
        settings: settings)
    }
    self.forecast = forecast
    var entries: [Entry] = []
    entries.reserveCapacity(customers.count)
    for (index, customer) in customers.enumerated() {
      if index % 256 == 0 { try check() }
      entries.append(
        Entry(
          customer: customer.customer, purchases: customer.purchases, scores: scores[index],
          segment: table.segment(of: scores[index]),
          outlook: looksAhead ? forecast?.outlook(of: customer.purchases, at: now) : nil))
    }
    self.entries = entries.sorted { ($1.scores.sum, $0.id) < ($0.scores.sum, $1.id) }
  }

  /// What a customer is expected to buy; `nil` where no model could be fitted.
  package func outlook(of entry: Entry) -> CustomerOutlook? {
    entry.outlook ?? forecast?.outlook(of: entry.purchases, at: now)
  }
}

extension RFM {
  /// The three scores together, 3–15.
  package var sum: Int { recency + frequency + monetary }
}

/// A segment's customers taken together.
package struct SegmentTotals: Sendable, Hashable {
  /// The segment.
  package let segment: SegmentTable.Segment
  /// How many customers are in it.
  package var customers = 0
  /// What they spent, by currency.
  package var revenue: [String: Double] = [:]
  /// What they are expected to spend, by currency; empty where no model could be fitted.
  package var expectedValue: [String: Double] = [:]
  /// The days since their last purchases together.
  private var recencyDays = 0.0

  /// The mean days since their last purchase; `nil` without customers.
  package var meanRecencyDays: Double? { customers > 0 ? recencyDays / Double(customers) : nil }

  private init(segment: SegmentTable.Segment) { self.segment = segment }

  /// The totals of every segment of a table in its order, also of those that nobody is in.
  package static func all(
    of analysis: CustomerAnalysis, table: SegmentTable, now: Timestamp
  ) -> [SegmentTotals] {
    var totals = table.segments.map { SegmentTotals(segment: $0) }
    let places = Dictionary(
      table.segments.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in analysis.entries {
      guard let place = places[entry.segment.name] else { continue }
      totals[place].customers += 1
      totals[place].recencyDays += (now - entry.purchases.lastAt).days
      for (currency, revenue) in entry.purchases.revenue {
        totals[place].revenue[currency, default: 0] += revenue.amount
      }
      for money in entry.outlook?.value ?? [] {
        totals[place].expectedValue[money.currency, default: 0] += money.amount
      }
    }
    return totals
  }
}
