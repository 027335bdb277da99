extension Schema {
  // Numbers of entities and of versions of relations are never used twice: indexes outside follow them by
  // `graph_changes`, where each thing stands once, at its latest change, also when it is gone. An entity's
  // key is what spellings of its name have in common. A relation's weight follows from its sources and is
  // kept beside them to read the strongest first.
  static let knowledgeGraph = """
    CREATE TABLE graph_entities (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      UNIQUE (id, workspace)
    ) STRICT;

    CREATE TABLE graph_names (
      row INTEGER PRIMARY KEY,
      workspace TEXT NOT NULL,
      entity INTEGER NOT NULL REFERENCES graph_entities ON DELETE CASCADE,
      key TEXT NOT NULL,
      name TEXT NOT NULL,
      is_alias INTEGER NOT NULL CHECK (is_alias IN (0, 1)),
      role TEXT,
      lead_id TEXT,
      recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX graph_names_by_key ON graph_names (key, workspace);
    CREATE INDEX graph_names_of_entity ON graph_names (entity);
    CREATE INDEX graph_names_of_lead ON graph_names (lead_id, workspace)
      WHERE lead_id IS NOT NULL;

    CREATE TABLE graph_relations (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      id TEXT NOT NULL,
      subject INTEGER NOT NULL REFERENCES graph_entities,
      predicate TEXT NOT NULL,
      object INTEGER NOT NULL REFERENCES graph_entities,
      weight REAL NOT NULL CHECK (weight BETWEEN 0 AND 1),
      valid_from INTEGER NOT NULL,
      valid_to INTEGER,
      recorded_at INTEGER NOT NULL,
      retracted_at INTEGER,
      role TEXT,
      lead_id TEXT,
      sources TEXT NOT NULL
    ) STRICT;
    CREATE INDEX graph_relations_by_name ON graph_relations (id, workspace);
    CREATE INDEX graph_relations_from ON graph_relations (subject, weight DESC, id);
    CREATE INDEX graph_relations_to ON graph_relations (object, weight DESC, id);
    CREATE INDEX graph_relations_that_stand ON graph_relations (subject, predicate, object)
      WHERE retracted_at IS NULL;
    CREATE INDEX graph_relations_of_lead ON graph_relations (lead_id, workspace)
      WHERE lead_id IS NOT NULL;

    CREATE TABLE graph_changes (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      workspace TEXT NOT NULL,
      is_relation INTEGER NOT NULL CHECK (is_relation IN (0, 1)),
      number INTEGER NOT NULL,
      UNIQUE (number, is_relation)
    ) STRICT;
    CREATE INDEX graph_changes_of_workspace ON graph_changes (workspace, place);
    """

  // A list of a workspace's entities begins in it, and ends with its page.
  static let namesByWorkspace = """
    CREATE INDEX graph_names_of_workspace ON graph_names (workspace, key, entity);
    """
}
