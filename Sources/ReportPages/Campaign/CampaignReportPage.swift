package import Marketing
import ServedFiles

/// One campaign on one page of HTML that needs nothing beside it: no script, no font, no picture, no other
/// file. The same values make the same bytes.
package struct CampaignReportPage: Sendable {
  /// The campaign's days.
  package var series: CampaignSeries
  /// What can be said of them.
  package var analysis: CampaignAnalysis
  /// What is to be expected; `nil` with too few days.
  package var forecast: CampaignForecast?
  /// How it stands to the rules, whether they are broken or not.
  package var findings: [GuardedFinding]
  /// What was proposed, in the order to be shown.
  package var optimizations: [Optimization]
  /// What it is set to.
  package var controls: CampaignControls

  /// A page.
  package init(
    series: CampaignSeries, analysis: CampaignAnalysis, forecast: CampaignForecast?,
    findings: [GuardedFinding], optimizations: [Optimization], controls: CampaignControls
  ) {
    self.series = series
    self.analysis = analysis
    self.forecast = forecast
    self.findings = findings
    self.optimizations = optimizations
    self.controls = controls
  }

  /// The page.
  /// - Throws: when the template that is built in does not fit the values: a fault of ours.
  package func html() throws(PageTemplateError) -> String {
    let sections = [
      summary, rates, trends, funnel, pacing, outlook, parts, rules, changes, data, methods,
    ]
    let values: [String: TemplateValue] = [
      "name": .text(ModelWords.named(series.campaign.name)),
      "id": .text(series.campaign.id.rawValue),
      "lede": .text(lede),
      "window": .text(analysis.window.description),
      "footnote": .text(
        "Days are those of UTC. "
          + (currency.map { "All money is in \($0)." } ?? "No money of it is known.")),
      "sections": .list(sections.map(\.values)),
    ]
    return try PageTemplate(ServedFile.campaignReport)
      .filled(with: values.merging(PageStyle.values) { first, _ in first })
  }

  var currency: String? { series.currency }

  private var lede: String {
    let figures = analysis.figures
    let money = figures.spend.map { ", for \(CampaignWords.money($0, currency))" } ?? ""
    return
      "\(NumberText.count(figures.impressions)) impressions, \(NumberText.count(figures.clicks)) clicks, "
      + "\(NumberText.count(figures.leads)) leads and \(NumberText.count(figures.conversions)) "
      + "conversions on \(NumberText.count(analysis.coverage.daysWithFigures)) of "
      + "\(NumberText.count(analysis.window.length)) days\(money)."
  }

  func section(_ measure: CampaignMeasure) -> CampaignAnalysis.Section? {
    analysis.sections.first { $0.measure == measure }
  }

  /// The threshold of a measure over all channels, as the rules had it.
  func threshold(_ measure: CampaignMeasure) -> Double? {
    findings.first { $0.measure == measure && $0.channel == nil }?.threshold
  }

  /// The optimizations that were applied, each with the letters that mark it in pictures.
  var applied: [(label: String, optimization: Optimization)] {
    optimizations.filter { $0.appliedAt != nil }.enumerated().map { index, optimization in
      (Self.letters(index), optimization)
    }
  }

  private static func letters(_ index: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    let letter = String(letters[index % letters.count])
    return index < letters.count ? letter : letter + NumberText.count(index / letters.count + 1)
  }
}
