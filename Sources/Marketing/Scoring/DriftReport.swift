/// How far the leads of now are from those that a model was trained on.
package struct DriftReport: Sendable, Hashable, Codable {
  /// How much that matters.
  package enum Status: String, Sendable, Hashable, Codable, CaseIterable {
    /// Too few leads to tell.
    case insufficient
    case stable, warning, alarm

    /// What a population stability index means.
    package init(index: Double) {
      self =
        index >= DriftReport.alarmIndex
        ? .alarm : index >= DriftReport.warningIndex ? .warning : .stable
    }
  }

  /// From here on a population stability index is a warning.
  package static let warningIndex = 0.10
  /// From here on it is an alarm.
  package static let alarmIndex = 0.25

  /// A field's population stability index.
  package struct Field: Sendable, Hashable, Codable {
    /// The column or field.
    package var field: String
    /// Σ (now − then)·ln(now ÷ then) over the shares of the bins fixed at training, 0 or more.
    package var index: Double
    /// What that means.
    package var status: Status

    /// A field's index.
    package init(field: String, index: Double, status: Status) {
      self.field = field
      self.index = index
      self.status = status
    }
  }

  /// The share of leads that convert, then and now.
  package struct BaseRate: Sendable, Hashable, Codable {
    /// In training, 0–1.
    package var trained: Double
    /// Among the outcomes recorded since, 0–1; `nil` when there are none.
    package var recent: Double?
    /// The 95 % Wilson interval of the recent share; `nil` when there are no outcomes.
    package var interval: RateInterval?
    /// Outcomes recorded since.
    package var outcomes: Int
    /// `alarm` when the interval does not hold the trained share.
    package var status: Status

    /// A base rate.
    package init(
      trained: Double, recent: Double?, interval: RateInterval?, outcomes: Int, status: Status
    ) {
      self.trained = trained
      self.recent = recent
      self.interval = interval
      self.outcomes = outcomes
      self.status = status
    }
  }

  /// Leads that were looked at.
  package var rows: Int
  /// The worst of the fields and the base rate.
  package var status: Status
  /// The fields, the most changed first.
  package var fields: [Field]
  /// The share that converts; `nil` where outcomes are not known.
  package var baseRate: BaseRate?

  /// A report.
  package init(rows: Int, status: Status, fields: [Field], baseRate: BaseRate?) {
    self.rows = rows
    self.status = status
    self.fields = fields
    self.baseRate = baseRate
  }
}
