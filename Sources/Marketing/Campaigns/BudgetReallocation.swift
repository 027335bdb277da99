/// Divides the daily budgets of several campaigns anew, within the step that the policy allows.
package struct BudgetReallocation: Sendable {
  /// One campaign with its controls.
  package struct Member: Sendable {
    /// The campaign.
    package var series: CampaignSeries
    /// Its controls.
    package var controls: CampaignControls

    /// A campaign with its controls.
    package init(series: CampaignSeries, controls: CampaignControls) {
      self.series = series
      self.controls = controls
    }
  }

  /// How the money was divided.
  package enum Method: String, Sendable, Hashable, Codable {
    /// By fitted response curves.
    case responseCurves = "response_curves"
    /// By the chance of each to bring the most for one unit of money.
    case bandit
  }

  /// What came out.
  package struct Result: Sendable, Hashable {
    /// One for each campaign whose budget changes, decreases first: they free the money.
    package var proposals: [Optimization]
    /// How the money was divided; `nil` where it was not.
    package var method: Method?
    /// The same as a sentence.
    package var words: String
  }

  /// How many days back the bandit looks.
  package static let days = 28
  /// Smaller changes, as a share of a budget, are not worth one.
  static let leastChange = 0.02

  /// What may be changed, and how far.
  let policy: OptimizationPolicy

  /// A reallocation under a policy.
  package init(policy: OptimizationPolicy) { self.policy = policy }

  /// Proposes other budgets for campaigns that are kept in one currency. The sum stays the same.
  /// - Parameter generator: for the bandit's draws and the proposals' names.
  package func propose(
    _ members: [Member], now: Timestamp, using generator: inout SplitMix64
  ) -> Result {
    func nothing(_ words: String) -> Result { Result(proposals: [], method: nil, words: words) }
    let known = members.filter { ($0.controls[.dailyBudget]?.number ?? 0) > 0 }
    guard known.count > 1 else {
      return nothing("Nothing to do: fewer than two of the campaigns have a daily budget.")
    }
    guard Set(known.map(\.controls.currency)).count == 1 else {
      return nothing("The budgets are in several currencies, which are not compared.")
    }
    let yesterday = CalendarDay(now) + -1
    let window = CampaignWindow(days: Self.days, through: yesterday)
    let budgets = known.map { $0.controls[.dailyBudget]?.number ?? 0 }
    let limits = zip(known, budgets).map { self.limits($0, $1) }
    let total = budgets.reduce(0, +)
    let curves = known.compactMap {
      ResponseCurve(fitting: Self.weeks(of: $0.series, until: yesterday))
    }
    let divided: (budgets: [Double], method: Method)
    if curves.count == known.count {
      // The curves are of weeks, the budgets of days.
      let weekly = limits.map { $0.lowerBound * 7...$0.upperBound * 7 }
      guard let best = BudgetAllocation(of: total * 7, among: curves, within: weekly) else {
        return nothing("The caps leave no other division of the budgets.")
      }
      divided = (best.spends.map { $0 / 7 }, .responseCurves)
    } else {
      let arms = known.compactMap { Self.arm(of: $0.series, over: window) }
      guard arms.count == known.count else {
        return nothing(
          "Nothing to do: of some campaigns the cost or the worth of conversions is not known.")
      }
      let shares = BudgetBandit().shares(arms, using: &generator)
      guard let bandit = BudgetBandit.budgets(total, by: shares, within: limits) else {
        return nothing("The caps leave no other division of the budgets.")
      }
      divided = (bandit, .bandit)
    }
    return proposals(known, budgets, divided.budgets, divided.method, window, now, &generator)
  }

  private func limits(_ member: Member, _ budget: Double) -> ClosedRange<Double> {
    let currency = member.controls.currency ?? ""
    var most = budget * (1 + policy.allowedStep)
    // One that is above the cap already may stay there, not grow.
    if let cap = policy.dailyBudgetCaps[currency] { most = max(budget, min(most, cap)) }
    return budget * (1 - policy.allowedStep)...most
  }

  private func proposals(
    _ members: [Member], _ budgets: [Double], _ divided: [Double], _ method: Method,
    _ window: CampaignWindow, _ now: Timestamp, _ generator: inout SplitMix64
  ) -> Result {
    var found: [Optimization] = []
    // Cents are rounded down, so that the sum never grows.
    let next = Self.paidFor(divided, budgets).map { ($0 * 100 + 1e-6).rounded(.down) / 100 }
    let order = members.indices.sorted { next[$0] / budgets[$0] < next[$1] / budgets[$1] }
    var freeing: [OptimizationID] = []
    for index in order
    where abs(next[index] - budgets[index]) >= Self.leastChange * budgets[index] {
      let isLess = next[index] < budgets[index]
      var proposal = self.proposal(
        members[index], to: next[index], method, window, now, &generator)
      if isLess { freeing.append(proposal.id) } else { proposal.requires = freeing }
      found.append(proposal)
    }
    // Money that nobody frees is not spent, and what is freed has to go somewhere.
    guard found.contains(where: { !$0.requires.isEmpty }) else {
      return Result(
        proposals: [], method: method,
        words: "Nothing to do: the budgets are divided as well as can be told.")
    }
    return Result(
      proposals: found, method: method,
      words: method == .bandit
        ? "The budgets follow the chance of each campaign to bring the most for the money."
        : "The budgets follow where one more unit of money brings the most.")
  }

  /// Budgets whose raises are paid for by the cuts that are large enough to be made.
  private static func paidFor(_ divided: [Double], _ budgets: [Double]) -> [Double] {
    let kept = zip(divided, budgets).map { abs($0 - $1) >= leastChange * $1 ? $0 : $1 }
    let changes = zip(kept, budgets).map { $0 - $1 }
    let freed = -changes.reduce(0) { $0 + min(0, $1) }
    let wanted = changes.reduce(0) { $0 + max(0, $1) }
    guard wanted > freed else { return kept }
    return zip(changes, budgets).map { $0 > 0 ? $1 + $0 * freed / wanted : $1 + $0 }
  }

  private func proposal(
    _ member: Member, to amount: Double, _ method: Method, _ window: CampaignWindow,
    _ now: Timestamp, _ generator: inout SplitMix64
  ) -> Optimization {
    let from = member.controls[.dailyBudget] ?? .money(Money(amount: 0, currency: ""))
    let rates = CampaignRates(member.series.days.within(window))
    let roas = rates[.roas].rate
    let currency = member.series.currency
    let evidence = OptimizationEvidence(
      .marginalReturn, .roas, window: window, figures: rates.sums.all,
      estimate: roas?.value ?? 0,
      bound: (amount < from.number ? roas?.high : roas?.low) ?? roas?.value ?? 0,
      threshold: 1,
      words: roas.map {
        "It brought \(CampaignMeasure.roas.words($0.value, currency: currency)) for each unit of money, "
          + "\($0.low.figure(2)) to \($0.high?.figure(2) ?? "any")."
      } ?? "What it brought for the money is not known.")
    return Optimization(
      id: .make(prefix: "opt-", at: now, random: (generator.next(), generator.next())),
      campaignID: member.series.campaign.id, kind: .budgetReallocation,
      changes: [ControlChange(.dailyBudget, from: from, to: from.with(amount))],
      evidence: [evidence],
      risk: OptimizationRisk(
        amount < from.number ? .low : .medium,
        amount < from.number ? "Less is spent here." : "More is spent here."),
      undo: "revert_optimization sets the daily budget to \(from.words) again.",
      basis: member.controls.revision, createdAt: now,
      expiresAt: now + .days(policy.proposalDays))
  }

  private static func arm(
    of series: CampaignSeries, over window: CampaignWindow
  ) -> BudgetBandit.Arm? {
    let days = series.days.within(window)
    let costed = series.sums(over: window).costed
    guard let spend = costed.spend, spend > 0, let value = ConversionValue(of: days) else {
      return nil
    }
    return BudgetBandit.Arm(spend: spend, conversions: costed.conversions, value: value)
  }

  /// Whole weeks of spend and revenue that end with a day.
  private static func weeks(
    of series: CampaignSeries, until last: CalendarDay
  ) -> [(spend: Double, response: Double)] {
    guard let first = series.days.first?.day, last - first >= 7 * ResponseCurve.minimumWeeks - 1
    else { return [] }
    var weeks: [Int: (spend: Double, response: Double, days: Int)] = [:]
    for day in series.days where day.day <= last {
      guard let spend = day.figures.spend, let revenue = day.figures.revenue else { continue }
      let old = weeks[(last - day.day) / 7] ?? (0, 0, 0)
      weeks[(last - day.day) / 7] = (old.spend + spend, old.response + revenue, old.days + 1)
    }
    return weeks.sorted { $0.key < $1.key }.filter { $0.value.days == 7 }
      .map { ($0.value.spend, $0.value.response) }
  }
}
