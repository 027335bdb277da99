import JSONRPC
import Recall
import VectorSearch

/// Finds the nearest of one workspace's vectors where there are too many to compare all. It covers the rows of a
/// table up to a place; those behind it are few, and are compared.
final class VectorGraph: Sendable {
  private struct State {
    var index: ApproximateIndex?
    /// What rows are called by in the table that is covered.
    var generation = -1
    /// So many rows are covered.
    var covered = 0
  }

  /// So many are looked for.
  private static let count = 512
  /// So many vectors are added at a time: searches wait meanwhile.
  private static let slice = 50
  /// So many rows behind what is covered are compared.
  private static let mostBehind = 20_000

  private let exactLimit: Int
  private let state = Locked(State())

  /// - Parameter exactLimit: up to so many vectors all are compared.
  init(exactLimit: Int) { self.exactLimit = exactLimit }

  var memoryFootprint: Int { state.withLock { $0.index?.memoryFootprint ?? 0 } }

  /// The rows that are nearest to a question; `nil` where all are to be compared: they are few, or too many are not
  /// covered yet.
  func nearest(to question: [Float], in table: VectorTable) -> [UInt32]? {
    guard table.count > exactLimit else { return nil }
    let found = state.withLock { state -> (rows: [UInt32], covered: Int)? in
      guard let index = state.index, state.generation == table.generation,
        table.rowCount - state.covered <= Self.mostBehind,
        let matches = try? index.nearest(
          to: question, count: Self.count, effort: Self.count)
      else { return nil }
      return (matches.map(\.label), min(state.covered, table.rowCount))
    }
    guard let found else { return nil }
    let behind = table.cosines(found.covered..<table.rowCount, question).enumerated()
      .sorted { $0.element > $1.element }.prefix(Self.count)
    return found.rows + behind.map { UInt32(found.covered + $0.offset) }
  }

  /// Covers more of a table, some vectors at a time.
  /// - Parameter next: hands over the table as it is at the moment; a vector that is deleted later is removed by
  ///   `remove`.
  /// - Returns: whether there is more to cover.
  func cover(_ table: () -> VectorTable) -> Bool {
    state.withLock { state in
      let table = table()
      guard table.count > exactLimit else {
        state = State()
        return false
      }
      if state.index == nil || state.generation != table.generation {
        var settings = ApproximateIndex.Settings()
        settings.capacity = table.rowCount
        guard
          let index = try? ApproximateIndex(dimensions: table.dimension, settings: settings)
        else { return false }
        state = State(index: index, generation: table.generation)
      }
      let end = min(table.rowCount, state.covered + Self.slice)
      for row in state.covered..<end where table.version(of: UInt32(row)) != nil {
        do throws(VectorSearchError) {
          try state.index?.add(table.vector(of: UInt32(row)), label: UInt32(row))
        } catch {
          // Without memory for it all are compared.
          state = State()
          return false
        }
      }
      state.covered = end
      return end < table.rowCount
    }
  }

  /// Lets go of everything, with zeros over it.
  func reset() { state.withLock { $0 = State() } }

  /// Takes vectors out and writes zeros over them.
  func remove(_ rows: [UInt32], generation: Int) {
    guard !rows.isEmpty else { return }
    state.withLock { state in
      guard state.generation == generation else { return }
      do throws(VectorSearchError) {
        try state.index?.remove(rows)
      } catch {
        state = State()
      }
    }
  }
}
