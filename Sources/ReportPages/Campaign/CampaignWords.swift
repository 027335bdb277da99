import Marketing

/// Names and numbers of campaigns for people.
enum CampaignWords {
  static func name(_ measure: CampaignMeasure) -> String {
    switch measure {
    case .ctr: "CTR"
    case .conversionsPerClick: "Conversions per click"
    case .conversionsPerLead: "Conversions per lead"
    case .cpc: "CPC"
    case .cpl: "CPL"
    case .cpa: "CPA"
    case .roas: "ROAS"
    case .aov: "Average order value"
    }
  }

  /// What a measure is.
  static func meaning(_ measure: CampaignMeasure) -> String {
    switch measure {
    case .ctr: "clicks of impressions"
    case .conversionsPerClick: "conversions of clicks"
    case .conversionsPerLead: "conversions of leads"
    case .cpc: "spend for a click"
    case .cpl: "spend for a lead"
    case .cpa: "spend for a conversion"
    case .roas: "revenue for each unit of spend"
    case .aov: "revenue of a conversion"
    }
  }

  static func value(
    _ value: Double?, _ measure: CampaignMeasure, currency: String?
  ) -> String {
    guard let value, value.isFinite else { return NumberText.missing }
    if measure.isShare { return ExperimentWords.rate(value) }
    return measure.isMoney ? money(value, currency) : NumberText.significant(value)
  }

  /// What a rate lies between: `1.85 % to 2.11 %`.
  static func range(
    _ rate: MeasuredRate, _ measure: CampaignMeasure, currency: String?
  ) -> String {
    let low = value(rate.low, measure, currency: currency)
    guard let high = rate.high else { return "at least \(low)" }
    return "\(low) to \(value(high, measure, currency: currency))"
  }

  static func money(_ amount: Double?, _ currency: String?) -> String {
    guard let amount, amount.isFinite else { return NumberText.missing }
    let text =
      amount.magnitude >= 100 ? NumberText.decimals(amount, 0) : NumberText.significant(amount)
    return text + (currency.map { "\u{A0}\($0)" } ?? "")
  }

  static func name(_ figure: CampaignForecast.Figure) -> String {
    switch figure {
    case .impressions: "Impressions"
    case .clicks: "Clicks"
    case .leads: "Leads"
    case .conversions: "Conversions"
    case .spend: "Spend"
    case .revenue: "Revenue"
    }
  }

  static func name(_ verdict: CampaignPacing.Verdict?) -> String {
    switch verdict {
    case .over: "above the budget"
    case .on: "on the budget"
    case .under: "below the budget"
    case nil: "no budget is known"
    }
  }

  static func name(_ verdict: OptimizationMeasurement.Verdict) -> String {
    switch verdict {
    case .success: "better, beyond chance"
    case .failure: "worse, beyond chance"
    case .inconclusive: "cannot be told from chance"
    }
  }

  /// A part of a campaign: `A on search`.
  static func name(_ part: CampaignSeries.Part) -> String {
    part.name.allSatisfy(\.isWhitespace) ? "(not named)" : part.name
  }
}
