import JSONRPC
package import Marketing

extension EngagementDesk {
  /// Why an engagement could not be executed.
  package enum ExecutionError: Error {
    case store(StoreError)
    /// A message could not be written; nothing was stored.
    case template(TemplateError)
  }

  /// What is said in messages beside what is known of the lead.
  package struct Words: Sendable {
    /// What names in templates stand for.
    package var values: [String: String] = [:]
    /// Texts that take a template's place, by the steps' names.
    package var texts: [String: MessageContent] = [:]

    /// Nothing.
    package init() {}
  }

  /// How often it is done anew because others have changed the engagement meanwhile.
  private static let attempts = 20
  /// A plan whose first step is this late is made anew.
  private static let staleAfter = Duration.seconds(300)

  /// Writes an engagement's messages and puts them into the outbox. One that was executed before stays as it is.
  /// - Parameters:
  ///   - resumes: whether one that was paused goes on with what was not sent.
  ///   - ending: work that is done by this; `nil` for none.
  /// - Returns: the engagement as it is now, and whether this executed it.
  package func execute(
    _ id: EngagementID, saying words: Words = Words(), resumes: Bool = false,
    ending: WorkEnding? = nil, by actor: String, in workspace: WorkspaceID
  ) async throws(ExecutionError) -> (engagement: Engagement, isNew: Bool) {
    for _ in 0..<Self.attempts {
      let (engagement, lead) = try await storing { () throws(StoreError) in
        try executable(id, in: workspace)
      }
      // Whoever died before it could say that it was done asks again, and undoes nobody's pause.
      let isPaused = engagement.state == .paused
      if isPaused ? !resumes : engagement.startedAt != nil { return (engagement, false) }
      let time = now()
      let planned = try await storing { () async throws(StoreError) in
        try withoutStopped(
          try await renewed(engagement, lead, at: time, in: workspace), in: workspace)
      }
      let (steps, messages): ([EngagementStep], [OutboundMessage])
      do {
        (steps, messages) = try written(planned, of: engagement, lead, words, at: time)
      } catch {
        throw .template(error)
      }
      guard !messages.isEmpty || steps.contains(where: { $0.messageID != nil }) else {
        throw .store(.nothingToSend(engagement, steps))
      }
      do {
        return try await store.start(
          id, number: engagement.number, steps: steps, messages: messages,
          ending: ending, at: time, event: event(.engagementStarted, by: actor, at: time),
          in: workspace)
      } catch {
        guard error.code == .stale else { throw .store(error) }
      }
    }
    throw .store(.staleEngagement(id))
  }

  private func storing<Value>(
    _ step: () async throws(StoreError) -> Value
  ) async throws(ExecutionError) -> Value {
    do { return try await step() } catch { throw .store(error) }
  }

  /// An engagement that can be executed, with its lead.
  func executable(
    _ id: EngagementID, in workspace: WorkspaceID
  ) throws(StoreError) -> (Engagement, Lead) {
    guard let engagement = try store.engagement(id, in: workspace) else {
      throw .noSuchEngagement(id)
    }
    guard engagement.state != .cancelled else { throw .isOver(engagement) }
    guard let lead = try leads.lead(engagement.leadID, in: workspace) else {
      throw .noSuchLead(engagement.leadID)
    }
    return (engagement, lead)
  }

  /// The steps that are left, with channels and times of now where the plan is old or was paused.
  private func renewed(
    _ engagement: Engagement, _ lead: Lead, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [EngagementStep] {
    let first = engagement.steps.compactMap(\.at).min()
    let isPaused = engagement.state == .paused
    if !isPaused, let first, time <= first + Self.staleAfter { return engagement.steps }
    let done = isPaused ? try await done(in: engagement, in: workspace) : []
    let left = engagement.steps.map(\.index).filter { !done.contains($0) }
    guard let strategy = means.strategies[engagement.category],
      strategy.version == engagement.strategy
    else {
      // There is another strategy now: the plan stays, what was not sent of it is sent anew.
      var steps = engagement.steps
      for index in left { steps[index].messageID = nil }
      return steps
    }
    let rest = strategy.keeping(left)
    let planned = try await steps(
      of: rest, for: lead, campaign: engagement.campaignID, at: time, in: workspace)
    var steps = engagement.steps
    for (index, planned) in zip(left, planned) {
      var step = EngagementStep(planned, index: index)
      (step.variantID, step.experimentID) = (steps[index].variantID, steps[index].experimentID)
      step.template = steps[index].template
      steps[index] = step
    }
    return steps
  }

  /// The steps of a paused engagement that are not sent again.
  /// - Throws: `.conflict` while a message is just being sent.
  private func done(
    in engagement: Engagement, in workspace: WorkspaceID
  ) async throws(StoreError) -> Set<Int> {
    let entries = try await outbox.entries(.engagement(engagement.id), limit: 1000, in: workspace)
    if entries.contains(where: { !$0.state.isFinal }) {
      throw StoreError(
        .conflict,
        "A message of engagement '\(engagement.id)' is just being sent: try again in a few seconds")
    }
    var states: [MessageID: OutboxEntry] = [:]
    for entry in entries { states[entry.message.id] = entry }
    return Set(
      engagement.steps.filter { step in
        guard let id = step.messageID else { return false }
        // One that is not kept any more came to its end long ago; one that may have arrived is not sent twice.
        guard let entry = states[id] else { return true }
        return entry.isPossibleDuplicate || ![.cancelled, .refused].contains(entry.state)
      }.map(\.index))
  }

  /// The messages of the steps that have none yet.
  private func written(
    _ planned: [EngagementStep], of engagement: Engagement, _ lead: Lead, _ words: Words,
    at time: Timestamp
  ) throws(TemplateError) -> ([EngagementStep], [OutboundMessage]) {
    var steps = planned
    var messages: [OutboundMessage] = []
    for (place, step) in planned.enumerated() where step.messageID == nil {
      guard let channel = step.channel, let at = step.at else { continue }
      guard let destination = destination(of: channel, lead) else {
        steps[place].at = nil
        steps[place].reasons.append("the address is not known any more")
        continue
      }
      var content =
        if let text = words.texts[step.name] {
          text
        } else {
          try self.content(of: step, for: lead, saying: words)
        }
      if channel == .calendar {
        content.invitation = invitation(content, lead, from: at)
      }
      var message = OutboundMessage(
        id: WorkDesk.newName("msg_", at: time), leadID: lead.id, channel: channel,
        purpose: step.purpose, destination: destination, content: content,
        idempotencyKey: "\(engagement.id)/\(step.index)/\(engagement.number)", createdAt: time)
      message.engagementID = engagement.id
      message.campaignID = engagement.campaignID
      message.variantID = step.variantID
      message.step = step.index
      message.notBefore = max(at, time)
      steps[place].messageID = message.id
      messages.append(message)
    }
    return (steps, messages)
  }

  /// What a step's template says to a lead.
  func content(
    of step: EngagementStep, for lead: Lead, saying words: Words
  ) throws(TemplateError) -> MessageContent {
    try means.templates.content(
      of: step.template, with: means.voice.values(for: lead, saying: words.values))
  }

  /// Where a channel reaches a lead; `nil` where it does not.
  func destination(of channel: OutreachChannel, _ lead: Lead) -> String? {
    switch channel {
    case .email, .calendar: lead.contact.email
    case .sms, .phone: lead.contact.phone
    // Whoever takes these knows the lead by its name.
    case .chat, .webhook: means.openChannels.contains(channel) ? lead.id.rawValue : nil
    }
  }

  /// Half an hour on the next day, within office hours wherever the lead may be.
  private func invitation(_ content: MessageContent, _ lead: Lead, from at: Timestamp) -> Invitation
  {
    let office = QuietHours(opensAtMinute: 9 * 60, closesAtMinute: 17 * 60)
    let hour: Int64 = 3_600_000
    let next = at + .days(1)
    let full = Timestamp(milliseconds: (next.milliseconds + hour - 1) / hour * hour)
    let start = zone(of: lead).flatMap { office.earliest(from: full, in: $0.zones) } ?? full
    return Invitation(
      start: start, duration: .seconds(1800), summary: content.subject, details: content.text,
      location: means.voice.link)
  }
}

extension EngagementStrategy {
  /// The strategy with only some of its steps.
  fileprivate func keeping(_ places: [Int]) -> EngagementStrategy {
    var rest = self
    rest.steps = places.filter(steps.indices.contains).map { steps[$0] }
    return rest
  }
}
