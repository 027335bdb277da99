/// What may be changed about campaigns, how far, how often, and by whom.
package struct OptimizationPolicy: Sendable, Hashable {
  /// Who decides.
  package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
    /// A person does.
    case approval
    /// What is of low risk is applied by itself.
    case auto
  }

  /// What the policy says to a change.
  package enum Decision: Sendable, Hashable {
    /// It may be applied now.
    case allowed
    /// It may not: the reason as a sentence, and from when on it may where only time is in the way.
    case refused(String, until: Timestamp?)

    /// Whether it may be applied.
    package var isAllowed: Bool { self == .allowed }
  }

  /// The least time between two changes of one control, whatever is set.
  package static let minimumCoolDown = Duration.days(7)
  /// The most that a control is moved at once, whatever is set: relative, of shares in points of the traffic.
  package static let maximumStep = 0.2

  /// Who decides, by kind; `.approval` where nothing is said.
  package var modes: [Optimization.Kind: Mode] = [:]
  /// The days between two changes of one control, 7 and up.
  package var coolDownDays = 7
  /// The most that a control is moved at once, above 0 and up to 0.2.
  package var step = OptimizationPolicy.maximumStep
  /// The most that one campaign may cost a day, by currency. A currency without a cap has none here; the
  /// campaign's own budgets hold as well.
  package var dailyBudgetCaps: [String: Double] = [:]
  /// The most that all campaigns together may cost a day, by currency.
  package var allDailyBudgetsCaps: [String: Double] = [:]
  /// How many optimizations of all campaigns may be applied within 24 hours, 1 and up.
  package var changesPerDay = 20
  /// For how many days a proposal can be applied, 1 and up.
  package var proposalDays = 7

  /// The defaults: a person approves everything.
  package init() {}

  /// Who decides about a kind.
  package func mode(of kind: Optimization.Kind) -> Mode { modes[kind] ?? .approval }

  /// The time between two changes of one control, never below the least one.
  package var coolDown: Duration { max(.days(coolDownDays), Self.minimumCoolDown) }

  /// The most that a control is moved at once, never above the greatest one.
  package var allowedStep: Double { min(max(step, 0), Self.maximumStep) }

  /// Every setting that makes no sense; empty when all do. Fields are JSON Pointers to the properties.
  package func problems() -> [FieldError] {
    var problems: [FieldError] = []
    func check(_ holds: Bool, _ field: String, _ found: some Any, _ expected: String) {
      guard !holds else { return }
      problems.append(FieldError(field: "/\(field)", found: "\(found)", expected: expected))
    }
    check((7...365).contains(coolDownDays), "coolDownDays", coolDownDays, "7 to 365 days")
    check(step > 0 && step <= Self.maximumStep, "step", step, "above 0 and up to 0.2")
    check((1...10_000).contains(changesPerDay), "changesPerDay", changesPerDay, "1 to 10000")
    check((1...90).contains(proposalDays), "proposalDays", proposalDays, "1 to 90 days")
    for (field, caps) in [
      ("dailyBudgetCaps", dailyBudgetCaps), ("allDailyBudgetsCaps", allDailyBudgetsCaps),
    ] {
      for (currency, cap) in caps.sorted(by: { $0.key < $1.key }) {
        check(Money.isCurrency(currency), "\(field)/\(currency)", currency, "an ISO 4217 code")
        check(
          cap >= 0 && cap <= CampaignMetricCheck.largestAmount, "\(field)/\(currency)", cap,
          "an amount of 0 to 1e12")
      }
    }
    return problems
  }
}
