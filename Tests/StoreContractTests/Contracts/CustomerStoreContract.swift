import JSONRPC
import Marketing
import Testing

@Suite("CustomerStore")
struct CustomerStoreContract {
  private static let ann = LeadIdentity(email: "ann@acme.example", account: "acme.example")

  private func purchase(_ minutes: Int, _ amount: Double, _ currency: String = "EUR") -> Purchase {
    Purchase(
      occurredAt: noon + .seconds(minutes * 60), value: Money(amount: amount, currency: currency))
  }

  private func bare(_ id: String, company: String? = nil) -> Lead {
    var lead = Lead.bare(id)
    lead.account.company = company
    return lead
  }

  @Test("leads with one e-mail address are one customer", arguments: Backend.allCases)
  func customers(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(bare("L2"), identity: Self.ann)
      try await stores.add(bare("L3", company: "Acme"), identity: Self.ann)
      // Who has the same company, or nothing, is somebody else.
      try await stores.add(bare("L1"), identity: LeadIdentity(account: "acme.example"))
      try await stores.add(bare("L4"), identity: LeadIdentity())
      try await stores.add(bare("L5"), identity: Self.ann)
      let outcomes: [Outcome] = [
        .won("L3", at: noon + .seconds(60), amount: 5), .won("L2", at: noon, amount: 7),
        .won("L2", at: noon + .seconds(120), amount: 9), .won("L4", at: noon, amount: 1),
        .won("L1", at: noon, amount: 2), .lost("L5"),
      ]
      for (index, outcome) in outcomes.enumerated() {
        _ = try await stores.leads.record(
          outcome, replacing: false,
          event: .sample("e\(index)", .outcomeRecorded, of: outcome.leadID), in: .default)
      }
      let found = try await stores.customers.customers(
        counting: .purchases, until: noon + .seconds(120), in: .default)
      #expect(
        found == [
          Customer(leadIDs: ["L1"], company: nil, purchases: [purchase(0, 2)]),
          Customer(
            leadIDs: ["L2", "L3"], company: "Acme",
            purchases: [purchase(0, 7), purchase(1, 5), purchase(2, 9)]),
          Customer(leadIDs: ["L4"], company: nil, purchases: [purchase(0, 1)]),
        ])
      let earlier = try await stores.customers.customers(
        counting: .purchases, until: noon + .seconds(119), in: .default)
      #expect(earlier.map(\.purchases.count) == [1, 2, 1])
      #expect(
        try await stores.customers.customers(counting: .purchases, until: noon, in: .other)
          .isEmpty)
    }
  }

  @Test("what counts as a purchase is chosen", arguments: Backend.allCases)
  func kinds(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let types: [ConversionType?] = [.demoBooked, .purchase, nil]
      for (index, type) in types.enumerated() {
        try await stores.add(.bare("L\(index)"))
        _ = try await stores.leads.record(
          .won("L\(index)", type), replacing: false,
          event: .sample("e\(index)", .outcomeRecorded, of: LeadID(rawValue: "L\(index)")),
          in: .default)
      }
      for (index, amount) in [0, -5].enumerated() {
        try await stores.add(.bare("M\(index)"))
        _ = try await stores.leads.record(
          .won("M\(index)", amount: Double(amount)), replacing: false,
          event: .sample("f\(index)", .outcomeRecorded, of: LeadID(rawValue: "M\(index)")),
          in: .default)
      }
      let expected: [(PurchaseKind, [LeadID])] = [
        (.purchases, ["L1", "L2"]), (.conversions, ["L0", "L1", "L2"]),
      ]
      for (kind, ids) in expected {
        let found = try await stores.customers.customers(
          counting: kind, until: noon, in: .default)
        #expect(found.flatMap(\.leadIDs) == ids)
      }
    }
  }

  @Test("imported conversions count", arguments: Backend.allCases)
  func imported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await stores.datasets.importRows(
        .leads([(lead: .bare("L1"), identity: Self.ann)]), event: .imported("e1"), in: .default)
      _ = try await stores.datasets.importRows(
        .outcomes([.won("L1", at: noon, amount: 3)]), event: .imported("e2"), in: .default)
      let found = try await stores.customers.customers(
        counting: .purchases, until: noon, in: .default)
      #expect(
        found == [Customer(leadIDs: ["L1"], company: nil, purchases: [purchase(0, 3)])])
    }
  }

  @Test("interactions of the lead and its duplicates are counted", arguments: Backend.allCases)
  func interactions(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["L1", "L2", "L3"] { try await stores.add(.bare(id)) }
      for (index, (lead, kind, minutes)) in [
        ("L1", InteractionKind.emailOpen, 5), ("L2", .emailOpen, 9), ("L1", .emailOpen, 7),
        ("L1", .reply, 1), ("L3", .meeting, 1),
      ].enumerated() {
        _ = try await stores.leads.record(
          .sample("I\(index)", of: lead, kind, at: noon + .seconds(minutes * 60)),
          event: .sample("e\(index)", .interactionRecorded, of: LeadID(rawValue: lead)),
          in: .default)
      }
      let query = SurroundingsQuery(
        leadID: "L1", duplicates: ["L2", "L2"], account: nil, campaignID: nil, accountLimit: 5)
      let found = try await stores.customers.surroundings(of: query, in: .default)
      var expected = LeadSurroundings()
      expected.interactions = [
        .emailOpen: InteractionCount(count: 3, lastAt: noon + .seconds(540)),
        .reply: InteractionCount(count: 1, lastAt: noon + .seconds(60)),
      ]
      #expect(found == expected)
      #expect(
        try await stores.customers.surroundings(of: query, in: .other) == LeadSurroundings())
    }
  }

  @Test("the company's other leads are listed, the latest first", arguments: Backend.allCases)
  func account(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let account = LeadIdentity(account: "acme.example")
      for (id, minutes) in [("L1", 9), ("L2", 1), ("L4", 3), ("L3", 3), ("L5", 0)] {
        var lead = bare(id, company: "Acme \(id)")
        lead.createdAt = noon + .seconds(minutes * 60)
        try await stores.add(lead, identity: account)
      }
      try await stores.add(.bare("stranger"), identity: LeadIdentity(account: "other.example"))
      try await stores.add(.bare("L6"), identity: account, in: .other)
      _ = try await stores.leads.record(
        .won("L3"), replacing: false, event: .sample("e", .outcomeRecorded, of: "L3"),
        in: .default)
      let found = try await stores.customers.surroundings(
        of: SurroundingsQuery(
          leadID: "L1", duplicates: [], account: "acme.example", campaignID: nil, accountLimit: 3),
        in: .default)
      #expect(found.account.count == CohortCount(leads: 4, conversions: 1))
      func lead(_ id: LeadID, _ minutes: Int, _ status: LeadStatus) -> AccountLead {
        AccountLead(
          leadID: id, company: "Acme \(id)", status: status, hasConverted: status == .converted,
          createdAt: noon + .seconds(minutes * 60))
      }
      #expect(
        found.account.latest == [
          lead("L3", 3, .converted), lead("L4", 3, .new), lead("L2", 1, .new),
        ])
      #expect(found.campaign == nil && found.interactions.isEmpty)
    }
  }

  @Test("a campaign's leads, budget and days are summed up", arguments: Backend.allCases)
  func campaign(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var campaign = Campaign(id: "CMP1", name: "Spring")
      campaign.totalBudget = Money(amount: 500, currency: "USD")
      _ = try await stores.datasets.importRows(
        .campaigns([campaign]), event: .imported("e1"), in: .default)
      let days: [(String, JSONValue)] = [
        ("CMP1|2025-07-01", "10.25"), ("CMP1|2025-07-02", "5.5"), ("CMP1|2025-07-03", ""),
        ("CMP10|2025-07-01", "99"), ("CMP0|2025-07-01", "99"),
      ]
      _ = try await stores.datasets.importRows(
        .raw(
          table: "campaign_daily",
          rows: days.map { RawRow(key: $0.0, leadID: nil, cells: ["cost_usd": $0.1]) }),
        event: .imported("e2"), in: .default)
      for (id, name) in [("L1", "CMP1"), ("L2", "CMP1"), ("L3", "CMP2")] {
        var lead = Lead.bare(id)
        lead.campaignID = CampaignID(rawValue: name)
        try await stores.add(lead)
      }
      _ = try await stores.leads.record(
        .won("L2"), replacing: false, event: .sample("e", .outcomeRecorded, of: "L2"),
        in: .default)
      let expected = [
        CampaignHistory(
          campaignID: "CMP1", name: "Spring", count: CohortCount(leads: 2, conversions: 1),
          totalBudget: Money(amount: 500, currency: "USD"),
          spend: Money(amount: 15.75, currency: "USD")),
        CampaignHistory(
          campaignID: "CMP2", name: nil, count: CohortCount(leads: 1, conversions: 0),
          totalBudget: nil, spend: nil),
      ]
      for history in expected {
        let found = try await stores.customers.surroundings(
          of: SurroundingsQuery(
            leadID: "L1", duplicates: [], account: nil, campaignID: history.campaignID,
            accountLimit: 5), in: .default)
        #expect(found.campaign == history)
      }
    }
  }
}
