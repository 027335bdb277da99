import JSONRPC
package import MCP
import Marketing

/// Puts a lead beside those like it: cohorts, duplicates, company, campaign, and what it bought.
package struct EnrichLeadTool: Tool {
  /// Which lead, and how far to look.
  package struct Arguments: Decodable, Sendable {
    var leadID: LeadID
    var companyLimit: Int?
    var method: RFM.Method?
    var horizonDays: Int?
  }

  /// What surrounds the lead.
  package struct Output: Encodable, Sendable {
    let leadID: LeadID
    let cohorts: [Cohort]
    let duplicates: [DuplicateMatch]
    let account: Account?
    let interactions: [Interactions]
    let campaign: Campaign?
    let customer: Customer?
    let notes: [String]

    struct Cohort: Encodable, Sendable {
      let fields: JSONObject
      let leads: Int
      let conversions: Int
      let rate: Double
      let shrunkenRate: Double
      let interval: RateInterval
    }

    struct Account: Encodable, Sendable {
      let leads: Int
      let conversions: Int
      let matches: [Match]
    }

    struct Match: Encodable, Sendable {
      let leadID: LeadID
      let company: String?
      let status: LeadStatus
      let converted: Bool
      let createdAt: Timestamp
    }

    struct Interactions: Encodable, Sendable {
      let kind: InteractionKind
      let count: Int
      let lastAt: Timestamp
    }

    struct Campaign: Encodable, Sendable {
      let campaignID: CampaignID
      let name: String?
      let leads: Int
      let conversions: Int
      let rate: Double?
      let interval: RateInterval?
      let totalBudget: Money?
      let spend: Money?
    }

    struct Customer: Encodable, Sendable {
      let purchases: Int
      let firstAt: Timestamp
      let lastAt: Timestamp
      let revenue: [Money]
      let method: RFM.Method
      let scores: RFM
      let segment: String
      let action: String
      let horizonDays: Int
      let probabilityAlive: Double?
      let expectedPurchases: Double?
      let expectedValue: [Money]?
    }
  }

  private static let defaultCompanyLimit = 10
  private static let defaultHorizon = 90

  package let definition: ToolDefinition
  private let environment: ToolEnvironment

  package init(_ environment: ToolEnvironment) throws(ContractError) {
    definition = try ToolContract.definition("enrich_lead")
    self.environment = environment
  }

  package func call(
    _ arguments: Arguments, in context: RequestContext
  ) async throws(CallInterruption) -> Output {
    let workspace = context.workspace
    let leads = environment.leads
    let now = environment.now()
    let lead = try reading(context) { () throws(StoreError) in
      try leads.lead(arguments.leadID, in: workspace)
    }
    guard let lead else { throw .noSuchLead(arguments.leadID) }
    let identity = environment.identity(of: lead)
    let (history, counts) = try reading(context) { () throws(StoreError) in
      (
        try leads.history(of: lead.id, identity: identity, in: workspace),
        try leads.cohorts(for: CohortKey(lead), in: workspace)
      )
    }
    let query = SurroundingsQuery(
      leadID: lead.id, duplicates: history.duplicates.map(\.leadID), account: identity.account,
      campaignID: lead.campaignID,
      accountLimit: arguments.companyLimit ?? Self.defaultCompanyLimit)
    let found = try await storing(context) { () async throws(StoreError) in
      try await environment.customers.surroundings(of: query, in: workspace)
    }
    var notes: [String] = []
    var reading = CustomerReading(environment: environment)
    // One customer is shown.
    reading.looksAhead = false
    reading.method = arguments.method
    reading.horizonDays = arguments.horizonDays ?? Self.defaultHorizon
    let customer = try await customer(
      lead.id, history, reading, &notes, context, now: now)
    return Output(
      leadID: lead.id, cohorts: cohorts(counts, of: lead), duplicates: history.duplicates,
      account: identity.account.map { _ in Self.account(found.account) },
      interactions: InteractionKind.allCases.compactMap { kind in
        found.interactions[kind].map {
          Output.Interactions(kind: kind, count: $0.count, lastAt: $0.lastAt)
        }
      }, campaign: found.campaign.map(campaign), customer: customer, notes: notes)
  }

  /// The lead as a customer; `nil`, with a note, when it has bought nothing.
  private func customer(
    _ id: LeadID, _ history: LeadHistory, _ reading: CustomerReading, _ notes: inout [String],
    _ context: RequestContext, now: Timestamp
  ) async throws(CallInterruption) -> Output.Customer? {
    let nothing =
      "This lead has bought nothing yet, so it has no RFM and no expected purchases: a purchase is "
      + "a conversion of the type purchase, or of none, with a value above 0."
    guard history.conversions > 0 else {
      notes.append(nothing)
      return nil
    }
    let analysis = try await reading.analysis(context, now: now)
    let names = Set([id] + history.duplicates.filter { $0.reason == .email }.map(\.leadID))
    guard
      let entry = analysis.entries.first(where: { !names.isDisjoint(with: $0.customer.leadIDs) })
    else {
      notes.append(nothing)
      return nil
    }
    notes += reading.notes(on: analysis)
    let outlook = analysis.outlook(of: entry)
    return Output.Customer(
      purchases: entry.purchases.days, firstAt: entry.purchases.firstAt,
      lastAt: entry.purchases.lastAt,
      revenue: entry.purchases.revenue.sorted { $0.key < $1.key }.map {
        Money(amount: $0.value.amount, currency: $0.key).rounded
      }, method: analysis.method, scores: entry.scores, segment: entry.segment.name,
      action: entry.segment.action,
      horizonDays: reading.horizonDays,
      probabilityAlive: outlook?.probabilityAlive.rounded(to: 4),
      expectedPurchases: outlook?.purchases.rounded(to: 4),
      expectedValue: outlook?.value.map(\.rounded))
  }

  private func cohorts(_ counts: [CohortCount], of lead: Lead) -> [Output.Cohort] {
    let key = CohortKey(lead)
    let values = [
      "source": key.source, "industry": key.industry, "companySize": key.companySize,
      "region": key.region,
    ]
    return CohortEstimate.levels(counts: counts, settings: environment.settings).map { level in
      Output.Cohort(
        fields: JSONObject(
          level.fields.map { ($0, (values[$0] ?? nil).map(JSONValue.string) ?? .null) }),
        leads: level.leads, conversions: level.conversions, rate: level.rate.rounded(to: 4),
        shrunkenRate: level.shrunkenRate.rounded(to: 4), interval: level.interval.rounded)
    }
  }

  private static func account(_ account: AccountLeads) -> Output.Account {
    Output.Account(
      leads: account.count.leads, conversions: account.count.conversions,
      matches: account.latest.map {
        Output.Match(
          leadID: $0.leadID, company: $0.company, status: $0.status, converted: $0.hasConverted,
          createdAt: $0.createdAt)
      })
  }

  private func campaign(_ campaign: CampaignHistory) -> Output.Campaign {
    let count = campaign.count
    let interval = RateInterval.wilson(
      successes: count.conversions, trials: count.leads, z: environment.settings.cohortIntervalZ)
    return Output.Campaign(
      campaignID: campaign.campaignID, name: campaign.name, leads: count.leads,
      conversions: count.conversions,
      rate: count.leads > 0
        ? (Double(count.conversions) / Double(count.leads)).rounded(to: 4) : nil,
      interval: interval?.rounded, totalBudget: campaign.totalBudget,
      spend: campaign.spend?.rounded)
  }
}

extension RateInterval {
  fileprivate var rounded: RateInterval {
    RateInterval(low: low.rounded(to: 4), high: high.rounded(to: 4))
  }
}
