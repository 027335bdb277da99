extension Schema {
  // A vector is a row of numbers of 32 bits each, the lowest byte first; one without bytes says that the model
  // knows nothing of the text. Places are never given twice, so that whoever follows misses none.
  static let memoryVectors = """
    CREATE TABLE memory_vectors (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      version INTEGER NOT NULL REFERENCES memories ON DELETE CASCADE,
      model TEXT NOT NULL,
      workspace TEXT NOT NULL,
      vector BLOB NOT NULL,
      UNIQUE (version, model)
    ) STRICT;
    CREATE INDEX memory_vectors_of_workspace ON memory_vectors (model, workspace, place);
    """
}
