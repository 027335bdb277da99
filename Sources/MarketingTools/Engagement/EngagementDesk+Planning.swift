import JSONRPC
package import Marketing

extension EngagementDesk {
  /// What is to be planned.
  package struct PlanRequest: Sendable {
    /// Whom it is to win.
    package var leadID: LeadID
    /// The name for a new engagement; `nil` for one of our own.
    package var engagementID: EngagementID?
    /// The handoff that it follows.
    package var handoffID: HandoffID?
    /// The campaign it counts for; `nil` for the lead's own.
    package var campaignID: CampaignID?
    /// The category to go by; `nil` for the lead's own.
    package var category: LeadCategory?
    /// The experiment that the lead takes part in.
    package var experiment: VariantAssignment?
    /// Whether it is looked up what has worked in this situation.
    package var asksPatterns = true

    /// A request.
    package init(leadID: LeadID) { self.leadID = leadID }
  }

  /// A plan with what it was made from.
  package struct Planned: Sendable {
    package let engagement: Engagement
    /// Whether this is the plan that was asked for, rather than one that was executed before.
    package let isNew: Bool
    /// What has worked in this situation, the surest first.
    package let patterns: [MemoryPatterns.Known]
  }

  /// How long ago what channels and hours came to counts.
  static let performanceDays = 90
  private static let mostPatterns = 3
  private static let mostMessages = 1000

  /// Plans how a lead is won, and stores the plan. Nothing is sent.
  /// - Throws: `.notFound` when there is no such lead; `.conflict` when it has not been triaged, or another
  ///   engagement of it is running.
  package func plan(
    _ request: PlanRequest, by actor: String, for reader: MemoryReader, in workspace: WorkspaceID
  ) async throws(StoreError) -> Planned {
    let time = now()
    guard let lead = try leads.lead(request.leadID, in: workspace) else {
      throw .noSuchLead(request.leadID)
    }
    guard var category = request.category ?? lead.category else {
      throw StoreError(
        .conflict, "Lead '\(lead.id)' has not been triaged: call triage_lead, or say its category")
    }
    let stage = try journeys.journey(of: lead.id, in: workspace)?.stage
    if let stage, [.converted, .closed].contains(stage) {
      throw StoreError(
        .conflict,
        "Lead '\(lead.id)' is \(stage.rawValue): nobody reaches out to it until it writes again")
    }
    if request.category == nil, try isOnlyAnswered(lead, category, at: time, in: workspace) {
      category = .generalInquiry
    }
    guard let strategy = means.strategies[category] else {
      throw StoreError(
        .conflict, "There is no strategy for \(category.rawValue): say another category")
    }
    let id: EngagementID = request.engagementID ?? WorkDesk.newName("engagement_", at: time)
    let campaign = request.campaignID ?? lead.campaignID
    let variant = try await self.variant(
      for: lead.id, request, strategy, campaign: campaign, by: actor, at: time, in: workspace)
    let steps = try await steps(
      of: strategy, for: lead, campaign: campaign, at: time, in: workspace
    ).enumerated().map { index, planned in
      var step = EngagementStep(planned, index: index)
      (step.variantID, step.experimentID) = (variant?.name, variant?.experimentID)
      step.template = template(step.template, variant: variant?.name)
      return step
    }
    var plan = Engagement(
      id: id, leadID: lead.id, category: category, strategy: strategy.version, steps: steps,
      at: time)
    plan.handoffID = request.handoffID
    plan.campaignID = campaign
    let stored = try await store.save(
      plan, event: event(.engagementPlanned, by: actor, at: time), in: workspace)
    let patterns =
      request.asksPatterns
      ? try await MemoryPatterns(memory.store).all(
        in: category.rawValue, for: reader, now: time, of: workspace) : []
    return Planned(
      engagement: stored.engagement, isNew: stored.isNew,
      patterns: Array(patterns.prefix(Self.mostPatterns)))
  }

  /// Whether a lead that has asked something can be answered and no more: all that its category's strategy sends wants
  /// a consent that there is not.
  private func isOnlyAnswered(
    _ lead: Lead, _ category: LeadCategory, at time: Timestamp, in workspace: WorkspaceID
  ) throws(StoreError) -> Bool {
    guard lead.message != nil, let strategy = means.strategies[category] else { return false }
    let (facts, gates) = (try facts(of: lead, at: time, in: workspace), GateCheck(settings))
    return strategy.steps.allSatisfy { step in
      step.channels.allSatisfy {
        gates.standing(facts, on: $0, for: step.purpose)?.gate == .consent
      }
    }
  }

  /// A strategy's steps with channels and times for a lead.
  func steps(
    of strategy: EngagementStrategy, for lead: Lead, campaign: CampaignID?, at time: Timestamp,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [PlannedStep] {
    var facts = try facts(of: lead, at: time, in: workspace)
    let since = time + .days(-Self.performanceDays)
    var records: [OutreachChannel: ChannelRecord] = [:]
    let store = store
    for record in try await sums.records(
      by: .channel, at: time, in: workspace,
      { () async throws(StoreError) in
        try await store.performance(by: .channel, since: since, in: workspace)
      })
    {
      guard let channel = OutreachChannel(rawValue: record.value) else { continue }
      records[channel] = ChannelRecord(
        successes: min(record[.clicked] + record[.replied] + record[.meeting], record[.sent]),
        trials: record[.sent])
    }
    var population = HourCounts()
    for record in try await sums.records(
      by: .hour, at: time, in: workspace,
      { () async throws(StoreError) in
        try await store.performance(by: .hour, since: since, in: workspace)
      })
    {
      guard let hour = Int(record.value) else { continue }
      population.add(
        sends: record[.sent], clicks: record[.clicked] + record[.replied], atHour: hour)
    }
    let model = SendTimeModel(
      contact: hours(of: facts), population: population, settings: settings)
    facts.touches += try await planned(for: lead, at: time, in: workspace)
    // The same lead at the same time is planned in the same way.
    let place = VariantAssignment.place(of: lead.id, in: time.iso8601)
    var generator = SplitMix64(state: UInt64(place * 0x1p53))
    return EngagementPlanner(strategy, settings: settings).plan(
      for: lead.id, facts, campaign: campaign, records: records, sendTimes: model, now: time,
      using: &generator)
  }

  /// The contacts with a person that wait in the outbox, also those with other leads that have an address of it.
  private func planned(
    for lead: Lead, at time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [ContactTouch] {
    let identity = LeadIdentity(of: lead, keepsPlusTags: keepsPlusTags)
    let others = try leads.history(of: lead.id, identity: identity, in: workspace).duplicates
      .filter { [.email, .phone].contains($0.reason) }
    var planned: [ContactTouch] = []
    for id in [lead.id] + others.map(\.leadID) {
      let entries = try await outbox.entries(
        .lead(id), limit: Self.mostMessages, in: workspace)
      planned += entries.filter { !$0.state.isFinal }.map { entry in
        ContactTouch(
          leadID: id, channel: entry.message.channel, campaignID: entry.message.campaignID,
          at: max(entry.message.notBefore, time))
      }
    }
    return planned
  }

  /// What was sent to a person by hours of the week, and what it answered within a day.
  private func hours(of facts: RecipientFacts) -> HourCounts {
    var counts = HourCounts()
    guard let zone = facts.zone?.zones.first else { return counts }
    let answers = facts.touches.filter { $0.kind == .response }.map(\.at)
    for sent in facts.touches where sent.kind == .sent {
      let isAnswered = answers.contains { sent.at <= $0 && $0 < sent.at + .days(1) }
      counts.add(
        sends: 1, clicks: isAnswered ? 1 : 0, atHour: zone.localTime(at: sent.at).hourOfWeek)
    }
    return counts
  }

  /// The text of a variant where there is one, else the one for all.
  func template(_ name: String, variant: String?) -> String {
    guard let variant else { return name }
    let own = "\(name)_\(variant)"
    return means.templates.names.contains(own) ? own : name
  }
}
