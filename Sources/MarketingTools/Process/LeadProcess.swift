import JSONRPC
import MCP
import Marketing

/// The whole way of a lead in one call: taken in, enriched, triaged, remembered, handed over and engaged.
///
/// From triage on the lead is stored. What fails then is tried again, and else left to the agents' queue.
struct LeadProcess: Sendable {
  /// What became of a lead.
  struct Processed: Sendable {
    let triaged: LeadTriaging.Triaged
    let handoff: Handoff?
    let engagement: EngagementEntry?
    let escalationID: EscalationID?
    let stages: [StageReport]
    let outcome: ProcessOutcome
  }

  static let receiver = "process_lead"
  /// Should the process die, an agent goes on with the lead after so long.
  private static let lease = Duration.seconds(60)
  /// How often a stage is tried.
  private static let attempts = 2

  let triaging: LeadTriaging
  let contracts: HandoffContracts

  private var environment: ToolEnvironment { triaging.environment }

  /// Takes a lead all the way.
  /// - Throws: when the lead is not accepted, or cannot be stored.
  func run(
    _ id: LeadID?, draft: LeadDraft, intent: MessageIntent?, words: EngagementDesk.Words,
    context: RequestContext
  ) async throws(LeadTriaging.Refusal) -> Processed {
    let now = environment.now()
    var clock = StageClock { done, total, stage in
      context.progress?.report(done, of: total, message: stage)
    }
    let (current, next) = try await clock.run(.intake) { () throws(LeadTriaging.Refusal) in
      (try triaging.lead(id, draft: draft, context: context, now: now), .done, nil)
    }
    let triaged = try await clock.run(.triage) { () async throws(LeadTriaging.Refusal) in
      let triaged = try await triaging.triage(
        id, draft: draft, withChanges: false, context: context, now: now,
        hold: { hold(on: $0, for: $1, context, now) }, intent: { _ in intent })
      return (triaged, .done, nil)
    }
    let hasAnswered = current != nil && next.message != nil && next.message != current?.message
    // The lead is stored: whoever called may go away, it goes all the way.
    let (begun, words) = (clock, words)
    return await Task { () async -> Processed in
      await goOn(triaged, hasAnswered: hasAnswered, words, begun, context, now)
    }.value
  }

  /// The work that this run does with a lead that somebody is to reach out to.
  private func hold(
    on lead: Lead, for action: NextAction, _ context: RequestContext, _ now: Timestamp
  ) -> WorkHold? {
    guard action.action.isReachingOut else { return nil }
    let desk = environment.work
    let draft = WorkDraft(
      id: environment.newName("work_", at: now), kind: .triageLead, role: .triage,
      leadID: lead.id,
      dueAt: desk.settings.urgency.dueAt(.triageLead, category: nil, receivedAt: now),
      maxAttempts: desk.settings.attempts)
    return WorkHold(
      draft, by: Self.receiver, lease: Self.lease, at: now,
      events: desk.noting(.workEnqueued, actor: context.actor(triaging.tool), at: now))
  }

  /// What follows once the lead is stored.
  private func goOn(
    _ triaged: LeadTriaging.Triaged, hasAnswered: Bool, _ words: EngagementDesk.Words,
    _ begun: StageClock, _ context: RequestContext, _ now: Timestamp
  ) async -> Processed {
    var (clock, held) = (begun, triaged.work)
    // Beside the handoff, which has all this from the lead itself: their writes share what a commit costs.
    async let remembered = StageReport.of(.memory) { await remember(triaged, context, now) }
    var passed: (handoff: Handoff?, escalation: EscalationID?) = (nil, nil)
    var engagement: EngagementEntry?
    switch await target(of: triaged, hasAnswered: hasAnswered, context) {
    case .nobody(let reason):
      for stage in [ProcessStage.handoff, .engagement] {
        await clock.run(stage) { ((), .skipped, reason) }
      }
    case .engaged(let entry):
      engagement = entry
      for stage in [ProcessStage.handoff, .engagement] {
        await clock.run(stage) {
          ((), .skipped, "engagement \(entry.engagementID) is \(entry.state.rawValue)")
        }
      }
    case .lead(let lead):
      passed = await clock.run(.handoff) { await handOver(lead, triaged, &held, context, now) }
      if let handoff = passed.handoff, handoff.state == .accepted {
        engagement = await clock.run(.engagement) {
          await engage(lead, handoff, words, &held, context)
        }
      } else {
        await clock.run(.engagement) { ((), .skipped, "the lead was not handed over") }
      }
    }
    clock.insert(await remembered)
    let outcome = clock.outcome
    if let held { await end(held, passed.handoff, context) }
    environment.observe(outcome, clock.reports.map { ($0.stage, $0.milliseconds) })
    return Processed(
      triaged: triaged, handoff: passed.handoff, engagement: engagement,
      escalationID: passed.escalation, stages: clock.reports, outcome: outcome)
  }

  /// Whom to go on with.
  private enum Target {
    case lead(Lead)
    case engaged(EngagementEntry)
    case nobody(because: String)
  }

  /// Whom to go on with: the lead, or the one that it is a second form of; nobody where nobody reaches out.
  private func target(
    of triaged: LeadTriaging.Triaged, hasAnswered: Bool, _ context: RequestContext
  ) async -> Target {
    let action = triaged.result.nextAction
    var lead = triaged.lead
    if action.action == .continueWithDuplicate {
      guard let id = action.otherLeadID,
        let other = try? environment.leads.lead(id, in: context.workspace)
      else { return .nobody(because: action.reason) }
      lead = other
    } else if !action.action.isReachingOut {
      return .nobody(because: action.reason)
    }
    let desk = environment.engagements
    let actor = context.actor(triaging.tool)
    do {
      // Who writes again has answered, and gets another plan than before.
      if hasAnswered { try await desk.exit(.reply, of: lead.id, by: actor, in: context.workspace) }
      if let known = try desk.store.latestEngagement(of: lead.id, in: context.workspace),
        known.state == .running || known.state == .paused
      {
        return .engaged(try await desk.entry(of: known, in: context.workspace))
      }
    } catch {
      // What cannot be looked at is found by the handoff.
      return .lead(lead)
    }
    let stage = try? environment.work.journeys.journey(of: lead.id, in: context.workspace)?.stage
    if let stage, [.converted, .closed].contains(stage) {
      return .nobody(because: "lead \(lead.id) is \(stage.rawValue)")
    }
    return .lead(lead)
  }

  /// Keeps what the lead wants in short-term memory, for whoever works with it next.
  private func remember(
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
  private func handOver(
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
  private func engage(
    _ lead: Lead, _ handoff: Handoff, _ words: EngagementDesk.Words, _ held: inout HeldWork?,
    _ context: RequestContext
  ) async -> (EngagementEntry?, StageReport.Status, String?) {
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
      await escalate(lead, handoff, "A message could not be written: \(problem)", context)
      return (entry, .manual, "\(problem)")
    }
    guard let entry else {
      let (_, status, detail) = await left(
        lead, .engageLead, .engagement, &held, context, because: detail)
      return (nil, status, detail)
    }
    if entry.steps.allSatisfy({ $0.state == "unreachable" }) {
      let reason = "the lead can be reached on none of the strategy's channels"
      await escalate(lead, handoff, reason, context)
      return (entry, .manual, reason)
    }
    let gates = entry.steps.compactMap(\.gate)
    return (
      entry, status,
      gates.isEmpty ? detail : "kept back by \(Set(gates).sorted().joined(separator: ", "))"
    )
  }

  /// Has a person look at a lead that nothing can go on with.
  private func escalate(
    _ lead: Lead, _ handoff: Handoff, _ reason: String, _ context: RequestContext
  ) async {
    let now = environment.now()
    let escalation = Escalation(
      id: environment.newName("esc_", at: now), leadID: lead.id, subject: handoff.id.rawValue,
      reason: reason, owner: environment.handoffSettings.escalationOwner, openedAt: now,
      deadline: now + environment.handoffSettings.escalationLifetime)
    let event = Event(
      id: environment.newName("evt_", at: now), kind: .escalationOpened, leadID: lead.id,
      occurredAt: now, actor: context.actor(triaging.tool),
      facts: ["escalationID": .string(escalation.id.rawValue)])
    // The run itself ends as manual, whether this can be stored or not.
    try? await environment.handoffs.open(escalation, event: event, in: context.workspace)
  }

  /// Tries a step again where the store failed.
  private func repeated<Value>(
    _ step: () async throws(StoreError) -> Value
  ) async -> (Value?, StageReport.Status, String?) {
    var last: StoreError?
    for _ in 0..<Self.attempts {
      do {
        let value = try await step()
        return (value, last == nil ? .done : .recovered, last.map { "\($0)" })
      } catch {
        last = error
      }
    }
    return (nil, .failed, last.map { "\($0)" })
  }

  /// Leaves a lead to the agents, as this run cannot go on with it. What it holds it has no longer; where that
  /// cannot be stored either, the agents have it when its time has run out.
  private func left(
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
  private func ending(
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
  private func end(_ held: HeldWork, _ handoff: Handoff?, _ context: RequestContext) async {
    let ending = ending(held, handoff, context)
    _ = await repeated { () async throws(StoreError) in
      try await environment.work.store.complete(
        held, result: ending.result, next: [], at: ending.time, events: ending.events,
        in: context.workspace)
    }
  }
}
