import GRDB
import Glibc
import JSONRPC
package import Marketing
package import Sealing

/// One SQLite file with every store in it. Several processes may have the same file open.
///
/// Writes go through one thread that commits them in groups; an answered write is on the disk. Look-ups
/// run where they are called, longer queries on threads of their own.
package final class SQLiteDatabase: Sendable {
  /// The file.
  package let path: String
  /// The ring that seals what the database keeps.
  package let keyRing: KeyRing

  let hasher: LeadHasher
  let recent = RecentEntries()
  let feed = ChangeFeed()
  let writer: GroupCommitWriter
  let readers: InPlaceReaders
  let pooled: PooledReaders
  let indexing: Indexing
  let erasedLog = ErasedLog()
  private let file: DatabaseFile
  private let queue: DatabaseQueue

  /// Opens a database, which is made or brought up to date when it has to be.
  /// - Parameter path: the file, not a URL.
  /// - Parameter keyRing: seals the keys of leads; always the same for a file.
  /// - Throws: `.unavailable` when the file cannot be read or written; `.corrupt` when it is another
  ///   program's or a newer version's, or the ring is not its own.
  package static func open(
    path: String, keyRing: KeyRing
  ) throws(StoreError) -> SQLiteDatabase {
    try open(path: path) { _ in keyRing }
  }

  /// Opens a database with the ring of keys in a file. The ring is made for a database that has none
  /// yet, and for no other: what one ring has sealed no other opens.
  /// - Parameter path: the file, not a URL.
  /// - Parameter keys: the ring's file.
  /// - Throws: as `open(path:keyRing:)`; also `.corrupt` when the ring is missing or cannot be used.
  package static func open(
    path: String, keysAt keys: String
  ) throws(StoreError) -> SQLiteDatabase {
    try open(path: path) { isSealed in
      isSealed ? try KeyRing.open(path: keys) : try KeyRing.openOrCreate(path: keys)
    }
  }

  private static func open(
    path: String, ring: (_ isSealed: Bool) throws -> KeyRing
  ) throws(StoreError) -> SQLiteDatabase {
    let file = DatabaseFile(path: path)
    try file.create()
    do {
      let queue = try file.openWriter()
      let (keyRing, key) = try queue.writeWithoutTransaction { database in
        let connection = SQLConnection(database)
        try prepare(connection, path: path)
        // What another process seals meanwhile is sealed with a ring that is in the file by then.
        let keyRing = try ring(StoreInfo.isSealed(connection))
        return (keyRing, try StoreInfo.check(connection, path: path, keyRing: keyRing))
      }
      return SQLiteDatabase(file: file, queue: queue, keyRing: keyRing, hashKey: key)
    } catch let error as SealingError {
      // Says itself which file it is about.
      throw StoreError(.corrupt, error.message)
    } catch {
      let reason = StoreError(error)
      // Which file it is, is the first thing a person needs to know.
      let message = reason.message.contains(path) ? reason.message : "\(path): \(reason.message)"
      throw StoreError(reason.code, message, cause: reason.cause)
    }
  }

  private init(file: DatabaseFile, queue: DatabaseQueue, keyRing: KeyRing, hashKey: SipHash.Key) {
    self.path = file.path
    self.file = file
    self.queue = queue
    self.keyRing = keyRing
    hasher = LeadHasher(key: hashKey)
    let indexing = Indexing(recent: recent)
    self.indexing = indexing
    writer = GroupCommitWriter(queue: queue) { [recent] in
      recent.add($0.list)
    } afterCommit: { [feed] connection in
      if feed.hasListeners, let latest = try? EventRow.latestSequence(in: connection) {
        feed.publish(latest)
      }
      indexing.afterCommit(connection)
    }
    readers = InPlaceReaders(limit: 4) { try file.openReader() }
    pooled = PooledReaders(limit: 2) { try file.openReader() }
  }

  private static func prepare(_ connection: SQLConnection, path: String) throws {
    try Schema.check(connection, path: path)
    guard try keepsLog(connection) else {
      throw StoreError(
        .unavailable, "\(path) is on a file system where SQLite cannot keep a write-ahead log")
    }
    // An answered write has to survive the loss of power.
    try connection.execute("PRAGMA synchronous = FULL")
    guard try connection.integer("PRAGMA synchronous") == 2 else {
      throw StoreError(.unavailable, "\(path) cannot be written durably")
    }
    try Schema.migrate(connection, path: path)
    try Schema.clean(connection)
  }

  /// Has SQLite keep a write-ahead log; returns whether it does.
  private static func keepsLog(_ connection: SQLConnection) throws -> Bool {
    let end = ContinuousClock.now + .seconds(DatabaseFile.busyTimeout)
    while true {
      do {
        return try connection.text("PRAGMA journal_mode = WAL") == "wal"
      } catch let failure as SQLFailure where failure.isBusy && ContinuousClock.now < end {
        // Of two connections that change the journal at once one is refused without being let wait.
        usleep(2000)
      }
    }
  }

  /// Leads, their scores, interactions and outcomes.
  package var leads: SQLiteLeadStore { SQLiteLeadStore(database: self) }

  /// The log that every change is written to.
  package var events: SQLiteEventLog { SQLiteEventLog(database: self) }

  /// What has been imported.
  package var datasets: SQLiteDatasetStore { SQLiteDatasetStore(database: self) }

  /// Who bought what, and what surrounds leads.
  package var customers: SQLiteCustomerStore { SQLiteCustomerStore(database: self) }

  /// Long-running tool calls.
  package var tasks: SQLiteTaskRecordStore { SQLiteTaskRecordStore(database: self) }

  /// Answers to requests that may be repeated.
  package var idempotency: SQLiteIdempotencyStore { SQLiteIdempotencyStore(database: self) }

  /// The keys that are presented to the gateway.
  package var accessKeys: SQLiteAccessKeyStore { SQLiteAccessKeyStore(database: self) }

  /// Erases people.
  package var erasures: SQLiteLeadErasureStore { SQLiteLeadErasureStore(database: self) }

  /// Who may be contacted, and how often somebody was.
  package var consents: SQLiteConsentStore { SQLiteConsentStore(database: self) }

  /// Records of memory.
  package var memories: SQLiteMemoryStore { SQLiteMemoryStore(database: self) }

  /// Trained models, which of them answers, and what was learned from outcomes.
  package var models: SQLiteScoringModelStore { SQLiteScoringModelStore(database: self) }

  /// What is known of entities and how they relate.
  package var knowledge: SQLiteKnowledgeGraphStore { SQLiteKnowledgeGraphStore(database: self) }

  /// Work for agents.
  package var work: SQLiteWorkQueueStore { SQLiteWorkQueueStore(database: self) }

  /// The ways of leads.
  package var journeys: SQLiteJourneyStore { SQLiteJourneyStore(database: self) }

  /// Leads on their way from one role to another, and what people have to decide.
  package var handoffs: SQLiteHandoffStore { SQLiteHandoffStore(database: self) }

  /// Messages that are to be sent.
  package var outbox: SQLiteOutboxStore { SQLiteOutboxStore(database: self) }

  /// Experiments, who was assigned what, and what came of it.
  package var experiments: SQLiteExperimentStore { SQLiteExperimentStore(database: self) }

  /// What is proposed for campaigns, and what they are set to.
  package var optimizations: SQLiteOptimizationStore { SQLiteOptimizationStore(database: self) }

  /// What campaigns do.
  package var campaigns: SQLiteCampaignStore { SQLiteCampaignStore(database: self) }

  /// Engagements and what came of their messages.
  package var engagements: SQLiteEngagementStore { SQLiteEngagementStore(database: self) }

  /// Watches for other processes' commits while somebody listens to `EventLog.changes`, and keeps the
  /// derived tables up to date when there is nothing else to do. Everything works without it, but for
  /// the notice of other processes' commits. Returns when the task is cancelled or the database closed.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.watch() }
      group.addTask {
        await self.indexing.run(readers: self.readers, pooled: self.pooled, writer: self.writer)
      }
      // Each returns only for a reason that holds for the other too.
      await group.next()
      group.cancelAll()
    }
  }

  /// How many changes of leads the derived tables do not have yet. Answers never depend on it.
  package func unindexedEntries() throws(StoreError) -> Int {
    try readers.read { connection in
      Int(try IndexEntry.newest(in: connection) - IndexEntry.applied(in: connection))
    }
  }

  /// Brings the derived tables up to date: what follows a large import, so that the next process does not
  /// start with that work. Takes about a second for 50,000 leads.
  package func finishIndexes() async throws(StoreError) {
    try await indexing.catchUp(readers: readers, writer: writer)
  }

  /// Refuses further calls and closes the file once what has been accepted is written. Blocks.
  package func close() {
    feed.close()
    indexing.close()
    recent.close()
    writer.close()
    readers.close()
    pooled.close()
    try? queue.close()
  }

  private func watch() async {
    // SQLite changes a connection's data_version when any other connection has committed.
    guard let watcher = try? file.openReader() else { return }
    var known: Int64?
    while !Task.isCancelled {
      await feed.waitForListener()
      guard !feed.isClosed, !Task.isCancelled else { return }
      if let found = Self.change(seenBy: watcher, since: known) {
        known = found.version
        recent.expire()
        feed.publish(found.latest)
        indexing.wake()
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// What a connection sees when another has committed since it saw a version; `nil` when none has.
  private static func change(
    seenBy watcher: DatabaseQueue, since known: Int64?
  ) -> (version: Int64, latest: Int64)? {
    watcher.unsafeRead { database in
      let connection = SQLConnection(database)
      guard let version = try? connection.integer("PRAGMA data_version"), version != known,
        let latest = try? EventRow.latestSequence(in: connection)
      else { return nil }
      return (version, latest)
    }
  }
}
