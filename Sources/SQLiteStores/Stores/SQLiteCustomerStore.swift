import JSONRPC
package import Marketing

/// Who bought what, and what surrounds leads, in SQLite.
package struct SQLiteCustomerStore: CustomerStore {
  let database: SQLiteDatabase

  package func customers(
    counting kind: PurchaseKind, until time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Customer] {
    // The condition is this program's own, not input.
    let counted =
      switch kind {
      case .purchases: "AND ifnull(o.conversion_type, 'purchase') = 'purchase'"
      case .conversions: ""
      }
    return try await database.pooled.read { connection in
      var select = try connection.prepare(
        """
        SELECT l.row, l.id, l.email_hash, l.company, o.occurred_at, o.amount, o.currency
        FROM outcomes AS o JOIN leads AS l ON l.id = o.lead_id AND l.workspace = o.workspace
        WHERE o.workspace = ? AND o.disposition = 'converted' AND o.amount > 0
          AND o.occurred_at <= ? \(counted)
        """)
      select.bind(workspace)
      select.bind(time)
      var builder = CustomerBuilder<LeadOwner>()
      while try select.step() {
        let row = select.integer()
        let lead = select.identifier(LeadID.self)
        let owner = select.optionalInteger().map(LeadOwner.email) ?? .lead(row: row)
        let company = select.optionalText()
        builder.add(
          Purchase(
            occurredAt: select.timestamp(),
            value: Money(amount: select.double(), currency: select.text())),
          by: lead, company: company, of: owner)
      }
      return builder.customers
    }
  }

  package func surroundings(
    of query: SurroundingsQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadSurroundings {
    let account = database.hasher.hashes(
      of: LeadIdentity(account: query.account), in: workspace
    ).account
    return try await database.pooled.read { connection in
      var found = LeadSurroundings()
      for id in Set([query.leadID] + query.duplicates) {
        try InteractionRow.forEach(of: id, in: workspace, connection) { found.add($0, at: $1) }
      }
      if let account {
        found.account = try accountLeads(account, query, in: workspace, connection)
      }
      if let id = query.campaignID {
        found.campaign = try campaign(id, in: workspace, connection)
      }
      return found
    }
  }

  // Neither column has an index: one would make every triage dearer, and a look at all leads is some
  // tenths of a microsecond for each. In the order of the table, whose pages lie beside each other.
  private func accountLeads(
    _ account: Int64, _ query: SurroundingsQuery, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws -> AccountLeads {
    var select = try connection.prepare(
      """
      SELECT id, company, status, conversions, created_at FROM leads NOT INDEXED
      WHERE account_hash = ? AND workspace = ? AND id <> ?
      """)
    select.bind(account)
    select.bind(workspace)
    select.bind(query.leadID)
    var found = AccountLeads()
    var leads: [AccountLead] = []
    while try select.step() {
      let lead = AccountLead(
        leadID: select.identifier(), company: select.optionalText(), status: try select.choice(),
        hasConverted: select.integer() > 0, createdAt: select.timestamp())
      found.count.add(hasConverted: lead.hasConverted)
      leads.append(lead)
    }
    leads.sort { ($1.createdAt, $0.leadID) < ($0.createdAt, $1.leadID) }
    found.latest = Array(leads.prefix(max(0, query.accountLimit)))
    return found
  }

  private func campaign(
    _ id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CampaignHistory {
    var select = try connection.prepare(
      """
      SELECT count(*), count(*) FILTER (WHERE conversions > 0) FROM leads NOT INDEXED
      WHERE campaign_id = ? AND workspace = ?
      """)
    select.bind(id)
    select.bind(workspace)
    var count = CohortCount()
    if try select.step() {
      count = CohortCount(leads: Int(select.integer()), conversions: Int(select.integer()))
    }
    let stored = try CampaignRow.summary(of: id, in: workspace, connection)
    return CampaignHistory(
      campaignID: id, name: stored?.name, count: count, totalBudget: stored?.totalBudget,
      spend: try spend(of: id, in: workspace, connection))
  }

  private func spend(
    of id: CampaignID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> Money? {
    let prefix = CampaignHistory.dayPrefix(id)
    var select = try connection.prepare(
      """
      SELECT cells FROM raw_rows
      WHERE table_name = ? AND key >= ? AND key < ? AND workspace = ? ORDER BY key
      """)
    select.bind(DatasetTable.campaignDaily.name)
    select.bind(prefix)
    // The first text behind all that begin with the prefix.
    select.bind("\(prefix.dropLast())}")
    select.bind(workspace)
    var costs: [Money?] = []
    while try select.step() { costs.append(CampaignHistory.cost(try select.object())) }
    return CampaignHistory.sum(costs)
  }
}

/// Whom a lead's purchases belong to.
private enum LeadOwner: Hashable {
  case email(Int64)
  case lead(row: Int64)
}
