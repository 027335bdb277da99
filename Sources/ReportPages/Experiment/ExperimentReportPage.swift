package import Marketing
import ServedFiles

/// One experiment on one page of HTML that needs nothing beside it: no script, no font, no picture, no other
/// file. The same values make the same bytes.
package struct ExperimentReportPage: Sendable {
  /// The experiment.
  package var experiment: Experiment
  /// What its data say.
  package var analysis: ExperimentAnalysis
  /// What they say of segments; empty where none were looked at.
  package var segments: [SegmentFinding]

  /// A page.
  package init(
    experiment: Experiment, analysis: ExperimentAnalysis, segments: [SegmentFinding] = []
  ) {
    self.experiment = experiment
    self.analysis = analysis
    self.segments = segments
  }

  /// The page.
  /// - Throws: when the template that is built in does not fit the values: a fault of ours.
  package func html() throws(PageTemplateError) -> String {
    let sections = [
      verdict, plan, allocation, effects, looks, beliefs, guardrails, segmentSection, switchedOff,
      methods,
    ]
    let values: [String: TemplateValue] = [
      "name": .text(ModelWords.named(experiment.name)),
      "hypothesis": .text(
        experiment.hypothesis.isEmpty ? "No hypothesis was written down." : experiment.hypothesis),
      "kind": .text(experiment.kind == .test ? "Test" : "Bandit"),
      "id": .text(experiment.id.rawValue),
      "hasCampaign": .flag(experiment.campaignID != nil),
      "campaign": .text(experiment.campaignID?.rawValue ?? ""),
      "state": .text(state),
      "at": .text(ModelWords.moment(analysis.at)),
      "sections": .list(sections.compactMap { $0?.values }),
    ]
    return try PageTemplate(ServedFile.experimentReport)
      .filled(with: values.merging(PageStyle.values) { first, _ in first })
  }

  private var state: String {
    let start = "started \(ModelWords.moment(experiment.startedAt))"
    guard experiment.state == .stopped else { return "\(start), running" }
    return "\(start), stopped"
      + (experiment.stoppedAt.map { " \(ModelWords.moment($0))" } ?? "")
  }

  var primary: MetricAnalysis? { analysis.metrics.first { $0.role == .primary } }

  /// Whether a fixed test may be used: at the horizon of a test only.
  var isFixedValid: Bool {
    analysis.metrics.contains { $0.comparisons.contains { $0.fixed?.isValid == true } }
  }
}
