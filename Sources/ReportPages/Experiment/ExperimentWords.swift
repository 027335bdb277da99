import Marketing

/// Names and numbers of experiments for people.
enum ExperimentWords {
  static func name(_ metric: ExperimentMetric) -> String {
    switch metric {
    case .conversion: "Conversion"
    case .meeting: "Meeting"
    case .reply: "Reply"
    case .click: "Click"
    case .open: "Open"
    case .revenue: "Revenue per unit"
    case .unsubscribe: "Unsubscription"
    case .complaint: "Complaint"
    case .bounce: "Bounce"
    }
  }

  static func name(_ role: MetricAnalysis.Role) -> String {
    switch role {
    case .primary: "decides"
    case .secondary: "is told beside it"
    case .guardrail: "is guarded"
    }
  }

  static func name(_ decision: ExperimentAnalysis.Verdict.Decision) -> String {
    switch decision {
    case .goOn: "Go on"
    case .ship: "Use the winner for all"
    case .keepControl: "Keep the control"
    case .inconclusive: "Nothing was found out"
    case .invalid: "The data cannot be trusted"
    }
  }

  static func name(_ decision: ExperimentStop.Decision) -> String {
    switch decision {
    case .ship: "the winner is used for all"
    case .keepControl: "the control stays"
    case .inconclusive: "nothing was found out"
    case .invalid: "the data cannot be trusted"
    }
  }

  static func name(_ status: GuardrailFinding.Status) -> String {
    switch status {
    case .unknown: "not known: nothing or too little is counted"
    case .held: "held"
    case .watched: "looks worse, may be chance"
    case .broken: "broken"
    }
  }

  static func name(_ status: ExperimentAnalysis.Sufficiency.Status) -> String {
    switch status {
    case .none: "There are no data yet."
    case .tooFew: "There are too few data to compare rates even roughly."
    case .collecting: "The plan is not reached yet."
    case .complete: "The planned units or the horizon are reached."
    }
  }

  /// A rate in per cent or an amount.
  static func value(_ value: Double?, _ metric: MetricAnalysis) -> String {
    amount(value, metric.metric, currency: metric.currency)
  }

  static func amount(_ value: Double?, _ metric: ExperimentMetric, currency: String?) -> String {
    guard let value, value.isFinite else { return NumberText.missing }
    if metric.isBinary { return rate(value) }
    return NumberText.significant(value) + (currency.map { "\u{A0}\($0)" } ?? "")
  }

  /// A difference with its sign: in points of per cent, or an amount.
  static func difference(
    _ value: Double?, _ metric: ExperimentMetric, currency: String?
  ) -> String {
    guard let value, value.isFinite else { return NumberText.missing }
    let sign = value > 0 ? "+" : ""
    if metric.isBinary { return "\(sign)\(NumberText.significant(value * 100))\u{A0}pp" }
    return sign + amount(value, metric, currency: currency)
  }

  /// A rate in per cent with three significant digits.
  static func rate(_ share: Double) -> String {
    guard share.isFinite else { return NumberText.missing }
    return NumberText.significant(share * 100) + "\u{A0}%"
  }

  /// A change in per cent with its sign.
  static func lift(_ share: Double?) -> String {
    guard let share, share.isFinite else { return NumberText.missing }
    return (share > 0 ? "+" : "") + NumberText.decimals(share * 100, 1) + "\u{A0}%"
  }

  /// A p value.
  static func chance(_ p: Double?) -> String {
    guard let p, p.isFinite else { return NumberText.missing }
    return p < 0.0001 ? "< 0.0001" : NumberText.decimals(p, 4)
  }
}
