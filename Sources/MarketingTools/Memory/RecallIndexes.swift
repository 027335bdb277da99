import JSONRPC
import Marketing
import Recall

/// The indexes that recall searches: for every workspace that somebody has asked something one over what all
/// may see, and one for each agent role that asks and has records of its own. So nothing that a reader may not
/// see adds to any rank: not by the statistics of its words, nor as a neighbour. Each index follows the
/// changes of the store, whichever process made them; the least recently used are let go when all together
/// take too much.
final class RecallIndexes: Sendable {
  /// Who sees the same records.
  enum View: Sendable, Hashable {
    /// What belongs to no role.
    case shared
    /// That and what belongs to a role.
    case role(AgentRoleID)
    /// Everything.
    case all

    func shows(recordOf role: AgentRoleID?) -> Bool {
      switch self {
      case .all: true
      case .shared: role == nil
      case .role(let own): role == nil || role == own
      }
    }
  }

  private struct Key: Sendable, Hashable {
    let workspace: WorkspaceID
    let view: View
  }

  /// One view's index.
  private final class Entry: Sendable {
    struct State: Sendable {
      var index: RecallIndex
      /// The last change that the index knows of.
      var place = ChangePlace.start
      /// The roles that records were seen of.
      var roles: Set<AgentRoleID> = []
      var hasDeletions = false
      /// When it was moved into fresh memory last.
      var scrubbedAt: Timestamp?
      var scratch = RecallScratch()
      /// The bytes that it took when that was last looked at, and how much has changed since.
      var bytes = 0
      var changes = 0

      /// The bytes that it takes, nearly: counting them takes time, so it is done when a tenth has changed.
      mutating func measured() -> Int {
        if changes > 0, changes >= min(10_000, index.count / 10) {
          bytes = index.memoryFootprint
          changes = 0
        }
        return bytes
      }
    }

    let state: Locked<State>

    init(analyzer: TextAnalyzer) {
      state = Locked(State(index: RecallIndex(analyzer: analyzer)))
    }
  }

  private struct Shelf: Sendable {
    var entries: [Key: Entry] = [:]
    /// The views, the one that was asked last at the end.
    var order: [Key] = []
    var vectors: [WorkspaceID: WorkspaceVectors] = [:]
  }

  /// So many changes are read at a time.
  private static let page = 2000
  /// What expires all the time is not worth moving an index each time.
  private static let scrubInterval = Duration.seconds(300)

  private let store: any MemoryStore
  private let vectorSource: MemoryVectors?
  private let analyzer: TextAnalyzer
  private let byteLimit: Int
  private let shelf = Locked(Shelf())

  init(
    store: any MemoryStore, vectors: MemoryVectors?, analyzer: TextAnalyzer, byteLimit: Int
  ) {
    self.store = store
    vectorSource = vectors
    self.analyzer = analyzer
    self.byteLimit = byteLimit
  }

  /// Finds what answers a question among all that was stored before this was called.
  /// - Parameters:
  ///   - vector: the question's, where there is one.
  ///   - weights: how much each signal counts; `nil` for those that go with what is searched.
  func recall(
    _ request: RecallRequest, vector: [Float]?, weights: RecallWeights?,
    in workspace: WorkspaceID
  ) async throws(StoreError) -> [RecallHit] {
    guard let vector, let source = vectorSource else {
      let entry = try await entry(for: request.scope.reader, in: workspace)
      return entry.state.withLock {
        $0.index.recall(request, weights: weights ?? RecallWeights(), using: &$0.scratch)
      }
    }
    let vectors = vectors(in: workspace, source)
    var entry: Entry
    var table: VectorTable
    var beginning: Int
    repeat {
      beginning = vectors.beginnings
      // First the vectors, then the records: a record is known before its vector is looked for.
      try await vectors.follow()
      table = vectors.table
      entry = try await self.entry(for: request.scope.reader, in: workspace)
    } while vectors.beginnings != beginning
    var request = request
    let compared = vectors.compared(with: vector, in: table)
    request.vectors = compared
    return entry.state.withLock { state in
      state.index.follow(compared.table)
      return state.index.recall(
        request, weights: weights ?? source.weights, using: &state.scratch)
    }
  }

  /// A question without the names of speakers that the reader may know.
  func textWithoutSpeakers(
    _ question: QueryAnalysis, for reader: MemoryReader, in workspace: WorkspaceID
  ) async throws(StoreError) -> String {
    let entry = try await entry(for: reader, in: workspace)
    return entry.state.withLock { $0.index.textWithoutSpeakers(question) }
  }

  /// Brings all indexes up to date and moves those into fresh memory that something was deleted from.
  /// - Parameter now: to pass over those for which it was done a short time ago; `nil` for none.
  func scrub(at now: Timestamp? = nil) async throws(StoreError) {
    for (key, entry) in shelf.withLock({ $0.entries }) {
      scrub(try await follow(entry, key).entry, at: now)
    }
  }

  /// Makes ready what finds the nearest of very many vectors.
  func coverVectors() {
    for vectors in shelf.withLock({ Array($0.vectors.values) }) { vectors.cover() }
  }

  /// The copy is made beside the index, so that nobody who asks waits for it.
  private func scrub(_ entry: Entry, at now: Timestamp?) {
    while true {
      let found = entry.state.withLock { state -> (index: RecallIndex, place: ChangePlace)? in
        guard state.hasDeletions else { return nil }
        if let now, let last = state.scrubbedAt, now < last + Self.scrubInterval { return nil }
        return (state.index, state.place)
      }
      guard let found else { return }
      var index = found.index
      let place = found.place
      index.scrub()
      let isDone = entry.state.withLock { state in
        guard state.place == place else { return false }
        state.index = index
        state.scratch = RecallScratch()
        (state.hasDeletions, state.scrubbedAt) = (false, now)
        return true
      }
      if isDone { return }
    }
  }

  /// How many vectors are in memory.
  var vectorCount: Int {
    shelf.withLock { Array($0.vectors.values) }.reduce(0) { $0 + $1.table.count }
  }

  /// Every stem that some index knows.
  var knownStems: Set<String> {
    shelf.withLock { Array($0.entries.values) }.reduce(into: []) { stems, entry in
      stems.formUnion(entry.state.withLock { $0.index.knownStems })
    }
  }

  /// How many bytes all indexes and vectors take, nearly.
  var memoryFootprint: Int {
    let (entries, vectors) = shelf.withLock { (Array($0.entries.values), Array($0.vectors.values)) }
    return entries.reduce(0) { $0 + $1.state.withLock { $0.measured() } }
      + vectors.reduce(0) { $0 + $1.memoryFootprint }
  }

  /// The index over what a reader may see, up to date.
  private func entry(
    for reader: MemoryReader, in workspace: WorkspaceID
  ) async throws(StoreError) -> Entry {
    let shared = Key(workspace: workspace, view: .shared)
    var (entry, hasChanged) = try await follow(self.entry(shared), shared)
    let roles = entry.state.withLock { $0.roles }
    let view: View
    switch reader {
    case .upkeep: view = roles.isEmpty ? .shared : .all
    case .agent(let role?) where roles.contains(role): view = .role(role)
    case .agent: view = .shared
    }
    let key = Key(workspace: workspace, view: view)
    if view != .shared {
      let own = try await follow(self.entry(key), key)
      (entry, hasChanged) = (own.entry, hasChanged || own.hasChanged)
    }
    if hasChanged { evict(keeping: workspace) }
    return entry
  }

  private func entry(_ key: Key) -> Entry {
    shelf.withLock { shelf in
      if shelf.order.last != key {
        shelf.order.removeAll { $0 == key }
        shelf.order.append(key)
      }
      if let entry = shelf.entries[key] { return entry }
      let entry = Entry(analyzer: analyzer)
      shelf.entries[key] = entry
      return entry
    }
  }

  private func vectors(in workspace: WorkspaceID, _ source: MemoryVectors) -> WorkspaceVectors {
    shelf.withLock { shelf in
      if let vectors = shelf.vectors[workspace] { return vectors }
      let vectors = WorkspaceVectors(
        store: source.store, model: source.embedder.model, workspace: workspace,
        exactLimit: source.exactLimit)
      shelf.vectors[workspace] = vectors
      return vectors
    }
  }

  /// Takes over what has changed. Two that follow at once read the same; what one has taken the other
  /// leaves.
  /// - Returns: the index to go on with, which is a new one where the view's was too far behind, and whether
  ///   anything was new.
  private func follow(
    _ entry: Entry, _ key: Key
  ) async throws(StoreError) -> (entry: Entry, hasChanged: Bool) {
    var entry = entry
    var place = entry.state.withLock { $0.place }
    guard try store.latestChange(in: key.workspace) > place.sequence else { return (entry, false) }
    while true {
      guard
        let changes = try await store.changes(
          after: place, limit: Self.page, in: key.workspace)
      else {
        // Unless another has gone on with it meanwhile.
        if entry.state.withLock({ $0.place }) == place { entry = replacement(of: entry, key) }
        place = entry.state.withLock { $0.place }
        continue
      }
      let from = place
      place = entry.state.withLock { state in
        guard state.place == from else { return state.place }
        for change in changes.changes { Self.apply(change, to: &state, key.view) }
        state.place = changes.place
        state.changes += changes.changes.count
        return changes.place
      }
      let deleted = changes.changes.compactMap { change -> Int64? in
        if case .deleted(let version) = change { version } else { nil }
      }
      if !deleted.isEmpty { shelf.withLock { $0.vectors[key.workspace] }?.delete(deleted) }
      // What another has taken over may have been read before the last of these was stored.
      if !changes.hasMore, place == changes.place { return (entry, true) }
    }
  }

  /// Begins a workspace anew, where it is not known any more what was deleted behind an index's place. Whoever
  /// asks an old index meanwhile is answered by it: it holds all that was stored before they asked.
  private func replacement(of entry: Entry, _ key: Key) -> Entry {
    let vectors = shelf.withLock { shelf -> WorkspaceVectors? in
      // Another may have done so already.
      guard shelf.entries[key] === entry else { return nil }
      shelf.entries = shelf.entries.filter { $0.key.workspace != key.workspace }
      shelf.order.removeAll { $0.workspace == key.workspace }
      return shelf.vectors[key.workspace]
    }
    // Which of them belong to what was deleted is not known either.
    vectors?.beginAnew()
    return self.entry(key)
  }

  private static func apply(
    _ change: MemoryChanges.Change, to state: inout Entry.State, _ view: View
  ) {
    switch change {
    case .stored(_, let memory):
      if let role = memory.record.role { state.roles.insert(role) }
      if view.shows(recordOf: memory.record.role) { state.index.apply(change) }
    case .deleted(let version):
      if state.index.contains(version) { state.hasDeletions = true }
      state.index.apply(change)
    }
  }

  /// Lets go of the workspaces that were not asked for longest, until the rest takes no more than it may.
  private func evict(keeping workspace: WorkspaceID) {
    var bytes = memoryFootprint
    while bytes > byteLimit {
      // A whole workspace: what is left of one would keep vectors of which the rest no longer hears that they
      // are to go.
      let evicted = shelf.withLock { shelf -> (entries: [Entry], vectors: WorkspaceVectors?)? in
        guard let oldest = shelf.order.first(where: { $0.workspace != workspace })?.workspace
        else { return nil }
        let keys = shelf.order.filter { $0.workspace == oldest }
        shelf.order.removeAll { $0.workspace == oldest }
        return (
          keys.compactMap { shelf.entries.removeValue(forKey: $0) },
          shelf.vectors.removeValue(forKey: oldest)
        )
      }
      guard let evicted else { return }
      for entry in evicted.entries { bytes -= entry.state.withLock { $0.measured() } }
      bytes -= evicted.vectors?.memoryFootprint ?? 0
    }
  }
}
