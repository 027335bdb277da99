extension Schema {
  // Hashes are of addresses, with the workspace, under the database's key: those of `suppressions`, which holds
  // who was erased. Channels are names, or 'all'.
  static let consent = """
    CREATE TABLE consents (
      row INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      lead_id TEXT,
      hash INTEGER,
      channel TEXT NOT NULL,
      purpose TEXT NOT NULL,
      state TEXT NOT NULL,
      source TEXT NOT NULL,
      wording_version TEXT,
      at INTEGER NOT NULL,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX consents_of_lead ON consents (lead_id, workspace) WHERE lead_id IS NOT NULL;
    CREATE INDEX consents_of_hash ON consents (hash) WHERE hash IS NOT NULL;

    CREATE TABLE contact_suppressions (
      hash INTEGER NOT NULL,
      channel TEXT NOT NULL,
      workspace TEXT NOT NULL,
      reason TEXT NOT NULL,
      actor TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (hash, channel)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE contacts (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      hash INTEGER,
      kind TEXT NOT NULL,
      channel TEXT NOT NULL,
      campaign_id TEXT,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX contacts_of_lead ON contacts (lead_id, workspace, at);
    CREATE INDEX contacts_of_hash ON contacts (hash, at) WHERE hash IS NOT NULL;
    """

  // Contacts that nothing goes by any more are deleted in the writer, which must find them at once.
  static let contactsByTime = """
    CREATE INDEX contacts_by_time ON contacts (at);
    """
}
