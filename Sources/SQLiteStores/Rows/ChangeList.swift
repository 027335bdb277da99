import Marketing

/// A list of changes in its table, where each thing stands once, at its latest change, also when it is gone.
/// What says that something is gone is pruned when it is old; a workspace's floor tells up to where.
enum ChangeList: String, Sendable {
  case memory, graph

  /// What is to be pruned of one workspace, the oldest first.
  struct Pruning: Sendable {
    let workspace: WorkspaceID
    var places: [Int64] = []
  }

  private var table: String { "\(rawValue)_changes" }

  /// The column that orders the changes.
  private var place: String { self == .memory ? "sequence" : "place" }

  /// Where to read the changes behind a place from, in the transaction that reads them; `nil` where some of
  /// them were pruned.
  func start(
    after place: ChangePlace, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ChangePlace? {
    if place.sequence == 0 { return place.begun(at: try latest(in: workspace, connection)) }
    var select = try connection.prepare(
      "SELECT floor FROM change_floors WHERE workspace = ? AND list = ?")
    select.bind(workspace)
    select.bind(self)
    let floor = try select.step() ? select.integer() : 0
    return place.isWhole(above: floor) ? place : nil
  }

  /// The place of a workspace's latest change; 0 before the first. It never goes back: the newest changes are
  /// not pruned, and a change that takes the place of a thing's earlier one comes behind all others, as
  /// SQLite gives no number of such a table twice.
  func latest(in workspace: WorkspaceID, _ connection: SQLConnection) throws -> Int64 {
    var select = try connection.prepare(
      "SELECT ifnull(max(\(place)), 0) FROM \(table) WHERE workspace = ?")
    select.bind(workspace)
    return try select.step() ? select.integer() : 0
  }

  /// Prunes changes of every workspace that say that something is gone.
  /// - Parameter newest: so many of a workspace's latest changes stay, and one at least.
  /// - Returns: how many were pruned; fewer than the limit when none is left.
  func prune(
    keeping newest: Int, limit: Int, in database: SQLiteDatabase
  ) async throws(StoreError) -> Int {
    // A reader finds them, so that nobody who writes waits for that: what is old stays old, and what is gone
    // stays gone.
    let found = try await database.pooled.read { connection in
      try prunable(keeping: max(1, newest), limit: max(0, limit), connection)
    }
    guard !found.isEmpty else { return 0 }
    try await database.writer.perform { connection in
      for pruning in found { try prune(pruning, connection) }
    }
    return found.reduce(0) { $0 + $1.places.count }
  }

  private func prunable(
    keeping newest: Int, limit: Int, _ connection: SQLConnection
  ) throws -> [Pruning] {
    var found: [Pruning] = []
    var left = limit
    var last = ""
    while left > 0 {
      var next = try connection.prepare(nextWorkspaceSQL)
      next.bind(last)
      guard try next.step() else { break }
      last = next.text()
      var pruning = Pruning(workspace: WorkspaceID(rawValue: last))
      var select = try connection.prepare(prunableSQL)
      select.bind(last)
      select.bind(newest - 1)
      select.bind(left)
      while try select.step() { pruning.places.append(select.integer()) }
      left -= pruning.places.count
      if !pruning.places.isEmpty { found.append(pruning) }
    }
    return found
  }

  /// The next workspace where something is gone.
  var nextWorkspaceSQL: String {
    """
    SELECT workspace FROM \(table) WHERE is_gone = 1 AND workspace > ?
    ORDER BY workspace LIMIT 1
    """
  }

  /// What is gone and older than the newest changes of a workspace; nothing where there are no more than those.
  var prunableSQL: String {
    """
    SELECT \(place) FROM \(table) WHERE workspace = ?1 AND is_gone = 1 AND \(place) < (
      SELECT \(place) FROM \(table) WHERE workspace = ?1
      ORDER BY \(place) DESC LIMIT 1 OFFSET ?2
    )
    ORDER BY \(place) LIMIT ?3
    """
  }

  /// Deletes changes and raises the floor to the last of them, in the caller's transaction.
  private func prune(_ pruning: Pruning, _ connection: SQLConnection) throws {
    for place in pruning.places {
      var delete = try connection.prepare("DELETE FROM \(table) WHERE \(self.place) = ?")
      delete.bind(place)
      try delete.run()
    }
    var raise = try connection.prepare(
      """
      INSERT INTO change_floors (workspace, list, floor) VALUES (?, ?, ?)
      ON CONFLICT (workspace, list) DO UPDATE SET floor = max(floor, excluded.floor)
      """)
    raise.bind(pruning.workspace)
    raise.bind(self)
    raise.bind(pruning.places.last)
    try raise.run()
  }
}
