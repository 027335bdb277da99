/// How bad a variant may become in a metric before it is taken out, however well it does otherwise.
package struct ExperimentGuardrail: Sendable, Hashable, Codable {
  /// What is watched.
  package var metric: ExperimentMetric
  /// By how much a variant may be worse than the control: a difference of rates, 0–1, or of means in the
  /// experiment's currency; 0 or more.
  package var margin: Double
  /// The worst rate that is allowed whatever the control does, 0–1; `nil` for none.
  package var limit: Double?

  /// A guardrail.
  package init(metric: ExperimentMetric, margin: Double = 0, limit: Double? = nil) {
    self.metric = metric
    self.margin = margin
    self.limit = limit
  }

  /// The guardrails of every experiment. The limit on complaints is the one of Google's and Yahoo's rules for
  /// bulk senders of 2024, 0.3 %.
  package static let builtIn = [
    ExperimentGuardrail(metric: .unsubscribe),
    ExperimentGuardrail(metric: .complaint, limit: 0.003),
  ]
}
