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
      // A cross join keeps the order of the tables: there are fewer outcomes than leads.
      var select = try connection.prepare(
        """
        SELECT l.row, l.id, l.email_hash, l.company, o.occurred_at, o.amount, o.currency
        FROM outcomes AS o CROSS JOIN leads AS l ON l.id = o.lead_id AND l.workspace = o.workspace
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
      let campaign = try addLeads(to: &found, account, query, in: workspace, connection)
      if let id = query.campaignID {
        found.campaign = try self.campaign(id, campaign, in: workspace, connection)
      }
      return found
    }
  }

  /// Adds the company's other leads and counts those of the campaign.
  ///
  /// Neither has an index: one would make every triage dearer, and to look at each lead once takes half a
  /// microsecond. In the order of the table, whose pages lie beside each other.
  private func addLeads(
    to found: inout LeadSurroundings, _ account: Int64?, _ query: SurroundingsQuery,
    in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CohortCount {
    var campaign = CohortCount()
    guard account != nil || query.campaignID != nil else { return campaign }
    var select = try connection.prepare(
      """
      SELECT ifnull(account_hash = ?1, 0) AND id <> ?3, ifnull(campaign_id = ?2, 0),
        conversions > 0, id, company, status, created_at
      FROM leads NOT INDEXED WHERE (account_hash = ?1 OR campaign_id = ?2) AND workspace = ?4
      """)
    select.bind(account)
    select.bind(query.campaignID)
    select.bind(query.leadID)
    select.bind(workspace)
    var colleagues: [AccountLead] = []
    while try select.step() {
      let isColleague = select.integer() != 0
      let isInCampaign = select.integer() != 0
      let hasConverted = select.integer() != 0
      if isInCampaign { campaign.add(hasConverted: hasConverted) }
      guard isColleague else { continue }
      found.account.count.add(hasConverted: hasConverted)
      colleagues.append(
        AccountLead(
          leadID: select.identifier(), company: select.optionalText(), status: try select.choice(),
          hasConverted: hasConverted, createdAt: select.timestamp()))
    }
    colleagues.sort { ($1.createdAt, $0.leadID) < ($0.createdAt, $1.leadID) }
    found.account.latest = Array(colleagues.prefix(max(0, query.accountLimit)))
    return campaign
  }

  private func campaign(
    _ id: CampaignID, _ count: CohortCount, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> CampaignHistory {
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
