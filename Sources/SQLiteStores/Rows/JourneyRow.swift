import Marketing

/// A step on a lead's way as its table keeps it.
enum JourneyRow {
  private static let columns = "stage, taken_at, actor, event_id, reason"

  private static let insertSQL = """
    INSERT INTO journey_steps (lead_row, place, workspace, \(columns))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """

  /// The first steps of a lead that was not stored before, as far as they can be taken.
  static func begin(
    _ moves: [JourneyMove], leadRow: Int64, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var stage: JourneyStage?
    var place = 0
    for move in moves where move.isPossible(from: stage) {
      stage = move.stage
      place += 1
      var insert = try connection.prepare(insertSQL)
      insert.bind(leadRow)
      insert.bind(place)
      insert.bind(workspace)
      move.step.bind(to: &insert)
      try insert.run()
    }
  }

  /// Takes steps of a stored lead, each where it can be taken.
  static func advance(
    _ moves: [JourneyMove], leadRow: Int64, _ connection: SQLConnection
  ) throws {
    for move in moves {
      var insert = try connection.prepare(advanceSQL(move, "row = ?1"))
      insert.bind(leadRow)
      move.step.bind(to: &insert)
      try insert.run()
    }
  }

  /// Takes a step of a lead, if it is stored and the step can be taken from where it is.
  /// - Returns: whether the step was taken.
  @discardableResult
  static func advance(
    _ id: LeadID, _ move: JourneyMove, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var insert = try connection.prepare(advanceSQL(move, "id = ?1 AND workspace = ?7"))
    insert.bind(id)
    move.step.bind(to: &insert)
    insert.bind(workspace)
    try insert.run()
    return connection.changedRows > 0
  }

  /// One statement: looks where the lead is and goes on from there.
  private static func advanceSQL(_ move: JourneyMove, _ condition: String) -> String {
    // Names of our own. A lead without steps is nowhere.
    let sources =
      move.sources.map { "'\($0.rawValue)'" }.sorted() + (move.mayBeFirst ? ["''"] : [])
    return """
      INSERT INTO journey_steps (lead_row, place, workspace, \(columns))
      SELECT row,
        ifnull((SELECT max(place) FROM journey_steps WHERE lead_row = leads.row), 0) + 1,
        workspace, ?2, ?3, ?4, ?5, ?6
      FROM leads WHERE \(condition) AND ifnull(
        (SELECT stage FROM journey_steps WHERE lead_row = leads.row ORDER BY place DESC LIMIT 1),
        '') IN (\(sources.joined(separator: ", ")))
      """
  }

  /// A lead's steps in their order.
  static func steps(leadRow: Int64, _ connection: SQLConnection) throws -> [JourneyStep] {
    var select = try connection.prepare(
      "SELECT \(columns) FROM journey_steps WHERE lead_row = ? ORDER BY place")
    select.bind(leadRow)
    var steps: [JourneyStep] = []
    while try select.step() {
      let stage: JourneyStage = try select.choice()
      steps.append(
        JourneyStep(
          stage: stage, at: select.timestamp(), actor: select.optionalText(),
          eventID: select.optionalIdentifier(), reason: select.optionalText()))
    }
    return steps
  }
}

extension JourneyStep {
  fileprivate func bind(to statement: inout SQLStatement) {
    statement.bind(stage)
    statement.bind(at)
    statement.bind(actor)
    statement.bind(eventID)
    statement.bind(reason)
  }
}
