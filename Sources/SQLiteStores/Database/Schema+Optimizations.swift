extension Schema {
  // Also what was taken back is measured.
  static let openAndUnmeasured = """
    DROP INDEX optimizations_to_measure;
    CREATE INDEX optimizations_to_measure ON optimizations (applied_at) WHERE is_measured = 0;
    CREATE INDEX optimizations_open ON optimizations (workspace, campaign_id)
      WHERE state = 'proposed';
    """

  // What an optimization says never changes what it is looked for by: its JSON is kept whole beside that.
  static let optimizations = """
    CREATE TABLE optimizations (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      campaign_id TEXT NOT NULL,
      state TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      applied_at INTEGER,
      changed_at INTEGER,
      is_measured INTEGER NOT NULL CHECK (is_measured IN (0, 1)),
      content TEXT NOT NULL,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX optimizations_of_campaign ON optimizations (campaign_id, workspace, created_at);
    CREATE INDEX optimizations_by_change ON optimizations (workspace, changed_at)
      WHERE changed_at IS NOT NULL;
    CREATE INDEX optimizations_to_measure ON optimizations (applied_at)
      WHERE state = 'applied' AND is_measured = 0;

    CREATE TABLE campaign_controls (
      campaign_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (campaign_id, workspace)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE control_orders (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      campaign_id TEXT NOT NULL,
      payload TEXT NOT NULL,
      not_before INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      is_settled INTEGER NOT NULL CHECK (is_settled IN (0, 1)),
      answer TEXT,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX control_orders_due ON control_orders (not_before, row) WHERE is_settled = 0;
    """
}
