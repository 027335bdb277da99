import JSONRPC
import Marketing
import Testing

@Suite("CampaignStore")
struct CampaignStoreContract {
  private static let day = CalendarDay(noon)

  private func metric(
    _ day: CalendarDay = Self.day, campaign: CampaignID = "C1", channel: String? = nil,
    variant: String? = nil, segment: String? = nil, impressions: Int = 1000, clicks: Int = 30,
    spend: Double? = 50, currency: String? = "USD"
  ) -> CampaignMetric {
    CampaignMetric(
      CampaignMetric.Key(
        campaignID: campaign, day: day, channel: channel, variant: variant, segment: segment),
      CampaignFigures(
        impressions: impressions, clicks: clicks, leads: 4, conversions: 1, spend: spend,
        revenue: spend.map { $0 * 4 }), currency: spend == nil ? nil : currency)
  }

  private func record(
    _ metrics: [CampaignMetric], _ stores: Stores, in workspace: WorkspaceID = .default
  ) async throws -> [ImportChange] {
    let place = try stores.events.latestSequence()
    return try await stores.campaigns.record(
      metrics, at: noon,
      event: { id, count in
        Event(
          id: EventID(rawValue: "evt_\(place)_\(id)"), kind: .campaignMetricsRecorded,
          campaignID: id, occurredAt: noon, actor: "tests",
          facts: ["added": JSONValue(count.added), "changed": JSONValue(count.changed)])
      }, in: workspace)
  }

  private func read(
    _ stores: Stores, _ id: CampaignID = "C1", in workspace: WorkspaceID = .default
  ) throws -> CampaignRecord? {
    try stores.campaigns.record(of: id, Self.day + -30...Self.day + 30, in: workspace)
  }

  @Test("the same report is no news, another one takes its place", arguments: Backend.allCases)
  func repeated(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let parts = [
        metric(channel: "search"), metric(channel: "search", variant: "A"),
        metric(channel: "search", segment: "age=30-34"), metric(Self.day + -1), metric(),
      ]
      #expect(try await record(parts, stores) == Array(repeating: .added, count: 5))
      #expect(try await record(parts, stores) == Array(repeating: .unchanged, count: 5))
      let corrected = metric(impressions: 1200)
      #expect(try await record([parts[0], corrected], stores) == [.unchanged, .changed])
      let found = try #require(try read(stores))
      #expect(found.currency == "USD" && found.campaign.name == "C1")
      // By day, then by channel, variant and segment, what is not divided first.
      #expect(found.reported == [parts[3], corrected, parts[0], parts[2], parts[1]])
      #expect(found.counted == [])
      #expect(try read(stores, in: .other) == nil)
      let events = try stores.events.events(after: 0, limit: 10)
      #expect(events.map(\.event.kind) == [.campaignMetricsRecorded, .campaignMetricsRecorded])
      #expect(events.last?.event.facts == ["added": 0, "changed": 1])
    }
  }

  @Test("money in another currency is refused as a whole", arguments: Backend.allCases)
  func currencies(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await record([metric(spend: nil)], stores)
      #expect(try read(stores)?.currency == nil)
      _ = try await record([metric(Self.day + 1, currency: "EUR")], stores)
      #expect(try read(stores)?.currency == "EUR")
      await #expect(throws: StoreError.self) {
        try await record([metric(Self.day + 2, spend: nil), metric(Self.day + 3)], stores)
      }
      #expect(try read(stores)?.reported.count == 2)
      var budgeted = Campaign(id: "C2", name: "Two")
      budgeted.totalBudget = Money(amount: 1000, currency: "GBP")
      try await stores.importCampaigns([budgeted])
      await #expect(throws: StoreError.self) {
        try await record([metric(campaign: "C2")], stores)
      }
      // Another campaign's currency is its own, and so is another workspace's.
      _ = try await record([metric(campaign: "C3")], stores)
      _ = try await record([metric(currency: "JPY")], stores, in: .other)
      #expect(try read(stores, in: .other)?.currency == "JPY")
      #expect(try read(stores, "C2")?.currency == "GBP")
    }
  }

  @Test("a wrong currency is put right as a whole", arguments: Backend.allCases)
  func wrongCurrency(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let days = (0..<3).map { Self.day + $0 }
      _ = try await record(
        [metric(days[0], currency: "EUR"), metric(days[1], currency: "EUR")]
          + [metric(days[2], spend: nil)], stores)
      // Not all that named euros.
      await #expect(throws: StoreError.self) {
        try await record([metric(days[0]), metric(days[2])], stores)
      }
      // Nor two currencies at once.
      let mixed = [metric(days[0]), metric(days[1]), metric(days[2], currency: "GBP")]
      await #expect(throws: StoreError.self) { try await record(mixed, stores) }
      #expect(try read(stores)?.currency == "EUR")
      let changes = try await record([metric(days[0]), metric(days[1])], stores)
      let found = try #require(try read(stores))
      // The figures are the same; what they are counted in is not.
      #expect(changes.count == 2 && found.currency == "USD")
      #expect(found.reported.map(\.currency) == ["USD", "USD", nil])
      await #expect(throws: StoreError.self) {
        try await record([metric(days[0], currency: "EUR")], stores)
      }
    }
  }

  @Test("what is stored here is counted, once, by its day", arguments: Backend.allCases)
  func counts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.sample("L1")
      lead.campaignID = "C1"
      lead.createdAt = noon
      try await stores.importLeads([lead])
      let kinds: [(InteractionKind, Channel, String?)] = [
        (.emailSent, .email, "A"), (.emailSent, .email, "A"), (.emailClick, .email, "A"),
        (.emailSent, .email, nil), (.adClick, .ads, nil), (.siteVisit, .web, nil),
      ]
      for (number, (kind, channel, variant)) in kinds.enumerated() {
        var interaction = Interaction(
          id: InteractionID(rawValue: "I\(number)"), leadID: "L1", occurredAt: noon,
          channel: channel, kind: kind)
        interaction.campaignID = "C1"
        interaction.variantID = variant
        for _ in 0..<2 {
          _ = try await stores.leads.record(
            interaction, event: .sample("evt_i\(number)", .interactionRecorded, of: "L1"),
            in: .default)
        }
      }
      try await outcome(250, "EUR", at: noon + .days(1), stores)
      try await outcome(100, "USD", at: noon + .days(2), stores)
      _ = try await record([metric(Self.day + -5, spend: 10, currency: "USD")], stores)
      func key(_ days: Int, _ channel: String? = nil, _ variant: String? = nil)
        -> CampaignMetric.Key
      {
        CampaignMetric.Key(
          campaignID: "C1", day: Self.day + days, channel: channel, variant: variant)
      }
      let found = try #require(try read(stores))
      #expect(found.currency == "USD")
      #expect(
        found.counted == [
          CampaignMetric(key(0), CampaignFigures(leads: 1), currency: nil),
          CampaignMetric(key(0, "email"), CampaignFigures(impressions: 1), currency: nil),
          CampaignMetric(
            key(0, "email", "A"), CampaignFigures(impressions: 2, clicks: 1), currency: nil),
          CampaignMetric(key(1), CampaignFigures(conversions: 1), currency: nil),
          CampaignMetric(
            key(2), CampaignFigures(conversions: 1, revenue: 100), currency: "USD"),
        ])
    }
  }

  private func outcome(
    _ amount: Double, _ currency: String, at time: Timestamp, _ stores: Stores
  ) async throws {
    let outcome = Outcome(
      leadID: "L1", disposition: .converted, occurredAt: time, campaignID: "C1",
      conversionType: .purchase, value: Money(amount: amount, currency: currency))
    _ = try await stores.leads.record(
      outcome, replacing: false,
      event: .sample("evt_\(time.milliseconds)", .outcomeRecorded, of: "L1"), in: .default)
  }

  @Test("counts follow corrections and erasures", arguments: Backend.allCases)
  func corrections(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var lead = Lead.sample("L1")
      lead.campaignID = "C1"
      lead.createdAt = noon
      try await stores.importLeads([lead])
      try await outcome(100, "USD", at: noon, stores)
      #expect(try read(stores)?.counted.map(\.figures.conversions) == [1])
      let lost = Outcome(leadID: "L1", disposition: .lost, occurredAt: noon + .days(1))
      _ = try await stores.leads.record(
        lost, replacing: true, event: .sample("evt_lost", .outcomeRecorded, of: "L1"), in: .default)
      #expect(try read(stores)?.counted.map(\.figures) == [CampaignFigures(leads: 1)])
      let known = try #require(try stores.leads.lead("L1", in: .default))
      var moved = known
      moved.campaignID = "C2"
      try await stores.leads.saveTriage(
        .sample("L1"), of: moved, identity: LeadIdentity(), basis: .stored(known),
        events: [.sample("evt_moved", .leadUpdated, of: "L1")], in: .default)
      #expect(try read(stores)?.counted ?? [] == [])
      #expect(try read(stores, "C2")?.counted.map(\.figures.leads) == [1])
      _ = try await stores.erasures.erase(
        "L1", identity: { LeadIdentity(of: $0, keepsPlusTags: false) }, at: noon,
        event: { _ in .sample("evt_erased", .leadErased, of: nil) }, in: .default)
      // Nothing is known of either any more.
      #expect(try read(stores, "C1") == nil && read(stores, "C2") == nil)
      #expect(try await stores.campaigns.campaigns(prefix: "", limit: 9, in: .default) == [])
    }
  }

  @Test("imported rows are kept and recorded, once", arguments: Backend.allCases)
  func imported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func row(_ day: Int, impressions: Int, currency: String = "USD") -> ReportedRow {
        let metric = metric(Self.day + day, impressions: impressions, currency: currency)
        return ReportedRow(
          row: RawRow(
            key: "C1|\(day)", leadID: nil, cells: ["impressions": .string("\(impressions)")]),
          metric: metric)
      }
      func read(_ rows: [ReportedRow], table: DatasetTable? = .campaignDaily) async throws
        -> ImportResult
      {
        let step = ImportStep(
          source: ImportSource(file: "daily.csv", reading: 1),
          rows: .reports(table: table, rows: rows),
          lines: Array(2..<(2 + rows.count)))
        return try await stores.datasets.importRows(step, event: .imported("evt_i"), in: .default)
      }
      let rows = [row(0, impressions: 1000), row(1, impressions: 2000)]
      #expect(try await read(rows).rows == ImportCount(added: 2))
      #expect(try await read(rows).rows == ImportCount(unchanged: 2))
      // A correction by hand stays until the row itself is another one.
      _ = try await record([metric(impressions: 1111)], stores)
      #expect(try await read(rows).rows == ImportCount(unchanged: 2))
      #expect(try self.read(stores)?.reported.first?.figures.impressions == 1111)
      #expect(try await read([row(0, impressions: 1200)]).rows == ImportCount(changed: 1))
      #expect(try self.read(stores)?.reported.map(\.figures.impressions) == [1200, 2000])
      // What names another currency takes no other row with it.
      let mixed = try await read([
        row(2, impressions: 1000, currency: "EUR"), row(3, impressions: 3000),
      ])
      #expect(mixed.rows == ImportCount(added: 1) && mixed.refused.map(\.line) == [2])
      #expect(mixed.refused.first?.reason.contains("counted in USD") == true)
      // The only one that names money may say that it was another one.
      func other(_ currency: String) -> ReportedRow {
        ReportedRow(metric: metric(Self.day, campaign: "C9", currency: currency))
      }
      #expect(try await read([other("EUR")], table: nil).rows == ImportCount(added: 1))
      #expect(try await read([other("USD")], table: nil).rows.changed == 1)
      #expect(try self.read(stores, "C9")?.currency == "USD")
      // A row that was read before does not take a correction back.
      func known(_ currency: String, _ spend: Double) -> CampaignMetric {
        var metric = metric(Self.day, campaign: "C8", currency: currency)
        metric.figures.spend = spend
        return metric
      }
      let told = ReportedRow(
        row: RawRow(key: "C8|0", leadID: nil, cells: ["spend": "100"]), metric: known("USD", 100))
      #expect(try await read([told]).rows == ImportCount(added: 1))
      _ = try await record([known("EUR", 90)], stores)
      #expect(try await read([told]).rows == ImportCount(unchanged: 1))
      #expect(try self.read(stores, "C8")?.currency == "EUR")
      // Reports of a platform are recorded alone.
      let plain = ReportedRow(metric: metric(Self.day + 5, channel: "search"))
      #expect(try await read([plain], table: nil).rows == ImportCount(added: 1))
      #expect(try await read([plain], table: nil).rows == ImportCount(unchanged: 1))
      #expect(
        try await stores.campaigns.unevaluated(limit: 9).map(\.id).sorted() == ["C1", "C8", "C9"])
    }
  }

  @Test("campaigns are read page by page", arguments: Backend.allCases)
  func pages(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await record(["C3", "C1", "D1"].map { metric(campaign: $0) }, stores)
      try await stores.importCampaigns([Campaign(id: "C2", name: "Two")])
      let days = Self.day...Self.day
      let first = try await stores.campaigns.records(days, after: nil, limit: 3, in: .default)
      #expect(first.map(\.campaign.id) == ["C1", "C2", "C3"])
      #expect(first.map(\.campaign.name) == ["C1", "Two", "C3"])
      let next = try await stores.campaigns.records(days, after: "C3", limit: 3, in: .default)
      #expect(next.map(\.campaign.id) == ["D1"])
      #expect(
        try await stores.campaigns.campaigns(prefix: "C", limit: 2, in: .default) == ["C1", "C2"])
      #expect(try await stores.campaigns.campaigns(prefix: "c", limit: 2, in: .default) == [])
    }
  }

  @Test("what is new is evaluated once, and tells once", arguments: Backend.allCases)
  func evaluation(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      _ = try await record([metric()], stores)
      _ = try await record([metric(campaign: "C2")], stores, in: .other)
      let found = try await stores.campaigns.unevaluated(limit: 10)
      #expect(Set(found.map(\.id)) == ["C1", "C2"] && found.allSatisfy { $0.findings == nil })
      let campaign = try #require(found.first { $0.id == "C1" })
      // Changed while it was being evaluated.
      _ = try await record([metric(impressions: 2000)], stores)
      let draft = WorkDraft(
        id: "work_1", kind: WorkKind(rawValue: "optimize_campaign"),
        role: AgentRoleID(rawValue: "optimizer"), subject: "C1", dueAt: noon)
      let evaluation = CampaignEvaluation(
        campaign, findings: "ctr",
        event: Event(
          id: "evt_needed", kind: .campaignOptimizationNeeded, campaignID: "C1",
          occurredAt: noon, actor: "tests"), work: draft)
      let before = try stores.events.latestSequence()
      for _ in 0..<2 {
        try await stores.campaigns.note([evaluation], at: noon) { item in
          [.ofWork(item, .workEnqueued, id: "evt_work", actor: "tests", at: noon)]
        }
      }
      #expect(
        try stores.events.events(after: before, limit: 10).map(\.event.kind)
          == [.campaignOptimizationNeeded, .workEnqueued])
      let left = try await stores.campaigns.unevaluated(limit: 10)
      let again = try #require(left.first { $0.id == "C1" })
      #expect(left.count == 2 && again.findings == "ctr")
      try await stores.campaigns.note(
        [CampaignEvaluation(again, findings: nil)], at: noon, noting: { _ in [] })
      #expect(try await stores.campaigns.unevaluated(limit: 10).map(\.id) == ["C2"])
    }
  }
}
