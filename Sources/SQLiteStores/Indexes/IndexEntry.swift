import Marketing

/// What the derived tables have still to learn of one lead.
///
/// A lead's place in four kinds of indexes costs more than storing it: every index is touched at a place
/// of its own. So a write appends one entry to `index_queue` instead, in the same transaction, and
/// `IndexWriter` brings the tables up to date in bulk. Until then readers look at the entries themselves,
/// through `RecentEntries`.
struct IndexEntry: Sendable {
  var leadRow: Int64
  /// What is added to the number of leads in each cohort and in the account.
  var leads: Int64
  /// What is added to the number of those that converted.
  var conversions: Int64
  var cohorts: CohortHashes
  var identity: IdentityHashes
  /// Whether the words that the lead is found by are new.
  var hasNewWords: Bool

  /// The hashes that the counts are kept under.
  var countHashes: [Int64] {
    var hashes = [
      cohorts.all, cohorts.source, cohorts.industry, cohorts.companySize, cohorts.region,
    ]
    if let account = identity.account { hashes.append(account) }
    return hashes
  }

  /// The hashes that duplicates are found by.
  var identityHashes: [Int64] { identity.ofPerson }

  private static let columns = """
    lead_row, leads, conversions, cohort_0, cohort_1, cohort_2, cohort_3, cohort_4, \
    account_hash, email_hash, phone_hash, name_hash, has_new_words
    """
  private static let insertSQL =
    "INSERT INTO index_queue (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
  /// The oldest row, which has been applied, stands first whatever is asked for.
  private static let selectSQL = """
    SELECT sequence, \(columns) FROM index_queue
    WHERE sequence = (SELECT min(sequence) FROM index_queue)
    UNION ALL
    SELECT * FROM (
      SELECT sequence, \(columns) FROM index_queue WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)
    """

  func append(to connection: SQLConnection) throws {
    var insert = try connection.prepare(Self.insertSQL)
    insert.bind(leadRow)
    insert.bind(leads)
    insert.bind(conversions)
    insert.bind(cohorts.all)
    insert.bind(cohorts.source)
    insert.bind(cohorts.industry)
    insert.bind(cohorts.companySize)
    insert.bind(cohorts.region)
    insert.bind(identity.account)
    insert.bind(identity.email)
    insert.bind(identity.phone)
    insert.bind(identity.name)
    insert.bind(hasNewWords)
    try insert.run()
    connection.newEntries?.list.append((connection.insertedRow, self))
  }

  /// Reads how far the derived tables are up to date, then the entries behind a place and behind that,
  /// oldest first.
  static func read(
    after sequence: Int64, limit: Int, in connection: SQLConnection,
    applied: (Int64) -> Void, entry: (Int64, IndexEntry) -> Void
  ) throws {
    var select = try connection.prepare(selectSQL)
    select.bind(sequence)
    select.bind(limit)
    guard try select.step() else {
      throw StoreError(.corrupt, "The database's index queue has lost its start")
    }
    let start = select.integer()
    applied(start)
    while try select.step() {
      let sequence = select.integer()
      if sequence > start { entry(sequence, IndexEntry(reading: &select)) }
    }
  }

  /// The place up to which the derived tables are up to date. The entry there is kept, so that places
  /// are never given twice.
  static func applied(in connection: SQLConnection) throws -> Int64 {
    try connection.integer("SELECT min(sequence) FROM index_queue") ?? 0
  }

  /// The place of the newest entry.
  static func newest(in connection: SQLConnection) throws -> Int64 {
    try connection.integer("SELECT max(sequence) FROM index_queue") ?? 0
  }
}

extension IndexEntry {
  fileprivate init(reading statement: inout SQLStatement) {
    leadRow = statement.integer()
    leads = statement.integer()
    conversions = statement.integer()
    cohorts = CohortHashes(
      all: statement.integer(), source: statement.integer(), industry: statement.integer(),
      companySize: statement.integer(), region: statement.integer())
    let account = statement.optionalInteger()
    identity = IdentityHashes(
      email: statement.optionalInteger(), phone: statement.optionalInteger(),
      name: statement.optionalInteger(), account: account)
    hasNewWords = statement.integer() != 0
  }
}

/// The entries of one transaction of the writer, for this process' own memory once it is committed.
final class NewEntries {
  var list: [(sequence: Int64, entry: IndexEntry)] = []

  /// Whether one of the entries has one of these identities.
  func hasIdentity(amongst hashes: [Int64]) -> Bool {
    list.contains { _, entry in
      let identity = entry.identity
      return hashes.contains {
        $0 == identity.email || $0 == identity.phone || $0 == identity.name
      }
    }
  }
}
