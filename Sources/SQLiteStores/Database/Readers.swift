import GRDB
import JSONRPC
import Marketing

/// Connections that read where they are called: for look-ups of some microseconds, for which a change of
/// threads would cost more than the work.
final class InPlaceReaders: Sendable {
  private struct State: Sendable {
    var idle: [DatabaseQueue] = []
    var all: [DatabaseQueue] = []
    var next = 0
    var opening = 0
    var isClosed = false
  }

  private let limit: Int
  private let open: @Sendable () throws -> DatabaseQueue
  private let state = Locked(State())

  /// - Parameter limit: the most connections; one thread more waits for another's look-up to end.
  init(limit: Int, open: @escaping @Sendable () throws -> DatabaseQueue) {
    self.limit = limit
    self.open = open
  }

  /// Runs queries on the calling thread.
  func read<Result>(_ body: (SQLConnection) throws -> Result) throws(StoreError) -> Result {
    do {
      let queue = try take()
      defer { giveBack(queue) }
      return try queue.unsafeRead { try body(SQLConnection($0)) }
    } catch {
      throw StoreError(error)
    }
  }

  /// Refuses further calls and closes all connections.
  func close() {
    let all = state.withLock { state in
      state.isClosed = true
      return state.all
    }
    for queue in all { try? queue.close() }
  }

  private func take() throws -> DatabaseQueue {
    let known = try state.withLock { state throws(StoreError) -> DatabaseQueue? in
      guard !state.isClosed else { throw .closed }
      if let queue = state.idle.popLast() { return queue }
      if state.all.count + state.opening < limit || state.all.isEmpty {
        state.opening += 1
        return nil
      }
      state.next = (state.next + 1) % state.all.count
      return state.all[state.next]
    }
    if let known { return known }
    defer { state.withLock { $0.opening -= 1 } }
    let queue = try open()
    try state.withLock { (state) throws(StoreError) in
      guard !state.isClosed else { throw .closed }
      state.all.append(queue)
    }
    return queue
  }

  private func giveBack(_ queue: DatabaseQueue) {
    state.withLock { state in
      if !state.idle.contains(where: { $0 === queue }) { state.idle.append(queue) }
    }
  }
}

/// Connections that read on threads of their own: for queries of milliseconds, so that nothing else of
/// a session waits behind them. A cancelled task's query is interrupted.
final class PooledReaders: Sendable {
  private struct State: Sendable {
    var readers: [(queue: DatabaseQueue, load: Int)] = []
    var opening = 0
    var isClosed = false
  }

  private let limit: Int
  private let open: @Sendable () throws -> DatabaseQueue
  private let state = Locked(State())

  /// - Parameter limit: the most connections.
  init(limit: Int, open: @escaping @Sendable () throws -> DatabaseQueue) {
    self.limit = limit
    self.open = open
  }

  /// Runs queries on one state of the database.
  func read<Result: Sendable>(
    _ body: @Sendable (SQLConnection) throws -> Result
  ) async throws(StoreError) -> Result {
    do {
      let queue = try take()
      defer { giveBack(queue) }
      return try await queue.unsafeRead { database in
        let connection = SQLConnection(database)
        return try connection.reading { try body(connection) }
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Refuses further calls and closes all connections.
  func close() {
    let all = state.withLock { state in
      state.isClosed = true
      return state.readers.map(\.queue)
    }
    for queue in all { try? queue.close() }
  }

  private func take() throws -> DatabaseQueue {
    let known = try state.withLock { state throws(StoreError) -> DatabaseQueue? in
      guard !state.isClosed else { throw .closed }
      let least = state.readers.indices.min { state.readers[$0].load < state.readers[$1].load }
      guard let least,
        state.readers[least].load == 0 || state.readers.count + state.opening >= limit
      else {
        state.opening += 1
        return nil
      }
      state.readers[least].load += 1
      return state.readers[least].queue
    }
    if let known { return known }
    defer { state.withLock { $0.opening -= 1 } }
    let queue = try open()
    try state.withLock { (state) throws(StoreError) in
      guard !state.isClosed else { throw .closed }
      state.readers.append((queue, 1))
    }
    return queue
  }

  private func giveBack(_ queue: DatabaseQueue) {
    state.withLock { state in
      if let place = state.readers.firstIndex(where: { $0.queue === queue }) {
        state.readers[place].load -= 1
      }
    }
  }
}
