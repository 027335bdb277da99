import Marketing

/// Where a lead's chain of handoffs ends, kept beside the lead's key and gone with it.
enum HandoffHead {
  /// The end of the chain; `nil` where there is no handoff.
  /// - Throws: `.corrupt` when it is not as it was stored.
  static func find(
    of lead: LeadID, _ key: LeadKey, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> HandoffChain.Head? {
    var select = try connection.prepare(
      """
      SELECT k.handoffs, k.last_handoff, k.last_content_hash, k.handoffs_seal
      FROM leads AS l JOIN lead_keys AS k ON k.lead_row = l.row
      WHERE l.id = ? AND l.workspace = ? AND k.handoffs > 0
      """)
    select.bind(lead)
    select.bind(workspace)
    guard try select.step() else { return nil }
    let head = HandoffChain.Head(
      number: Int(select.integer()), id: HandoffID(rawValue: select.optionalText() ?? ""),
      contentHash: select.optionalText() ?? "")
    guard try select.optionalText() == key.seal(of: head.bytes, as: "head") else {
      throw StoreError.brokenChain(of: lead)
    }
    return head
  }

  /// Keeps where the chain ends now.
  static func store(
    _ head: HandoffChain.Head, of lead: LeadID, _ key: LeadKey, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var update = try connection.prepare(
      """
      UPDATE lead_keys
      SET handoffs = ?, last_handoff = ?, last_content_hash = ?, handoffs_seal = ?
      WHERE lead_row = (SELECT row FROM leads WHERE id = ? AND workspace = ?)
      """)
    update.bind(head.number)
    update.bind(head.id)
    update.bind(head.contentHash)
    update.bind(try key.seal(of: head.bytes, as: "head"))
    update.bind(lead)
    update.bind(workspace)
    try update.run()
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
