/// Works out what to change about a campaign that breaks a rule, and what to ask a person.
package struct CampaignOptimizer: Sendable {
  /// How many days back variants and segments are compared.
  package static let evidenceDays = 28
  /// Figures that are older say nothing about today.
  package static let staleDays = 7
  /// The chance of a false difference among all variants or segments that is put up with.
  static let level = 0.05

  /// Where rules are broken.
  package let thresholds: CampaignThresholds
  /// What may be changed, and how far.
  package let policy: OptimizationPolicy

  /// An optimizer.
  package init(thresholds: CampaignThresholds, policy: OptimizationPolicy) {
    self.thresholds = thresholds
    self.policy = policy
  }

  /// What to do about a campaign.
  /// - Parameters:
  ///   - siblings: other campaigns of the same objective or channel, for what they have in common.
  ///   - breaking: the rules that siblings are known to break lately (see `brokenRules`); of the others it is
  ///     worked out.
  ///   - generator: for the proposals' names.
  package func propose(
    _ series: CampaignSeries, controls: CampaignControls, siblings: [CampaignSeries] = [],
    breaking: [CampaignID: Set<OptimizationEvidence.Rule>] = [:], now: Timestamp,
    using generator: inout SplitMix64
  ) -> OptimizationPlan {
    let yesterday = CalendarDay(now) + -1
    guard let latest = series.days.last(where: { $0.day <= yesterday })?.day else {
      return OptimizationPlan(words: "Nothing to do: no whole day of this campaign is known yet.")
    }
    guard yesterday - latest < Self.staleDays else {
      return OptimizationPlan(
        words: "Nothing to do: the last figures are of \(latest), which says nothing about today.")
    }
    let rules = GuardedRules(thresholds)
    let fallback = Self.worth(in: series, orOf: siblings, through: latest)
    let all = rules.findings(series, through: latest, fallback: fallback)
    let findings = Self.worstOfEach(all)
    guard !findings.isEmpty else {
      return healthy(
        rules.readings(series, through: latest, fallback: fallback, isBrokenOnly: false), series)
    }
    var work = OptimizationDraft(
      optimizer: self, series: series, controls: controls, latest: latest, findings: findings,
      fallback: fallback, now: now)
    work.note(
      siblings: siblings.map { breaking[$0.campaign.id] ?? brokenRules(of: $0, through: latest) },
      breaking: findings)
    work.draft(using: &generator)
    var plan = OptimizationPlan(
      words: findings.map { $0.words(currency: series.currency) }.joined(separator: " "))
    plan.findings = findings
    let broken = Set(findings.map(\.rule))
    if broken.count > 1 || !work.conflicts.isEmpty || work.question != nil {
      let reason =
        broken.count > 1
        ? "\(broken.count) rules are broken at once, so it is not clear what to change."
        : work.question ?? work.conflicts.joined(separator: " ")
      plan.escalation = EscalationRequest(
        reason, findings, options: work.proposals, notes: work.notes + work.conflicts,
        currency: series.currency, campaignID: series.campaign.id, at: now)
      plan.words += " \(reason) A person has to decide."
    } else {
      plan.proposals = work.proposals
      if plan.proposals.isEmpty {
        plan.words += " Nothing can be proposed: \(work.notes.joined(separator: " "))"
      }
    }
    return plan
  }

  /// The rules that a campaign breaks in the days up to one.
  package func brokenRules(
    of series: CampaignSeries, through last: CalendarDay
  ) -> Set<OptimizationEvidence.Rule> {
    Set(GuardedRules(thresholds).findings(series, through: last).map(\.rule))
  }

  private func healthy(_ readings: [GuardedFinding], _ series: CampaignSeries) -> OptimizationPlan {
    guard let nearest = readings.min(by: { $0.margin < $1.margin }) else {
      return OptimizationPlan(
        words: "Nothing to do: there is not enough volume yet to judge any rule.")
    }
    var plan = OptimizationPlan(
      words:
        "Nothing to do: no rule is broken. The nearest: \(nearest.words(currency: series.currency)) "
        + "The bound is \((nearest.margin * 100).figure(1)) % on the right side.")
    plan.nearest = nearest
    return plan
  }

  /// Of each rule and channel the window that it is broken farthest in.
  private static func worstOfEach(_ findings: [GuardedFinding]) -> [GuardedFinding] {
    var kept: [GuardedFinding] = []
    for finding in findings
    where !kept.contains(where: { $0.rule == finding.rule && $0.channel == finding.channel }) {
      kept.append(finding)
    }
    return kept
  }

  /// What a conversion of the siblings is worth, where the campaign itself had none.
  private static func worth(
    in series: CampaignSeries, orOf siblings: [CampaignSeries], through last: CalendarDay
  ) -> ConversionValue? {
    let window = CampaignWindow(days: GuardedRules.valueDays, through: last)
    let hasOwn = series.days.within(window).contains {
      $0.figures.conversions > 0 && $0.figures.revenue != nil
    }
    guard !hasOwn else { return nil }
    return ConversionValue(of: siblings.flatMap { $0.days.within(window) })
  }
}
