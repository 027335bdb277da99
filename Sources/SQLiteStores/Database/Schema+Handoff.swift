extension Schema {
  // A packet is encrypted under its lead's key; the seals are over what is stored of it.
  static let handoffs = """
    CREATE TABLE handoffs (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      number INTEGER NOT NULL,
      sender TEXT NOT NULL,
      sender_role TEXT NOT NULL,
      receiver_role TEXT NOT NULL,
      reason TEXT NOT NULL,
      state TEXT NOT NULL,
      score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
      completeness REAL NOT NULL,
      consistency REAL NOT NULL,
      freshness REAL NOT NULL,
      relevance REAL NOT NULL,
      gaps TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      prepared_at INTEGER NOT NULL,
      offered_at INTEGER,
      expires_at INTEGER,
      accepted_by TEXT,
      accepted_at INTEGER,
      lease_until INTEGER,
      rejected_by TEXT,
      rejection TEXT,
      work_id TEXT,
      content_hash TEXT NOT NULL,
      previous_hash TEXT,
      packet BLOB NOT NULL,
      UNIQUE (id, workspace),
      UNIQUE (lead_id, workspace, number)
    ) STRICT;
    CREATE INDEX handoffs_by_time ON handoffs (workspace, prepared_at DESC, id);
    CREATE INDEX handoffs_to_role
      ON handoffs (workspace, receiver_role, state, prepared_at DESC, id);
    CREATE INDEX handoffs_that_expire ON handoffs (expires_at) WHERE state = 'offered';

    CREATE TABLE escalations (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      lead_id TEXT,
      subject TEXT NOT NULL,
      reason TEXT NOT NULL,
      context TEXT NOT NULL,
      owner TEXT,
      opened_at INTEGER NOT NULL,
      deadline INTEGER NOT NULL,
      state TEXT NOT NULL,
      resolution TEXT,
      resolved_by TEXT,
      resolved_at INTEGER,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX escalations_by_time ON escalations (workspace, opened_at DESC, id);
    CREATE INDEX escalations_of_lead ON escalations (lead_id, workspace)
      WHERE lead_id IS NOT NULL;
    """

  // Where a lead's chain of handoffs ends goes with the key that its seals are made with. Handoffs that were
  // sealed without a key prove nothing, and no release has made any.
  static let handoffSeals = """
    DELETE FROM handoffs;
    CREATE TABLE handoff_heads (
      lead_row INTEGER PRIMARY KEY REFERENCES lead_keys ON DELETE CASCADE,
      number INTEGER NOT NULL,
      handoff_id TEXT NOT NULL,
      content_hash TEXT NOT NULL,
      seal TEXT NOT NULL
    ) STRICT;
    CREATE INDEX escalations_of_subject ON escalations (subject, workspace);
    """

  // What a lead's packet tells of earlier handoffs is asked at every preparation.
  static let handoffsOfLead = """
    CREATE INDEX handoffs_of_lead ON handoffs (lead_id, workspace, prepared_at DESC, id);
    """
}
