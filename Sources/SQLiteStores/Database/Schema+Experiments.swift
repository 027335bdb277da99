extension Schema {
  static let experiments = """
    CREATE TABLE experiments (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      campaign_id TEXT,
      exclusion_group TEXT,
      state TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      content TEXT NOT NULL,
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX experiments_by_time ON experiments (workspace, started_at DESC, id);
    CREATE INDEX experiments_that_run ON experiments (workspace, id) WHERE state = 'running';

    CREATE TABLE experiment_units (
      experiment_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      variant TEXT NOT NULL,
      assigned_at INTEGER NOT NULL,
      PRIMARY KEY (experiment_id, workspace, lead_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX experiment_units_of_lead ON experiment_units (lead_id, workspace);
    """
}
