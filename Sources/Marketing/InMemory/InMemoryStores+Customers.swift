extension InMemoryStores: CustomerStore {
  package func customers(
    counting kind: PurchaseKind, until time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Customer] {
    read(in: workspace) { content in
      var builder = CustomerBuilder<LeadOwner>()
      for outcome in content.outcomes where outcome.occurredAt <= time {
        guard let value = kind.value(of: outcome), let stored = content.leads[outcome.leadID]
        else { continue }
        builder.add(
          Purchase(occurredAt: outcome.occurredAt, value: value), by: outcome.leadID,
          company: stored.lead.account.company,
          of: stored.identity.email.map(LeadOwner.email) ?? .lead(outcome.leadID))
      }
      return builder.customers
    }
  }

  package func surroundings(
    of query: SurroundingsQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadSurroundings {
    read(in: workspace) { content in
      var found = LeadSurroundings()
      for id in Set([query.leadID] + query.duplicates) {
        for interaction in content.interactions(of: id, limit: LeadHistory.maximumInteractions) {
          found.add(interaction.kind, at: interaction.occurredAt)
        }
      }
      var campaign = CohortCount()
      var colleagues: [AccountLead] = []
      for stored in content.leads.values {
        let lead = stored.lead
        let hasConverted = content.conversions(of: lead.id) > 0
        if query.campaignID != nil, lead.campaignID == query.campaignID {
          campaign.add(hasConverted: hasConverted)
        }
        guard query.account != nil, stored.identity.account == query.account,
          lead.id != query.leadID
        else { continue }
        found.account.count.add(hasConverted: hasConverted)
        colleagues.append(
          AccountLead(
            leadID: lead.id, company: lead.account.company, status: lead.status,
            hasConverted: hasConverted, createdAt: lead.createdAt))
      }
      colleagues.sort { ($1.createdAt, $0.leadID) < ($0.createdAt, $1.leadID) }
      found.account.latest = Array(colleagues.prefix(max(0, query.accountLimit)))
      if let id = query.campaignID { found.campaign = content.campaign(id, campaign) }
      return found
    }
  }
}

extension InMemoryWorkspace {
  fileprivate func campaign(_ id: CampaignID, _ count: CohortCount) -> CampaignHistory {
    let days = rawRows.filter {
      $0.key.table == DatasetTable.campaignDaily.name
        && $0.key.key.hasPrefix(CampaignHistory.dayPrefix(id))
    }
    // In one order, so that the sum comes out the same each time.
    let costs = days.sorted { $0.key.key < $1.key.key }.map {
      CampaignHistory.cost($0.value.cells)
    }
    return CampaignHistory(
      campaignID: id, name: campaigns[id]?.name, count: count,
      totalBudget: campaigns[id]?.totalBudget, spend: CampaignHistory.sum(costs))
  }
}

/// Whom a lead's purchases belong to.
private enum LeadOwner: Hashable {
  case email(String)
  case lead(LeadID)
}
