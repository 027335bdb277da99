import JSONRPC
package import Marketing

// What is asked and noted of each message that leaves.
extension EngagementDesk {
  /// A message waits this long when the store does not answer.
  private static let shortWait = Duration.seconds(5)

  /// Looks at whether a message may be sent now. What cannot be looked at waits.
  package var sendGate: SendGate {
    { attempt, now in
      do throws(StoreError) {
        return try await decision(on: attempt, at: now)
      } catch {
        return .postpone(until: now + Self.shortWait, gate: "store_unavailable")
      }
    }
  }

  private func decision(
    on attempt: DeliveryAttempt, at now: Timestamp
  ) async throws(StoreError) -> SendDecision {
    let (message, workspace) = (attempt.message, attempt.workspace)
    guard let lead = try leads.lead(message.leadID, in: workspace) else {
      return .stop(gate: "erased")
    }
    if let stop = try standing(message, lead, at: now, in: workspace) { return .stop(gate: stop) }
    let check = GateCheck(settings)
    let facts = try facts(of: lead, at: now, in: workspace)
    if let refusal = check.first(facts, on: message.channel, for: message.purpose, at: now) {
      guard let earliest = refusal.earliest, earliest > now,
        earliest - message.createdAt <= settings.longestDeferral + Self.longestPlan
      else { return .stop(gate: refusal.gate.rawValue) }
      return .postpone(until: earliest, gate: refusal.gate.rawValue)
    }
    return .go
  }

  /// A strategy's longest way: a step may be put off from where it was planned, not from today.
  private static let longestPlan = Duration.days(365)

  /// What keeps a message from being sent whatever the gates say.
  private func standing(
    _ message: OutboundMessage, _ lead: Lead, at now: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> String? {
    if let start = message.content.invitation?.start, start <= now { return "invitation_past" }
    if let id = message.engagementID {
      guard let engagement = try store.engagement(id, in: workspace) else { return "erased" }
      // Of one that came to its end by itself only a dead message can be left, which somebody wants sent after all.
      let isDone = engagement.state == .completed && engagement.exit == nil
      guard engagement.state == .running || isDone else {
        return engagement.exit?.rawValue ?? engagement.state.rawValue
      }
      if message.purpose != .service, let place = message.step,
        let step = engagement.steps.first(where: { $0.index == place }),
        step.variantID == message.variantID, try stopping(step, in: workspace) != nil
      {
        return "variant_stopped"
      }
    }
    guard message.purpose != .service else { return nil }
    // Won or lost since it was planned, and nobody has ended the engagement yet.
    if let stage = try journeys.journey(of: message.leadID, in: workspace)?.stage,
      [.converted, .closed].contains(stage)
    {
      return "conversion"
    }
    guard message.purpose == .marketing else { return nil }
    let current = destination(of: message.channel, lead)
    return current == message.destination ? nil : "address_changed"
  }

  /// What follows from a message that was delivered, or that its server will never take.
  package var deliveryEffects: DeliveryEffects {
    { attempt, outcome, now in
      switch outcome {
      case .delivered: return await delivered(attempt, at: now)
      case .bounced: return bounced(attempt, at: now)
      case .deferred(let answer, _): return deferred(attempt, answer, at: now)
      case .refused, .withdrawn: return nil
      }
    }
  }

  /// A message that is given up leaves something undone that nobody else sees.
  private func deferred(
    _ attempt: DeliveryAttempt, _ answer: DeliveryAnswer, at now: Timestamp
  ) -> OutreachEffects? {
    let message = attempt.message
    guard attempt.number >= message.maxAttempts else { return nil }
    var context: JSONObject = [
      "messageID": .string(message.id.rawValue), "channel": .string(message.channel.rawValue),
      "cause": .string(answer.code),
    ]
    if let step = message.step { context["step"] = JSONValue(step) }
    let opened = Escalation(
      id: WorkDesk.newName("esc_", at: now), leadID: message.leadID,
      subject: message.engagementID?.rawValue ?? message.id.rawValue,
      reason: "A message was given up after its last attempt: requeue_messages has it sent again",
      context: context, owner: escalation.escalationOwner, openedAt: now,
      deadline: now + escalation.escalationLifetime)
    var effects = OutreachEffects()
    effects.escalation = .init(
      opened,
      event: Event(
        id: WorkDesk.newName("evt_", at: now), kind: .escalationOpened, leadID: message.leadID,
        campaignID: message.campaignID, occurredAt: now, actor: "outbox",
        facts: HandoffEvents.facts(of: opened)))
    return effects
  }

  private func delivered(_ attempt: DeliveryAttempt, at now: Timestamp) async -> OutreachEffects? {
    let (message, workspace) = (attempt.message, attempt.workspace)
    // Without the lead, or a store that answers, nothing is left to note it with.
    guard let lead = try? leads.lead(message.leadID, in: workspace) else { return nil }
    var effects = OutreachEffects()
    effects.addresses = addresses(of: message, lead)
    effects.touch = ContactTouch(
      leadID: lead.id, channel: message.channel, campaignID: message.campaignID, at: now)
    let sent: InteractionKind =
      switch message.channel.interaction {
      case .call: .callMade
      case .sms: .smsSent
      default: .emailSent
      }
    var metadata: JSONObject = ["messageID": .string(message.id.rawValue)]
    if !message.content.subject.isEmpty { metadata["subject"] = .string(message.content.subject) }
    let interaction = interaction(
      message, sent, name: message.id.rawValue, metadata: metadata, at: now)
    effects.interaction = interaction
    effects.memory =
      await memory.analyzed([InteractionMemory.record(of: interaction, recordedAt: now)]).first
    let event = recorded(interaction, at: now)
    effects.events = [event]
    effects.move = JourneyMove(to: .monitored, by: event)
    effects.counts = PerformanceCount.counts(
      of: message, strategy: strategy(of: message, in: workspace),
      hour: hour(at: now, of: lead), .sent, at: now)
    return effects
  }

  /// An address that takes no mail for good is left alone.
  private func bounced(_ attempt: DeliveryAttempt, at now: Timestamp) -> OutreachEffects? {
    guard let lead = try? leads.lead(attempt.message.leadID, in: attempt.workspace) else {
      return nil
    }
    let message = attempt.message
    var effects = OutreachEffects()
    effects.addresses = addresses(of: message, lead)
    effects.suppressions = suppressions(
      of: message, lead, because: .bounced, on: message.channel.governing, at: now)
    effects.counts = PerformanceCount.counts(
      of: message, strategy: strategy(of: message, in: attempt.workspace), hour: nil, .bounced,
      at: now)
    if (try? ends(message, on: .bounce, in: attempt.workspace)) == true {
      effects.exit = .bounce
      effects.engagementID = message.engagementID
      effects.ended = event(.engagementCompleted, by: "outbox", at: now)
    }
    return effects
  }

  /// Who is not contacted any more because of a message.
  func suppressions(
    of message: OutboundMessage, _ lead: Lead, because reason: Suppression.Reason,
    on channel: OutreachChannel?, at now: Timestamp
  ) -> [SuppressionEntry] {
    let suppression = Suppression(channel: channel, reason: reason, actor: "outbox", since: now)
    // A bounce tells of the address alone; the person's wish holds wherever it is reached now.
    let all = reason == .bounced ? sentTo(message) : addresses(of: message, lead)
    let reached = all.filter { channel == nil || $0.isReached(by: message.channel) }
    return (reached.isEmpty ? all : reached).map { SuppressionEntry(.address($0), suppression) }
  }

  private func sentTo(_ message: OutboundMessage) -> [ContactAddress] {
    [ContactAddress(message.destination, keepsPlusTags: keepsPlusTags)].compactMap(\.self)
  }

  /// What a person is reached by: where the message went, which may be an address that the lead has not any more,
  /// and its own.
  func addresses(of message: OutboundMessage, _ lead: Lead) -> [ContactAddress] {
    let sent = sentTo(message)
    return sent + addresses(of: lead).filter { !sent.contains($0) }
  }

  func interaction(
    _ message: OutboundMessage, _ kind: InteractionKind, name: String, metadata: JSONObject,
    outcome: InteractionOutcome = .none, at time: Timestamp
  ) -> Interaction {
    var interaction = Interaction(
      id: InteractionID(rawValue: name), leadID: message.leadID, occurredAt: time,
      channel: message.channel.interaction, kind: kind, outcome: outcome)
    interaction.campaignID = message.campaignID
    interaction.variantID = message.variantID
    interaction.metadata = metadata
    return interaction
  }

  /// The event that an interaction was recorded.
  func recorded(_ interaction: Interaction, at now: Timestamp) -> Event {
    Event(
      id: WorkDesk.newName("evt_", at: now), kind: .interactionRecorded,
      leadID: interaction.leadID, campaignID: interaction.campaignID, occurredAt: now,
      actor: "outbox",
      facts: [
        "interactionID": .string(interaction.id.rawValue),
        "kind": .string(interaction.kind.rawValue),
        "channel": .string(interaction.channel.rawValue),
        "outcome": .string(interaction.outcome.rawValue),
      ])
  }

  func strategy(of message: OutboundMessage, in workspace: WorkspaceID) -> String? {
    message.engagementID.flatMap { try? store.engagement($0, in: workspace)?.strategy }
  }

  /// Whether something ends the engagement that a message is a step of.
  func ends(
    _ message: OutboundMessage, on exit: EngagementStrategy.Exit, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    guard let id = message.engagementID, let engagement = try store.engagement(id, in: workspace)
    else { return [.unsubscribe, .complaint].contains(exit) }
    return ends(engagement, on: exit)
  }

  /// Whether something ends an engagement.
  func ends(_ engagement: Engagement, on exit: EngagementStrategy.Exit) -> Bool {
    // Of a strategy that is not there any more only the unwanted ends it for sure.
    means.strategies[engagement.category]?.exits.contains(exit)
      ?? [.unsubscribe, .complaint].contains(exit)
  }

  /// The hour of the week by a lead's own clock.
  func hour(at time: Timestamp, of lead: Lead) -> Int? {
    zone(of: lead)?.zones.first.map { $0.localTime(at: time).hourOfWeek }
  }
}
