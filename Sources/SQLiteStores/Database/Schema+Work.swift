extension Schema {
  // Steps are found by the row of their lead, which is at hand where they are taken, and stand in its order. Of
  // work, each index holds the items of one state: those that are done are never looked for.
  static let workAndJourneys = """
    CREATE TABLE journey_steps (
      lead_row INTEGER NOT NULL REFERENCES leads ON DELETE CASCADE,
      place INTEGER NOT NULL,
      workspace TEXT NOT NULL,
      stage TEXT NOT NULL,
      taken_at INTEGER NOT NULL,
      actor TEXT,
      event_id TEXT,
      reason TEXT,
      PRIMARY KEY (lead_row, place)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE work_items (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      kind TEXT NOT NULL,
      role TEXT NOT NULL,
      lead_id TEXT,
      subject TEXT,
      key TEXT NOT NULL,
      due_at INTEGER NOT NULL,
      max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
      created_at INTEGER NOT NULL,
      payload TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('ready', 'claimed', 'done', 'dead')),
      attempts INTEGER NOT NULL,
      not_before INTEGER NOT NULL,
      claim INTEGER NOT NULL,
      worker TEXT,
      lease_until INTEGER,
      updated_at INTEGER NOT NULL,
      last_error TEXT,
      result TEXT,
      CHECK ((state = 'claimed') = (lease_until IS NOT NULL)),
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE UNIQUE INDEX work_items_open ON work_items (key, workspace)
      WHERE state IN ('ready', 'claimed');
    CREATE INDEX work_items_ready ON work_items (role, workspace, due_at)
      WHERE state = 'ready';
    CREATE INDEX work_items_claimed ON work_items (lease_until)
      WHERE state = 'claimed';
    CREATE INDEX work_items_dead ON work_items (workspace, updated_at, id) WHERE state = 'dead';
    CREATE INDEX work_items_done ON work_items (updated_at) WHERE state = 'done';
    CREATE INDEX work_items_of_lead ON work_items (lead_id, workspace) WHERE lead_id IS NOT NULL;
    """
}
