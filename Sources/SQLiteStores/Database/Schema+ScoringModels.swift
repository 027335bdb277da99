extension Schema {
  // A model's content stands apart, so that reading the list never touches it. An activation knows which
  // one a roll-back returns to: rows are only ever added. Lessons are keyed by lead, so that they go with
  // it; the counts, which name nobody, are read by workspace.
  static let scoringModels = """
    CREATE TABLE scoring_models (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      created_at INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      digest TEXT NOT NULL,
      size INTEGER NOT NULL,
      training_seconds REAL,
      report TEXT NOT NULL,
      UNIQUE (id, workspace),
      UNIQUE (name, workspace, version)
    ) STRICT;

    CREATE TABLE scoring_model_contents (
      model_row INTEGER PRIMARY KEY REFERENCES scoring_models ON DELETE CASCADE,
      workspace TEXT NOT NULL,
      content BLOB NOT NULL
    ) STRICT;

    CREATE TABLE model_activations (
      row INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      choice TEXT NOT NULL,
      activated_at INTEGER,
      previous INTEGER REFERENCES model_activations
    ) STRICT;

    CREATE TABLE scoring_choices (
      workspace TEXT PRIMARY KEY,
      activation INTEGER REFERENCES model_activations,
      challenger TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lessons (
      lead_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      disposition TEXT NOT NULL,
      field_values TEXT NOT NULL,
      PRIMARY KEY (lead_id, workspace)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lesson_counts (
      workspace TEXT NOT NULL,
      field TEXT NOT NULL,
      value TEXT NOT NULL,
      won INTEGER NOT NULL CHECK (won >= 0),
      lost INTEGER NOT NULL CHECK (lost >= 0),
      PRIMARY KEY (workspace, field, value)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lesson_totals (
      workspace TEXT PRIMARY KEY,
      won INTEGER NOT NULL CHECK (won >= 0),
      lost INTEGER NOT NULL CHECK (lost >= 0),
      revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE shadow_predictions (
      lead_id TEXT NOT NULL,
      workspace TEXT NOT NULL,
      model TEXT NOT NULL,
      probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
      predicted_at INTEGER NOT NULL,
      PRIMARY KEY (lead_id, workspace, model)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE model_drifts (
      model TEXT NOT NULL,
      workspace TEXT NOT NULL,
      content TEXT NOT NULL,
      PRIMARY KEY (model, workspace)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE outcomes ADD COLUMN recorded_at INTEGER NOT NULL DEFAULT 0;
    UPDATE outcomes SET recorded_at = occurred_at;
    CREATE INDEX outcomes_by_recording ON outcomes (workspace, recorded_at);
    """

  static let retrainings = """
    CREATE TABLE model_retrainings (
      workspace TEXT PRIMARY KEY,
      claimed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  static let trainingTimes = "ALTER TABLE scoring_models ADD COLUMN data_at INTEGER;"
}
