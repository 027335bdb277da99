extension Schema {
  // That something was deleted is not remembered for ever: `is_gone` finds the changes that say so without
  // reading all others, and the floor is the last of a workspace that was pruned. Whoever knew something below
  // it has to begin anew. What is gone never comes back, as its number is not used again.
  static let changeFloors = """
    CREATE TABLE change_floors (
      workspace TEXT NOT NULL,
      list TEXT NOT NULL CHECK (list IN ('memory', 'graph')),
      floor INTEGER NOT NULL,
      PRIMARY KEY (workspace, list)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE memory_changes
      ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1));
    UPDATE memory_changes SET is_gone = 1
      WHERE NOT EXISTS (SELECT 1 FROM memories WHERE row = version);
    CREATE INDEX memory_changes_of_gone ON memory_changes (workspace, sequence)
      WHERE is_gone = 1;

    ALTER TABLE graph_changes
      ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1));
    UPDATE graph_changes SET is_gone = 1 WHERE iif(
      is_relation,
      NOT EXISTS (SELECT 1 FROM graph_relations AS r WHERE r.number = graph_changes.number),
      NOT EXISTS (SELECT 1 FROM graph_entities AS e WHERE e.number = graph_changes.number));
    CREATE INDEX graph_changes_of_gone ON graph_changes (workspace, place) WHERE is_gone = 1;
    """
}
