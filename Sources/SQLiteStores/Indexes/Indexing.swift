import JSONRPC
import Marketing

/// Decides when the derived tables are brought up to date: when the writer has had nothing else to do
/// for a moment, or too much has gathered.
final class Indexing: Sendable {
  /// From this many entries on every group of writes is followed by as much of this work as it has made:
  /// what has gathered is held in the memory of every process that reads, about 300 bytes each.
  private static let pressing: Int64 = 32_768

  private struct State: Sendable {
    var wakeUps: AsyncStream<Void>.Continuation?
    var isClosed = false
  }

  private let recent: RecentEntries
  private let state = Locked(State())

  init(recent: RecentEntries) { self.recent = recent }

  /// Does a chunk of the work if it presses. On the writer's thread, outside of transactions.
  func afterCommit(_ connection: SQLConnection) {
    guard let applied = try? IndexEntry.applied(in: connection),
      let newest = try? IndexEntry.newest(in: connection)
    else { return }
    recent.drop(upTo: applied)
    guard newest > applied else { return }
    let excess = Int(newest - applied - Self.pressing)
    if excess > 0 { apply(max(excess, IndexWriter.chunk), connection) }
    wake()
  }

  /// There may be work: this process or another one has written.
  func wake() { state.withLock { _ = $0.wakeUps?.yield() } }

  /// Brings the derived tables up to date as of now.
  func catchUp(
    readers: InPlaceReaders, writer: GroupCommitWriter
  ) async throws(StoreError) {
    var (applied, target) = try readers.read { connection in
      (try IndexEntry.applied(in: connection), try IndexEntry.newest(in: connection))
    }
    while applied < target {
      applied = try await writer.perform { connection in
        _ = try IndexWriter.apply(limit: 8 * IndexWriter.chunk, in: connection)
        return try IndexEntry.applied(in: connection)
      }
    }
  }

  /// Does what is left a moment after the last write, until the task is cancelled or the database closed.
  func run(
    readers: InPlaceReaders, pooled: PooledReaders, writer: GroupCommitWriter
  ) async {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let mayRun = state.withLock { state in
      guard !state.isClosed else { return false }
      state.wakeUps = continuation
      return true
    }
    guard mayRun else { return }
    for await _ in stream {
      if recent.needsFilter { try? await recent.makeFilter(readers: pooled) }
      await workWhileIdle(readers: readers, writer: writer)
    }
  }

  /// Works chunk by chunk for as long as nobody else writes; waits while somebody does.
  private func workWhileIdle(readers: InPlaceReaders, writer: GroupCommitWriter) async {
    var before: Int64?
    while !Task.isCancelled {
      let place = try? readers.read { connection in
        (try IndexEntry.applied(in: connection), try IndexEntry.newest(in: connection))
      }
      guard let (applied, newest) = place, applied < newest else { return }
      if newest == before {
        do {
          _ = try await writer.perform { try IndexWriter.apply(in: $0) }
        } catch {
          return
        }
      } else {
        before = newest
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  func close() {
    let wakeUps = state.withLock { state in
      state.isClosed = true
      defer { state.wakeUps = nil }
      return state.wakeUps
    }
    wakeUps?.finish()
  }

  /// A failure leaves the entries where they are, for the next attempt; searches report it.
  private func apply(_ count: Int, _ connection: SQLConnection) {
    do {
      try connection.execute("BEGIN IMMEDIATE")
      _ = try IndexWriter.apply(limit: count, in: connection)
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
    }
  }
}
