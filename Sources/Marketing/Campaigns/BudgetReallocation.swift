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

  /// Proposes other budgets for campaigns that are kept in one currency. The sum stays the same to the cent,
  /// and nothing is cut unless the policy lets all raises be made that it pays for, as far as is known here.
  /// - Parameters:
  ///   - history: optimizations that changed anything within the cool-down, of these campaigns and, for how
  ///     many are applied a day, of any other.
  ///   - otherDailyBudgets: those of all other campaigns in the currency, added up.
  ///   - generator: for the bandit's draws and the proposals' names.
  package func propose(
    _ members: [Member], history: [Optimization] = [], otherDailyBudgets: Double = 0,
    now: Timestamp, using generator: inout SplitMix64
  ) -> Result {
    func nothing(_ words: String) -> Result { Result(proposals: [], method: nil, words: words) }
    let known = members.filter { ($0.controls[.dailyBudget]?.number ?? 0) > 0 }
    guard known.count > 1 else {
      return nothing("Nothing to do: fewer than two of the campaigns have a daily budget.")
    }
    guard Set(known.map(\.controls.currency)).count == 1 else {
      return nothing("The budgets are in several currencies, which are not compared.")
    }
    let window = CampaignWindow(days: Self.days, through: CalendarDay(now) + -1)
    let budgets = known.map { $0.controls[.dailyBudget]?.number ?? 0 }
    let total = budgets.reduce(0, +)
    if let cap = policy.allDailyBudgetsCaps[known[0].controls.currency ?? ""],
      // Sums of cents are not exact.
      total + otherDailyBudgets > cap + 1e-6
    {
      return nothing(
        "Nothing to do: all daily budgets together are above their cap, so none may be raised.")
    }
    let limits = zip(known, budgets).map { self.limits($0, $1, history, now) }
    guard limits.count(where: { $0.lowerBound < $0.upperBound }) > 1 else {
      return nothing(
        "Nothing to do: fewer than two of the budgets may be changed now, for their cool-downs, their "
          + "caps or the campaigns' ends.")
    }
    guard let divided = divide(known, total, limits, window, &generator) else {
      return nothing(
        "Nothing to do: of some campaigns the cost or the worth of conversions is not known.")
    }
    let changes = BudgetChanges(
      from: budgets, to: divided.budgets, leastShare: Self.leastChange)
    let recent = history.compactMap(\.appliedAt).count { $0 + .days(1) > now }
    let count = changes.cents.count { $0 != 0 }
    guard count <= policy.changesPerDay - recent else {
      return nothing(
        "Nothing to do now: \(count) budgets would change, and of \(policy.changesPerDay) changes that are "
          + "allowed within 24 hours \(recent) were made.")
    }
    return proposals(known, changes, divided, window, now, &generator)
  }

  /// Other budgets of the same sum, and by what they were found.
  private struct Division {
    var budgets: [Double]
    var method: Method
    /// What one more unit of money brings each campaign now, where that is known.
    var returns: [Double]?
  }

  /// - Returns: `nil` where neither curves nor what the campaigns brought is known.
  private func divide(
    _ members: [Member], _ total: Double, _ limits: [ClosedRange<Double>],
    _ window: CampaignWindow, _ generator: inout SplitMix64
  ) -> Division? {
    let curves = members.compactMap {
      ResponseCurve(fitting: Self.weeks(of: $0.series, until: window.last))
    }
    // The curves are of weeks, the budgets of days.
    let weekly = limits.map { $0.lowerBound * 7...$0.upperBound * 7 }
    if curves.count == members.count,
      let best = BudgetAllocation(of: total * 7, among: curves, within: weekly)
    {
      let returns = zip(curves, members).map { curve, member in
        curve.marginalReturn(at: 7 * (member.controls[.dailyBudget]?.number ?? 0))
      }
      return Division(
        budgets: best.spends.map { $0 / 7 }, method: .responseCurves, returns: returns)
    }
    let arms = members.compactMap { Self.arm(of: $0.series, over: window) }
    guard arms.count == members.count else { return nil }
    let shares = BudgetBandit().shares(arms, using: &generator)
    return BudgetBandit.budgets(total, by: shares, within: limits)
      .map { Division(budgets: $0, method: .bandit) }
  }

  /// What the policy lets a budget be at this moment.
  private func limits(
    _ member: Member, _ budget: Double, _ history: [Optimization], _ now: Timestamp
  ) -> ClosedRange<Double> {
    let campaign = member.series.campaign
    let isHeld = history.contains { past in
      past.campaignID == campaign.id
        && past.changes.contains { $0.control == .dailyBudget }
        && past.lastChangedAt.map { now < $0 + policy.coolDown } ?? false
    }
    // What is over spends nothing more, and frees nothing.
    if isHeld || campaign.endsAt.map({ $0 <= now }) ?? false { return budget...budget }
    let currency = member.controls.currency ?? ""
    var most = budget * (1 + policy.allowedStep)
    if let cap = policy.dailyBudgetCaps[currency] { most = min(most, cap) }
    if let whole = campaign.totalBudget, whole.currency == currency {
      let spent = member.series.days.reduce(0) { $0 + ($1.figures.spend ?? 0) }
      most = min(most, whole.amount - spent)
    }
    // One that is above a cap already may stay there, not grow.
    return budget * (1 - policy.allowedStep)...max(budget, most)
  }

  private func proposals(
    _ members: [Member], _ changes: BudgetChanges, _ divided: Division, _ window: CampaignWindow,
    _ now: Timestamp, _ generator: inout SplitMix64
  ) -> Result {
    guard changes.cents.contains(where: { $0 != 0 }) else {
      return Result(
        proposals: [], method: divided.method,
        words: "Nothing to do: the budgets are divided as well as can be told.")
    }
    let raised = members.indices.filter { changes.cents[$0] > 0 }
      .map { "\(members[$0].series.campaign.id)" }.joined(separator: ", ")
    let evidence = evidence(members, divided, changes, window)
    var (found, freeing): ([Optimization], [OptimizationID]) = ([], [])
    for index in changes.order {
      let (member, amount) = (members[index], changes.to[index])
      let isLess = changes.cents[index] < 0
      let from = member.controls[.dailyBudget] ?? .money(Money(amount: 0, currency: ""))
      var proposal = Optimization(
        id: .make(prefix: "opt-", at: now, random: (generator.next(), generator.next())),
        campaignID: member.series.campaign.id, kind: .budgetReallocation,
        changes: [ControlChange(.dailyBudget, from: from, to: from.with(amount))],
        evidence: [evidence[index]],
        // Alone a cut would only take money away, so it needs the person that the raise needs.
        risk: OptimizationRisk(
          .medium,
          isLess
            ? "Less is spent here, which pays for more at \(raised): one without the other loses money."
            : "More is spent here."),
        undo: "revert_optimization sets the daily budget to \(from.words) again."
          + (isLess ? " What it paid for at \(raised) has to be reverted first." : "")
          + policy.obstacleToUndoing([
            ControlChange(.dailyBudget, from: from, to: from.with(amount))
          ]),
        basis: member.controls.revision, createdAt: now,
        expiresAt: now + .days(policy.proposalDays))
      if isLess { freeing.append(proposal.id) } else { proposal.requires = freeing }
      found.append(proposal)
    }
    let names = found.map(\.id)
    for index in found.indices { found[index].partners = names.filter { $0 != found[index].id } }
    let sentence =
      divided.method == .bandit
      ? "The budgets follow the chance of each campaign to bring the most for the money."
      : "The budgets follow where one more unit of money brings the most."
    return Result(
      proposals: found, method: divided.method,
      words: "\(sentence) Their sum stays the same: apply all of it, the cuts first.")
  }

  /// What each campaign brings for its money, beside all of them together.
  private func evidence(
    _ members: [Member], _ divided: Division, _ changes: BudgetChanges, _ window: CampaignWindow
  ) -> [OptimizationEvidence] {
    var whole = CampaignSums()
    for member in members { whole = whole + member.series.sums(over: window) }
    let spent = whole.returned.spend ?? 0
    let average = spent > 0 ? (whole.returned.revenue ?? 0) / spent : 0
    return members.indices.map { index in
      let rates = CampaignRates(members[index].series.days.within(window))
      let isLess = changes.cents[index] < 0
      if let returns = divided.returns {
        let budgets = changes.from
        let mean =
          zip(returns, budgets).reduce(0) { $0 + $1.0 * $1.1 } / budgets.reduce(0, +)
        return OptimizationEvidence(
          .marginalReturn, .roas, window: window, figures: rates.sums.all,
          estimate: returns[index], bound: returns[index], threshold: mean,
          words: "By its weeks one more unit of money brings \(returns[index].figure(2)) here, "
            + "\(mean.figure(2)) on average over the campaigns.")
      }
      let roas = rates[.roas].rate
      return OptimizationEvidence(
        .marginalReturn, .roas, window: window, figures: rates.sums.all,
        estimate: roas?.value ?? 0,
        bound: (isLess ? roas?.high : roas?.low) ?? roas?.value ?? 0, threshold: average,
        words: roas.map {
          "It brought \($0.value.figure(2)) for each unit of money, \($0.low.figure(2)) to "
            + "\($0.high?.figure(2) ?? "any"); all of them together \(average.figure(2))."
        } ?? "What it brought for the money is not known.")
    }
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
