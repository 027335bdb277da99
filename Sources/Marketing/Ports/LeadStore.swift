/// Keeps leads with their scores, interactions and outcomes. Every method is one transaction and sees
/// and touches one workspace only; what a method has returned from is durable.
package protocol LeadStore: Sendable {
  /// The lead; `nil` when there is none of this name.
  func lead(_ id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> Lead?

  /// What is known of a lead's past: its own interactions and conversions when it is stored, those of
  /// its duplicates, its company's leads. `id` itself is never among the duplicates.
  func history(
    of id: LeadID?, identity: LeadIdentity, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadHistory

  /// The counts for triage, one per level from all leads down: all, then by source, then also by
  /// industry, then also by size, then also by region: always five counts.
  func cohorts(
    for key: CohortKey, in workspace: WorkspaceID
  ) throws(StoreError) -> [CohortCount]

  /// The latest triage of a lead; `nil` when there is none.
  func latestTriage(of id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> TriageRecord?

  /// A lead with its past, all of one moment; `nil` when there is none of this name.
  /// - Parameter limit: how many interactions at most.
  func profile(
    of id: LeadID, interactions limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> LeadProfile?

  /// Stores a lead (new or with changed fields), its triage and the events in one transaction.
  /// - Parameters:
  ///   - basis: what the triage was made from.
  ///   - shadows: what models say of the lead, to be judged by its outcome; each takes the place of what
  ///     its model said before. Of a lead that has an outcome they are not kept: they would know it.
  ///   - hold: work with the lead that is being done already; an open item that is the same work and that nobody
  ///     has is held in its place.
  /// - Returns: the held work; `nil` without one, or where somebody else has it.
  /// - Throws: `.stale` when that has changed meanwhile: read again, decide again; `.conflict` when a new
  ///   lead's name is taken; `.notFound` when the lead is not there any more.
  func saveTriage(
    _ triage: TriageRecord, of lead: Lead, identity: LeadIdentity, basis: TriageBasis,
    shadows: [ShadowPrediction], hold: WorkHold?, events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) -> HeldWork?

  /// Stores a lead that has come in (new or with changed fields), the step on its way, the work that goes on with
  /// it and the events in one transaction, without judging it. Nobody looks for its duplicates yet.
  /// - Parameter noting: what is logged of the work when it is new, which wakes those who wait for some.
  /// - Returns: the work; where an open item is the same work, that one.
  /// - Throws: as `saveTriage`.
  func receive(
    _ lead: Lead, identity: LeadIdentity, basis: TriageBasis, work: WorkDraft, at now: Timestamp,
    events: [Event], noting: @escaping WorkQueueStore.Events, in workspace: WorkspaceID
  ) async throws(StoreError) -> QueuedWork

  /// Stores an interaction with its event, the lead's last activity and what is remembered of it. Storing the
  /// same one again changes nothing.
  /// - Parameter isTimeAssumed: nobody said when it happened, so the time makes no difference between
  ///   this one and a stored one of its name.
  /// - Throws: `.notFound` when there is no such lead, `.conflict` when the name belongs to another
  ///   interaction.
  func record(
    _ interaction: Interaction, isTimeAssumed: Bool, memory: AnalyzedMemory?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded

  /// The latest outcome of a lead; `nil` when there is none.
  func latestOutcome(of id: LeadID, in workspace: WorkspaceID) throws(StoreError) -> Outcome?

  /// The latest outcome of a lead with another disposition than this; `nil` when there is none.
  func latestOutcome(
    of id: LeadID, otherThan disposition: Disposition, in workspace: WorkspaceID
  ) throws(StoreError) -> Outcome?

  /// Stores an outcome with its event and sets the lead's status (converted, unqualified). Storing an
  /// equal one again changes nothing.
  /// - Parameters:
  ///   - isTimeAssumed: nobody said when it happened; one that is otherwise equal and at most a day older
  ///     is taken for the same, reported twice.
  ///   - replacing: whether outcomes of another disposition are removed.
  ///   - lesson: what is to be learned from it, in the place of what was learned from the lead before, in
  ///     the same transaction. Without one, what was learned before counts for the disposition that the
  ///     lead has now. An outcome that is not new teaches nothing.
  ///   - event: also says when it was recorded.
  /// - Throws: `.notFound` when there is no such lead; `.conflict` when another disposition is stored
  ///   for it and `replacing` is false.
  func record(
    _ outcome: Outcome, isTimeAssumed: Bool, replacing: Bool, lesson: Lesson?, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Recorded

  /// A lead's interactions, latest first.
  func interactions(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [Interaction]

  /// Leads that match, in the query's order, from its offset on.
  func search(_ query: LeadQuery, in workspace: WorkspaceID) async throws(StoreError) -> LeadPage

  /// What the fields of stored leads hold, most frequent first, for completion.
  func values(
    of field: LeadField, prefix: String, limit: Int, in workspace: WorkspaceID
  ) async throws(StoreError) -> [String]
}

extension LeadStore {
  /// Stores a lead, its triage and the events; nobody works with it yet.
  package func saveTriage(
    _ triage: TriageRecord, of lead: Lead, identity: LeadIdentity, basis: TriageBasis,
    shadows: [ShadowPrediction] = [], events: [Event], in workspace: WorkspaceID
  ) async throws(StoreError) {
    _ = try await saveTriage(
      triage, of: lead, identity: identity, basis: basis, shadows: shadows, hold: nil,
      events: events, in: workspace)
  }

  /// Stores an interaction of which the time is known, without a memory of it.
  /// - Returns: whether it was new.
  package func record(
    _ interaction: Interaction, event: Event, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await record(
      interaction, isTimeAssumed: false, memory: nil, event: event, in: workspace
    ).isNew
  }

  /// Stores an outcome of which the time is known.
  /// - Returns: whether it was new.
  package func record(
    _ outcome: Outcome, replacing: Bool, lesson: Lesson? = nil, event: Event,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    try await record(
      outcome, isTimeAssumed: false, replacing: replacing, lesson: lesson, event: event,
      in: workspace
    ).isNew
  }
}

/// What a triage was made from, so that it is not stored over something that it has not seen.
package enum TriageBasis: Sendable, Hashable {
  /// Nothing: the lead is new.
  /// - Parameter hasDuplicates: whether leads that seem to be the same person are known. If none is, none
  ///   may have come in meanwhile: a form that is sent twice makes two leads that know of each other.
  case new(hasDuplicates: Bool)
  /// The lead as it was read.
  case stored(Lead)
}

/// What became of something that was reported.
package struct Recorded: Sendable, Hashable {
  /// Whether it was stored now; it was stored before otherwise.
  package var isNew: Bool
  /// When it happened, as it is stored.
  package var occurredAt: Timestamp

  /// A report's fate.
  package init(isNew: Bool, occurredAt: Timestamp) {
    self.isNew = isNew
    self.occurredAt = occurredAt
  }
}

/// A field whose values can be listed.
package enum LeadField: String, Sendable, Hashable, CaseIterable {
  case id, source, industry, companySize, persona, region
}

/// What to look for among the leads. All conditions must hold; an absent one holds always.
package struct LeadQuery: Sendable, Hashable {
  /// Words that name, company, e-mail, message and attributes must hold, each as a word's beginning.
  package var text: String?
  /// One of these categories.
  package var categories: [LeadCategory] = []
  /// One of these states.
  package var statuses: [LeadStatus] = []
  /// This source, industry, company size, persona, region, compared without case.
  package var fields: [LeadField: String] = [:]
  /// This campaign.
  package var campaignID: CampaignID?
  /// At least this score.
  package var minimumScore: Double?
  /// At most this score.
  package var maximumScore: Double?
  /// Created at this time or later.
  package var createdFrom: Timestamp?
  /// Created before this time.
  package var createdBefore: Timestamp?
  /// The order; ties by name.
  package var order = Order.createdAtDescending
  /// How many leads at most, 1–200.
  package var limit = 20
  /// Where to go on: the key of the last lead of the page before.
  package var after: LeadPage.Key?

  /// The order of a result.
  package enum Order: String, Sendable, Hashable, Codable, CaseIterable {
    case createdAtDescending = "created_desc"
    case scoreDescending = "score_desc"
    case lastActiveDescending = "last_active_desc"
  }

  /// A query that every lead matches.
  package init() {}
}

/// One page of a search.
package struct LeadPage: Sendable, Hashable {
  /// The leads in order.
  package var leads: [Lead]
  /// How many leads match in all.
  package var total: Int
  /// Where the next page goes on; `nil` on the last page.
  package var next: Key?

  /// A place between two leads of a result: the value that the order sorts by, and the lead's name.
  /// It stays right when leads are added or removed.
  package struct Key: Sendable, Hashable, Codable {
    /// What the result is sorted by: milliseconds or a score; `nil` sorts last.
    package var value: Double?
    /// The last lead of the page.
    package var id: LeadID

    /// A place.
    package init(value: Double?, id: LeadID) {
      self.value = value
      self.id = id
    }
  }

  /// A page.
  package init(leads: [Lead], total: Int, next: Key?) {
    self.leads = leads
    self.total = total
    self.next = next
  }
}
