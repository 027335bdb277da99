/// What was counted here of one campaign's day, channel and variant, in one currency.
package struct CountedFigures: Sendable, Hashable {
  /// The day, with channel and variant as far as they are known.
  package var key: CampaignMetric.Key
  /// The figures; the revenue is in this currency.
  package var figures: CampaignFigures
  /// The currency of the revenue; `nil` where there is none.
  package var currency: String?

  /// Figures in a currency.
  package init(_ key: CampaignMetric.Key, _ figures: CampaignFigures, currency: String?) {
    self.key = key
    self.figures = figures
    self.currency = currency
  }
}

extension CampaignRecord {
  /// A record of rows as a store keeps them. Of what was counted in several currencies only money in the
  /// campaign's own counts; the conversions all do.
  /// - Parameters:
  ///   - stated: the currency of what was reported; `nil` where no money was.
  ///   - reported: in the record's order.
  ///   - counted: in any order.
  package init(
    campaign: Campaign, stated: String?, reported: [CampaignMetric], counted: [CountedFigures]
  ) {
    let currency = stated ?? campaign.budgetCurrency ?? Self.usualCurrency(of: counted)
    var sums: [CampaignMetric.Key: CampaignFigures] = [:]
    for row in counted {
      var figures = row.figures
      // Sums that things were taken out of again may be a hair beside nothing.
      if row.currency != currency || figures.conversions == 0 { figures.revenue = nil }
      sums[row.key, default: .zero] += figures
    }
    let rows = sums.filter { $0.value != .zero }.map { key, figures in
      CampaignMetric(key, figures, currency: figures.revenue == nil ? nil : currency)
    }
    self.init(
      campaign: campaign, currency: currency, reported: reported,
      counted: rows.sorted { $0.key < $1.key })
  }

  /// The currency that most conversions were in, the first by name of several.
  private static func usualCurrency(of counted: [CountedFigures]) -> String? {
    var conversions: [String: Int] = [:]
    for row in counted {
      if let currency = row.currency {
        conversions[currency, default: 0] += row.figures.conversions
      }
    }
    return conversions.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}

extension Campaign {
  /// The currency of its budget; `nil` when it has none.
  package var budgetCurrency: String? { (totalBudget ?? dailyBudget)?.currency }
}

extension CampaignMetric.Key: Comparable {
  /// By campaign and day, then by channel, variant and segment; what is not divided comes first.
  package static func < (left: Self, right: Self) -> Bool {
    if left.campaignID != right.campaignID { return left.campaignID < right.campaignID }
    if left.day != right.day { return left.day < right.day }
    let (first, second) = (left.parts, right.parts)
    for place in first.indices where first[place] != second[place] {
      return first[place] < second[place]
    }
    return false
  }

  private var parts: [String] { [channel ?? "", variant ?? "", segment ?? ""] }
}

extension InteractionKind {
  /// Whether it shows something of a campaign: the messages that are sent.
  package var isImpression: Bool { self == .emailSent || self == .smsSent }

  /// Whether it is a click on something of a campaign whose impressions are counted here too. Those of ads are the
  /// platform's to report: clicks without impressions would make any rate look good.
  package var isClick: Bool { self == .emailClick }
}
