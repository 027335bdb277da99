extension Schema {
  // Nothing personal stands in a plan: its texts are made of names of gates, channels and zones. Sums outlive
  // the people they were made of.
  static let engagements = """
    CREATE TABLE engagements (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      handoff_id TEXT,
      campaign_id TEXT,
      category TEXT NOT NULL,
      strategy TEXT NOT NULL,
      state TEXT NOT NULL,
      exit TEXT,
      end_reason TEXT,
      number INTEGER NOT NULL,
      steps TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      updated_at INTEGER NOT NULL,
      is_finished INTEGER NOT NULL DEFAULT 0 CHECK (is_finished IN (0, 1)),
      UNIQUE (id, workspace)
    ) STRICT;
    CREATE INDEX engagements_of_lead ON engagements (lead_id, workspace, created_at);
    CREATE UNIQUE INDEX engagements_open ON engagements (lead_id, workspace)
      WHERE state IN ('planned', 'running', 'paused');
    CREATE INDEX engagements_finished ON engagements (updated_at)
      WHERE state = 'running' AND is_finished = 1;
    CREATE TABLE delivery_reports (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      message_id TEXT NOT NULL,
      lead_id TEXT NOT NULL,
      engagement_id TEXT,
      kind TEXT NOT NULL,
      happened_at INTEGER NOT NULL,
      is_permanent INTEGER NOT NULL CHECK (is_permanent IN (0, 1)),
      detail TEXT,
      UNIQUE (message_id, id, workspace)
    ) STRICT;
    CREATE INDEX delivery_reports_of_lead ON delivery_reports (lead_id, workspace);
    CREATE INDEX delivery_reports_of_engagement ON delivery_reports (engagement_id, workspace)
      WHERE engagement_id IS NOT NULL;
    CREATE TABLE performance_counts (
      workspace TEXT NOT NULL,
      dimension TEXT NOT NULL,
      hour INTEGER NOT NULL,
      value TEXT NOT NULL,
      kind TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (workspace, dimension, hour, value, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX performance_by_hour ON performance_counts (hour);
    """
}
