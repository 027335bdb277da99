import Marketing

/// Brings the derived tables up to date with the oldest entries of `index_queue`, in the writer's
/// transaction. Bulk makes it cheap: identities and counts go in sorted, words make one segment of the
/// full-text index.
enum IndexWriter {
  /// How many entries one transaction takes, so that a write never waits long behind it.
  static let chunk = 128

  /// Applies the oldest entries, as many as the limit says.
  /// - Returns: how many there were.
  static func apply(limit: Int = chunk, in connection: SQLConnection) throws -> Int {
    var last: Int64 = 0
    var counts: [Int64: CohortCount] = [:]
    var newIdentities: Set<Int64> = []
    var newWords: Set<Int64> = []
    var entries = 0
    // The oldest row counts: it is the one that has been applied.
    try IndexEntry.read(after: 0, limit: limit + 1, in: connection) {
      last = $0
    } entry: { sequence, entry in
      last = sequence
      entries += 1
      if entry.leads != 0 || entry.conversions != 0 {
        for hash in entry.countHashes {
          counts[hash, default: CohortCount()].leads += Int(entry.leads)
          counts[hash, default: CohortCount()].conversions += Int(entry.conversions)
        }
      }
      if !entry.identityHashes.isEmpty { newIdentities.insert(entry.leadRow) }
      if entry.hasNewWords { newWords.insert(entry.leadRow) }
    }
    guard entries > 0 else { return 0 }
    try store(counts, in: connection)
    let changed = try changes(
      newIdentities: newIdentities, newWords: newWords, in: connection)
    try store(changed.identities, in: connection)
    try store(changed.words, in: connection)
    var delete = try connection.prepare("DELETE FROM index_queue WHERE sequence < ?")
    delete.bind(last)
    try delete.run()
    return entries
  }

  private static func store(
    _ counts: [Int64: CohortCount], in connection: SQLConnection
  ) throws {
    var upsert = try connection.prepare(
      """
      INSERT INTO lead_counts (hash, leads, conversions) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET
        leads = leads + excluded.leads, conversions = conversions + excluded.conversions
      """)
    for (hash, count) in counts.sorted(by: { $0.key < $1.key }) where count != CohortCount() {
      upsert.bind(hash)
      upsert.bind(count.leads)
      upsert.bind(count.conversions)
      try upsert.run()
    }
  }

  /// What the entries say of leads, as the leads are now: an entry may have been overtaken by a change.
  private struct Changed {
    var identities: [(hash: Int64, row: Int64)] = []
    var words: [(row: Int64, words: String)] = []
  }

  private static func changes(
    newIdentities: Set<Int64>, newWords: Set<Int64>, in connection: SQLConnection
  ) throws -> Changed {
    var changed = Changed()
    var select = try connection.prepare(
      """
      SELECT email_hash, phone_hash, name_hash, name, company, email, message, attributes
      FROM leads WHERE row = ?
      """)
    for row in newIdentities.union(newWords).sorted() {
      select.bind(row)
      if try select.step() {
        let hashes = [
          select.optionalInteger(), select.optionalInteger(), select.optionalInteger(),
        ]
        if newIdentities.contains(row) {
          for case let hash? in hashes { changed.identities.append((hash, row)) }
        }
        if newWords.contains(row) {
          let texts = [
            select.optionalText(), select.optionalText(), select.optionalText(),
            select.optionalText(),
          ]
          let words = SearchWords.words(of: texts, attributes: try select.object())
          changed.words.append((row, words.joined(separator: " ")))
        }
      }
      try select.run()
    }
    return changed
  }

  private static func store(
    _ identities: [(hash: Int64, row: Int64)], in connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      "INSERT OR IGNORE INTO lead_identities (hash, lead_row) VALUES (?, ?)")
    for (hash, row) in identities.sorted(by: { ($0.hash, $0.row) < ($1.hash, $1.row) }) {
      insert.bind(hash)
      insert.bind(row)
      try insert.run()
    }
  }

  private static func store(
    _ words: [(row: Int64, words: String)], in connection: SQLConnection
  ) throws {
    var replace = try connection.prepare(
      "INSERT OR REPLACE INTO lead_words (rowid, words) VALUES (?, ?)")
    for (row, words) in words {
      replace.bind(row)
      replace.bind(words)
      try replace.run()
    }
  }
}
