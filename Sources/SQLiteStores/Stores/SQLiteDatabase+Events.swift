import JSONRPC
package import Marketing

extension EventRow {
  /// An event with its personal values encrypted under a key; without a key they are left out.
  init(_ event: Event, key: LeadKey?, in workspace: WorkspaceID) throws {
    self.event = event
    self.workspace = workspace
    self.facts = event.facts.jsonBytes
    self.personal = try event.personal.flatMap { try key?.seal($0, for: event.id) }
  }
}

extension SQLiteDatabase {
  /// Events ready for their table.
  func rows(of events: [Event], in workspace: WorkspaceID) throws(StoreError) -> [EventRow] {
    var rows: [EventRow] = []
    for event in events { rows.append(try row(of: event, in: workspace)) }
    return rows
  }

  /// An event ready for its table, its personal values under the key of its stored lead.
  func row(of event: Event, in workspace: WorkspaceID) throws(StoreError) -> EventRow {
    var key: LeadKey?
    if event.personal != nil, let id = event.leadID {
      key = try readers.read { connection in
        try LeadKey.find(for: id, in: workspace, ring: keyRing, connection)
      }
    }
    do {
      return try EventRow(event, key: key, in: workspace)
    } catch {
      throw StoreError(error)
    }
  }

  /// Destroys a lead's key: the personal values in its events cannot be read by anybody any more. Events
  /// logged later keep none.
  package func destroyKey(of id: LeadID, in workspace: WorkspaceID) async throws(StoreError) {
    try await writer.perform { try LeadKey.destroy(of: id, in: workspace, $0) }
  }
}
