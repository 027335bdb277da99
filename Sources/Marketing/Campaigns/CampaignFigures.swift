/// What a campaign did within some time: counts, what it cost and what it brought.
package struct CampaignFigures: Sendable, Hashable, Codable {
  /// How often something of it was shown; 0 or more.
  package var impressions: Int
  /// How often that was clicked; 0 or more.
  package var clicks: Int
  /// Leads that came of it; 0 or more.
  package var leads: Int
  /// Leads that were won; 0 or more.
  package var conversions: Int
  /// What it cost, in the campaign's currency, 0 or more; `nil` where nobody says.
  package var spend: Double?
  /// What the conversions are worth, in the campaign's currency, 0 or more; `nil` where nobody says.
  package var revenue: Double?

  /// Nothing.
  package static let zero = CampaignFigures()

  /// Figures.
  package init(
    impressions: Int = 0, clicks: Int = 0, leads: Int = 0, conversions: Int = 0,
    spend: Double? = nil, revenue: Double? = nil
  ) {
    self.impressions = impressions
    self.clicks = clicks
    self.leads = leads
    self.conversions = conversions
    self.spend = spend
    self.revenue = revenue
  }

  /// Both together. Counts that are too large to add stay at the largest one; of money what is known is added.
  package static func + (left: Self, right: Self) -> Self {
    func sum(_ left: Int, _ right: Int) -> Int {
      let (sum, overflows) = left.addingReportingOverflow(right)
      return overflows ? .max : sum
    }
    func sum(_ left: Double?, _ right: Double?) -> Double? {
      guard let left else { return right }
      guard let right else { return left }
      return left + right
    }
    return CampaignFigures(
      impressions: sum(left.impressions, right.impressions),
      clicks: sum(left.clicks, right.clicks), leads: sum(left.leads, right.leads),
      conversions: sum(left.conversions, right.conversions), spend: sum(left.spend, right.spend),
      revenue: sum(left.revenue, right.revenue))
  }

  package static func += (left: inout Self, right: Self) { left = left + right }
}
