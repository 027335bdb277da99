import Marketing

/// Gathers leads with their labels: one scan each of outcomes, leads and interactions, joined in memory.
struct LabelledLeadScan {
  let query: LabelledLeadQuery
  let workspace: WorkspaceID
  let hasher: LeadHasher
  let connection: SQLConnection

  /// The leads, within a transaction of the caller's.
  func leads() throws -> [LabelledLead] {
    guard query.limit > 0 else { return [] }
    var leads = try labelled(decisions())
    leads.sort(by: LabelledLead.cameInBefore)
    try addInteractions(to: &leads)
    return leads
  }

  private func decisions() throws -> [LeadID: LeadDecision] {
    let guesses = try OutcomeMemory(in: workspace, connection).guesses()
    var decisions: [LeadID: LeadDecision] = [:]
    try OutcomeRow.forEachNaming(in: workspace, connection) { outcome in
      let isDated =
        guesses.isEmpty
        || !guesses.contains(hasher.hashes(of: outcome, in: workspace).guess)
      let decision = LeadDecision(outcome, isDated: isDated)
      decisions[outcome.leadID] = decision.orStronger(decisions[outcome.leadID])
    }
    return decisions
  }

  private func labelled(_ decisions: [LeadID: LeadDecision]) throws -> [LabelledLead] {
    // Name and time stand in front once more: a lead without a label is not read further.
    var select = try connection.prepare(
      """
      SELECT id, created_at, \(LeadRow.leadColumns) FROM leads WHERE workspace = ?
      ORDER BY created_at DESC, id
      """)
    select.bind(workspace)
    var leads: [LabelledLead] = []
    while leads.count < query.limit, try select.step() {
      let id = select.identifier(LeadID.self)
      let decision = decisions[id] ?? query.loss(ofLeadFrom: select.timestamp())
      guard let decision else { continue }
      select.seek(toColumn: 2)
      leads.append(LabelledLead(try Lead(reading: &select), decision))
    }
    return leads
  }

  private func addInteractions(to leads: inout [LabelledLead]) throws {
    guard !leads.isEmpty else { return }
    var places: [LeadID: Int] = [:]
    places.reserveCapacity(leads.count)
    for (place, lead) in leads.enumerated() { places[lead.lead.id] = place }
    // The index of a lead's interactions holds all of this in this order.
    var select = try connection.prepare(
      """
      SELECT lead_id, occurred_at, kind, outcome FROM interactions WHERE workspace = ?
      ORDER BY lead_id
      """)
    select.bind(workspace)
    var current = LeadID(rawValue: "")
    var place: Int?
    while try select.step() {
      let isSame = select.withText { $0.elementsEqual(current.rawValue.utf8) } ?? false
      if !isSame {
        select.seek(toColumn: 0)
        current = select.identifier()
        place = places[current]
      }
      guard let place else { continue }
      let time = select.timestamp()
      leads[place].add(try select.choice(), try select.choice(), at: time)
    }
  }
}
