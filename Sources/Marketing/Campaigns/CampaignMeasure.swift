/// What a campaign is measured by: a share or an amount that two of its figures make.
package enum CampaignMeasure: String, Sendable, Hashable, Codable, CaseIterable {
  /// Clicks ÷ impressions.
  case ctr
  /// Conversions ÷ clicks.
  case conversionsPerClick = "conversions_per_click"
  /// Conversions ÷ leads.
  case conversionsPerLead = "conversions_per_lead"
  /// Spend ÷ clicks.
  case cpc
  /// Spend ÷ leads.
  case cpl
  /// Spend ÷ conversions.
  case cpa
  /// Revenue ÷ spend.
  case roas
  /// Revenue ÷ conversions: the average order value.
  case aov

  /// As people write it.
  package var title: String {
    switch self {
    case .ctr: "CTR"
    case .conversionsPerClick: "conversions per click"
    case .conversionsPerLead: "conversions per lead"
    case .cpc: "CPC"
    case .cpl: "CPL"
    case .cpa: "CPA"
    case .roas: "ROAS"
    case .aov: "average order value"
    }
  }

  /// Whether more of it is better.
  package var isBetterHigher: Bool {
    switch self {
    case .ctr, .conversionsPerClick, .conversionsPerLead, .roas, .aov: true
    case .cpc, .cpl, .cpa: false
    }
  }

  /// Whether it is a share of 0 to 1.
  package var isShare: Bool {
    switch self {
    case .ctr, .conversionsPerClick, .conversionsPerLead: true
    case .cpc, .cpl, .cpa, .roas, .aov: false
    }
  }

  /// Whether it is an amount in the campaign's currency.
  package var isMoney: Bool {
    switch self {
    case .cpc, .cpl, .cpa, .aov: true
    case .ctr, .conversionsPerClick, .conversionsPerLead, .roas: false
    }
  }
}
