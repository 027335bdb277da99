import GRDB
import Marketing

/// The database's layout and its history. Migrations are only ever added at the end.
enum Schema {
  /// One step of the layout's history.
  struct Migration: Sendable {
    let name: String
    let sql: String
  }

  /// Marks a file as ours: "LRLY".
  static let applicationID: Int64 = 0x4C52_4C59

  static let migrations = [
    Migration(name: "leads, events, imports, tasks", sql: firstTables),
    Migration(name: "memory of imported outcomes", sql: importedOutcomes),
    Migration(name: "idempotency keys", sql: idempotencyKeys),
    Migration(name: "access keys", sql: accessKeys),
    Migration(name: "scoring models and lessons", sql: scoringModels),
    Migration(name: "trainings without being asked", sql: retrainings),
    Migration(name: "when training data was read", sql: trainingTimes),
    Migration(name: "memory", sql: memory),
    Migration(name: "knowledge graph", sql: knowledgeGraph),
    Migration(name: "consolidation of memory", sql: consolidation),
    Migration(name: "vectors of memory", sql: memoryVectors),
    Migration(name: "lists of memory", sql: memoryLists),
    Migration(name: "consolidation in parts", sql: consolidationInParts),
    Migration(name: "what an erasure looks for", sql: erasures),
    Migration(name: "whether imported rows have been told", sql: toldRows),
    Migration(name: "lifetimes of memories", sql: lifetimes),
    Migration(name: "names of entities by workspace", sql: namesByWorkspace),
    Migration(name: "floors of changes", sql: changeFloors),
    Migration(name: "work and journeys", sql: workAndJourneys),
    Migration(name: "consent and contacts", sql: consent),
    Migration(name: "handoffs and escalations", sql: handoffs),
    Migration(name: "outbox", sql: outbox),
    Migration(name: "engagements and what came of them", sql: engagements),
    Migration(name: "seals of handoffs", sql: handoffSeals),
    Migration(name: "handoffs of a lead", sql: handoffsOfLead),
    Migration(name: "messages under way", sql: messagesUnderWay),
    Migration(name: "contacts by time", sql: contactsByTime),
    Migration(name: "addresses of messages", sql: addressesOfMessages),
    Migration(name: "figures of campaigns", sql: campaignFigures),
    Migration(name: "optimizations and controls", sql: optimizations),
    Migration(name: "experiments", sql: experiments),
    Migration(name: "open and unmeasured optimizations", sql: openAndUnmeasured),
  ]

  /// The version of a database with all migrations.
  static var version: Int64 { Int64(migrations.count) }

  /// What a database says of its own layout, read from one state of it.
  struct Stamp: Sendable {
    /// Whose file it is; 0 when nobody has said so.
    let application: Int64
    /// How many migrations it has seen.
    let version: Int64
    /// How many tables, indexes and the like it holds.
    let objects: Int64

    static let applicationQuery = "PRAGMA application_id"
    static let versionQuery = "PRAGMA user_version"
    static let objectsQuery = "SELECT count(*) FROM sqlite_schema"

    /// Whether nothing has ever been stored.
    var isNew: Bool { application == 0 && version == 0 && objects == 0 }

    /// Whether every migration is done.
    /// - Throws: `.corrupt` when the file is another program's or a newer version's.
    func isCurrent(path: String) throws(StoreError) -> Bool {
      if isNew { return false }
      guard application == Schema.applicationID else {
        throw StoreError(
          .corrupt, "\(path) is a database of another program; name a new file or one of ours")
      }
      guard version <= Schema.version else {
        throw StoreError(
          .corrupt,
          "\(path) has schema version \(version), this program knows up to \(Schema.version): "
            + "use a newer one")
      }
      return version == Schema.version
    }
  }

  /// Looks at a database without changing it.
  /// - Throws: `.corrupt` when the file is another program's or a newer version's.
  static func check(_ connection: SQLConnection, path: String) throws {
    _ = try isCurrent(connection, path: path)
  }

  /// Brings a database up to date; two processes that start together do it once.
  /// - Throws: as `check`.
  static func migrate(_ connection: SQLConnection, path: String) throws {
    if try isCurrent(connection, path: path) { return }
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let found = try stamp(connection)
      if try !found.isCurrent(path: path) {
        for migration in migrations.dropFirst(Int(found.version)) {
          try connection.executeScript(migration.sql)
        }
        if found.isNew { try connection.execute(noteClean) }
        // Pragmas take no parameters; both values are our own integers.
        try connection.executeScript(
          "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
      }
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// Writes an earlier version's file anew, once: it holds what had been deleted, which is overwritten at once
  /// since. Tried again at the next start where somebody else has the file open. Outside a transaction.
  static func clean(_ connection: SQLConnection) throws {
    let isClean = "SELECT 1 FROM store_info WHERE name = 'cleaned'"
    guard try connection.integer(isClean) == nil else { return }
    do {
      try connection.execute("VACUUM")
    } catch let failure as SQLFailure where failure.isBusy {
      return
    }
    try connection.execute(noteClean)
  }

  private static let noteClean =
    "INSERT OR IGNORE INTO store_info (name, value) VALUES ('cleaned', x'')"

  /// In a transaction of its own: another process may migrate meanwhile, and of what it does all is
  /// seen or nothing.
  private static func isCurrent(_ connection: SQLConnection, path: String) throws -> Bool {
    try connection.reading { try stamp(connection) }.isCurrent(path: path)
  }

  /// Within a transaction of the caller's.
  private static func stamp(_ connection: SQLConnection) throws -> Stamp {
    Stamp(
      application: try connection.integer(Stamp.applicationQuery) ?? 0,
      version: try connection.integer(Stamp.versionQuery) ?? 0,
      objects: try connection.integer(Stamp.objectsQuery) ?? 0)
  }

  // Every row that says something belongs to a workspace. Where a name and its workspace make a key the
  // name stands first: SQLite compares a key's first text fastest, and the workspace hardly tells two
  // rows apart. What is derived (`lead_identities`, `lead_counts`, `lead_words`, `index_queue`) is
  // addressed by row or by a hash that includes the workspace.
  private static let firstTables = """
    CREATE TABLE store_info (
      name TEXT PRIMARY KEY,
      value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE leads (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      last_active_at INTEGER,
      status TEXT NOT NULL,
      score REAL,
      category TEXT,
      source TEXT,
      industry TEXT,
      company_size TEXT,
      persona TEXT,
      region TEXT,
      campaign_id TEXT,
      preferred_channel TEXT,
      has_consent INTEGER CHECK (has_consent IN (0, 1)),
      assigned_agent TEXT,
      name TEXT,
      email TEXT,
      phone TEXT,
      job_title TEXT,
      time_zone TEXT,
      company TEXT,
      domain TEXT,
      message TEXT,
      attributes TEXT NOT NULL,
      email_hash INTEGER,
      phone_hash INTEGER,
      name_hash INTEGER,
      account_hash INTEGER,
      conversions INTEGER NOT NULL DEFAULT 0 CHECK (conversions >= 0),
      imported BLOB,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX leads_by_creation ON leads (workspace, created_at DESC, id);

    CREATE TABLE lead_keys (
      lead_row INTEGER PRIMARY KEY REFERENCES leads ON DELETE CASCADE,
      workspace TEXT NOT NULL,
      sealed_key BLOB NOT NULL
    ) STRICT;

    CREATE TABLE triages (
      lead_row INTEGER PRIMARY KEY REFERENCES leads ON DELETE CASCADE,
      workspace TEXT NOT NULL,
      triaged_at INTEGER NOT NULL,
      score REAL NOT NULL,
      probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
      is_calibrated INTEGER NOT NULL CHECK (is_calibrated IN (0, 1)),
      category TEXT NOT NULL,
      confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
      reasons TEXT NOT NULL,
      model_version TEXT NOT NULL
    ) STRICT;

    CREATE TABLE interactions (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      conversation_id TEXT,
      campaign_id TEXT,
      variant_id TEXT,
      occurred_at INTEGER NOT NULL,
      channel TEXT NOT NULL,
      kind TEXT NOT NULL,
      outcome TEXT NOT NULL,
      agent_id TEXT,
      metadata TEXT NOT NULL,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX interactions_of_lead
      ON interactions (lead_id, workspace, occurred_at, kind, outcome);

    CREATE TABLE outcomes (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      campaign_id TEXT,
      disposition TEXT NOT NULL,
      conversion_type TEXT,
      amount REAL,
      currency TEXT,
      occurred_at INTEGER NOT NULL,
      reason TEXT,
      CHECK ((amount IS NULL) = (currency IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX outcomes_of_lead ON outcomes
      (lead_id, workspace, disposition, occurred_at, ifnull(conversion_type, ''));

    CREATE TABLE campaigns (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      objective TEXT,
      starts_at INTEGER,
      ends_at INTEGER,
      channels TEXT NOT NULL,
      daily_amount REAL,
      daily_currency TEXT,
      total_amount REAL,
      total_currency TEXT,
      region TEXT,
      target_personas TEXT NOT NULL,
      kpi TEXT,
      owner_email TEXT,
      CHECK ((daily_amount IS NULL) = (daily_currency IS NULL)),
      CHECK ((total_amount IS NULL) = (total_currency IS NULL)),
      UNIQUE (id, workspace)
    ) STRICT;

    CREATE TABLE raw_rows (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      table_name TEXT NOT NULL,
      key TEXT NOT NULL,
      lead_id TEXT,
      cells TEXT NOT NULL,
      UNIQUE (table_name, key, workspace)
    ) STRICT;

    CREATE TABLE quarantine (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      file TEXT NOT NULL,
      line INTEGER NOT NULL,
      column_name TEXT,
      reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX quarantine_of_file ON quarantine (file, workspace);

    CREATE TABLE events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      kind TEXT NOT NULL,
      lead_id TEXT,
      campaign_id TEXT,
      occurred_at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      facts TEXT NOT NULL,
      personal BLOB,
      CHECK (personal IS NULL OR lead_id IS NOT NULL)
    ) STRICT;
    CREATE INDEX events_of_lead ON events (lead_id, workspace) WHERE lead_id IS NOT NULL;

    CREATE TABLE tasks (
      id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      principal TEXT NOT NULL,
      has_ended INTEGER NOT NULL CHECK (has_ended IN (0, 1)),
      touched_at INTEGER NOT NULL,
      expires_at INTEGER,
      content TEXT NOT NULL,
      PRIMARY KEY (id, workspace)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tasks_that_run ON tasks (touched_at) WHERE has_ended = 0;
    CREATE INDEX tasks_that_expire ON tasks (expires_at) WHERE expires_at IS NOT NULL;

    CREATE TABLE lead_identities (
      hash INTEGER NOT NULL,
      lead_row INTEGER NOT NULL,
      PRIMARY KEY (hash, lead_row)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lead_counts (
      hash INTEGER PRIMARY KEY,
      leads INTEGER NOT NULL,
      conversions INTEGER NOT NULL
    ) STRICT;

    CREATE VIRTUAL TABLE lead_words
      USING fts5 (words, detail = none, columnsize = 0, tokenize = 'ascii');

    CREATE TABLE index_queue (
      sequence INTEGER PRIMARY KEY,
      lead_row INTEGER NOT NULL,
      leads INTEGER NOT NULL,
      conversions INTEGER NOT NULL,
      cohort_0 INTEGER NOT NULL,
      cohort_1 INTEGER NOT NULL,
      cohort_2 INTEGER NOT NULL,
      cohort_3 INTEGER NOT NULL,
      cohort_4 INTEGER NOT NULL,
      account_hash INTEGER,
      email_hash INTEGER,
      phone_hash INTEGER,
      name_hash INTEGER,
      has_new_words INTEGER NOT NULL CHECK (has_new_words IN (0, 1))
    ) STRICT;
    INSERT INTO index_queue VALUES (0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0);
    """

  // Both hashes include the workspace and are made with the database's key.
  private static let importedOutcomes = """
    CREATE TABLE imported_outcomes (
      name INTEGER NOT NULL,
      content INTEGER NOT NULL,
      workspace TEXT NOT NULL,
      reading INTEGER NOT NULL,
      PRIMARY KEY (name, content, workspace)
    ) STRICT, WITHOUT ROWID;
    """

  private static let idempotencyKeys = """
    CREATE TABLE idempotency_keys (
      row INTEGER PRIMARY KEY,
      key TEXT NOT NULL,
      principal TEXT NOT NULL,
      workspace TEXT NOT NULL,
      fingerprint BLOB NOT NULL,
      holder BLOB NOT NULL,
      leased_until INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      status INTEGER,
      media_type TEXT,
      body BLOB,
      CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (media_type IS NULL)),
      UNIQUE (key, principal, workspace)
    ) STRICT;
    CREATE INDEX idempotency_keys_that_expire ON idempotency_keys (expires_at);
    """

  // A key is found by its name alone: its row says which workspace it works in.
  private static let accessKeys = """
    CREATE TABLE access_keys (
      id TEXT PRIMARY KEY,
      workspace TEXT NOT NULL,
      label TEXT,
      scopes TEXT NOT NULL,
      secret_digest BLOB NOT NULL CHECK (length(secret_digest) = 32),
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      revoked_at INTEGER,
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID;
    """
}
