import Marketing
import SQLiteStores
import Sealing

/// What stands behind the ports. Every contract holds for each.
enum Backend: CaseIterable, Sendable {
  case memory, sqlite

  /// Calls `body` with empty stores that watch for changes, and closes them.
  func withStores<Result>(_ body: (Stores) async throws -> Result) async throws -> Result {
    switch self {
    case .memory:
      let stores = InMemoryStores()
      defer { stores.close() }
      return try await body(Stores(stores))
    case .sqlite:
      let folder = try TemporaryFolder()
      let database = try SQLiteDatabase.open(
        path: folder.file("leads.db"), keyRing: try KeyRing.inMemory())
      return try await withThrowingTaskGroup { group in
        defer { database.close() }
        group.addTask { await database.run() }
        return try await body(Stores(database))
      }
    }
  }
}

/// One backend's stores by their ports.
struct Stores: Sendable {
  let leads: any LeadStore
  let events: any EventLog
  let datasets: any DatasetStore
  let tasks: any TaskRecordStore
  let close: @Sendable () -> Void

  init(_ stores: InMemoryStores) {
    leads = stores
    events = stores
    datasets = stores
    tasks = stores
    close = { stores.close() }
  }

  init(_ database: SQLiteDatabase) {
    leads = database.leads
    events = database.events
    datasets = database.datasets
    tasks = database.tasks
    close = { database.close() }
  }
}

extension TriageBasis {
  /// A new lead, whatever duplicates it has.
  static let unchecked = TriageBasis.new(hasDuplicates: true)
}

extension Stores {
  /// Stores a lead with its triage, by its own identity unless another is given.
  func save(
    _ lead: Lead, identity: LeadIdentity? = nil, isNew: Bool = true, events: [Event] = [],
    in workspace: WorkspaceID = .home
  ) async throws {
    let stored = isNew ? nil : try leads.lead(lead.id, in: workspace) ?? lead
    try await leads.saveTriage(
      .sample(of: lead.id), of: lead,
      identity: identity ?? LeadIdentity(of: lead, keepsPlusTags: false),
      basis: stored.map(TriageBasis.stored) ?? .unchecked, events: events, in: workspace)
  }

  @discardableResult
  func record(
    _ interaction: Interaction, event: Event? = nil, in workspace: WorkspaceID = .home
  ) async throws -> Bool {
    try await leads.record(
      interaction, event: event ?? .sample(.interactionRecorded, of: interaction.leadID),
      in: workspace)
  }

  @discardableResult
  func record(
    _ outcome: Outcome, replacing: Bool = false, in workspace: WorkspaceID = .home
  ) async throws -> Bool {
    try await leads.record(
      outcome, replacing: replacing, event: .sample(.outcomeRecorded, of: outcome.leadID),
      in: workspace)
  }

  @discardableResult
  func importRows(
    _ rows: ImportBatch, in workspace: WorkspaceID = .home
  ) async throws -> ImportCount {
    try await datasets.importRows(rows, event: .sample(.datasetImported), in: workspace)
  }

  /// The names of the leads of a page.
  func found(
    in workspace: WorkspaceID = .home, _ change: (inout LeadQuery) -> Void = { _ in }
  ) async throws -> [String] {
    var query = LeadQuery()
    query.limit = 200
    change(&query)
    return try await leads.search(query, in: workspace).leads.map(\.id.rawValue)
  }
}

/// The code of the error that a call ends with; `nil` when it ends without one.
func code(_ call: () async throws -> Void) async throws -> StoreError.Code? {
  do {
    try await call()
    return nil
  } catch let error as StoreError {
    return error.code
  }
}
