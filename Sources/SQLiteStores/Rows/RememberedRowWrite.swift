import JSONRPC
import Marketing

/// A row of a table of memory, ready for its table and for memory.
struct RememberedRowWrite: Sendable {
  private let raw: RawRowWrite
  private let remembered: RememberedRow

  init(_ row: RememberedRow) {
    raw = RawRowWrite(row: row.row, cells: row.row.cells.jsonBytes)
    remembered = row
  }

  /// Stores the row, and remembers what it says unless that has been done.
  /// - Returns: also that it has changed when what it says was not remembered before.
  func store(
    of table: DatasetTable, at time: Timestamp, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> ImportChange {
    let change = try raw.store(table: table.name, in: workspace, connection)
    if try change == .unchanged && raw.isTold(table: table.name, in: workspace, connection) {
      return .unchanged
    }
    let writer = MemoryWriter(workspace: workspace, connection: connection)
    let told = try writer.tell(remembered, of: table, at: time)
    if told.isWhole { try raw.noteTold(table: table.name, in: workspace, connection) }
    return change == .unchanged && told.hasChanged ? .changed : change
  }
}

/// A row that says how two things relate, ready for its table and for the graph.
struct TripleWrite: Sendable {
  let triple: TripleRow
  private let raw: RawRowWrite

  init(_ triple: TripleRow) {
    self.triple = triple
    raw = RawRowWrite(row: triple.row, cells: triple.row.cells.jsonBytes)
  }

  /// Stores the row and tells the graph what it says, unless that has been done.
  /// - Returns: why the graph does not take it; then nothing of it is stored.
  func store(
    at time: Timestamp, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Result<ImportChange, StoreError> {
    let table = DatasetTable.semanticTriples.name
    try connection.execute("SAVEPOINT triple")
    do {
      var change = try raw.store(table: table, in: workspace, connection)
      if try change != .unchanged || !raw.isTold(table: table, in: workspace, connection) {
        var graph = SQLiteGraph(in: workspace, connection)
        let related = try graph.relate([triple.relation], at: time)
        try raw.noteTold(table: table, in: workspace, connection)
        if change == .unchanged, related.contains(where: { $0.change != .unchanged }) {
          change = .changed
        }
      }
      try connection.execute("RELEASE triple")
      return .success(change)
    } catch let error as StoreError where error.code == .conflict {
      try connection.execute("ROLLBACK TO triple")
      try connection.execute("RELEASE triple")
      return .failure(error)
    }
  }
}
