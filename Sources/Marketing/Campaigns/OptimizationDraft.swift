/// The work on one campaign's proposals.
struct OptimizationDraft {
  let optimizer: CampaignOptimizer
  let series: CampaignSeries
  let controls: CampaignControls
  /// The last day that counts.
  let latest: CalendarDay
  let findings: [GuardedFinding]
  let now: Timestamp

  /// What can be proposed.
  private(set) var proposals: [Optimization] = []
  /// What speaks against it, as sentences.
  private(set) var conflicts: [String] = []
  /// What else is to be known, as sentences.
  private(set) var notes: [String] = []
  /// What only a person can answer; `nil` for nothing.
  private(set) var question: String?

  init(
    optimizer: CampaignOptimizer, series: CampaignSeries, controls: CampaignControls,
    latest: CalendarDay, findings: [GuardedFinding], now: Timestamp
  ) {
    self.optimizer = optimizer
    self.series = series
    self.controls = controls
    self.latest = latest
    self.findings = findings
    self.now = now
  }

  var step: Double { optimizer.policy.allowedStep }
  var currency: String? { series.currency }

  /// The days that parts are compared over.
  var window: CampaignWindow {
    CampaignWindow(days: CampaignOptimizer.evidenceDays, through: latest)
  }

  /// Notes where the same rule is broken by most of the siblings: then the cause may lie outside the
  /// campaign.
  mutating func note(siblings: [CampaignSeries], breaking findings: [GuardedFinding]) {
    guard siblings.count >= 3 else { return }
    let rules = GuardedRules(optimizer.thresholds)
    for rule in Set(findings.map(\.rule)).sorted(by: { $0.rawValue < $1.rawValue }) {
      let broken = siblings.count { sibling in
        rules.findings(sibling, through: latest).contains { $0.rule == rule }
      }
      if 2 * broken > siblings.count {
        conflicts.append(
          "\(broken) of \(siblings.count) sibling campaigns break the \(rule.rawValue) rule as well: "
            + "the cause may lie outside of this campaign.")
      }
    }
  }

  /// Works out what to do about each rule that is broken.
  mutating func draft(using generator: inout SplitMix64) {
    for rule in Set(findings.map(\.rule)).sorted(by: { $0.rawValue < $1.rawValue }) {
      let own = findings.filter { $0.rule == rule }
      switch rule {
      case .ctr: refreshCreative(own, using: &generator)
      case .cpl: changeBids(own, using: &generator)
      case .roas: adjustTargeting(own, using: &generator)
      case .segment, .variant, .marginalReturn: break
      }
    }
  }

  /// What the findings of one rule say, as evidence.
  func evidence(_ findings: [GuardedFinding]) -> [OptimizationEvidence] {
    findings.map { $0.evidence(currency: currency) }
  }

  mutating func add(
    _ kind: Optimization.Kind, _ changes: [ControlChange], _ evidence: [OptimizationEvidence],
    expected: ExpectedEffect?, risk: OptimizationRisk, using generator: inout SplitMix64
  ) {
    let back = changes.map { change in
      "\(change.control.words) to \(change.from?.words ?? "what it was")"
    }
    proposals.append(
      Optimization(
        id: .make(prefix: "opt-", at: now, random: (generator.next(), generator.next())),
        campaignID: series.campaign.id, kind: kind, changes: changes, evidence: evidence,
        expected: expected, risk: risk,
        undo: "revert_optimization sets \(back.joined(separator: " and ")) again.",
        basis: controls.revision, createdAt: now,
        expiresAt: now + .days(optimizer.policy.proposalDays)))
  }

  mutating func note(_ text: String) { notes.append(text) }
  mutating func ask(_ text: String) { question = question.map { "\($0) \(text)" } ?? text }
  mutating func object(_ text: String) { conflicts.append(text) }

  /// Evidence of a part that differs from the others.
  func evidence(
    _ contrast: PartContrast, _ rule: OptimizationEvidence.Rule, _ measure: CampaignMeasure
  ) -> OptimizationEvidence {
    let others = contrast.ratio > 0 ? contrast.rate / contrast.ratio : 0
    // One-sided 95 % toward the others, from the distance and its standard error.
    let spread = contrast.z == 0 ? 0 : abs(contrast.rate - others) / abs(contrast.z)
    let side = contrast.z < 0 ? 1.0 : -1.0
    let direction = contrast.z < 0 ? "below" : "above"
    return OptimizationEvidence(
      rule, measure, part: contrast.name, window: window, figures: contrast.figures,
      estimate: contrast.rate, bound: contrast.rate + side * GuardedRules.z95 * spread,
      threshold: others,
      words:
        "\(contrast.name) is \(abs(contrast.ratio * 100 - 100).figure(1)) % \(direction) the others "
        + "of its channels (p \(contrast.p.figure(4)), Holm).")
  }
}
