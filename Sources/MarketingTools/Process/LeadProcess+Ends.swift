import JSONRPC
import MCP
import Marketing

// How a run comes to its end, and what is left of it.
extension LeadProcess {
  /// Has a person look at a lead that nothing can go on with; where one is to look at the same already, that will do.
  /// - Returns: the open escalation; `nil` when it could not be stored.
  func escalate(
    _ lead: Lead, _ handoff: Handoff, _ reason: String, _ context: RequestContext
  ) async -> EscalationID? {
    let now = environment.now()
    var query = EscalationQuery(limit: 20)
    (query.leadID, query.state) = (lead.id, .open)
    let open = try? await environment.handoffs.escalations(query, in: context.workspace)
    if let known = open?.items.first(where: { $0.reason == reason }) { return known.id }
    let escalation = Escalation(
      id: environment.newName("esc_", at: now), leadID: lead.id, subject: handoff.id.rawValue,
      reason: reason, owner: environment.handoffSettings.escalationOwner, openedAt: now,
      deadline: now + environment.handoffSettings.escalationLifetime)
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .escalationOpened, leadID: lead.id,
      occurredAt: now, actor: context.actor(triaging.tool),
      facts: ["escalationID": .string(escalation.id.rawValue)])
    // The run itself ends as manual, whether this can be stored or not.
    do {
      try await environment.handoffs.open(escalation, event: event, in: context.workspace)
      return escalation.id
    } catch {
      return nil
    }
  }

  /// Tries a step again where the store failed. What does not go with what another one is doing with the lead is
  /// left to that one: nothing is wrong with the run.
  func repeated<Value>(
    _ step: () async throws(StoreError) -> Value
  ) async -> (Value?, StageReport.Status, String?) {
    var last: StoreError?
    for _ in 0..<Self.attempts {
      do {
        let value = try await step()
        return (value, last == nil ? .done : .recovered, last.map { "\($0)" })
      } catch {
        if error.code == .conflict { return (nil, .skipped, "\(error)") }
        last = error
      }
    }
    return (nil, .failed, last.map { "\($0)" })
  }

  /// Leaves a lead to the agents, as this run cannot go on with it. What it holds it has no longer; where that
  /// cannot be stored either, the agents have it when its time has run out.
  func left(
    _ lead: Lead, _ kind: WorkKind, _ role: AgentRoleID, _ held: inout HeldWork?,
    _ context: RequestContext, because detail: String?
  ) async -> ((handoff: Handoff?, escalation: EscalationID?), StageReport.Status, String?) {
    let own = held
    held = nil
    let (desk, now) = (environment.work, environment.now())
    let draft = WorkDraft(
      id: environment.newName("work_", at: now), kind: kind, role: role, leadID: lead.id,
      dueAt: now, maxAttempts: desk.settings.attempts)
    let noting = desk.noting(.workEnqueued, actor: context.actor(triaging.tool), at: now)
    let cause = detail ?? "it could not be stored"
    do {
      switch (own, kind) {
      case (let own?, .triageLead):
        _ = try await desk.store.fail(
          own, error: cause, isFinal: false, delay: desk.delay, at: now, events: noting,
          in: context.workspace)
      case (let own?, _):
        _ = try await desk.store.complete(
          own, result: ["leftTo": .string(role.rawValue)], next: [draft], at: now, events: noting,
          in: context.workspace)
      case (nil, _):
        _ = try await desk.store.enqueue([draft], at: now, events: noting, in: context.workspace)
      }
      return ((nil, nil), .recovered, "left to the agents: \(cause)")
    } catch {
      return ((nil, nil), .failed, cause)
    }
  }

  /// The end of the work that this run holds: with the start of the engagement, so that no agent goes on with a lead
  /// that is engaged, else when there is nothing more to do.
  func ending(
    _ held: HeldWork, _ handoff: Handoff?, _ context: RequestContext
  ) -> WorkEnding {
    let now = environment.now()
    var result: JSONObject = ["by": .string(Self.receiver)]
    result["handoffID"] = handoff.map { .string($0.id.rawValue) }
    return WorkEnding(
      held, result: result, at: now,
      events: environment.work.noting(
        .workEnqueued, actor: context.actor(triaging.tool), at: now))
  }

  /// Ends the work that this run holds. Where that fails, an agent finds that nothing is left to do.
  func end(_ held: HeldWork, _ handoff: Handoff?, _ context: RequestContext) async {
    let ending = ending(held, handoff, context)
    _ = await repeated { () async throws(StoreError) in
      try await environment.work.store.complete(
        held, result: ending.result, next: [], at: ending.time, events: ending.events,
        in: context.workspace)
    }
  }
}
