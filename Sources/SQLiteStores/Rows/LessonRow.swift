import JSONRPC
import Marketing

/// What was learned from a lead as its table keeps it, and the counts that it is part of.
enum LessonRow {
  /// Puts what an outcome teaches in the place of what was learned from its lead before.
  /// - Parameter lesson: `nil` to keep the earlier values, under the disposition of now.
  static func learn(
    _ lesson: Lesson?, from outcome: Outcome, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    let earlier = try find(outcome.leadID, in: workspace, connection)
    guard let next = CountedLesson(lesson, outcome.disposition, after: earlier), next != earlier
    else { return }
    var replace = try connection.prepare(
      """
      INSERT OR REPLACE INTO lessons (lead_id, workspace, disposition, field_values)
      VALUES (?, ?, ?, ?)
      """)
    replace.bind(outcome.leadID)
    replace.bind(workspace)
    replace.bind(next.disposition)
    replace.bind(text: json(next.lesson.values))
    try replace.run()
    try count(LessonChange(from: earlier, to: next), in: workspace, connection)
  }

  /// Forgets what was learned from a lead.
  /// - Returns: whether there was anything.
  static func forget(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Bool {
    guard let lesson = try find(id, in: workspace, connection) else { return false }
    var delete = try connection.prepare(
      "DELETE FROM lessons WHERE lead_id = ? AND workspace = ?")
    delete.bind(id)
    delete.bind(workspace)
    try delete.run()
    try count(LessonChange(forgetting: lesson), in: workspace, connection)
    return true
  }

  private static func find(
    _ id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CountedLesson? {
    var select = try connection.prepare(
      "SELECT disposition, field_values FROM lessons WHERE lead_id = ? AND workspace = ?")
    select.bind(id)
    select.bind(workspace)
    guard try select.step() else { return nil }
    let disposition: Disposition = try select.choice()
    var values: [String: String] = [:]
    for member in try select.object() { values[member.key] = member.value.stringValue }
    return CountedLesson(Lesson(values: values), disposition)
  }

  private static func json(_ values: [String: String]) -> [UInt8] {
    JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).jsonBytes
  }

  private static func count(
    _ change: LessonChange, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    for (place, count) in change.values.sorted(by: { $0.key < $1.key }) {
      try add(count, at: place, in: workspace, connection)
    }
    // An upsert would hold a negative difference against the table's checks, so the row comes first.
    var insert = try connection.prepare(
      "INSERT INTO lesson_totals VALUES (?, 0, 0, 0) ON CONFLICT DO NOTHING")
    insert.bind(workspace)
    try insert.run()
    var update = try connection.prepare(
      """
      UPDATE lesson_totals SET won = won + ?, lost = lost + ?, revision = revision + 1
      WHERE workspace = ?
      """)
    update.bind(change.leads.won)
    update.bind(change.leads.lost)
    update.bind(workspace)
    try update.run()
  }

  private static func add(
    _ count: LessonCounts.Count, at place: LessonChange.Place, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE lesson_counts SET won = won + ?1, lost = lost + ?2
      WHERE workspace = ?3 AND field = ?4 AND value = ?5
      """)
    bind(count, at: place, in: workspace, to: &update)
    try update.run()
    if connection.changedRows == 0 {
      var insert = try connection.prepare(
        """
        INSERT INTO lesson_counts (won, lost, workspace, field, value) VALUES (?1, ?2, ?3, ?4, ?5)
        """)
      bind(count, at: place, in: workspace, to: &insert)
      try insert.run()
    } else if count.won < 0 || count.lost < 0 {
      var delete = try connection.prepare(
        """
        DELETE FROM lesson_counts
        WHERE workspace = ? AND field = ? AND value = ? AND won = 0 AND lost = 0
        """)
      delete.bind(workspace)
      delete.bind(place.field)
      delete.bind(place.value)
      try delete.run()
    }
  }

  private static func bind(
    _ count: LessonCounts.Count, at place: LessonChange.Place, in workspace: WorkspaceID,
    to statement: inout SQLStatement
  ) {
    statement.bind(count.won)
    statement.bind(count.lost)
    statement.bind(workspace)
    statement.bind(place.field)
    statement.bind(place.value)
  }

  /// Everything that was learned, within a transaction of the caller's.
  static func counts(
    mostValues: Int, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> LessonCounts {
    var counts = LessonCounts()
    var totals = try connection.prepare(
      "SELECT won, lost, revision FROM lesson_totals WHERE workspace = ?")
    totals.bind(workspace)
    guard try totals.step() else { return counts }
    counts.leads = LessonCounts.Count(won: Int(totals.integer()), lost: Int(totals.integer()))
    counts.revision = totals.integer()
    var select = try connection.prepare(
      """
      SELECT field, CASE WHEN place <= ?2 THEN value ELSE ?3 END AS value, sum(won), sum(lost) FROM (
        SELECT field, value, won, lost,
          row_number() OVER (PARTITION BY field ORDER BY won + lost DESC, value) AS place
        FROM lesson_counts WHERE workspace = ?1)
      GROUP BY 1, 2
      """)
    select.bind(workspace)
    select.bind(mostValues)
    select.bind(LessonCounts.otherValues)
    while try select.step() {
      let field = select.text()
      counts.fields[field, default: [:]][select.text()] = LessonCounts.Count(
        won: Int(select.integer()), lost: Int(select.integer()))
    }
    return counts
  }

  static func revision(in workspace: WorkspaceID, _ connection: SQLConnection) throws -> Int64 {
    var select = try connection.prepare("SELECT revision FROM lesson_totals WHERE workspace = ?")
    select.bind(workspace)
    return try select.step() ? select.integer() : 0
  }
}
