import JSONRPC
import LeadModels
import Marketing
import MarketingTools
import Metrics

/// Shows as gauges how far the leads of now are from those that models were trained on.
///
/// Labels are bounded: only models that answer have gauges, and of each only the fields that have changed
/// most.
final class ModelGauges: Sendable {
  /// A gauge's name with its labels.
  struct Gauge: Hashable, Sendable {
    let name: String
    let labels: [String]

    init(_ name: String, _ labels: KeyValuePairs<String, String>) {
      self.name = name
      self.labels = labels.flatMap { [$0.key, $0.value] }
    }

    var dimensions: [(String, String)] {
      stride(from: 0, to: labels.count, by: 2).map { (labels[$0], labels[$0 + 1]) }
    }
  }

  /// Fields with a lower index are not shown.
  private static let least = 0.05
  /// So many fields of a model are shown.
  private static let mostFields = 20

  private let factory: any MetricsFactory
  private let handlers = Locked<[Gauge: any MeterHandler]>([:])

  init(_ factory: any MetricsFactory) { self.factory = factory }

  /// What is shown of a model.
  static func gauges(
    of watched: ScoringModels.Watched, in workspace: WorkspaceID
  ) -> [Gauge: Double] {
    let workspace = workspace.rawValue
    let model = watched.model.version
    let report = watched.model.content.report
    var gauges: [Gauge: Double] = [
      Gauge(
        "leadrelay_model_info",
        [
          "workspace": workspace, "model": model, "kind": report.kind.rawValue,
          "calibration": report.calibration.rawValue,
        ]): 1,
      Gauge("leadrelay_model_drift_status", ["workspace": workspace, "model": model]):
        value(of: watched.drift.status),
    ]
    for field in watched.drift.fields.prefix(mostFields) where field.index >= least {
      let labels: KeyValuePairs = [
        "workspace": workspace, "model": model, "field": field.field.shortened(to: 80),
      ]
      gauges[Gauge("leadrelay_model_psi", labels)] = field.index
    }
    if let rate = watched.drift.baseRate {
      for (period, share) in [("trained", rate.trained), ("recent", rate.recent)] {
        guard let share else { continue }
        let labels: KeyValuePairs = ["workspace": workspace, "model": model, "period": period]
        gauges[Gauge("leadrelay_model_base_rate", labels)] = share
      }
    }
    return gauges
  }

  private static func value(of status: DriftReport.Status) -> Double {
    switch status {
    case .insufficient: -1
    case .stable: 0
    case .warning: 1
    case .alarm: 2
    }
  }

  /// Shows these and no others.
  func show(_ gauges: [Gauge: Double]) {
    handlers.withLock { handlers in
      for (gauge, handler) in handlers where gauges[gauge] == nil {
        factory.destroyMeter(handler)
        handlers[gauge] = nil
      }
      for (gauge, value) in gauges {
        let handler =
          handlers[gauge] ?? factory.makeMeter(label: gauge.name, dimensions: gauge.dimensions)
        handler.set(value)
        handlers[gauge] = handler
      }
    }
  }
}
