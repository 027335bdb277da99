/// How lately, how often and for how much a customer bought, each scored from 1 to 5 (best).
package struct RFM: Sendable, Hashable, Codable {
  /// 5 for those who bought last.
  package var recency: Int
  /// 5 for those who bought most often.
  package var frequency: Int
  /// 5 for those who spent most.
  package var monetary: Int

  /// Scores from 1 to 5.
  package init(recency: Int, frequency: Int, monetary: Int) {
    self.recency = recency
    self.frequency = frequency
    self.monetary = monetary
  }

  /// How scores are given.
  package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// By rank among all customers.
    case quintiles
    /// By fixed cuts, which tell customers apart that ranks cannot: where half of them bought once, ranks
    /// give equal customers unequal scores.
    case fixed

    /// What suits some customers: fixed cuts where at least half of them bought on one day only.
    package static func suiting(_ customers: some Collection<PurchaseSummary>) -> Method {
      let once = customers.count { $0.days == 1 }
      return once > 1 && once * 2 >= customers.count ? .fixed : .quintiles
    }
  }

  /// The scores of customers in their order.
  ///
  /// Monetary value is compared within one currency: each customer among those with the same main currency,
  /// by what it spent in that.
  package static func scores(
    of customers: [(id: LeadID, purchases: PurchaseSummary)], by method: Method,
    settings: CustomerSettings, now: Timestamp
  ) -> [RFM] {
    switch method {
    case .fixed:
      return customers.map { fixed($0.purchases, settings: settings, now: now) }
    case .quintiles:
      let ids = customers.map(\.id)
      let recency = quintiles(
        customers.map { Double((now - $0.purchases.lastAt).wholeMilliseconds) }, ids: ids)
      let frequency = quintiles(customers.map { Double($0.purchases.days) }, ids: ids)
      var monetary = [Int](repeating: 1, count: customers.count)
      let groups = Dictionary(grouping: customers.indices) { customers[$0].purchases.mainCurrency }
      for (currency, group) in groups {
        let scores = quintiles(
          group.map { customers[$0].purchases.revenue[currency]?.amount ?? 0 },
          ids: group.map { ids[$0] })
        for (index, score) in zip(group, scores) { monetary[index] = score }
      }
      return customers.indices.map {
        RFM(recency: 6 - recency[$0], frequency: frequency[$0], monetary: monetary[$0])
      }
    }
  }

  /// ⌊5 (rank − 1) ÷ n⌋ + 1 for each of n values: 1 for the least fifth. Equal values rank by their ids.
  static func quintiles(_ values: [Double], ids: [LeadID]) -> [Int] {
    let order = values.indices.sorted { (values[$0], ids[$0]) < (values[$1], ids[$1]) }
    var scores = [Int](repeating: 1, count: values.count)
    for (rank, index) in order.enumerated() { scores[index] = 5 * rank / values.count + 1 }
    return scores
  }

  private static func fixed(
    _ purchases: PurchaseSummary, settings: CustomerSettings, now: Timestamp
  ) -> RFM {
    let silence = (now - purchases.lastAt).days
    return RFM(
      recency: 5 - settings.recencyCuts.count { silence > $0 },
      frequency: 1 + settings.frequencyCuts.count { Double(purchases.days) >= $0 },
      monetary: 1
        + settings.monetaryCuts.count {
          purchases.revenue[purchases.mainCurrency]?.amount ?? 0 >= $0
        })
  }
}
