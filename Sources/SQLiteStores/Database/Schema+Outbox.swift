extension Schema {
  // What a message says, where it goes and what a server answered are sealed under the lead's key.
  static let outbox = """
    CREATE TABLE outbox (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      engagement_id TEXT,
      campaign_id TEXT,
      variant_id TEXT,
      step INTEGER,
      channel TEXT NOT NULL,
      purpose TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      max_attempts INTEGER NOT NULL,
      content BLOB NOT NULL,
      state TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      claim INTEGER NOT NULL,
      lease_until INTEGER,
      is_possible_duplicate INTEGER NOT NULL CHECK (is_possible_duplicate IN (0, 1)),
      answer_code TEXT,
      answer BLOB,
      cancel_reason TEXT,
      settled_at INTEGER,
      UNIQUE (id, workspace),
      UNIQUE (idempotency_key, workspace)
    ) STRICT;
    CREATE INDEX outbox_due ON outbox (channel, not_before, id) WHERE state = 'queued';
    CREATE INDEX outbox_held ON outbox (channel, lease_until) WHERE lease_until IS NOT NULL;
    CREATE INDEX outbox_of_lead ON outbox (lead_id, workspace);
    CREATE INDEX outbox_of_engagement ON outbox (engagement_id, workspace)
      WHERE engagement_id IS NOT NULL;
    CREATE INDEX outbox_by_state ON outbox (state, settled_at, workspace);
    """

  static let messagesUnderWay = """
    CREATE INDEX outbox_held_of_lead ON outbox (lead_id, workspace) WHERE lease_until IS NOT NULL;
    """

  // Where a message goes stands in it only as the hash that suppressions and contacts have too. Messages that were
  // stored before have none.
  static let addressesOfMessages = """
    ALTER TABLE outbox ADD COLUMN address INTEGER;
    CREATE INDEX outbox_held_of_address ON outbox (address, workspace)
      WHERE lease_until IS NOT NULL AND address IS NOT NULL;
    """
}
