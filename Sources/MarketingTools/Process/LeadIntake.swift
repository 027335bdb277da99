import JSONRPC
import MCP
import Marketing

/// Takes leads in for agents: checked and stored, with the work that begins their way, in one transaction.
struct LeadIntake: Sendable {
  /// A lead that was taken in.
  struct Received: Sendable {
    let lead: Lead
    let isNew: Bool
    /// Its triage, and when that should be done; `nil` when there is nothing new to judge.
    let work: (QueuedWork, dueAt: Timestamp)?
  }

  let triaging: LeadTriaging

  private var environment: ToolEnvironment { triaging.environment }

  /// How often it is done anew because others have changed the lead meanwhile.
  private static let attempts = 1000

  /// Takes a new lead in, or one that is known with what is new of it.
  /// - Parameter form: another lead of the same person, of which the known one takes what is new.
  func receive(
    _ id: LeadID?, draft: LeadDraft, taking form: LeadID? = nil, context: RequestContext,
    now: Timestamp
  ) async throws(LeadTriaging.Refusal) -> Received {
    for _ in 0..<Self.attempts {
      let (current, next): (Lead?, Lead)
      if let id, let form {
        guard
          let merged = try triaging.lead(
            id, draft: draft, taking: form, context: context, now: now)
        else {
          let known = try triaging.lead(id, draft: draft, context: context, now: now).next
          return Received(lead: known, isNew: false, work: nil)
        }
        (current, next) = merged
      } else {
        (current, next) = try triaging.lead(id, draft: draft, context: context, now: now)
      }
      do {
        return try await store(next, was: current, context, now)
      } catch {
        guard error.code == .stale else { throw .interrupted(CallInterruption(error, context)) }
      }
    }
    throw .interrupted(
      .problem(
        CallProblem(
          .stale, "The lead is being changed faster than it can be stored: try again later.")))
  }

  private func store(
    _ next: Lead, was current: Lead?, _ context: RequestContext, _ now: Timestamp
  ) async throws(StoreError) -> Received {
    var lead = next
    // Whoever wants no contact any more gets none while the lead waits; triage cannot tell that this message is new.
    let isRefusal =
      lead.message != current?.message
      && environment.scorecard.intent(of: lead.message) == .unsubscribe
    if isRefusal {
      lead.hasConsent = false
    } else {
      try await triaging.heedAnswer(lead, was: current, context)
    }
    let actor = context.actor(triaging.tool)
    let change = triaging.change(of: lead, was: current, actor: actor, now: now)
    let settings = environment.work.settings
    let draft = WorkDraft(
      id: environment.newName("work_", at: now), kind: .triageLead, role: .triage,
      leadID: lead.id,
      dueAt: settings.urgency.dueAt(.triageLead, category: lead.category, receivedAt: now),
      maxAttempts: settings.attempts)
    let work = try await environment.leads.receive(
      lead, identity: environment.identity(of: lead),
      basis: current.map(TriageBasis.stored) ?? .new(hasDuplicates: true), work: draft, at: now,
      events: [change].compactMap(\.self),
      noting: environment.work.noting(.workEnqueued, actor: actor, at: now), in: context.workspace)
    if isRefusal {
      try await environment.engagements.optOut(
        lead, because: .unsubscribed, by: actor, in: context.workspace)
    }
    let known =
      work.isNew ? nil : try environment.work.store.item(work.workID, in: context.workspace)
    return Received(
      lead: lead, isNew: current == nil, work: (work, dueAt: known?.dueAt ?? draft.dueAt))
  }
}
