import Marketing

/// How the consolidation of a workspace stands, in its table.
struct ConsolidationRow {
  private enum Phase: String {
    case records, episodes
  }

  let holder: String?
  let state: ConsolidationState

  static func find(
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ConsolidationRow? {
    var select = try connection.prepare(
      """
      SELECT holder, leased_until, started_at, place, place_key, place_row, completed_at
      FROM consolidation_runs WHERE workspace = ?
      """)
    select.bind(workspace)
    guard try select.step() else { return nil }
    let holder = select.optionalText()
    let leasedUntil = select.optionalTimestamp()
    let startedAt = select.optionalTimestamp()
    let phase: Phase? = try select.optionalChoice()
    let key = select.optionalText()
    let place: ConsolidationScope? =
      switch phase {
      case nil: nil
      case .records: .records(of: key.map(LeadID.init(rawValue:)))
      case .episodes: .episodes(of: key ?? "")
      }
    let row = select.optionalInteger()
    return ConsolidationRow(
      holder: holder,
      state: ConsolidationState(
        open: startedAt.map { ConsolidationRun(startedAt: $0, place: place, row: row) },
        leasedUntil: leasedUntil, completedAt: select.optionalTimestamp()))
  }

  /// - Returns: `nil` while another holder's lease lasts.
  static func claim(
    _ claim: ConsolidationClaim, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> ConsolidationRun? {
    let known = try find(in: workspace, connection)
    if let known, known.holder != claim.holder, let end = known.state.leasedUntil,
      end > claim.now, end <= claim.latestEnd
    {
      return nil
    }
    var upsert = try connection.prepare(
      """
      INSERT INTO consolidation_runs (workspace, holder, leased_until, started_at)
      VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (workspace) DO UPDATE SET
        holder = ?2, leased_until = ?3, started_at = ifnull(started_at, ?4)
      """)
    upsert.bind(workspace)
    upsert.bind(claim.holder)
    upsert.bind(claim.now + claim.lease)
    upsert.bind(claim.opensRun ? claim.now : nil)
    try upsert.run()
    return known?.state.open ?? ConsolidationRun(startedAt: claim.now, place: nil)
  }

  /// Notes how far a run has come.
  /// - Throws: `.stale` when the lease is another's.
  static func goOn(
    _ step: ConsolidationStep, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws {
    let sets = step.place == nil ? "" : ", place = ?4, place_key = ?5, place_row = ?6"
    var update = try connection.prepare(
      """
      UPDATE consolidation_runs SET leased_until = ?3\(sets)
      WHERE workspace = ?1 AND holder = ?2
      """)
    update.bind(workspace)
    update.bind(step.claim.holder)
    update.bind(step.claim.now + step.claim.lease)
    switch step.place {
    case nil: break
    case .records(let lead):
      update.bind(Phase.records)
      update.bind(lead)
    case .episodes(let situation):
      update.bind(Phase.episodes)
      update.bind(situation)
    }
    if step.place != nil { update.bind(step.row) }
    try update.run()
    if connection.changedRows == 0 { throw StoreError.otherConsolidation }
  }

  static func release(
    by holder: String, completedAt: Timestamp?, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    let sets =
      completedAt == nil
      ? ""
      : """
      , started_at = NULL, place = NULL, place_key = NULL, place_row = NULL, completed_at = ?3
      """
    var update = try connection.prepare(
      """
      UPDATE consolidation_runs SET holder = NULL, leased_until = NULL\(sets)
      WHERE workspace = ?1 AND holder = ?2
      """)
    update.bind(workspace)
    update.bind(holder)
    if let completedAt { update.bind(completedAt) }
    try update.run()
  }
}
