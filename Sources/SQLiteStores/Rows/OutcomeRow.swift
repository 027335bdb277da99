import Marketing

/// An outcome as its table keeps it. A lead's outcome is named by its disposition, conversion and time;
/// another report of the same is a correction.
enum OutcomeRow {
  private static let columns =
    "lead_id, campaign_id, disposition, conversion_type, amount, currency, occurred_at, reason"

  private static let insertSQL = """
    INSERT INTO outcomes (workspace, \(columns), recorded_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
    """

  private static let updateSQL = """
    UPDATE outcomes SET campaign_id = ?3, amount = ?6, currency = ?7, reason = ?9
    WHERE lead_id = ?2 AND workspace = ?1 AND disposition = ?4 AND occurred_at = ?8
      AND ifnull(conversion_type, '') = ifnull(?5, '')
      AND NOT (campaign_id IS ?3 AND amount IS ?6 AND currency IS ?7 AND reason IS ?9)
    """

  private static let selectLatestSQL = """
    SELECT \(columns) FROM outcomes WHERE lead_id = ? AND workspace = ?
    ORDER BY occurred_at DESC, row DESC LIMIT 1
    """

  private static let selectOtherSQL = """
    SELECT \(columns) FROM outcomes WHERE lead_id = ? AND workspace = ? AND disposition <> ?
    ORDER BY occurred_at DESC, row DESC LIMIT 1
    """

  private static let selectSinceSQL = """
    SELECT \(columns) FROM outcomes
    WHERE lead_id = ? AND workspace = ? AND disposition = ? AND occurred_at >= ?
    ORDER BY occurred_at DESC, row DESC
    """

  /// Stores an outcome; a correction leaves the time at which it was recorded first.
  static func store(
    _ outcome: Outcome, recordedAt: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> ImportChange {
    var insert = try connection.prepare(insertSQL)
    outcome.bind(in: workspace, to: &insert)
    insert.bind(recordedAt)
    try insert.run()
    if connection.changedRows > 0 { return .added }
    var update = try connection.prepare(updateSQL)
    outcome.bind(in: workspace, to: &update)
    try update.run()
    return connection.changedRows > 0 ? .changed : .unchanged
  }

  static func latest(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Outcome? {
    var select = try connection.prepare(selectLatestSQL)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? Outcome(reading: &select) : nil
  }

  static func find(row: Int64, _ connection: SQLConnection) throws -> Outcome? {
    var select = try connection.prepare("SELECT \(columns) FROM outcomes WHERE row = ?")
    select.bind(row)
    return try select.step() ? Outcome(reading: &select) : nil
  }

  /// The lead's outcomes.
  static func all(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> [Outcome] {
    var select = try connection.prepare(
      "SELECT \(columns) FROM outcomes WHERE lead_id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    var outcomes: [Outcome] = []
    while try select.step() { outcomes.append(try Outcome(reading: &select)) }
    return outcomes
  }

  /// Whether a lead has an outcome.
  static func exists(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    var select = try connection.prepare(
      "SELECT 1 FROM outcomes WHERE lead_id = ? AND workspace = ? LIMIT 1")
    select.bind(id)
    select.bind(workspace)
    return try select.step()
  }

  /// How many stored leads have outcomes of which the first was recorded at a time or later, and how many
  /// of them converted.
  static func decided(
    since time: Timestamp, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CohortCount {
    // Left to itself, SQLite would look for each lead among all that was recorded before.
    var select = try connection.prepare(
      """
      SELECT count(*), ifnull(sum(is_won), 0) FROM (
        SELECT max(disposition = 'converted') AS is_won FROM outcomes AS o
        WHERE workspace = ?1 AND recorded_at >= ?2
          AND NOT EXISTS (
            SELECT 1 FROM outcomes INDEXED BY outcomes_of_lead
            WHERE lead_id = o.lead_id AND workspace = ?1 AND recorded_at < ?2)
          AND EXISTS (SELECT 1 FROM leads WHERE id = o.lead_id AND workspace = ?1)
        GROUP BY lead_id)
      """)
    select.bind(workspace)
    select.bind(time)
    guard try select.step() else { return CohortCount() }
    return CohortCount(leads: Int(select.integer()), conversions: Int(select.integer()))
  }

  /// Calls `body` with every outcome, of which only what names it is read.
  static func forEachNaming(
    in workspace: WorkspaceID, _ connection: SQLConnection, _ body: (Outcome) throws -> Void
  ) throws {
    var select = try connection.prepare(
      """
      SELECT lead_id, disposition, conversion_type, occurred_at FROM outcomes WHERE workspace = ?
      """)
    select.bind(workspace)
    while try select.step() {
      let leadID = select.identifier(LeadID.self)
      let disposition: Disposition = try select.choice()
      let conversionType: ConversionType? = try select.optionalChoice()
      try body(
        Outcome(
          leadID: leadID, disposition: disposition, occurredAt: select.timestamp(),
          conversionType: conversionType))
    }
  }

  /// How often a lead converted.
  static func conversions(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Int64 {
    var select = try connection.prepare(
      """
      SELECT count(*) FROM outcomes
      WHERE lead_id = ? AND workspace = ? AND disposition = 'converted'
      """)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? select.integer() : 0
  }

  /// The lead's latest outcome of another disposition.
  static func latest(
    of id: LeadID, otherThan disposition: Disposition, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> Outcome? {
    var select = try connection.prepare(selectOtherSQL)
    select.bind(id)
    select.bind(workspace)
    select.bind(disposition)
    return try select.step() ? Outcome(reading: &select) : nil
  }

  /// The outcome that this one, of which nobody said when it happened, reports again.
  static func repeated(
    by outcome: Outcome, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Outcome? {
    var select = try connection.prepare(selectSinceSQL)
    select.bind(outcome.leadID)
    select.bind(workspace)
    select.bind(outcome.disposition)
    select.bind(outcome.occurredAt + (.zero - Outcome.repeatWindow))
    while try select.step() {
      let earlier = try Outcome(reading: &select)
      if outcome.isRepeat(of: earlier) { return earlier }
    }
    return nil
  }

  /// When the lead was last lost.
  static func lostAt(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Timestamp? {
    try latest(of: id, otherThan: .converted, in: workspace, connection)?.occurredAt
  }

  /// The latest time of an outcome of another disposition.
  static func contradictedAt(
    _ outcome: Outcome, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Timestamp? {
    var select = try connection.prepare(
      """
      SELECT max(occurred_at) FROM outcomes
      WHERE lead_id = ? AND workspace = ? AND disposition <> ?
      """)
    select.bind(outcome.leadID)
    select.bind(workspace)
    select.bind(outcome.disposition)
    return try select.step() ? select.optionalTimestamp() : nil
  }

  /// How many outcomes of its lead and disposition are stored beside an outcome, the last one's row and
  /// whether it has a value.
  static func alike(
    _ outcome: Outcome, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> (count: Int64, row: Int64, hasValue: Bool) {
    var select = try connection.prepare(
      """
      SELECT count(*), max(row), count(amount) FROM outcomes
      WHERE lead_id = ? AND workspace = ? AND disposition = ?
      """)
    select.bind(outcome.leadID)
    select.bind(workspace)
    select.bind(outcome.disposition)
    guard try select.step() else { return (0, 0, false) }
    return (select.integer(), select.integer(), select.integer() > 0)
  }

  /// Gives a stored outcome the value of another report of it, where that has one, and its time.
  static func complete(
    row: Int64, with outcome: Outcome, isDated: Bool, _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE outcomes SET amount = coalesce(?1, amount), currency = coalesce(?2, currency),
        occurred_at = coalesce(?3, occurred_at)
      WHERE row = ?4
      """)
    outcome.value.bind(to: &update)
    update.bind(isDated ? outcome.occurredAt : nil)
    update.bind(row)
    try update.run()
  }

  /// Removes the lead's outcomes of other dispositions.
  static func removeContradicted(
    by outcome: Outcome, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    var delete = try connection.prepare(
      "DELETE FROM outcomes WHERE lead_id = ? AND workspace = ? AND disposition <> ?")
    delete.bind(outcome.leadID)
    delete.bind(workspace)
    delete.bind(outcome.disposition)
    try delete.run()
  }
}

extension Outcome {
  fileprivate init(reading statement: inout SQLStatement) throws {
    let leadID = statement.identifier(LeadID.self)
    let campaignID = statement.optionalIdentifier(CampaignID.self)
    let disposition: Disposition = try statement.choice()
    let conversionType: ConversionType? = try statement.optionalChoice()
    let value = Money(reading: &statement)
    self.init(
      leadID: leadID, disposition: disposition, occurredAt: statement.timestamp(),
      campaignID: campaignID, conversionType: conversionType, value: value,
      reason: statement.optionalText())
  }

  fileprivate func bind(in workspace: WorkspaceID, to statement: inout SQLStatement) {
    statement.bind(workspace)
    statement.bind(leadID)
    statement.bind(campaignID)
    statement.bind(disposition)
    statement.bind(conversionType)
    value.bind(to: &statement)
    statement.bind(occurredAt)
    statement.bind(reason)
  }
}

extension Money {
  init?(reading statement: inout SQLStatement) {
    let amount = statement.optionalDouble()
    let currency = statement.optionalText()
    guard let amount, let currency else { return nil }
    self.init(amount: amount, currency: currency)
  }
}

extension Money? {
  func bind(to statement: inout SQLStatement) {
    statement.bind(self?.amount)
    statement.bind(self?.currency)
  }
}
