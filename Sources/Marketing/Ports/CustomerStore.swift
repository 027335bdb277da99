package import JSONRPC

/// Reads who bought what, and what surrounds a lead. Every method is one transaction and sees one workspace
/// only. These look at many rows: the calling thread does not wait for them.
package protocol CustomerStore: Sendable {
  /// Everybody who bought something up to a time, in the order of their first leads' names.
  ///
  /// A customer is all leads with one normalized e-mail address, or one lead that has none. What is stored
  /// of a lead that is not there any more belongs to nobody.
  func customers(
    counting kind: PurchaseKind, until time: Timestamp, in workspace: WorkspaceID
  ) async throws(StoreError) -> [Customer]

  /// What happened with a lead and its duplicates, the other leads of its company and its campaign.
  func surroundings(
    of query: SurroundingsQuery, in workspace: WorkspaceID
  ) async throws(StoreError) -> LeadSurroundings
}

/// Whose surroundings to read.
package struct SurroundingsQuery: Sendable, Hashable {
  /// The lead.
  package var leadID: LeadID
  /// The lead's other names: the leads that seem to be the same person.
  package var duplicates: [LeadID]
  /// The lead's company by its key, as in `LeadIdentity`; `nil` for none.
  package var account: String?
  /// The lead's campaign; `nil` for none.
  package var campaignID: CampaignID?
  /// How many of the company's leads to list.
  package var accountLimit: Int

  /// A query.
  package init(
    leadID: LeadID, duplicates: [LeadID], account: String?, campaignID: CampaignID?,
    accountLimit: Int
  ) {
    self.leadID = leadID
    self.duplicates = duplicates
    self.account = account
    self.campaignID = campaignID
    self.accountLimit = accountLimit
  }
}

/// What surrounds a lead.
package struct LeadSurroundings: Sendable, Hashable {
  /// Interactions of the lead and its duplicates by kind.
  package var interactions: [InteractionKind: InteractionCount] = [:]
  /// The other leads of the company.
  package var account = AccountLeads()
  /// The lead's campaign; `nil` when it has none.
  package var campaign: CampaignHistory?

  /// Nothing.
  package init() {}
}

/// How often something happened.
package struct InteractionCount: Sendable, Hashable {
  /// How often.
  package var count: Int
  /// When last.
  package var lastAt: Timestamp

  /// A count.
  package init(count: Int, lastAt: Timestamp) {
    self.count = count
    self.lastAt = lastAt
  }
}

/// The other leads of a lead's company.
package struct AccountLeads: Sendable, Hashable {
  /// How many there are, and how many of them converted.
  package var count = CohortCount()
  /// The latest of them, the latest first, ties by name.
  package var latest: [AccountLead] = []

  /// None.
  package init() {}
}

/// One of a company's leads.
package struct AccountLead: Sendable, Hashable {
  /// The lead.
  package var leadID: LeadID
  /// The company as this lead's form or row has it. Untrusted text.
  package var company: String?
  /// Where the lead stands.
  package var status: LeadStatus
  /// Whether it converted.
  package var hasConverted: Bool
  /// When it came in.
  package var createdAt: Timestamp

  /// A lead.
  package init(
    leadID: LeadID, company: String?, status: LeadStatus, hasConverted: Bool, createdAt: Timestamp
  ) {
    self.leadID = leadID
    self.company = company
    self.status = status
    self.hasConverted = hasConverted
    self.createdAt = createdAt
  }
}

/// What became of a campaign's leads.
package struct CampaignHistory: Sendable, Hashable {
  /// The campaign.
  package var campaignID: CampaignID
  /// Its name for people; `nil` when the campaign itself is not stored.
  package var name: String?
  /// How many leads it brought in, the lead itself among them, and how many of them converted.
  package var count: CohortCount
  /// What it may cost in all, where that is stored.
  package var totalBudget: Money?
  /// What its days have cost, where those are stored.
  package var spend: Money?

  /// A campaign.
  package init(
    campaignID: CampaignID, name: String?, count: CohortCount, totalBudget: Money?, spend: Money?
  ) {
    self.campaignID = campaignID
    self.name = name
    self.count = count
    self.totalBudget = totalBudget
    self.spend = spend
  }

  /// What a row of `campaign_daily` says that the day cost; `nil` when it does not.
  package static func cost(_ cells: JSONObject) -> Money? {
    cells["cost_usd"]?.stringValue.flatMap { CellText.decimal($0) }
      .map { Money(amount: $0, currency: "USD") }
  }

  /// What the key of each of a campaign's rows in `campaign_daily` begins with.
  package static func dayPrefix(_ id: CampaignID) -> String { "\(id.rawValue)|" }
}

extension LeadSurroundings {
  /// Counts an interaction.
  package mutating func add(_ kind: InteractionKind, at time: Timestamp) {
    let known = interactions[kind]
    interactions[kind] = InteractionCount(
      count: (known?.count ?? 0) + 1, lastAt: max(known?.lastAt ?? time, time))
  }
}

extension CohortCount {
  /// Counts a lead.
  package mutating func add(hasConverted: Bool) {
    leads += 1
    conversions += hasConverted ? 1 : 0
  }
}

extension CampaignHistory {
  /// What days cost together; `nil` when none of them says so.
  package static func sum(_ costs: [Money?]) -> Money? {
    costs.compactMap(\.self).reduce(nil) { sum, cost in
      Money(amount: (sum?.amount ?? 0) + cost.amount, currency: cost.currency)
    }
  }
}
