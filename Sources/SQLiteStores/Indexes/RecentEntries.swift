import JSONRPC
import Marketing

/// What this process knows of the derived tables and of the entries that they do not have yet.
///
/// Its own entries are handed over as they are committed; those of other processes are read from the
/// queue, each once. What it has looked up stays right until entries are applied, so that most questions
/// of a triage are answered from memory, exactly for what this process wrote and at most
/// `freshness` behind what others did.
final class RecentEntries: Sendable {
  /// How long another process' entries may go unnoticed.
  private static let freshness = Duration.milliseconds(50)
  /// The most counts that are remembered.
  fileprivate static let countLimit = 8192

  private let state = Locked(State())

  /// The counts under the hashes if they are known and no lead has any of the identities; `nil` when
  /// only the database can tell.
  func counts(_ hashes: [Int64], withNone identities: [Int64]) -> [CohortCount]? {
    state.withLock { state in
      guard !state.isClosed, let last = state.caughtUpAt,
        ContinuousClock.now - last < Self.freshness
      else { return nil }
      for identity in identities {
        guard let filter = state.filter, !filter.mayContain(identity) else { return nil }
      }
      var counts: [CohortCount] = []
      counts.reserveCapacity(hashes.count)
      for hash in hashes {
        guard let count = state.totals[hash] else { return nil }
        counts.append(count)
      }
      return counts
    }
  }

  /// The counts under the hashes, and rows of leads that may have one of the identities and are not in
  /// the tables yet. Must be the first to read in its transaction: the lock is held while the
  /// transaction gets its view, so no other thread can drop entries that the tables of this view lack.
  func lookUp(
    counts hashes: [Int64], identities: [Int64], in connection: SQLConnection
  ) throws -> (counts: [CohortCount], leadRows: [Int64]) {
    let (known, leadRows, applied) = try state.withLock { state in
      try state.catchUp(connection)
      return (
        hashes.map { (total: state.totals[$0], change: state.changes[$0]) },
        identities.flatMap { state.leadRows[$0] }, state.applied
      )
    }
    var counts: [CohortCount] = []
    for (hash, known) in zip(hashes, known) {
      if let total = known.total {
        counts.append(total)
        continue
      }
      let stored = try Self.storedCount(hash, in: connection)
      counts.append(stored + (known.change ?? CohortCount()))
      state.withLock { $0.remember(stored, of: hash, asOf: applied) }
    }
    return (counts, leadRows)
  }

  /// What is known of the leads that have one of these identities, for the one who writes.
  struct Holders {
    /// Whether the tables may have some.
    var mayBeInTables: Bool
    /// Rows of leads that may not be in the tables yet.
    var leadRows: [Int64]
    /// The entries behind this place have not been seen here.
    var seen: Int64
  }

  /// Leads that may have one of these identities.
  func holders(of identities: [Int64]) -> Holders {
    state.withLock { state in
      let mayBeInTables =
        state.filter.map { filter in identities.contains(where: filter.mayContain) } ?? true
      return Holders(
        mayBeInTables: mayBeInTables, leadRows: identities.flatMap { state.leadRows[$0] },
        seen: state.newest)
    }
  }

  /// Takes entries that this process has committed.
  func add(_ entries: [(sequence: Int64, entry: IndexEntry)]) {
    guard let first = entries.first, let last = entries.last else { return }
    state.withLock { state in
      // A reader may have been faster than this.
      if last.sequence <= state.newest { return }
      // Nobody has asked yet, or another process came between: the queue will tell.
      guard state.caughtUpAt != nil, first.sequence == state.newest + 1 else {
        state.caughtUpAt = nil
        return
      }
      state.take(entries)
    }
  }

  /// Forgets entries that are in the tables by now.
  func drop(upTo applied: Int64) { state.withLock { $0.drop(upTo: applied) } }

  /// Another process has committed: the next question goes to the database.
  func expire() { state.withLock { $0.caughtUpAt = nil } }

  /// The database is closed: nothing is answered from memory any more.
  func close() { state.withLock { $0.isClosed = true } }

  private static func storedCount(
    _ hash: Int64, in connection: SQLConnection
  ) throws -> CohortCount {
    var select = try connection.prepare(
      "SELECT leads, conversions FROM lead_counts WHERE hash = ?")
    select.bind(hash)
    guard try select.step() else { return CohortCount() }
    return CohortCount(leads: Int(select.integer()), conversions: Int(select.integer()))
  }
}

// The filter of identities.
extension RecentEntries {
  /// Whether the filter has to be made, or made larger.
  var needsFilter: Bool {
    state.withLock { state in
      guard state.caughtUpAt != nil else { return false }
      return state.filter.map { $0.count > $0.capacity } ?? true
    }
  }

  /// Makes the filter from the table of identities. What is committed meanwhile is taken down from the
  /// start, before the table is read; should entries have escaped, the next call tries again.
  func makeFilter(readers: PooledReaders) async throws(StoreError) {
    try await readers.read { connection in
      try self.state.withLock { try $0.startRecording(connection) }
    }
    let filter = try await readers.read { connection in
      let count = try connection.integer("SELECT count(*) FROM lead_identities") ?? 0
      var filter = IdentityFilter(capacity: Int(count) * 2)
      var select = try connection.prepare("SELECT hash FROM lead_identities")
      while try select.step() { filter.insert(select.integer()) }
      return filter
    }
    state.withLock { state in
      guard let recorded = state.recorded else { return }
      var filter = filter
      for hash in recorded { filter.insert(hash) }
      state.filter = filter
      state.recorded = nil
    }
  }
}

private struct State: Sendable {
  /// Up to where the tables have the entries.
  var applied: Int64 = 0
  /// Up to where the entries are known here.
  var newest: Int64 = 0
  /// When the queue was last read; `nil` when it must be read before the next answer.
  var caughtUpAt: ContinuousClock.Instant?
  /// Oldest first; those before `start` are in the tables by now.
  var entries: [(sequence: Int64, entry: IndexEntry)] = []
  var start = 0
  var leadRows = RowsByHash()
  /// What the entries add to the table of counts.
  var changes: [Int64: CohortCount] = [:]
  /// Table and entries together, for hashes that have been asked for.
  var totals: [Int64: CohortCount] = [:]
  /// Has all identities of the table and of the entries known here; `nil` when it may lack some.
  var filter: IdentityFilter?
  /// The identities seen while a filter is being made.
  var recorded: [Int64]?
  var isClosed = false

  /// Keeps the count under a hash, given what the table held of it.
  mutating func remember(_ stored: CohortCount, of hash: Int64, asOf applied: Int64) {
    guard applied == self.applied else { return }
    if totals.count >= RecentEntries.countLimit { totals = [:] }
    totals[hash] = stored + (changes[hash] ?? CohortCount())
  }

  mutating func catchUp(_ connection: SQLConnection) throws {
    var new: [(sequence: Int64, entry: IndexEntry)] = []
    try IndexEntry.read(after: newest, limit: .max, in: connection) { applied in
      drop(upTo: applied)
    } entry: {
      new.append(($0, $1))
    }
    take(new)
    caughtUpAt = .now
  }

  mutating func startRecording(_ connection: SQLConnection) throws {
    try catchUp(connection)
    recorded = entries[start...].flatMap(\.entry.identityHashes)
  }

  mutating func take(_ new: [(sequence: Int64, entry: IndexEntry)]) {
    for (sequence, entry) in new {
      newest = sequence
      Self.forEachChange(by: entry) { hash, change in
        add(change, to: hash)
        if let total = totals[hash] { totals[hash] = total + change }
      }
      for case let hash? in [entry.identity.email, entry.identity.phone, entry.identity.name] {
        leadRows.insert(entry.leadRow, at: hash)
        filter?.insert(hash)
        recorded?.append(hash)
      }
    }
    entries += new
  }

  mutating func drop(upTo applied: Int64) {
    guard applied > self.applied else { return }
    self.applied = applied
    if applied > newest {
      // Entries were applied that have never been seen here.
      newest = applied
      totals = [:]
      filter = nil
      recorded = nil
    }
    while start < entries.count, entries[start].sequence <= applied {
      let entry = entries[start].entry
      Self.forEachChange(by: entry) { hash, change in add(CohortCount() - change, to: hash) }
      for hash in entry.identityHashes { leadRows.remove(entry.leadRow, at: hash) }
      start += 1
    }
    if start == entries.count || start > 4096 {
      entries.removeFirst(start)
      start = 0
    }
  }

  private static func forEachChange(by entry: IndexEntry, _ body: (Int64, CohortCount) -> Void) {
    guard entry.leads != 0 || entry.conversions != 0 else { return }
    let change = CohortCount(leads: Int(entry.leads), conversions: Int(entry.conversions))
    body(entry.cohorts.all, change)
    body(entry.cohorts.source, change)
    body(entry.cohorts.industry, change)
    body(entry.cohorts.companySize, change)
    body(entry.cohorts.region, change)
    if let account = entry.identity.account { body(account, change) }
  }

  private mutating func add(_ change: CohortCount, to hash: Int64) {
    let sum = (changes[hash] ?? CohortCount()) + change
    changes[hash] = sum == CohortCount() ? nil : sum
  }
}

extension CohortCount {
  fileprivate static func + (left: Self, right: Self) -> Self {
    Self(leads: left.leads + right.leads, conversions: left.conversions + right.conversions)
  }

  fileprivate static func - (left: Self, right: Self) -> Self {
    Self(leads: left.leads - right.leads, conversions: left.conversions - right.conversions)
  }
}

/// Rows by hash where nearly every hash has one row: no array for that one.
private struct RowsByHash: Sendable {
  private var first: [Int64: Int64] = [:]
  private var others: [Int64: [Int64]] = [:]

  subscript(hash: Int64) -> [Int64] {
    guard let row = first[hash] else { return [] }
    return [row] + (others[hash] ?? [])
  }

  mutating func insert(_ row: Int64, at hash: Int64) {
    if first[hash] == nil { first[hash] = row } else { others[hash, default: []].append(row) }
  }

  /// Removes a row once: it is in as often as it was inserted.
  mutating func remove(_ row: Int64, at hash: Int64) {
    var rows = self[hash]
    guard let place = rows.firstIndex(of: row) else { return }
    rows.remove(at: place)
    first[hash] = rows.first
    others[hash] = rows.count > 1 ? Array(rows.dropFirst()) : nil
  }
}
