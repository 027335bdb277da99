import Marketing

/// What a workspace chose to score with: the log of its activations, the one that holds, the challenger.
struct ScoringChoicesRow {
  let workspace: WorkspaceID
  let connection: SQLConnection
  /// The activation that holds; `nil` when nobody has chosen.
  private var activation: Int64?
  /// The one that a roll-back returns to.
  private var previous: Int64?
  private(set) var choices: ScoringChoices

  private static let selectSQL = """
    SELECT s.challenger, a.row, a.choice, a.activated_at, p.row, p.choice FROM scoring_choices AS s
    LEFT JOIN model_activations AS a ON a.row = s.activation
    LEFT JOIN model_activations AS p ON p.row = a.previous
    WHERE s.workspace = ?
    """

  init(in workspace: WorkspaceID, _ connection: SQLConnection) throws {
    self.workspace = workspace
    self.connection = connection
    choices = ScoringChoices()
    var select = try connection.prepare(Self.selectSQL)
    select.bind(workspace)
    guard try select.step() else { return }
    choices.challenger = select.optionalIdentifier()
    activation = select.optionalInteger()
    if let active = try select.optionalScoringChoice() { choices.active = active }
    choices.since = select.optionalTimestamp()
    previous = select.optionalInteger()
    choices.previous = try select.optionalScoringChoice()
  }

  /// - Returns: whether something else was active.
  mutating func activate(_ choice: ScoringChoice, at now: Timestamp) throws -> Bool {
    guard choice != choices.active else { return false }
    let replaced: Int64
    if let activation {
      replaced = activation
    } else {
      // What answers where nobody has chosen, so that there is something to go back to.
      replaced = try append(choices.active, at: nil, previous: nil)
    }
    let before = choices.active
    try hold(choice, at: now, previous: replaced)
    choices.previous = before
    return true
  }

  /// - Throws: `.conflict` when there is nothing to go back to.
  mutating func rollBack(at now: Timestamp) throws {
    guard let previous, let choice = choices.previous else { throw StoreError.nothingToRollBackTo }
    var select = try connection.prepare(
      """
      SELECT a.previous, p.choice FROM model_activations AS a
      LEFT JOIN model_activations AS p ON p.row = a.previous WHERE a.row = ?
      """)
    select.bind(previous)
    guard try select.step() else { throw StoreError.nothingToRollBackTo }
    try hold(choice, at: now, previous: select.optionalInteger())
    choices.previous = try select.optionalScoringChoice()
  }

  /// Sets the challenger.
  /// - Returns: whether it was another.
  mutating func challenge(with id: ScoringModelID?) throws -> Bool {
    guard id != choices.challenger else { return false }
    choices.challenger = id
    try save()
    return true
  }

  private mutating func hold(
    _ choice: ScoringChoice, at now: Timestamp, previous: Int64?
  ) throws {
    activation = try append(choice, at: now, previous: previous)
    self.previous = previous
    choices.active = choice
    choices.since = now
    if let challenger = choices.challenger, choice == .trained(challenger) {
      choices.challenger = nil
    }
    try save()
  }

  private func append(
    _ choice: ScoringChoice, at time: Timestamp?, previous: Int64?
  ) throws -> Int64 {
    var insert = try connection.prepare(
      """
      INSERT INTO model_activations (workspace, choice, activated_at, previous)
      VALUES (?, ?, ?, ?)
      """)
    insert.bind(workspace)
    insert.bind(choice.name)
    insert.bind(time)
    insert.bind(previous)
    try insert.run()
    return connection.insertedRow
  }

  private func save() throws {
    var replace = try connection.prepare(
      "INSERT OR REPLACE INTO scoring_choices (workspace, activation, challenger) VALUES (?, ?, ?)")
    replace.bind(workspace)
    replace.bind(activation)
    replace.bind(choices.challenger)
    try replace.run()
  }
}

extension SQLStatement {
  /// A choice by its name; `nil` for NULL.
  fileprivate mutating func optionalScoringChoice() throws -> ScoringChoice? {
    guard let name = optionalText() else { return nil }
    guard let choice = ScoringChoice(name: name) else {
      throw StoreError(.corrupt, "The database holds a choice of model that is no name")
    }
    return choice
  }
}
