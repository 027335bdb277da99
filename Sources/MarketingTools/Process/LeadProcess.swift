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
  static let lease = Duration.seconds(15)
  /// How often a stage is tried.
  static let attempts = 2

  let triaging: LeadTriaging
  let contracts: HandoffContracts

  var environment: ToolEnvironment { triaging.environment }

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
    try await clock.run(.intake) { () throws(LeadTriaging.Refusal) in
      _ = try triaging.lead(id, draft: draft, context: context, now: now)
      return ((), .done, nil)
    }
    let triaged = try await clock.run(.triage) { () async throws(LeadTriaging.Refusal) in
      let triaged = try await triaging.triage(
        id, draft: draft, withChanges: false, context: context, now: now,
        hold: { lead, action in
          // Of a second form too: the first one has still to hear what it says.
          action.action.isReachingOut || action.action.otherRole != nil
            || action.action == .continueWithDuplicate ? hold(on: lead, context, now) : nil
        }, intent: { _ in intent })
      return (triaged, .done, nil)
    }
    // The lead is stored: whoever called may go away, it goes all the way.
    let (begun, words) = (clock, words)
    return await Task { () async -> Processed in
      await goOn(triaged, intent, words, begun, context, now)
    }.value
  }

  /// The work that this run does with a lead that somebody is to reach out to, or to help.
  private func hold(
    on lead: Lead, _ context: RequestContext, _ now: Timestamp
  ) -> WorkHold {
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
    _ triaged: LeadTriaging.Triaged, _ intent: MessageIntent?, _ words: EngagementDesk.Words,
    _ begun: StageClock, _ context: RequestContext, _ now: Timestamp
  ) async -> Processed {
    var clock = begun
    // Beside the handoff, which has all this from the lead itself: their writes share what a commit costs.
    async let remembered = StageReport.of(.memory) { await remember(triaged, context, now) }
    var passed: (handoff: Handoff?, escalation: EscalationID?) = (nil, nil)
    var engagement: (entry: EngagementEntry?, escalation: EscalationID?) = (nil, nil)
    // Of a second form of a person the first one goes on.
    let (goal, isHeard) = await known(triaged, intent, context, now)
    var held = goal.work
    if goal.lead.id != triaged.lead.id, let second = triaged.work {
      await end(second, nil, context)
    } else if !isHeard {
      _ = await left(
        triaged.lead, .triageLead, .triage, &held, context,
        because: "the lead's first form could not be judged anew")
    }
    switch await target(of: goal, isKnown: goal.lead.id != triaged.lead.id, context) {
    case .nobody(let reason):
      for stage in [ProcessStage.handoff, .engagement] {
        await clock.run(stage) { ((), .skipped, reason) }
      }
    case .others(let role):
      await clock.run(.handoff) { await hand(goal, to: role, &held, context) }
      await clock.run(.engagement) { ((), .skipped, "it is a matter of \(role)") }
    case .engaged(let entry):
      engagement.entry = entry
      for stage in [ProcessStage.handoff, .engagement] {
        await clock.run(stage) {
          ((), .skipped, "engagement \(entry.engagementID) is \(entry.state.rawValue)")
        }
      }
    case .lead(let lead):
      passed = await clock.run(.handoff) { await handOver(lead, goal, &held, context, now) }
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
      triaged: triaged, handoff: passed.handoff, engagement: engagement.entry,
      escalationID: passed.escalation ?? engagement.escalation, stages: clock.reports,
      outcome: outcome)
  }

  /// The lead that a triaged one is a second form of, with what that one says, judged anew. One that is being engaged
  /// and hears nothing new stays as it is.
  /// - Returns: the lead itself where it is its own, or where its first form is gone or cannot be judged anew;
  ///   in the last case the first form has not heard of it.
  private func known(
    _ triaged: LeadTriaging.Triaged, _ intent: MessageIntent?, _ context: RequestContext,
    _ now: Timestamp
  ) async -> (goal: LeadTriaging.Triaged, isHeard: Bool) {
    let action = triaged.result.nextAction
    guard action.action == .continueWithDuplicate, let id = action.otherLeadID else {
      return (triaged, true)
    }
    do {
      guard let other = try environment.leads.lead(id, in: context.workspace) else {
        return (triaged, true)
      }
      if other.taking(from: triaged.lead) == nil, isEngaged(id, context) {
        return (
          LeadTriaging.Triaged(lead: other, isNew: false, result: triaged.result, work: nil), true
        )
      }
      let judged = try await triaging.triage(
        id, draft: LeadDraft(), taking: triaged.lead, withChanges: false, context: context,
        now: now, hold: { lead, _ in hold(on: lead, context, now) },
        intent: { $0.message == triaged.lead.message ? intent : nil })
      return (judged, true)
    } catch {
      return (triaged, false)
    }
  }

  private func isEngaged(_ id: LeadID, _ context: RequestContext) -> Bool {
    let known = try? environment.engagements.store.latestEngagement(of: id, in: context.workspace)
    return known.map { $0.state == .running || $0.state == .paused } ?? false
  }

  /// Whom to go on with.
  private enum Target {
    case lead(Lead)
    case engaged(EngagementEntry)
    case others(AgentRoleID)
    case nobody(because: String)
  }

  /// Whom to go on with; nobody where nobody reaches out.
  /// - Parameter isKnown: whether another form has named this lead. Of two that came in at one moment each may name
  ///   the other: the one that was named goes on.
  private func target(
    of triaged: LeadTriaging.Triaged, isKnown: Bool, _ context: RequestContext
  ) async -> Target {
    let (lead, action) = (triaged.lead, triaged.result.nextAction)
    let isReachingOut =
      action.action.isReachingOut || isKnown && action.action == .continueWithDuplicate
    do {
      if isReachingOut,
        let known = try environment.engagements.store.latestEngagement(
          of: lead.id, in: context.workspace), known.state == .running || known.state == .paused
      {
        return .engaged(try await environment.engagements.entry(of: known, in: context.workspace))
      }
    } catch {
      // What cannot be looked at is found by the handoff.
    }
    if let role = action.action.otherRole { return .others(role) }
    guard isReachingOut else { return .nobody(because: action.reason) }
    let stage = try? environment.work.journeys.journey(of: lead.id, in: context.workspace)?.stage
    if let stage, [.converted, .closed].contains(stage) {
      return .nobody(because: "lead \(lead.id) is \(stage.rawValue)")
    }
    return .lead(lead)
  }
}
