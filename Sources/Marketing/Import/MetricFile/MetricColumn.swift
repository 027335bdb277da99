/// What a column of a campaign report is read as.
package enum MetricColumn: String, Sendable, Hashable, CaseIterable {
  case campaignID, day, channel, variant, segment, currency
  case impressions, clicks, leads, conversions, spend, revenue

  /// Header names that mean it, folded; the best first. Segments have none: a file may be divided by much that
  /// says nothing of the audience.
  private var synonyms: [String] {
    switch self {
    case .campaignID: ["campaign_id", "campaign", "campaign_name"]
    case .day: ["day", "date", "reporting_starts", "segments_date"]
    case .channel: ["channel", "network", "platform", "publisher_platform", "source"]
    case .variant: ["variant", "variant_id", "creative_id", "creative", "ad_id", "ad_name", "ad"]
    case .segment: []
    case .currency: ["currency", "currency_code", "account_currency"]
    case .impressions: ["impressions", "impr"]
    case .clicks: ["clicks", "link_clicks"]
    case .leads: ["leads", "leads_created", "results"]
    case .conversions: ["conversions", "purchases", "approved_conversion", "approved_conversions"]
    case .spend: ["spend", "spent", "cost", "amount_spent", "cost_usd"]
    case .revenue: ["revenue", "conversion_value", "conv_value", "purchase_value", "revenue_usd"]
    }
  }

  /// The columns of a header by what they are taken for. Where several fit, the best synonym wins.
  /// - Parameter taken: what has been settled already.
  static func infer(
    _ header: [String], taken: Set<MetricColumn>, among places: some Sequence<Int>
  ) -> [MetricColumn: Int] {
    var byName: [String: Int] = [:]
    for place in places {
      let folded = CellText.folded(header[place].utf8)
      if byName[folded] == nil { byName[folded] = place }
    }
    var found: [MetricColumn: Int] = [:]
    for column in allCases where !taken.contains(column) {
      if let place = column.synonyms.lazy.compactMap({ byName[$0] }).first { found[column] = place }
    }
    return found
  }
}
