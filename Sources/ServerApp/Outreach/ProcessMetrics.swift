import Marketing
import MarketingTools
import Metrics

/// Counts how runs of the whole flow end, and takes their stages' times.
struct ProcessMetrics: Sendable {
  private let factory: any MetricsFactory

  init(_ factory: any MetricsFactory) { self.factory = factory }

  /// Notes one run.
  @Sendable func note(_ outcome: ProcessOutcome, _ stages: [(ProcessStage, Double)]) {
    Counter(
      label: "leadrelay_process_total", dimensions: [("outcome", outcome.rawValue)],
      factory: factory
    ).increment()
    for (stage, milliseconds) in stages {
      Timer(
        label: "leadrelay_process_stage_seconds", dimensions: [("stage", stage.rawValue)],
        factory: factory
      ).recordMilliseconds(milliseconds)
    }
  }
}
