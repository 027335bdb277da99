import JSONRPC
package import Marketing

/// The work that handoffs make.
package enum HandoffWork {
  /// A receiver is to take the lead over. Every offer is work of its own.
  static func toTakeOver(
    _ handoff: Handoff, id: WorkID, dueAt: Timestamp, attempts: Int
  ) -> WorkDraft {
    draft(
      .toTakeOver(handoff.receiverRole), for: handoff.receiverRole, handoff, id: id, dueAt: dueAt,
      attempts: attempts)
  }

  /// The sender's role is to hand a lead over anew that came back. It has waited already: it is as urgent as one
  /// that has just come in.
  /// - Parameters:
  ///   - handoff: rejected or expired.
  ///   - now: when that happened.
  package static func toHandOver(
    _ handoff: Handoff, at now: Timestamp, _ settings: WorkSettings
  ) -> WorkDraft {
    draft(
      .toHandOver(handoff.senderRole), for: handoff.senderRole, handoff,
      id: WorkDesk.newName("work_", at: now), dueAt: now + settings.urgency.triage,
      attempts: settings.attempts)
  }

  private static func draft(
    _ kind: WorkKind, for role: AgentRoleID, _ handoff: Handoff, id: WorkID, dueAt: Timestamp,
    attempts: Int
  ) -> WorkDraft {
    let offer = "\(handoff.offeredAt?.milliseconds ?? 0)"
    return WorkDraft(
      id: id, kind: kind, role: role, leadID: handoff.leadID, subject: handoff.id.rawValue,
      key: [kind.rawValue, handoff.id.rawValue, offer].joined(separator: ":"), dueAt: dueAt,
      maxAttempts: attempts, payload: ["handoff": .string(handoff.state.rawValue)])
  }
}
