import Marketing

/// What imports said of outcomes. What became of an outcome since does not change that its row says
/// nothing new.
struct OutcomeMemory {
  let workspace: WorkspaceID
  let connection: SQLConnection

  init(in workspace: WorkspaceID, _ connection: SQLConnection) {
    self.workspace = workspace
    self.connection = connection
  }

  /// Whether the last reading that said anything of the outcome said this.
  func knows(_ outcome: OutcomeHashes) throws -> Bool {
    try has(name: outcome.name, content: outcome.content)
  }

  /// Remembers what a row said: instead of what earlier readings said of the outcome, beside what this one
  /// did.
  func remember(_ outcome: OutcomeHashes, of source: ImportSource) throws {
    var delete = try connection.prepare(
      """
      DELETE FROM imported_outcomes
      WHERE name = ? AND workspace = ? AND reading <> ? AND content <> ?
      """)
    delete.bind(outcome.name)
    delete.bind(workspace)
    delete.bind(source.reading)
    delete.bind(outcome.guess)
    try delete.run()
    try insert(name: outcome.name, content: outcome.content, reading: source.reading)
  }

  /// Forgets whatever was said of the outcome.
  func forget(_ outcome: OutcomeHashes) throws {
    var delete = try connection.prepare(
      "DELETE FROM imported_outcomes WHERE name = ? AND workspace = ?")
    delete.bind(outcome.name)
    delete.bind(workspace)
    try delete.run()
  }

  /// Whether an import made up the outcome's time.
  func isGuess(_ outcome: OutcomeHashes) throws -> Bool {
    try has(name: outcome.name, content: outcome.guess)
  }

  /// The hashes of all outcomes whose time an import made up. No reading is numbered 0.
  func guesses() throws -> Set<Int64> {
    var select = try connection.prepare(
      "SELECT content FROM imported_outcomes WHERE workspace = ? AND reading = 0")
    select.bind(workspace)
    var guesses: Set<Int64> = []
    while try select.step() { guesses.insert(select.integer()) }
    return guesses
  }

  /// Remembers that the outcome's time is a guess.
  func rememberGuess(_ outcome: OutcomeHashes) throws {
    try insert(name: outcome.name, content: outcome.guess, reading: 0)
  }

  private func has(name: Int64, content: Int64) throws -> Bool {
    var select = try connection.prepare(
      "SELECT 1 FROM imported_outcomes WHERE name = ? AND content = ? AND workspace = ?")
    select.bind(name)
    select.bind(content)
    select.bind(workspace)
    return try select.step()
  }

  private func insert(name: Int64, content: Int64, reading: Int64) throws {
    var insert = try connection.prepare(
      """
      INSERT INTO imported_outcomes (name, content, workspace, reading) VALUES (?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    insert.bind(name)
    insert.bind(content)
    insert.bind(workspace)
    insert.bind(reading)
    try insert.run()
  }
}
