/// What a decision about an optimization has to know beside it.
package struct OptimizationSituation: Sendable, Hashable {
  /// The campaign's controls as they are.
  package var controls: CampaignControls
  /// The workspace's optimizations that changed anything within the cool-down, of any campaign, and those
  /// that this one requires.
  package var history: [Optimization]
  /// What the campaign may cost in all.
  package var totalBudget: Money?
  /// What the campaign has cost so far, in the currency of its controls; `nil` where nobody knows.
  package var spent: Double?
  /// The daily budgets of all other campaigns in that currency, added up.
  package var otherDailyBudgets: Double
  /// The applied optimizations that spend what this one has freed; asked for when it is to be taken back.
  package var spenders: [Optimization] = []
  /// The others that budgets are divided anew with; asked for when it is to be applied.
  package var partners: [Partner] = []

  /// One of several optimizations that only make sense together.
  package struct Partner: Sendable, Hashable {
    /// The optimization.
    package var optimization: Optimization
    /// At which revision its campaign's controls are.
    package var revision: Int

    /// A partner.
    package init(_ optimization: Optimization, revision: Int) {
      self.optimization = optimization
      self.revision = revision
    }

    /// Whether it is applied, or still can be.
    func isPossible(at now: Timestamp) -> Bool {
      switch optimization.state {
      case .applied: true
      case .proposed: now < optimization.expiresAt && optimization.basis == revision
      case .reverted, .declined, .expired: false
      }
    }
  }

  /// A situation; see the properties.
  package init(
    controls: CampaignControls, history: [Optimization] = [], totalBudget: Money? = nil,
    spent: Double? = nil, otherDailyBudgets: Double = 0
  ) {
    self.controls = controls
    self.history = history
    self.totalBudget = totalBudget
    self.spent = spent
    self.otherDailyBudgets = otherDailyBudgets
  }
}

extension OptimizationPolicy {
  /// Whether an optimization may be taken back now. Approval, waits and steps are no question, money is.
  /// - Parameter controls: what the campaign would be set to.
  package func decideRevert(
    to controls: CampaignControls, in situation: OptimizationSituation
  ) -> Decision {
    let spenders = situation.spenders.filter { $0.state == .applied }.map { "'\($0.id)'" }
    guard spenders.isEmpty else {
      return .refused(
        "Revert \(spenders.joined(separator: ", ")) first, which spends the money that it has freed.",
        until: nil)
    }
    guard case .money(let next)? = controls[.dailyBudget] else { return .allowed }
    if let before = situation.controls[.dailyBudget]?.number, next.amount <= before {
      return .allowed
    }
    return obstacle(cap: next, in: situation) ?? .allowed
  }

  /// What stands in the way of taking changes back, as a sentence behind another one; empty for nothing.
  package func obstacleToUndoing(_ changes: [ControlChange]) -> String {
    for change in changes where change.control == .dailyBudget {
      guard case .money(let before)? = change.from, let cap = dailyBudgetCaps[before.currency],
        before.amount > cap
      else { continue }
      return
        " That is above the cap of \(cap.figure(2)) \(before.currency), which has to be raised before."
    }
    return ""
  }

  /// Whether an optimization may be applied now.
  /// - Parameter person: who has approved it; `nil` where it would be applied by itself.
  package func decide(
    _ optimization: Optimization, in situation: OptimizationSituation, now: Timestamp,
    approvedBy person: String?
  ) -> Decision {
    obstacle(state: optimization, in: situation, now: now)
      ?? obstacle(approval: optimization, approvedBy: person)
      ?? obstacle(coolDown: optimization, in: situation, now: now)
      ?? obstacle(step: optimization, approvedBy: person)
      ?? obstacle(cap: optimization, in: situation)
      ?? obstacle(pace: optimization, in: situation, now: now) ?? .allowed
  }

  private func obstacle(
    state optimization: Optimization, in situation: OptimizationSituation, now: Timestamp
  ) -> Decision? {
    guard optimization.state == .proposed else {
      return .refused("It is \(optimization.state.rawValue), not proposed.", until: nil)
    }
    guard now < optimization.expiresAt else {
      return .refused("It was not applied in time: have another one proposed.", until: nil)
    }
    guard optimization.basis == situation.controls.revision else {
      return .refused(
        "The campaign was changed since it was proposed: have another one proposed.", until: nil)
    }
    let missing = optimization.requires.filter { id in
      !situation.history.contains { $0.id == id && $0.state == .applied }
    }
    let gone = situation.partners.filter { !$0.isPossible(at: now) }.map(\.optimization)
    // What spends money that is freed is never refused for others: then all of it would be lost.
    if optimization.requires.isEmpty
      ? !gone.isEmpty : gone.contains(where: { missing.contains($0.id) })
    {
      return .refused(Self.words(of: gone, situation.partners), until: nil)
    }
    guard missing.isEmpty else {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      return .refused("Apply \(names) first, which frees the money.", until: nil)
    }
    return nil
  }

  /// Without the others a cut would free money for nothing.
  private static func words(
    of gone: [Optimization], _ partners: [OptimizationSituation.Partner]
  ) -> String {
    let names = gone.map { "'\($0.id)' of campaign \($0.campaignID)" }.joined(separator: ", ")
    let applied = partners.map(\.optimization).filter { $0.state == .applied }
      .map { "'\($0.id)'" }.joined(separator: ", ")
    return "It belongs together with \(names), which cannot be applied any more: "
      + (applied.isEmpty ? "" : "revert \(applied), which has freed money for it, and ")
      + "have the budgets divided anew."
  }

  private func obstacle(approval optimization: Optimization, approvedBy person: String?)
    -> Decision?
  {
    guard person == nil else { return nil }
    let kind = optimization.kind
    guard mode(of: kind) == .auto else {
      return .refused("A person has to approve a \(kind.words).", until: nil)
    }
    guard optimization.risk.level == .low else {
      return .refused(
        "Its risk is \(optimization.risk.level.rawValue): only what is of low risk goes without "
          + "a person.", until: nil)
    }
    guard optimization.conflicts.isEmpty else {
      return .refused("Something speaks against it, so a person has to decide.", until: nil)
    }
    return nil
  }

  private func obstacle(
    coolDown optimization: Optimization, in situation: OptimizationSituation, now: Timestamp
  ) -> Decision? {
    let touched = Set(optimization.changes.map(\.control))
    var until: Timestamp?
    var held: ControlName?
    for past in situation.history
    where past.campaignID == optimization.campaignID && past.id != optimization.id {
      guard let changedAt = past.lastChangedAt, now < changedAt + coolDown,
        let control = past.changes.map(\.control).filter(touched.contains).min()
      else { continue }
      if until.map({ $0 < changedAt + coolDown }) ?? true {
        (until, held) = (changedAt + coolDown, control)
      }
    }
    guard let until, let held else { return nil }
    return .refused(
      "\(held) was changed within the last \(coolDownInDays) days: it is left alone until "
        + "\(until.iso8601).", until: until)
  }

  private var coolDownInDays: Int { Int(coolDown.days.rounded()) }

  private func obstacle(step optimization: Optimization, approvedBy person: String?) -> Decision? {
    for change in optimization.changes {
      guard let step = change.from?.step(to: change.to) else {
        // How far a first value goes cannot be said: somebody has to have looked at it.
        if change.from == nil, person != nil { continue }
        return .refused(
          "How far \(change.control) would move cannot be said, for it is "
            + "\(change.from?.words ?? "not set").", until: nil)
      }
      guard step <= allowedStep + 1e-9 else {
        return .refused(
          "\(change.control) would move by \((step * 100).figure(1)) %: at most "
            + "\((allowedStep * 100).figure(1)) % at once are allowed.", until: nil)
      }
    }
    return nil
  }

  private func obstacle(
    cap optimization: Optimization, in situation: OptimizationSituation
  ) -> Decision? {
    for change in optimization.changes where change.control == .dailyBudget {
      guard case .money(let next) = change.to else { continue }
      // Less is always allowed, even where it is still too much.
      if let before = change.from?.number, next.amount <= before { continue }
      if let obstacle = obstacle(cap: next, in: situation) { return obstacle }
      if let total = situation.totalBudget, total.currency == next.currency,
        (situation.spent ?? 0) + next.amount > total.amount
      {
        return .refused(
          "A day at \(next.amount.figure(2)) \(next.currency) would exceed the total budget of "
            + "\(total.amount.figure(2)).", until: nil)
      }
    }
    return nil
  }

  private func obstacle(cap next: Money, in situation: OptimizationSituation) -> Decision? {
    if let cap = dailyBudgetCaps[next.currency], next.amount > cap {
      return .refused(
        "The daily budget is capped at \(cap.figure(2)) \(next.currency).", until: nil)
    }
    // Sums of cents are not exact.
    if let cap = allDailyBudgetsCaps[next.currency],
      situation.otherDailyBudgets + next.amount > cap + 1e-6
    {
      return .refused(
        "The daily budgets of all campaigns together are capped at \(cap.figure(2)) "
          + "\(next.currency).", until: nil)
    }
    return nil
  }

  private func obstacle(
    pace optimization: Optimization, in situation: OptimizationSituation, now: Timestamp
  ) -> Decision? {
    let recent = situation.history.filter { $0.id != optimization.id }
      .compactMap(\.appliedAt).filter { $0 + .days(1) > now }
    guard recent.count >= changesPerDay else { return nil }
    // As soon as so many of them are a day old that one more fits.
    let turn = recent.sorted()[recent.count - changesPerDay] + .days(1)
    return .refused(
      "\(recent.count) optimizations were applied within 24 hours: at most \(changesPerDay) are "
        + "allowed.", until: turn)
  }
}
