import JSONRPC
import MCP
import Marketing

/// A campaign with everything that can be said of it as of a day.
struct CampaignView: Sendable {
  let series: CampaignSeries
  let analysis: CampaignAnalysis
  let findings: [GuardedFinding]
  let controls: CampaignControls
  /// The end of the day that it is as of.
  let moment: Timestamp

  /// So many days before the window are read: what it is compared with.
  private static let mostDays = 800

  /// What can be said of a campaign.
  /// - Parameter days: how many days are looked at; `nil` for four weeks.
  /// - Throws: `.notFound` when nothing is known of it, or no day of it.
  init(
    of id: CampaignID, days: Int?, asOf day: CalendarDay?, _ desk: CampaignDesk, at now: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) {
    let moment = day.map(\.end) ?? now
    let last = CalendarDay(moment) + -1
    let wanted = min(Self.mostDays, max(CampaignDesk.days, 2 * (days ?? 28)))
    guard let series = try desk.series(of: id, days: wanted, through: last, in: workspace) else {
      throw .noSuchCampaign(id)
    }
    let siblings = try await desk.siblings(of: series, through: last, at: now, in: workspace)
    let window = days.flatMap { count in
      series.days.last.map { CampaignWindow(days: count, through: $0.day) }
    }
    let found = CampaignAnalysis(series, window: window, siblings: siblings, now: moment)
    guard let found else {
      throw StoreError(
        .notFound,
        "No day of campaign '\(id)' up to \(last) is known within \(wanted) days: record_campaign_metrics "
          + "of it, or name an earlier day with asOf")
    }
    self.series = series
    analysis = found
    findings = GuardedRules(desk.settings.thresholds).findings(series)
    controls = try desk.optimizations.controls(of: id, in: workspace)
    self.moment = moment
  }

  /// As tools and resources show it.
  func output() -> AnalyzeCampaignTool.Output {
    AnalyzeCampaignTool.Output(
      campaignID: series.campaign.id, name: series.campaign.name,
      currency: series.currency, first: analysis.window.first, last: analysis.window.last,
      analysis: CampaignAnalysisEntry(analysis, series),
      findings: findings.map { $0.json(currency: series.currency) }, controls: controls.json,
      page: CampaignReportResource.uri(series.campaign.id))
  }
}

/// The day that a question is about.
enum AskedDay {
  /// - Throws: for a day to come.
  static func check(_ day: CalendarDay?, _ now: Timestamp) throws(CallInterruption) {
    guard let day, day > CalendarDay(now) else { return }
    throw .invalid(
      "Invalid day",
      [
        FieldError(
          field: "/asOf", found: "\(day), which is to come", expected: "a day up to today")
      ])
  }
}
