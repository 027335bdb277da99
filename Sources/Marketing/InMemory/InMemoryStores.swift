import JSONRPC

/// Every store port over dictionaries: for tests, and for a server that shall forget. Fast enough for
/// thousands of leads; most reads look at all of a workspace.
package final class InMemoryStores: Sendable {
  let state: Locked<InMemoryState>
  let addressHasher = AddressHasher()

  /// Empty stores.
  package init() { state = Locked(InMemoryState()) }

  /// Ends the streams of changes.
  package func close() {
    let listeners = state.withLock { state in
      state.isClosed = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }

  /// Runs one transaction. What `body` logs gets its place and is announced.
  /// - Parameter body: throws, if it does, before it changes anything.
  func write<Result: Sendable>(
    in workspace: WorkspaceID,
    _ body: (inout InMemoryWorkspace) throws(StoreError) -> (Result, events: [Event])
  ) throws(StoreError) -> Result {
    try state.withLock { (state) throws(StoreError) in
      let (result, events) = try body(&state.workspaces[workspace, default: InMemoryWorkspace()])
      for event in events { state.log(event, in: workspace) }
      if !events.isEmpty {
        for listener in state.listeners.values { listener.yield(Int64(state.events.count)) }
      }
      return result
    }
  }

  /// Runs a query over the workspace.
  func read<Result: Sendable>(
    in workspace: WorkspaceID, _ body: (borrowing InMemoryWorkspace) -> Result
  ) -> Result {
    state.withLock { body($0.workspaces[workspace] ?? InMemoryWorkspace()) }
  }
}

/// What the in-memory stores hold.
struct InMemoryState: Sendable {
  var workspaces: [WorkspaceID: InMemoryWorkspace] = [:]
  var events: [LoggedEvent] = []
  var accessKeys: [AccessKeyID: AccessKey] = [:]
  var listeners: [Int: AsyncStream<Int64>.Continuation] = [:]
  var nextListener = 0
  /// Whether new streams of changes end at once.
  var isClosed = false

  mutating func log(_ event: Event, in workspace: WorkspaceID) {
    var event = event
    // Only a stored lead has a key that its values could be kept under.
    if event.leadID.flatMap({ workspaces[workspace]?.leads[$0] }) == nil { event.personal = nil }
    events.append(
      LoggedEvent(sequence: Int64(events.count + 1), workspace: workspace, event: event))
  }
}

/// What one workspace holds.
struct InMemoryWorkspace: Sendable {
  /// A lead with what other leads are compared by.
  struct StoredLead: Sendable {
    var lead: Lead
    var identity: LeadIdentity
    /// The place among all leads in the order they were first stored.
    var place: Int
    /// What files said of it.
    var imported = ImportMemory()
  }

  struct RawKey: Sendable, Hashable {
    let table: String
    let key: String
  }

  var leads: [LeadID: StoredLead] = [:]
  var triages: [LeadID: TriageRecord] = [:]
  var interactions: [InteractionID: Interaction] = [:]
  /// In the order they were stored.
  var outcomes: [Outcome] = []
  /// What tables of outcomes said, under what names an outcome, with the reading that said it.
  var importedOutcomes: [Outcome: [Outcome: Int64]] = [:]
  /// The names of outcomes whose time an import made up.
  var guessedOutcomes: Set<Outcome> = []
  /// When each lead got its outcome: when the first of those that are stored was.
  var outcomesKnownSince: [LeadID: Timestamp] = [:]
  var campaigns: [CampaignID: Campaign] = [:]
  var campaignFigures = InMemoryCampaigns()
  var optimizations = InMemoryOptimizations()
  var experiments: [ExperimentID: Experiment] = [:]
  /// Who was assigned which variant, and when.
  var experimentUnits: [ExperimentID: [LeadID: (variant: String, assignedAt: Timestamp)]] = [:]
  var rawRows: [RawKey: RawRow] = [:]
  /// The rows of which all they say has been told to memory or to the graph.
  var toldRows: Set<RawKey> = []
  var quarantine: [String: [QuarantinedRow]] = [:]
  var tasks: [String: TaskRecord] = [:]
  var idempotencyKeys: [KeyName: UsedKey] = [:]
  var scoring = InMemoryScoring()
  var memory = InMemoryMemory()
  var consolidation = InMemoryConsolidation()
  /// What people said about being contacted, and how often they were.
  var contacts = InMemoryConsents()
  var graph = InMemoryGraph()
  var work = InMemoryWork()
  /// The steps of leads that are stored, in their order.
  var journeys: [LeadID: [JourneyStep]] = [:]
  var handoffs: [HandoffID: StoredHandoff] = [:]
  var escalations: [EscalationID: Escalation] = [:]
  var outbox = InMemoryOutbox()
  var engagements: [EngagementID: Engagement] = [:]
  /// In the order they were stored.
  var engagementOrder: [EngagementID] = []
  var reports: [InMemoryReport] = []
  /// Sums by hour.
  var performance: [PerformanceCount: Int] = [:]
  var storedLeads = 0

  /// Stores a new lead or replaces one; its last activity never goes back.
  mutating func put(_ lead: Lead, _ identity: LeadIdentity, imported: ImportMemory? = nil) {
    if let stored = leads[lead.id] {
      leads[lead.id] = StoredLead(
        lead: lead, identity: identity, place: stored.place,
        imported: imported ?? stored.imported)
    } else {
      storedLeads += 1
      leads[lead.id] = StoredLead(
        lead: lead, identity: identity, place: storedLeads, imported: imported ?? ImportMemory())
    }
  }

  /// How often a lead converted.
  func conversions(of id: LeadID) -> Int {
    outcomes.count { $0.leadID == id && $0.disposition == .converted }
  }
}
