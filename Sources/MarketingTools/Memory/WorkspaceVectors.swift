import JSONRPC
import Marketing
import Recall

/// One workspace's vectors in memory, which follow those that are stored.
final class WorkspaceVectors: Sendable {
  private struct State: Sendable {
    var table = VectorTable()
    /// The last vector that is known.
    var place: Int64 = 0
    var beginnings = 0
    /// How many are reading from the store now.
    var reading = 0
    /// What was deleted while somebody read: what that one has read of it comes too late.
    var deleted: Set<Int64> = []
    /// The rows of the table that were deleted and may still be in the graph.
    var removed: [UInt32] = []
  }

  /// So many vectors are read at a time.
  private static let page = 500

  private let store: any MemoryVectorStore
  private let model: String
  private let workspace: WorkspaceID
  private let graph: VectorGraph
  private let state = Locked(State())

  init(
    store: any MemoryVectorStore, model: String, workspace: WorkspaceID, exactLimit: Int
  ) {
    graph = VectorGraph(exactLimit: exactLimit)
    self.store = store
    self.model = model
    self.workspace = workspace
  }

  /// The vectors as they are now.
  var table: VectorTable { state.withLock { $0.table } }

  /// How often they were begun anew.
  var beginnings: Int { state.withLock { $0.beginnings } }

  var memoryFootprint: Int {
    state.withLock { $0.table.memoryFootprint } + graph.memoryFootprint
  }

  /// What a question's vector is to be compared with.
  /// - Parameter table: the vectors, as they were taken.
  func compared(with question: [Float], in table: VectorTable) -> RecallVectors {
    RecallVectors(
      question: question, table: table, nearest: graph.nearest(to: question, in: table))
  }

  /// Covers what is stored, where not all of it is to be compared. Takes long for many vectors.
  func cover() {
    removeFromGraph()
    while !Task.isCancelled, graph.cover({ table }) { removeFromGraph() }
    removeFromGraph()
  }

  private func removeFromGraph() {
    let (rows, generation) = state.withLock { state in
      defer { state.removed = [] }
      return (state.removed, state.table.generation)
    }
    graph.remove(rows, generation: generation)
  }

  /// Takes over what was stored.
  func follow() async throws(StoreError) {
    var (place, beginning) = state.withLock { ($0.place, $0.beginnings) }
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
      let from = (place, beginning)
      (place, beginning) = state.withLock { state in
        guard (state.place, state.beginnings) == from else {
          return (state.place, state.beginnings)
        }
        for vector in page.vectors where !state.deleted.contains(vector.version) {
          state.table.store(vector.version, vector.vector)
        }
        state.place = page.place
        return (state.place, state.beginnings)
      }
      // What another has taken over may have been read before the last of these was stored.
      if !page.hasMore, place == page.place, beginning == from.1 { return }
    }
  }

  /// Lets go of all vectors, to read anew those that are stored.
  func beginAnew() {
    state.withLock { state in
      state.table.removeAll()
      state.place = 0
      state.beginnings += 1
      (state.deleted, state.removed) = ([], [])
    }
    graph.reset()
  }

  /// Deletes the vectors of versions that are gone, and writes zeros over them.
  func delete(_ versions: [Int64]) {
    state.withLock { state in
      for version in versions {
        if state.reading > 0 { state.deleted.insert(version) }
        guard let row = state.table.row(of: version) else { continue }
        let generation = state.table.generation
        state.table.delete(version)
        // Behind a compacting rows are others, and the graph is made anew.
        state.removed = generation == state.table.generation ? state.removed + [row] : []
      }
    }
    removeFromGraph()
  }
}
