package import Marketing

/// Consolidates memory: lets what was summarised long ago fade, merges what was told twice, summarises what
/// is old and numerous, and learns from episodes which actions work, which the graph says too. Nothing but
/// what faded is lost, and running it again changes nothing. It goes from one lead to the next and then from one situation to the
/// next; each is one transaction, or several where a lead has very many records, so that a run that is
/// interrupted goes on where it stopped.
package struct Consolidator: Sendable {
  /// What a run has done.
  package struct Report: Sendable, Hashable {
    /// Records that were looked at.
    package var examined = 0
    /// Records that were given up for others that say the same.
    package var merged = 0
    /// Patterns that were found, whether they were known before or not.
    package var patterns = 0
    /// Facts on patterns that are new or have changed.
    package var promoted = 0
    /// Records that were summarised.
    package var compressed = 0
    /// Summaries that were made of them.
    package var summaries = 0
    /// Records that faded.
    package var decayed = 0
    /// Whether a limit ended the run before everything was looked at.
    package var hasMore = false
    /// Whether anything is not as it was before.
    package var hasChanged: Bool { merged + promoted + summaries + decayed > 0 }

    /// Nothing done.
    package init() {}
  }

  /// What to consolidate.
  package struct Request: Sendable, Hashable {
    /// Only this lead's records, without looking for patterns; `nil` for everything.
    package var leadID: LeadID?
    /// Whether to say only what would be done to the records as they are.
    package var isDryRun = false
    /// After so many records the run ends; `nil` for the setting.
    package var limit: Int?
    /// Whom the log names.
    package var actor: String

    /// Everything.
    package init(actor: String) { self.actor = actor }
  }

  /// Why nothing was done, or the run did not end.
  package enum Refusal: Error, Sendable {
    case cancelled
    /// Another process consolidates; until when it has said so.
    case busy(until: Timestamp?)
    case store(StoreError)
  }

  /// For how long nobody else takes over, unless the holder shows that it is still there.
  package static let lease = Duration.seconds(60)
  private static let scopesAtOnce = 64
  private static let recordsAtOnce = 500
  /// One at a time for all: it must not take the processor from what is waited for.
  private static let pool = ComputePool(width: 1)

  /// What an operator may change.
  package let settings: ConsolidationSettings
  let memories: any MemoryStore
  let store: any MemoryConsolidationStore
  /// The stems of a text.
  package let analyze: @Sendable (String) -> AnalyzedText
  let now: @Sendable () -> Timestamp

  /// - Parameter analyze: the stems of a text, as they are made of every text that is stored.
  package init(
    memories: any MemoryStore, store: any MemoryConsolidationStore,
    settings: ConsolidationSettings = ConsolidationSettings(),
    analyze: @escaping @Sendable (String) -> AnalyzedText, now: @escaping @Sendable () -> Timestamp
  ) {
    self.memories = memories
    self.store = store
    self.settings = settings
    self.analyze = analyze
    self.now = now
  }

  /// Runs until everything has been looked at, a limit is reached or the task is cancelled.
  /// - Parameter progress: told how many scopes are done, and of how many.
  package func run(
    _ request: Request, in workspace: WorkspaceID,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws(Refusal) -> Report {
    let pass = ConsolidationPass(
      consolidator: self, request: request, workspace: workspace, progress: progress)
    let outcome = await Self.pool.run { () async -> Result<Report, Refusal> in
      do throws(Refusal) { return .success(try await pass.run()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  /// Whether a run is due: none has ended within the interval, or one is open that nobody works on.
  package func isDue(in workspace: WorkspaceID) throws(StoreError) -> Bool {
    guard settings.everyHours > 0 else { return false }
    let now = now()
    guard let state = try store.consolidationState(in: workspace) else { return true }
    let latestEnd = ConsolidationClaim(holder: "", now: now, lease: Self.lease).latestEnd
    if let end = state.leasedUntil, end > now, end <= latestEnd { return false }
    if state.open != nil { return true }
    let interval = Duration.seconds(settings.everyHours * 3600)
    // A time ahead was written by a clock that has been put right since.
    return state.completedAt.map { $0 > now || now - $0 >= interval } ?? true
  }

  /// The workspaces that there is something to consolidate in.
  package func workspaces() async throws(StoreError) -> [WorkspaceID] {
    try await store.rememberingWorkspaces()
  }

  /// Some records of a scope, page by page.
  /// - Parameters:
  ///   - place: 0, or where the rest of the scope starts.
  ///   - most: how many.
  /// - Returns: where the rest starts; `nil` when there is none.
  func forEachRecord(
    of scope: ConsolidationScope, after place: Int64 = 0, atMost most: Int = .max,
    in workspace: WorkspaceID, _ body: (AnalyzedMemory) async throws(Refusal) -> Void,
    afterPage: () async throws(Refusal) -> Void
  ) async throws(Refusal) -> Int64? {
    var place = place
    var left = max(1, most)
    while true {
      let (start, limit) = (place, min(left, Self.recordsAtOnce))
      let page = try await storing { () async throws(StoreError) in
        try await store.consolidationPage(
          of: scope, after: start, limit: limit, now: now(), in: workspace)
      }
      for memory in page.memories { try await body(memory) }
      if Task.isCancelled { throw .cancelled }
      try await afterPage()
      left -= page.memories.count
      guard let next = page.next, left > 0 else { return page.next }
      place = next
    }
  }

  /// The summaries of a lead's records, or of those of none.
  func forEachSummary(
    of lead: LeadID?, in workspace: WorkspaceID, _ body: (MemoryRecord) -> Void
  ) async throws(Refusal) {
    var place: Int64? = 0
    while let start = place {
      let page = try await storing { () async throws(StoreError) in
        try await store.consolidationSummaries(
          of: lead, after: start, limit: Self.recordsAtOnce, now: now(), in: workspace)
      }
      for memory in page.memories { body(memory.record) }
      if Task.isCancelled { throw .cancelled }
      place = page.next
    }
  }

  /// The next scopes.
  func scopes(
    after scope: ConsolidationScope?, in workspace: WorkspaceID
  ) async throws(Refusal) -> [ConsolidationScope] {
    try await storing { () async throws(StoreError) in
      try await store.consolidationScopes(
        after: scope, limit: Self.scopesAtOnce, in: workspace)
    }
  }

  func storing<Value>(
    _ step: () async throws(StoreError) -> Value
  ) async throws(Refusal) -> Value {
    do throws(StoreError) {
      return try await step()
    } catch {
      throw Task.isCancelled ? .cancelled : .store(error)
    }
  }
}
