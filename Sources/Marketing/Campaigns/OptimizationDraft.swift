/// The work on one campaign's proposals.
struct OptimizationDraft {
  let optimizer: CampaignOptimizer
  let series: CampaignSeries
  let controls: CampaignControls
  /// The last day that counts.
  let latest: CalendarDay
  let findings: [GuardedFinding]
  /// What a conversion of the siblings is worth, for a campaign that had none.
  let fallback: ConversionValue?
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
    latest: CalendarDay, findings: [GuardedFinding], fallback: ConversionValue?, now: Timestamp
  ) {
    self.optimizer = optimizer
    self.series = series
    self.controls = controls
    self.latest = latest
    self.findings = findings
    self.fallback = fallback
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
  /// - Parameter siblings: the rules that each of them breaks.
  mutating func note(
    siblings: [Set<OptimizationEvidence.Rule>], breaking findings: [GuardedFinding]
  ) {
    guard siblings.count >= 3 else { return }
    for rule in Set(findings.map(\.rule)).sorted(by: { $0.rawValue < $1.rawValue }) {
      let broken = siblings.count { $0.contains(rule) }
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
        undo: "revert_optimization sets \(back.joined(separator: " and ")) again."
          + optimizer.policy.obstacleToUndoing(changes),
        basis: controls.revision, createdAt: now,
        expiresAt: now + .days(optimizer.policy.proposalDays)))
  }

  mutating func note(_ text: String) { notes.append(text) }
  mutating func ask(_ text: String) { question = question.map { "\($0) \(text)" } ?? text }
  mutating func object(_ text: String) { conflicts.append(text) }

  /// What a conversion of the campaign is worth; `nil` where nobody knows.
  var worth: ConversionValue? {
    ConversionValue(
      of: series.days.within(CampaignWindow(days: GuardedRules.valueDays, through: latest)))
      ?? fallback
  }

  /// Evidence of a part that differs from the others.
  func evidence(
    _ contrast: PartContrast, _ rule: OptimizationEvidence.Rule, _ compared: PartContrast.Measure
  ) -> OptimizationEvidence {
    let unit = PartUnit(compared, worth: worth)
    // Of no event what one costs is not known: at least what was spent.
    let (rate, others) = (
      max(contrast.rate, unit.isInverse ? 1 / contrast.exposure : 0),
      max(contrast.rateOfOthers, unit.isInverse ? 1 / contrast.otherExposure : 0)
    )
    // One-sided 95 % toward the others, from the distance and its standard error.
    let spread = contrast.z == 0 ? 0 : abs(rate - others) / abs(contrast.z)
    let bound = rate + (contrast.z < 0 ? 1 : -1) * GuardedRules.z95 * spread
    let (own, rest) = (unit.value(rate), unit.value(others))
    let measure = unit.measure
    let relation =
      (rest > 0 ? "\(abs(own / rest * 100 - 100).figure(1)) % " : "")
      + (own < rest ? "below" : "above")
    return OptimizationEvidence(
      rule, measure, part: contrast.name, window: window, figures: contrast.figures, estimate: own,
      bound: unit.value(max(bound, unit.isInverse ? min(rate, others) : 0)), threshold: rest,
      words:
        "\(measure.title) of \(contrast.name) is \(measure.words(own, currency: currency)), \(relation) "
        + "the \(measure.words(rest, currency: currency)) of the others of its channels"
        + "\(unit.words(currency: currency)) (p \(contrast.p.figure(4)), Holm; \(doubt(contrast)))."
    )
  }

  private func doubt(_ contrast: PartContrast) -> String {
    guard contrast.isDispersionKnown else {
      return "too few days or events to tell by how much days vary beyond chance"
    }
    return contrast.dispersion > 1
      ? "days vary \(contrast.dispersion.figure(1)) times as much as by chance"
      : "days vary as by chance"
  }
}

/// What parts were compared by, as a measure of campaigns.
private struct PartUnit {
  let measure: CampaignMeasure
  /// Whether it is what an event costs, rather than how many there are.
  let isInverse: Bool
  private let worth: Double?

  init(_ compared: PartContrast.Measure, worth: ConversionValue?) {
    let mean = worth.flatMap { $0.mean > 0 ? $0.mean : nil }
    isInverse = compared == .conversionsPerSpend && mean == nil
    self.worth = compared == .conversionsPerSpend ? mean : nil
    switch compared {
    case .ctr: measure = .ctr
    case .conversionsPerClick: measure = .conversionsPerClick
    case .conversionsPerSpend: measure = mean == nil ? .cpa : .roas
    }
  }

  func value(_ rate: Double) -> Double { isInverse ? 1 / rate : rate * (worth ?? 1) }

  /// What every conversion is taken to be worth.
  func words(currency: String?) -> String {
    worth.map { ", each conversion at \(CampaignMeasure.aov.words($0, currency: currency))" } ?? ""
  }
}
