import Marketing

/// Where a lead's chain of handoffs ends, gone with the lead's key.
enum HandoffHead {
  /// The end of the chain; `nil` where there is no handoff.
  /// - Throws: `.corrupt` when it is not as it was stored.
  static func find(
    of lead: LeadID, _ key: LeadKey, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> HandoffChain.Head? {
    var select = try connection.prepare(
      """
      SELECT h.number, h.handoff_id, h.content_hash, h.seal
      FROM leads AS l JOIN handoff_heads AS h ON h.lead_row = l.row
      WHERE l.id = ? AND l.workspace = ?
      """)
    select.bind(lead)
    select.bind(workspace)
    guard try select.step() else { return nil }
    let head = HandoffChain.Head(
      number: Int(select.integer()), id: select.identifier(),
      contentHash: select.text())
    guard try select.text() == key.seal(of: head.bytes, as: "head") else {
      throw StoreError.brokenChain(of: lead)
    }
    return head
  }

  /// Keeps where the chain ends now.
  static func store(
    _ head: HandoffChain.Head, of lead: LeadID, _ key: LeadKey, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var insert = try connection.prepare(
      """
      INSERT OR REPLACE INTO handoff_heads (lead_row, number, handoff_id, content_hash, seal)
      SELECT row, ?, ?, ?, ? FROM leads WHERE id = ? AND workspace = ?
      """)
    insert.bind(head.number)
    insert.bind(head.id)
    insert.bind(head.contentHash)
    insert.bind(try key.seal(of: head.bytes, as: "head"))
    insert.bind(lead)
    insert.bind(workspace)
    try insert.run()
  }
}

extension StoreError {
  /// A lead's handoffs are not what was stored.
  static func brokenChain(of lead: LeadID) -> StoreError {
    StoreError(
      .corrupt,
      "The handoffs of lead '\(lead)' were changed or taken out behind the program's back")
  }
}
