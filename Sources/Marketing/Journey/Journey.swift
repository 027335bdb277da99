/// A lead's way so far.
package struct Journey: Sendable, Hashable, Codable {
  /// Whose way it is.
  package var leadID: LeadID
  /// The steps in their order; never none.
  package var steps: [JourneyStep]

  /// Where the lead is now.
  package var stage: JourneyStage { steps.last?.stage ?? .received }

  /// When the lead came in, or wrote last after it was closed, as far as a step that is stored tells.
  package var receivedAt: Timestamp? {
    steps.last { $0.stage == .received && $0.eventID != nil }?.at
  }

  /// When that came in which the lead's latest triage judged, as far as a step that is stored tells: a triage that
  /// was no step of the way judged something new, and took at once what came in.
  /// - Parameter triagedAt: when the lead was triaged last.
  package func receivedAt(triagedAt: Timestamp?) -> Timestamp? {
    guard let triagedAt, let step = steps.last(where: { $0.stage == .triaged }), step.at < triagedAt
    else { return receivedAt }
    return triagedAt
  }

  /// A way from the steps that are stored and from what they leave open: a lead that was imported, or that is
  /// older than its steps, was received when it was created, triaged when it was triaged, and ended with its
  /// outcome.
  /// - Parameter recorded: the steps that are stored, in their order.
  package init(of lead: Lead, recorded: [JourneyStep], triage: TriageRecord?, outcome: Outcome?) {
    leadID = lead.id
    let first = recorded.first
    var before: [JourneyStep] = []
    if first?.stage != .received {
      before.append(JourneyStep(stage: .received, at: lead.createdAt))
    }
    // A later triage of a lead that has gone further has changed no stage.
    if let triage, !recorded.contains(where: { $0.stage == .triaged }),
      first.map({ triage.triagedAt <= $0.at }) ?? true
    {
      before.append(JourneyStep(stage: .triaged, at: triage.triagedAt))
    }
    var after: [JourneyStep] = []
    if let outcome, !recorded.contains(where: { [.converted, .closed].contains($0.stage) }) {
      let end = JourneyStep(
        stage: JourneyStage(outcome.disposition), at: outcome.occurredAt, reason: outcome.reason)
      // What ended before the first step that is stored did not end what began then.
      if let first, end.at < first.at { before.append(end) } else { after.append(end) }
    }
    steps = before + recorded + after
  }
}

extension JourneyStage {
  /// The stage that a lead's outcome leads to.
  package init(_ disposition: Disposition) {
    switch disposition {
    case .converted: self = .converted
    case .lost: self = .closed
    }
  }
}
