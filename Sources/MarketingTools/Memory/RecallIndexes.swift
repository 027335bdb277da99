import JSONRPC
import Marketing
import Recall

/// The indexes that recall searches, one for a workspace that somebody has asked something. Each follows the
/// changes of the store, whichever process made them; the least recently used are let go when all together
/// take too much.
final class RecallIndexes: Sendable {
  /// One workspace's index.
  private final class Entry: Sendable {
    struct State: Sendable {
      var index: RecallIndex
      /// The last change that the index knows of.
      var place: Int64 = 0
      var hasDeletions = false
      var scratch = RecallScratch()
    }

    let state: Locked<State>

    init(analyzer: TextAnalyzer) {
      state = Locked(State(index: RecallIndex(analyzer: analyzer)))
    }
  }

  private struct Shelf: Sendable {
    var entries: [WorkspaceID: Entry] = [:]
    /// The workspaces, the one that was asked last at the end.
    var order: [WorkspaceID] = []
  }

  /// So many changes are read at a time.
  private static let page = 2000

  private let store: any MemoryStore
  private let analyzer: TextAnalyzer
  private let byteLimit: Int
  private let shelf = Locked(Shelf())

  init(store: any MemoryStore, analyzer: TextAnalyzer, byteLimit: Int) {
    self.store = store
    self.analyzer = analyzer
    self.byteLimit = byteLimit
  }

  /// Finds what answers a question among all that was stored before this was called.
  func recall(
    _ request: RecallRequest, in workspace: WorkspaceID
  ) async throws(StoreError) -> [RecallHit] {
    let entry = entry(for: workspace)
    if try await follow(entry, in: workspace) { evict(keeping: workspace) }
    return entry.state.withLock { $0.index.recall(request, using: &$0.scratch) }
  }

  /// Brings all indexes up to date and moves those into fresh memory that something was deleted from.
  func scrub() async throws(StoreError) {
    for (workspace, entry) in shelf.withLock({ $0.entries }) {
      _ = try await follow(entry, in: workspace)
      entry.state.withLock { state in
        guard state.hasDeletions else { return }
        state.index.scrub()
        state.scratch = RecallScratch()
        state.hasDeletions = false
      }
    }
  }

  var memoryFootprint: Int {
    shelf.withLock { $0.entries.values }.reduce(0) {
      $0 + $1.state.withLock { $0.index.memoryFootprint }
    }
  }

  private func entry(for workspace: WorkspaceID) -> Entry {
    shelf.withLock { shelf in
      if shelf.order.last != workspace {
        shelf.order.removeAll { $0 == workspace }
        shelf.order.append(workspace)
      }
      if let entry = shelf.entries[workspace] { return entry }
      let entry = Entry(analyzer: analyzer)
      shelf.entries[workspace] = entry
      return entry
    }
  }

  /// Takes over what has changed. Two that follow at once read the same; what one has taken the other
  /// leaves.
  /// - Returns: whether anything was new.
  private func follow(
    _ entry: Entry, in workspace: WorkspaceID
  ) async throws(StoreError) -> Bool {
    var place = entry.state.withLock { $0.place }
    guard try store.latestChange(in: workspace) > place else { return false }
    while true {
      let changes = try await store.changes(after: place, limit: Self.page, in: workspace)
      let from = place
      place = entry.state.withLock { state in
        guard state.place == from else { return state.place }
        for change in changes.changes {
          state.index.apply(change)
          if case .deleted = change { state.hasDeletions = true }
        }
        state.place = changes.place
        return changes.place
      }
      if !changes.hasMore { return true }
    }
  }

  /// Lets go of the indexes that were not asked for longest, until the rest takes no more than it may.
  private func evict(keeping workspace: WorkspaceID) {
    var bytes = memoryFootprint
    while bytes > byteLimit {
      let evicted = shelf.withLock { shelf -> Entry? in
        guard let oldest = shelf.order.first, oldest != workspace else { return nil }
        shelf.order.removeFirst()
        return shelf.entries.removeValue(forKey: oldest)
      }
      guard let evicted else { return }
      bytes -= evicted.state.withLock { $0.index.memoryFootprint }
    }
  }
}
