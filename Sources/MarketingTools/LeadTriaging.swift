import JSONRPC
import MCP
import Marketing

/// What `triage_lead` and `triage_leads` have in common: from a draft or a known lead to a stored
/// triage.
struct LeadTriaging: Sendable {
  /// A lead that was triaged and stored.
  struct Triaged: Sendable {
    let lead: Lead
    let isNew: Bool
    let result: TriageResult
    /// What goes on with it, in the caller's hands.
    let work: HeldWork?
  }

  /// Why one lead was not triaged.
  enum Refusal: Error, Sendable {
    case invalid([FieldError])
    /// The lead that was named is not stored.
    case unknownLead(FieldError)
    case interrupted(CallInterruption)
  }

  let environment: ToolEnvironment
  let tool: String

  /// How often a triage is made anew because others have changed the lead meanwhile. Each time at least
  /// one of them got through.
  private static let attempts = 1000

  /// The lead with what the draft says of it, not yet stored.
  func lead(
    _ id: LeadID?, draft: LeadDraft, context: RequestContext, now: Timestamp
  ) throws(Refusal) -> (current: Lead?, next: Lead) {
    var current: Lead?
    if let id {
      do {
        current = try environment.leads.lead(id, in: context.workspace)
      } catch {
        throw .interrupted(CallInterruption(error, context))
      }
      guard current != nil else {
        throw .unknownLead(
          FieldError(
            field: "/leadID", found: "a lead that is not stored",
            expected: "the ID of a stored lead, or none for a new lead"))
      }
    }
    switch LeadValidator.validate(draft, isUpdate: current != nil, now: now) {
    case .failure(let refusal): throw .invalid(refusal.errors)
    case .success(let valid):
      guard let current else {
        return (nil, valid.makeLead(id: environment.newName("lead_", at: now)))
      }
      let next = valid.applied(to: current)
      // The draft's own attributes have been checked; what they make together has not.
      if next.attributes != current.attributes,
        let problem = LeadLimits.problem(withAttributes: next.attributes)
      {
        throw .invalid([problem])
      }
      return (current, next)
    }
  }

  /// A known lead with what is told of it, and with what another form of the same person says.
  /// - Returns: the lead as it was and as it is then; `nil` when the form says nothing new.
  func lead(
    _ id: LeadID, draft: LeadDraft, taking form: LeadID, context: RequestContext, now: Timestamp
  ) throws(Refusal) -> (current: Lead?, next: Lead)? {
    let (current, told) = try lead(id, draft: draft, context: context, now: now)
    let (_, other) = try lead(form, draft: LeadDraft(), context: context, now: now)
    guard environment.identity(of: told).match(environment.identity(of: other)) != nil else {
      throw .invalid([
        FieldError(
          field: "/mergeFrom",
          found: "a lead that shares neither address, number, nor company and name with '\(id)'",
          expected: "a lead of the same person, as triage names it")
      ])
    }
    if let merged = told.taking(from: other) { return (current, merged) }
    return told == current ? nil : (current, told)
  }

  /// Triages a lead and stores it with its score and events in one transaction. What others have changed
  /// between reading and storing is never overwritten: the draft is applied to that, and triaged anew.
  /// - Parameters:
  ///   - form: another form of the same person, of which the lead takes what is new.
  ///   - withChanges: whether it is found out what would change the category.
  ///   - hold: the work that goes on with the lead, held by the caller from the same transaction on.
  ///   - intent: what the lead wants where somebody has told already.
  func triage(
    _ id: LeadID?, draft: LeadDraft, taking form: Lead? = nil, withChanges: Bool,
    context: RequestContext, now: Timestamp,
    hold: (Lead, NextAction) -> WorkHold? = { _, _ in nil }, intent: (Lead) -> MessageIntent?
  ) async throws(Refusal) -> Triaged {
    for _ in 0..<Self.attempts {
      let (current, told) = try lead(id, draft: draft, context: context, now: now)
      let next = form.flatMap(told.taking) ?? told
      do {
        return try await store(
          next, was: current, intent: intent(next), withChanges: withChanges, hold: hold,
          context: context, now: now)
      } catch {
        guard error.code == .stale else { throw .interrupted(CallInterruption(error, context)) }
      }
    }
    throw .interrupted(
      .problem(
        CallProblem(
          .stale, "The lead is being changed faster than it can be triaged: try again later.")))
  }

  private func store(
    _ next: Lead, was current: Lead?, intent told: MessageIntent?, withChanges: Bool,
    hold: (Lead, NextAction) -> WorkHold?, context: RequestContext, now: Timestamp
  ) async throws(StoreError) -> Triaged {
    let workspace = context.workspace
    let stores = environment.leads
    let lineup = try await environment.models.models.lineup(in: workspace)
    var lead = next
    let intent = told ?? environment.scorecard.intent(of: lead.message)
    // Who asks for no further contact has withdrawn consent, for good: only consent given anew changes
    // that, not the next message. Once heeded, the same message does not end a consent given after it.
    if intent == .unsubscribe {
      let isRepeated = told == nil && next.message == current?.message
      let last = isRepeated ? try stores.latestTriage(of: next.id, in: workspace) : nil
      let isHeeded = last.map { environment.scorecard.sawRefusal($0) } ?? false
      if !isHeeded { lead.hasConsent = false }
    }
    if intent != .unsubscribe { try await heedAnswer(lead, was: current, context) }
    let identity = environment.identity(of: lead)
    let history = try stores.history(of: current?.id, identity: identity, in: workspace)
    let subject = ScoringSubject(
      lead: lead, identity: identity, history: history, intent: intent, now: now)
    let answer = LineupAnswer(lineup, of: subject, environment, withChanges: withChanges)
    if let cause = answer.cause, environment.models.models.isNews(cause, in: workspace) {
      context.warnOperator("A chosen model cannot answer", cause: cause)
    }
    var result = LeadTriage.triage(
      subject, scoring: answer.scoring,
      cohorts: try stores.cohorts(for: CohortKey(lead), in: workspace),
      settings: environment.settings)
    result.counterfactuals = answer.changes
    if intent == .unsubscribe {
      environment.scorecard.noteRefusal(in: &result.record)
    }
    lead.score = result.record.score
    lead.category = result.record.category
    let work = try await stores.saveTriage(
      result.record, of: lead, identity: identity,
      basis: current.map(TriageBasis.stored)
        ?? .new(hasDuplicates: !history.duplicates.isEmpty),
      shadows: answer.shadows, hold: hold(lead, result.nextAction),
      events: events(
        of: lead, was: current, result, actor: context.actor(tool), now: now), in: workspace)
    if lead.hasConsent == false, intent == .unsubscribe {
      try await environment.engagements.optOut(
        lead, because: .unsubscribed, by: context.actor(tool), in: workspace)
    }
    if let warning = lineup.drift?.note(subject) { result.warnings.append(warning) }
    return Triaged(lead: lead, isNew: current == nil, result: result, work: work)
  }

  /// Who writes again has answered what was sent: nothing more of that goes out by itself. Noted before the message
  /// is stored, so that it is noted again should that fail.
  func heedAnswer(
    _ next: Lead, was current: Lead?, _ context: RequestContext
  ) async throws(StoreError) {
    guard let current, next.message != nil, next.message != current.message else { return }
    try await environment.engagements.exit(
      .reply, of: current.id, by: context.actor(tool), in: context.workspace)
  }

  private func events(
    of lead: Lead, was current: Lead?, _ result: TriageResult, actor: String, now: Timestamp
  ) -> [Event] {
    var events = [change(of: lead, was: current, actor: actor, now: now)].compactMap(\.self)
    events.append(
      Event(
        id: environment.newName("evt_", at: now), kind: .leadTriaged, leadID: lead.id,
        campaignID: lead.campaignID, occurredAt: now, actor: actor,
        facts: [
          "score": JSONValue(result.record.score),
          "category": .string(result.record.category.rawValue),
          "model": .string(result.record.modelVersion),
        ]))
    return events
  }

  /// What is logged of a lead that is new or has changed; `nil` for one that is as it was, but for its score.
  func change(
    of lead: Lead, was current: Lead?, actor: String, now: Timestamp
  ) -> Event? {
    guard let current else {
      return Event(
        id: environment.newName("evt_", at: now), kind: .leadCreated, leadID: lead.id,
        campaignID: lead.campaignID, occurredAt: now, actor: actor,
        facts: Self.consent(of: lead, was: nil), personal: Self.personalFields(of: lead))
    }
    let changed = Self.personalFields(of: lead).members.filter {
      Self.personalFields(of: current)[$0.key] != $0.value
    }
    var before = current
    (before.score, before.category) = (lead.score, lead.category)
    guard before != lead else { return nil }
    return Event(
      id: environment.newName("evt_", at: now), kind: .leadUpdated, leadID: lead.id,
      campaignID: lead.campaignID, occurredAt: now, actor: actor,
      facts: Self.consent(of: lead, was: current.hasConsent),
      personal: changed.isEmpty ? nil : JSONObject(changed.map { ($0.key, $0.value) }))
  }

  /// Consent is what disputes are about: the log says when it was given and withdrawn.
  private static func consent(of lead: Lead, was before: Bool?) -> JSONObject {
    guard let consent = lead.hasConsent, consent != before else { return [:] }
    return ["consent": .bool(consent)]
  }

  /// What of a lead names a person or was written by one.
  private static func personalFields(of lead: Lead) -> JSONObject {
    var fields = JSONObject()
    fields["name"] = lead.contact.name.map(JSONValue.string)
    fields["email"] = lead.contact.email.map(JSONValue.string)
    fields["phone"] = lead.contact.phone.map(JSONValue.string)
    fields["jobTitle"] = lead.contact.jobTitle.map(JSONValue.string)
    fields["company"] = lead.account.company.map(JSONValue.string)
    fields["message"] = lead.message.map(JSONValue.string)
    if !lead.attributes.isEmpty { fields["attributes"] = .object(lead.attributes) }
    return fields
  }
}
