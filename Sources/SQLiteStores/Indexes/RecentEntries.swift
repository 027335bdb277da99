import JSONRPC
import Marketing

/// What this process knows of the entries that the derived tables do not have yet. It reads each entry
/// once, whichever process appended it. It also remembers the counts it has read from their table,
/// which change only when entries are applied.
final class RecentEntries: Sendable {
  /// The most counts that are remembered.
  private static let countLimit = 8192

  private let state = Locked(State())

  /// How many leads there are under each of the hashes, and rows of leads that may have one of the
  /// identities and are not in their table yet. Must be the first to read in its transaction: the lock
  /// is held while the transaction gets its view, so no other thread can drop entries that the tables of
  /// this view lack.
  func lookUp(
    counts hashes: [Int64], identities: [Int64], in connection: SQLConnection
  ) throws -> (counts: [CohortCount], leadRows: [Int64]) {
    let (found, leadRows, applied) = try state.withLock { state in
      try state.catchUp(connection)
      return (
        hashes.map(state.count), identities.flatMap { state.leadRows[$0] }, state.applied
      )
    }
    var counts = found
    for (place, hash) in hashes.enumerated() where counts[place].stored == nil {
      let stored = try Self.storedCount(hash, in: connection)
      counts[place].stored = stored
      state.withLock { $0.remember(stored, of: hash, asOf: applied) }
    }
    return (counts.map(\.sum), leadRows)
  }

  private static func storedCount(
    _ hash: Int64, in connection: SQLConnection
  ) throws -> CohortCount {
    var select = try connection.prepare(
      "SELECT leads, conversions FROM lead_counts WHERE hash = ?")
    select.bind(hash)
    guard try select.step() else { return CohortCount() }
    return CohortCount(leads: Int(select.integer()), conversions: Int(select.integer()))
  }

  /// A count in two parts.
  private struct Count: Sendable {
    var recent: CohortCount
    /// `nil` when it has to be read.
    var stored: CohortCount?

    var sum: CohortCount {
      CohortCount(
        leads: recent.leads + (stored?.leads ?? 0),
        conversions: recent.conversions + (stored?.conversions ?? 0))
    }
  }

  private struct State: Sendable {
    /// Up to where the tables have the entries.
    var applied: Int64 = 0
    var newest: Int64 = 0
    /// Oldest first; those before `start` are in the tables by now.
    var entries: [(sequence: Int64, entry: IndexEntry)] = []
    var start = 0
    var counts: [Int64: CohortCount] = [:]
    var leadRows = RowsByHash()
    /// What the table of counts holds as of `applied`.
    var stored: [Int64: CohortCount] = [:]

    func count(_ hash: Int64) -> Count {
      Count(recent: counts[hash] ?? CohortCount(), stored: stored[hash])
    }

    mutating func remember(_ count: CohortCount, of hash: Int64, asOf applied: Int64) {
      guard applied == self.applied else { return }
      if stored.count >= RecentEntries.countLimit { stored = [:] }
      stored[hash] = count
    }

    mutating func catchUp(_ connection: SQLConnection) throws {
      var new: [(sequence: Int64, entry: IndexEntry)] = []
      try IndexEntry.read(after: newest, limit: .max, in: connection) { applied in
        drop(upTo: applied)
      } entry: {
        new.append(($0, $1))
      }
      for (sequence, entry) in new {
        newest = sequence
        change(by: entry, sign: 1)
      }
      entries += new
    }

    private mutating func drop(upTo applied: Int64) {
      guard applied > self.applied else { return }
      self.applied = applied
      stored = [:]
      newest = max(newest, applied)
      while start < entries.count, entries[start].sequence <= applied {
        change(by: entries[start].entry, sign: -1)
        start += 1
      }
      if start == entries.count || start > 4096 {
        entries.removeFirst(start)
        start = 0
      }
    }

    private mutating func change(by entry: IndexEntry, sign: Int) {
      if entry.leads != 0 || entry.conversions != 0 {
        let change = CohortCount(
          leads: sign * Int(entry.leads), conversions: sign * Int(entry.conversions))
        add(change, to: entry.cohorts.all)
        add(change, to: entry.cohorts.source)
        add(change, to: entry.cohorts.industry)
        add(change, to: entry.cohorts.companySize)
        add(change, to: entry.cohorts.region)
        if let account = entry.identity.account { add(change, to: account) }
      }
      for case let hash? in [entry.identity.email, entry.identity.phone, entry.identity.name] {
        if sign > 0 {
          leadRows.insert(entry.leadRow, at: hash)
        } else {
          leadRows.remove(entry.leadRow, at: hash)
        }
      }
    }

    private mutating func add(_ change: CohortCount, to hash: Int64) {
      var count = counts[hash] ?? CohortCount()
      count.leads += change.leads
      count.conversions += change.conversions
      counts[hash] = count == CohortCount() ? nil : count
    }
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
