import Marketing

/// Sums of what came of messages, by hour.
enum PerformanceRow {
  static let sumsSQL = """
    SELECT value, kind, sum(count) FROM performance_counts
    WHERE workspace = ? AND dimension = ? AND hour >= ?
    GROUP BY value, kind ORDER BY value
    """

  /// Adds to the sums.
  static func add(
    _ counts: [PerformanceCount], in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    for count in counts {
      var insert = try connection.prepare(
        """
        INSERT INTO performance_counts (workspace, dimension, hour, value, kind, count)
        VALUES (?, ?, ?, ?, ?, 1)
        ON CONFLICT (workspace, dimension, hour, value, kind) DO UPDATE SET count = count + 1
        """)
      insert.bind(workspace)
      insert.bind(count.dimension)
      insert.bind(count.hour)
      insert.bind(count.value)
      insert.bind(count.kind)
      try insert.run()
    }
  }

  /// The sums for each value of a dimension, in the values' order.
  static func sums(
    by dimension: PerformanceDimension, since: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> [PerformanceRecord] {
    var select = try connection.prepare(sumsSQL)
    select.bind(workspace)
    select.bind(dimension)
    select.bind(since)
    var records: [PerformanceRecord] = []
    while try select.step() {
      let value = select.text()
      if records.last?.value != value {
        records.append(PerformanceRecord(value: value, counts: [:]))
      }
      let kind = try select.choice(PerformanceCount.Kind.self)
      records[records.count - 1].counts[kind] = Int(select.integer())
    }
    return records
  }

  /// Deletes the sums of hours before a time, the oldest first.
  static func prune(before time: Timestamp, limit: Int, _ connection: SQLConnection) throws -> Int {
    var delete = try connection.prepare(
      """
      DELETE FROM performance_counts WHERE (workspace, dimension, hour, value, kind) IN (
        SELECT workspace, dimension, hour, value, kind FROM performance_counts
        WHERE hour < ? ORDER BY hour LIMIT ?)
      """)
    delete.bind(time)
    delete.bind(max(0, limit))
    try delete.run()
    return connection.changedRows
  }
}
