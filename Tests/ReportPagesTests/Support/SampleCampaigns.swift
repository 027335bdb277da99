import Marketing
import ReportPages

/// The campaigns that tests of their page look at.
enum SampleCampaign: String, CaseIterable {
  case usual, troubled, sparse, bare

  struct NoFigures: Error {}

  static let first = CalendarDay(rawValue: 20_200)

  /// How many days have figures.
  var length: Int {
    switch self {
    case .usual, .troubled: 70
    case .sparse: 9
    case .bare: 1
    }
  }

  var now: Timestamp { (Self.first + length).start }

  func page(name: String = "Ember", part: String = "A") throws -> CampaignReportPage {
    let series = CampaignSeries(record(name: name, part: part))
    guard let analysis = CampaignAnalysis(series, siblings: siblings, now: now) else {
      throw NoFigures()
    }
    return CampaignReportPage(
      series: series, analysis: analysis,
      forecast: CampaignForecast(series, days: 14, now: now),
      findings: GuardedRules().readings(series, lengths: [7, 3, 1], isBrokenOnly: false),
      optimizations: self == .troubled ? [applied(name: name), proposed(name: name)] : [],
      controls: CampaignControls(of: series.campaign, currency: series.currency))
  }

  private static let id = CampaignID(rawValue: "ember-7")

  private func record(name: String, part: String) -> CampaignRecord {
    var campaign = Campaign(id: Self.id, name: name)
    if self == .usual || self == .troubled {
      campaign.dailyBudget = Money(amount: 400, currency: "USD")
      campaign.totalBudget = Money(amount: 40_000, currency: "USD")
      campaign.startsAt = Self.first.start
      campaign.endsAt = (Self.first + 99).start
    }
    var generator = SplitMix64(state: 11)
    var rows: [CampaignMetric] = []
    for day in 0..<length where !(self == .usual && (40...42).contains(day)) {
      for (channel, share) in [("search", 0.6), ("social", 0.4)] {
        for (variant, factor) in [(part, 1.0), ("B", 1.25)] {
          let figures = figures(day, share: share * factor / 2.25, using: &generator)
          rows.append(
            CampaignMetric(
              .init(
                campaignID: Self.id, day: Self.first + day, channel: channel, variant: variant),
              figures, currency: figures.spend == nil ? nil : "USD"))
        }
      }
    }
    return CampaignRecord(
      campaign: campaign, currency: self == .bare ? nil : "USD", reported: rows, counted: [])
  }

  private func figures(
    _ day: Int, share: Double, using generator: inout SplitMix64
  ) -> CampaignFigures {
    if self == .bare { return CampaignFigures(impressions: Int(100 * share)) }
    let week = [1.1, 1.2, 1.15, 1.1, 1, 0.75, 0.7][day % 7]
    let impressions = 9000 * share * week
    let rate = self == .troubled ? (day < 45 ? 0.021 : 0.014) : 0.035
    let clicks = sampledPoisson(impressions * rate, using: &generator)
    let leads = sampledPoisson(Double(clicks) * 0.08, using: &generator)
    let conversions = sampledPoisson(Double(leads) * 0.3, using: &generator)
    return CampaignFigures(
      impressions: Int(impressions), clicks: min(Int(impressions), clicks), leads: leads,
      conversions: min(leads, conversions), spend: 350 * share * week,
      revenue: Double(min(leads, conversions)) * 180)
  }

  private var siblings: [CampaignSeries] {
    guard self == .usual else { return [] }
    return (0..<3).map { index in
      CampaignSeries(
        campaign: Campaign(id: CampaignID(rawValue: "sibling-\(index)"), name: "s"),
        currency: "USD",
        days: (0..<length).map { day in
          CampaignSeries.Day(
            day: Self.first + day,
            figures: CampaignFigures(
              impressions: 8000, clicks: 240 + 20 * index, leads: 20, conversions: 5 + index,
              spend: 380, revenue: 900))
        })
    }
  }

  private func optimization(_ id: String, day: Int, name: String) -> Optimization {
    let window = CampaignWindow(days: 7, through: Self.first + (day - 1))
    return Optimization(
      id: OptimizationID(rawValue: id), campaignID: Self.id, kind: .bidChange,
      changes: [
        ControlChange(.bid(channel: "search"), from: .multiplier(1), to: .multiplier(0.85))
      ],
      evidence: [
        OptimizationEvidence(
          .ctr, .ctr, window: window, figures: .zero, estimate: 0.014, bound: 0.016,
          threshold: 0.02, words: "The CTR of \(name) is low.")
      ],
      expected: ExpectedEffect(
        .cpl, estimate: -0.1, low: -0.18, high: -0.02, words: "A lower bid buys cheaper leads."),
      risk: OptimizationRisk(.low, "It can be undone."), undo: "Set it back.", basis: 0,
      createdAt: (Self.first + day).start, expiresAt: (Self.first + day + 7).start)
  }

  private func applied(name: String) -> Optimization {
    var optimization = optimization("o-1", day: 52, name: name)
    optimization.state = .applied
    optimization.appliedAt = (Self.first + 53).start
    optimization.appliedBy = name
    optimization.measurement = OptimizationMeasurement(
      .cpl, before: CampaignWindow(days: 14, through: Self.first + 52),
      after: CampaignWindow(days: 14, through: Self.first + 67), effect: -0.07, low: -0.16,
      high: 0.03, siblings: 0, verdict: .inconclusive, words: "It may be chance, says \(name).",
      measuredAt: (Self.first + 68).start)
    return optimization
  }

  private func proposed(name: String) -> Optimization {
    optimization("o-2", day: 69, name: name)
  }
}
