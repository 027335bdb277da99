extension Schema {
  // One row for each workspace: who consolidates, until when nobody else may, since when the open run, and
  // the scope that it has done last. The first two indexes lead from one scope to the next, and through each
  // in the order of its rows; the third to what is known of a situation.
  static let consolidation = """
    CREATE TABLE consolidation_runs (
      workspace TEXT PRIMARY KEY,
      holder TEXT,
      leased_until INTEGER,
      started_at INTEGER,
      place TEXT CHECK (place IN ('records', 'episodes')),
      place_key TEXT,
      completed_at INTEGER,
      CHECK ((holder IS NULL) = (leased_until IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX memories_by_lead ON memories (workspace, lead_id) WHERE retracted_at IS NULL;
    CREATE INDEX memories_of_situation ON memories (workspace, key, retracted_at)
      WHERE form = 'episode';
    CREATE INDEX memories_of_fact ON memories (workspace, key, recorded_at, id)
      WHERE form = 'fact';
    """

  // Where the scope goes on that a run is within, and what leads to summaries, which are few among many.
  static let consolidationInParts = """
    ALTER TABLE consolidation_runs ADD COLUMN place_row INTEGER;
    CREATE INDEX memories_that_summarise ON memories (workspace, lead_id)
      WHERE form = 'summary' AND retracted_at IS NULL;
    """
}
