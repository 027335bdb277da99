import JSONRPC
import Marketing

extension Optimization {
  /// A proposal to lower the bid on search by a tenth.
  static func sample(
    _ id: OptimizationID, for campaign: CampaignID = "C1", basis: Int = 0,
    from: Double = 1, to: Double = 0.9, at time: Timestamp = noon
  ) -> Optimization {
    let window = CampaignWindow(first: CalendarDay(time) + -7, last: CalendarDay(time) + -1)
    let evidence = OptimizationEvidence(
      .cpl, .cpl, window: window,
      figures: CampaignFigures(impressions: 70_000, clicks: 700, leads: 10, spend: 900),
      estimate: 90, bound: 61, threshold: 50, words: "a lead costs 90 USD, at least 61")
    return Optimization(
      id: id, campaignID: campaign, kind: .bidChange,
      changes: [
        ControlChange(.bid(channel: "search"), from: .multiplier(from), to: .multiplier(to))
      ],
      evidence: [evidence], risk: OptimizationRisk(.low, "a small step"), undo: "set it back",
      basis: basis, createdAt: time, expiresAt: time + .days(7))
  }

  func event(_ kind: Event.Kind) -> Event {
    Event(
      id: EventID(rawValue: "evt_\(kind.rawValue.replacing(".", with: "_"))_\(id)"), kind: kind,
      campaignID: campaignID, occurredAt: noon, actor: "tests",
      facts: ["optimizationID": .string(id.rawValue)])
  }
}

extension OptimizationStore {
  /// Applies what somebody has approved.
  func apply(
    _ id: OptimizationID, under policy: OptimizationPolicy = OptimizationPolicy(),
    approvedBy person: String? = "maria", at now: Timestamp = noon, order: Bool = false
  ) async throws -> AppliedOptimization {
    try await apply(
      id, under: policy, approvedBy: person, by: "tests", at: now,
      order: { optimization, controls in
        guard order else { return nil }
        return ControlOrder(
          id: "\(optimization.id)-applied", workspace: .default,
          campaignID: controls.campaignID, payload: controls.json, notBefore: now)
      }, event: { $0.event(.optimizationApplied) }, in: .default)
  }

  func revert(
    _ id: OptimizationID, under policy: OptimizationPolicy = OptimizationPolicy(),
    at now: Timestamp = noon
  ) async throws -> RevertedOptimization {
    try await revert(
      id, under: policy, because: "it got worse", by: "tests", at: now, order: { _, _ in nil },
      event: { $0.event(.optimizationReverted) }, in: .default)
  }

  func propose(_ proposals: [Optimization], for id: CampaignID = "C1") async throws {
    _ = try await propose(
      [CampaignProposals(proposals, for: id)], escalation: nil, at: noon,
      event: { $0.event(.optimizationProposed) }, in: .default)
  }
}
