import JSONRPC
import MCP
import Marketing

// The stages that follow once the lead is stored.
extension LeadProcess {
  /// Keeps what the lead wants in short-term memory, for whoever works with it next.
  func remember(
    _ triaged: LeadTriaging.Triaged, _ context: RequestContext, _ now: Timestamp
  ) async -> (Void, StageReport.Status, String?) {
    let lead = triaged.lead
    var record = MemoryRecord(
      id: environment.newName("mem_", at: now), kind: .shortTerm,
      text: "intent \(triaged.result.intent.rawValue), \(triaged.result.record.category.rawValue)"
        + (lead.message.map { ": \($0)" } ?? ""),
      source: MemorySource(name: Self.receiver), trust: .untrusted, validFrom: now,
      recordedAt: now)
    record.leadID = lead.id
    record.expiresAt = now + environment.memory.settings.shortTermLifetime
    let memories = await environment.memory.analyzed([record])
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .memoryRemembered, leadID: lead.id,
      occurredAt: now, actor: context.actor(triaging.tool), facts: ["short_term": 1])
    let (_, status, detail) = await repeated { () async throws(StoreError) in
      try await environment.memory.store.remember(
        memories, events: [event], in: context.workspace)
    }
    // The lead itself tells the same: nothing is lost that somebody has to look after.
    return ((), status == .failed ? .recovered : status, detail)
  }

  /// Prepares, offers and accepts a handoff.
  func handOver(
    _ lead: Lead, _ triaged: LeadTriaging.Triaged, _ held: inout HeldWork?,
    _ context: RequestContext, _ now: Timestamp
  ) async -> ((handoff: Handoff?, escalation: EscalationID?), StageReport.Status, String?) {
    let actor = context.actor(triaging.tool)
    let request = HandoffRequest(
      environment.newName("hnd_", at: now), of: lead.id, by: actor, from: .triage,
      to: .engagement, because: triaged.result.nextAction.reason)
    let preparation = HandoffPreparation(environment: environment, contracts: contracts)
    let takeover = HandoffTakeover(
      // Nobody else waits for this run to end.
      by: Self.receiver, lease: .zero, at: now,
      offered: environment.handoffEvent(.handoffOffered, by: actor, now),
      accepted: environment.handoffEvent(.handoffAccepted, by: actor, now))
    let (prepared, status, detail) = await repeated { () async throws(StoreError) in
      let prepared = try await preparation.prepare(
        request, takeover: takeover, in: context.workspace, now: now)
      return (prepared.handoff, prepared.escalationID)
    }
    guard let (handoff, escalation) = prepared else {
      if status == .skipped { return ((nil, nil), status, detail) }
      return await left(lead, .triageLead, .triage, &held, context, because: detail)
    }
    if handoff.state == .needsHuman {
      let gaps =
        handoff.gaps.isEmpty ? "its quality is too low" : handoff.gaps.joined(separator: ", ")
      return ((handoff, escalation), .manual, "a person has to complete the packet: \(gaps)")
    }
    let hasWidened = handoff.attempts > 1
    return (
      (handoff, nil), hasWidened && status == .done ? .recovered : status,
      hasWidened ? "collected \(handoff.attempts) times" : detail
    )
  }

  /// Plans the engagement and has its messages sent.
  func engage(
    _ lead: Lead, _ handoff: Handoff, _ words: EngagementDesk.Words, _ held: inout HeldWork?,
    _ context: RequestContext
  ) async -> ((entry: EngagementEntry?, escalation: EscalationID?), StageReport.Status, String?) {
    let (desk, actor) = (environment.engagements, context.actor(triaging.tool))
    var request = EngagementDesk.PlanRequest(leadID: lead.id)
    request.handoffID = handoff.id
    request.asksPatterns = false
    let wanted = request
    let end = held.map { ending($0, handoff, context) }
    var isEnded = false
    var problem: TemplateError?
    let (entry, status, detail) = await repeated { () async throws(StoreError) in
      let planned = try await desk.plan(
        wanted, by: actor, for: .agent(.engagement), in: context.workspace)
      var engagement = planned.engagement
      guard engagement.steps.contains(where: { $0.at != nil }) else {
        return try await desk.entry(of: engagement, in: context.workspace)
      }
      do throws(EngagementDesk.ExecutionError) {
        let started = try await desk.execute(
          engagement.id, saying: words, ending: end, by: actor, in: context.workspace)
        (engagement, isEnded) = (started.engagement, started.isNew || isEnded)
      } catch {
        switch error {
        case .store(let error): throw error
        case .template(let flaw): problem = flaw
        }
      }
      return try await desk.entry(of: engagement, in: context.workspace)
    }
    if isEnded { held = nil }
    if let problem {
      let reason = "A message could not be written: \(problem)"
      return ((entry, await escalate(lead, handoff, reason, context)), .manual, "\(problem)")
    }
    guard let entry else {
      if status == .skipped {
        return ((await openEngagement(of: lead, context), nil), status, detail)
      }
      let (_, status, detail) = await left(
        lead, .engageLead, .engagement, &held, context, because: detail)
      return ((nil, nil), status, detail)
    }
    if entry.steps.allSatisfy({ $0.state == "unreachable" }) {
      let reason = "the lead can be reached on none of the strategy's channels"
      return ((entry, await escalate(lead, handoff, reason, context)), .manual, reason)
    }
    let gates = entry.steps.compactMap(\.gate)
    return (
      (entry, nil), status,
      gates.isEmpty ? detail : "kept back by \(Set(gates).sorted().joined(separator: ", "))"
    )
  }

  /// The engagement that another one began meanwhile.
  private func openEngagement(of lead: Lead, _ context: RequestContext) async -> EngagementEntry? {
    let desk = environment.engagements
    guard let known = try? desk.store.latestEngagement(of: lead.id, in: context.workspace),
      !known.state.isOver
    else { return nil }
    return try? await desk.entry(of: known, in: context.workspace)
  }

  /// Puts a person's request into the queue of those whose matter it is; what this run holds is done with that.
  func hand(
    _ triaged: LeadTriaging.Triaged, to role: AgentRoleID, _ held: inout HeldWork?,
    _ context: RequestContext
  ) async -> (Void, StageReport.Status, String?) {
    let (desk, now) = (environment.work, environment.now())
    let draft = WorkDraft(
      id: environment.newName("work_", at: now), kind: .handleRequest, role: role,
      leadID: triaged.lead.id,
      dueAt: desk.settings.urgency.dueAt(
        .handleRequest, category: .generalInquiry, receivedAt: now),
      maxAttempts: desk.settings.attempts,
      payload: ["nextAction": .string(triaged.result.nextAction.action.rawValue)])
    let noting = desk.noting(.workEnqueued, actor: context.actor(triaging.tool), at: now)
    let own = held
    held = nil
    let (queued, status, detail) = await repeated { () async throws(StoreError) in
      guard let own else {
        return try await desk.store.enqueue(
          [draft], at: now, events: noting, in: context.workspace)
      }
      return try await desk.store.complete(
        own, result: ["leftTo": .string(role.rawValue)], next: [draft], at: now, events: noting,
        in: context.workspace
      ).next
    }
    let known = queued?.first.map { "work \($0.workID) waits for an agent of the role '\(role)'" }
    return ((), status, known ?? detail)
  }
}
