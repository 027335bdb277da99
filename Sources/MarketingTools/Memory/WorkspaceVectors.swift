import JSONRPC
import Marketing
import Recall

/// One workspace's vectors in memory, which follow those that are stored.
final class WorkspaceVectors: Sendable {
  private struct State: Sendable {
    var table = VectorTable()
    /// The last vector that is known.
    var place: Int64 = 0
    /// How many are reading from the store now.
    var reading = 0
    /// What was deleted while somebody read: what that one has read of it comes too late.
    var deleted: Set<Int64> = []
    var hasDeletions = false
  }

  /// So many vectors are read at a time.
  private static let page = 500

  private let store: any MemoryVectorStore
  private let model: String
  private let workspace: WorkspaceID
  private let state = Locked(State())

  init(store: any MemoryVectorStore, model: String, workspace: WorkspaceID) {
    self.store = store
    self.model = model
    self.workspace = workspace
  }

  /// The vectors as they are now.
  var table: VectorTable { state.withLock { $0.table } }

  var memoryFootprint: Int { state.withLock { $0.table.memoryFootprint } }

  /// Takes over what was stored.
  func follow() async throws(StoreError) {
    var place = state.withLock { $0.place }
    guard try store.latestVector(of: model, in: workspace) > place else { return }
    state.withLock { $0.reading += 1 }
    defer {
      state.withLock { state in
        state.reading -= 1
        if state.reading == 0 { state.deleted = [] }
      }
    }
    while true {
      let page = try await store.vectors(
        of: model, after: place, limit: Self.page, in: workspace)
      let from = place
      place = state.withLock { state in
        guard state.place == from else { return state.place }
        for vector in page.vectors where !state.deleted.contains(vector.version) {
          state.table.store(vector.version, vector.vector)
        }
        state.place = page.place
        return page.place
      }
      if !page.hasMore { return }
    }
  }

  /// Deletes the vectors of versions that are gone.
  func delete(_ versions: [Int64]) {
    state.withLock { state in
      for version in versions {
        if state.table.delete(version) { state.hasDeletions = true }
        if state.reading > 0 { state.deleted.insert(version) }
      }
    }
  }

  /// Moves everything into fresh memory when something was deleted.
  func scrub() {
    state.withLock { state in
      guard state.hasDeletions else { return }
      state.table.compact()
      state.hasDeletions = false
    }
  }
}
