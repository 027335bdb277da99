extension Schema {
  // A row is a version of a record: a record whose validity is found to end is written anew, and what was
  // known before stays with the time at which it was given up. Rows are never numbered twice, so that
  // whoever follows the changes cannot take one version for another; a change without its version says that
  // it was deleted, and holds nothing of it. The words are indexed as the stems that the row holds,
  // whatever characters those are of, and from there the index can be built anew.
  static let memory = """
    CREATE TABLE memories (
      row INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      kind TEXT NOT NULL,
      lead_id TEXT,
      conversation_id TEXT,
      role TEXT,
      speaker TEXT,
      text TEXT NOT NULL,
      form TEXT NOT NULL,
      key TEXT,
      content TEXT,
      importance REAL NOT NULL CHECK (importance BETWEEN 0 AND 1),
      source TEXT NOT NULL,
      source_reference TEXT,
      trust TEXT NOT NULL,
      valid_from INTEGER NOT NULL,
      valid_to INTEGER,
      recorded_at INTEGER NOT NULL,
      retracted_at INTEGER,
      expires_at INTEGER,
      uses INTEGER NOT NULL CHECK (uses >= 0),
      last_used_at INTEGER,
      derived_from TEXT,
      stems TEXT NOT NULL,
      traits INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX memories_by_id ON memories (id, workspace);
    CREATE INDEX memories_by_time ON memories (workspace, recorded_at, id);
    CREATE INDEX memories_of_lead ON memories (lead_id, workspace, form, key)
      WHERE lead_id IS NOT NULL;
    CREATE INDEX memories_of_no_lead ON memories (key, workspace)
      WHERE lead_id IS NULL AND form = 'fact';
    CREATE INDEX memories_of_conversation ON memories (conversation_id, workspace)
      WHERE conversation_id IS NOT NULL;
    CREATE INDEX memories_that_expire ON memories (expires_at) WHERE expires_at IS NOT NULL;

    CREATE VIRTUAL TABLE memory_words USING fts5 (
      stems, content = 'memories', content_rowid = 'row', detail = none, columnsize = 0,
      tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    );

    CREATE TABLE memory_changes (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      version INTEGER NOT NULL UNIQUE
    ) STRICT;
    CREATE INDEX memory_changes_of_workspace ON memory_changes (workspace, sequence);

    CREATE TABLE suppressions (
      hash INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      since INTEGER NOT NULL
    ) STRICT;
    """

  // Lists by kind or by conversation are read in the order in which they are shown.
  static let memoryLists = """
    CREATE INDEX memories_of_kind ON memories (workspace, kind, recorded_at, id);
    DROP INDEX memories_of_conversation;
    CREATE INDEX memories_of_conversation
      ON memories (conversation_id, workspace, recorded_at, id)
      WHERE conversation_id IS NOT NULL;
    """

  // Of rows that were imported before, nobody knows whether what they say was remembered or related.
  static let toldRows = """
    ALTER TABLE raw_rows ADD COLUMN is_told INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1));
    """

  // How long a record lives, in milliseconds, however often its end has been put off.
  static let lifetimes = "ALTER TABLE memories ADD COLUMN lifetime INTEGER;"
}
