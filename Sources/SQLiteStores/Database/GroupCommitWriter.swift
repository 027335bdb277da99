import GRDB
import JSONRPC
import Marketing

/// The one who writes. Writes that wait are taken together into one transaction, so that they share one
/// synchronisation of the disk; nobody waits for more to come. Each has a savepoint of its own: one that
/// fails takes no other with it. Callers go on only when the transaction is on the disk.
final class GroupCommitWriter: Sendable {
  /// The most writes of one transaction.
  static let batchLimit = 512
  /// The most writes that wait; more are refused.
  static let queueLimit = 4096

  private struct State: Sendable {
    var pending: [any PendingWrite] = []
    var isDraining = false
    var isClosed = false
  }

  private let queue: DatabaseQueue
  private let state = Locked(State())
  private let committed: @Sendable (NewEntries) -> Void
  private let afterCommit: @Sendable (SQLConnection) -> Void

  /// Both are called on the writer's thread behind each transaction.
  /// - Parameter committed: takes what was appended to the index queue, before callers are told.
  /// - Parameter afterCommit: does what can wait until they have been told.
  init(
    queue: DatabaseQueue, committed: @escaping @Sendable (NewEntries) -> Void,
    afterCommit: @escaping @Sendable (SQLConnection) -> Void
  ) {
    self.queue = queue
    self.committed = committed
    self.afterCommit = afterCommit
  }

  /// Runs a write and returns when it is durable. A task that is cancelled while its write waits takes
  /// it back; once begun, it is completed.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (SQLConnection) throws -> Value
  ) async throws(StoreError) -> Value {
    let write = Write(body)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        write.wait(continuation)
        submit(write)
      }
    } onCancel: {
      withdraw(write)
    }
    return try result.get()
  }

  /// Moves everything from the log of changes into the database and empties the log. Does not wait for long:
  /// writers wait behind it.
  /// - Parameter emptied: called with whether the log is empty, before anything else is written.
  /// - Returns: whether the log is empty: not while another connection reads from it.
  func emptyLog(_ emptied: @escaping @Sendable (Bool) -> Void) async throws(StoreError) -> Bool {
    do {
      return try await queue.unsafeRead { database in
        let connection = SQLConnection(database)
        _ = try connection.integer("PRAGMA busy_timeout = \(DatabaseFile.emptyingTimeout)")
        defer {
          let timeout = Int(DatabaseFile.busyTimeout * 1000)
          _ = try? connection.integer("PRAGMA busy_timeout = \(timeout)")
        }
        let isEmpty = try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
        emptied(isEmpty)
        return isEmpty
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Refuses further writes and returns when those that wait are on the disk.
  func close() {
    state.withLock { $0.isClosed = true }
    queue.writeWithoutTransaction { drain(SQLConnection($0, newEntries: NewEntries())) }
  }

  private func submit(_ write: any PendingWrite) {
    enum Verdict {
      case refused(StoreError)
      case queued, first
    }
    let verdict: Verdict = state.withLock { state in
      if state.isClosed { return .refused(.closed) }
      if write.isCancelled { return .refused(.cancelled) }
      guard state.pending.count < Self.queueLimit else {
        return .refused(StoreError(.unavailable, "Too many writes wait for the database"))
      }
      state.pending.append(write)
      if state.isDraining { return .queued }
      state.isDraining = true
      return .first
    }
    switch verdict {
    case .refused(let error): write.finish(error)
    case .queued: break
    case .first:
      queue.asyncWriteWithoutTransaction { [self] in
        drain(SQLConnection($0, newEntries: NewEntries()))
      }
    }
  }

  private func withdraw(_ write: any PendingWrite) {
    write.cancel()
    let isWithdrawn = state.withLock { state in
      guard let place = state.pending.firstIndex(where: { $0 === write }) else { return false }
      state.pending.remove(at: place)
      return true
    }
    if isWithdrawn { write.finish(.cancelled) }
  }

  private func drain(_ connection: SQLConnection) {
    while let batch = takeBatch() {
      let failure = commit(batch, connection)
      if failure == nil, let entries = connection.newEntries { committed(entries) }
      connection.newEntries?.list.removeAll(keepingCapacity: true)
      for write in batch { write.finish(failure) }
      if failure == nil { afterCommit(connection) }
    }
  }

  private func takeBatch() -> [any PendingWrite]? {
    state.withLock { state in
      guard !state.pending.isEmpty else {
        state.isDraining = false
        return nil
      }
      let batch = Array(state.pending.prefix(Self.batchLimit))
      state.pending.removeFirst(batch.count)
      return batch
    }
  }

  /// Stores a batch.
  /// - Returns: what kept all of it from being stored.
  private func commit(_ batch: [any PendingWrite], _ connection: SQLConnection) -> StoreError? {
    do {
      try connection.execute("BEGIN IMMEDIATE")
      if batch.count == 1 {
        // One alone needs no savepoint: its transaction is its own.
        if batch[0].execute(in: connection) {
          try connection.execute("COMMIT")
        } else {
          connection.newEntries?.list = []
          if connection.isInTransaction { try connection.execute("ROLLBACK") }
        }
        return nil
      }
      for write in batch { try execute(write, connection) }
      try connection.execute("COMMIT")
      return nil
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      return StoreError(error)
    }
  }

  private func execute(_ write: any PendingWrite, _ connection: SQLConnection) throws {
    try connection.execute("SAVEPOINT write")
    let entriesBefore = connection.newEntries?.list.count ?? 0
    let isKept = write.execute(in: connection)
    guard connection.isInTransaction else {
      // A full disk ends the whole transaction, and with it what others had done before.
      throw StoreError(.unavailable, "The disk of the database is full or failing")
    }
    if !isKept {
      try connection.execute("ROLLBACK TO write")
      connection.newEntries?.list.removeSubrange(entriesBefore...)
    }
    try connection.execute("RELEASE write")
  }
}
