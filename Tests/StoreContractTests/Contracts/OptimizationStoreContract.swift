import JSONRPC
import Marketing
import Testing

@Suite("OptimizationStore")
struct OptimizationStoreContract {
  @Test("it is applied once, reverted once, and says what is set", arguments: Backend.allCases)
  func applied(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      let proposal = Optimization.sample("opt_1")
      try await store.propose([proposal])
      #expect(try store.optimization("opt_1", in: .default) == proposal)
      #expect(try store.optimization("opt_1", in: .other) == nil)
      let first = try await store.apply("opt_1", order: true)
      #expect(first.isNew && first.optimization.state == .applied)
      #expect(first.optimization.appliedBy == "maria" && first.controls.revision == 1)
      #expect(try store.controls(of: "C1", in: .default) == first.controls)
      let again = try await store.apply("opt_1", order: true)
      #expect(!again.isNew && again.controls == first.controls)
      let back = try await store.revert("opt_1", at: noon + .days(1))
      #expect(back.isNew && back.left == [] && back.optimization.state == .reverted)
      #expect(back.controls[.bid(channel: "search")]?.number == 1)
      #expect(try await store.revert("opt_1").isNew == false)
      await #expect(throws: StoreError.self) { try await store.apply("opt_1") }
      let kinds = try stores.events.events(after: 0, limit: 10).map(\.event.kind)
      #expect(kinds == [.optimizationProposed, .optimizationApplied, .optimizationReverted])
      let orders = try await store.dueOrders(at: noon, limit: 10)
      #expect(orders.map(\.id) == ["opt_1-applied"] && orders.first?.payload == first.controls.json)
    }
  }

  @Test("of two at once one is applied", arguments: Backend.allCases)
  func race(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      for round in 0..<20 {
        let campaign = CampaignID(rawValue: "R\(round)")
        // Two proposals from the same controls, and two who apply each.
        let names = ["a", "b"].map { OptimizationID(rawValue: "opt_\(round)\($0)") }
        try await store.propose(names.map { .sample($0, for: campaign) }, for: campaign)
        var policy = OptimizationPolicy()
        policy.changesPerDay = 10_000
        let asked = policy
        let applied = await withTaskGroup(of: Bool.self) { group in
          for name in names + names {
            group.addTask {
              (try? await store.apply(name, under: asked))?.isNew ?? false
            }
          }
          var count = 0
          for await isNew in group where isNew { count += 1 }
          return count
        }
        #expect(applied == 1)
        #expect(try store.controls(of: campaign, in: .default).revision == 1)
      }
    }
  }

  @Test("the policy is asked in the transaction", arguments: Backend.allCases)
  func policy(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      try await store.propose([.sample("opt_1")])
      // A person has to approve.
      await #expect(throws: StoreError.self) {
        try await store.apply("opt_1", approvedBy: nil)
      }
      _ = try await store.apply("opt_1")
      // The same control within a week, whoever approves.
      try await store.propose([.sample("opt_2", basis: 1, from: 0.9, to: 0.8)])
      let error = await #expect(throws: StoreError.self) {
        try await store.apply("opt_2", at: noon + .days(6))
      }
      #expect(error?.code == .conflict && error?.message.contains("7 days") == true)
      #expect(try store.controls(of: "C1", in: .default).revision == 1)
      // A revert is held back by nothing, and begins a new wait.
      _ = try await store.revert("opt_1", at: noon + .days(6))
      try await store.propose([.sample("opt_3", basis: 2, at: noon + .days(8))])
      await #expect(throws: StoreError.self) {
        try await store.apply("opt_3", at: noon + .days(8))
      }
      #expect(try await store.apply("opt_3", at: noon + .days(13)).isNew)
    }
  }

  @Test(
    "a cap counts what other campaigns may spend, and what was spent", arguments: Backend.allCases)
  func caps(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func campaign(_ id: CampaignID, _ daily: Double) -> Campaign {
        var campaign = Campaign(id: id, name: id.rawValue)
        campaign.dailyBudget = Money(amount: daily, currency: "USD")
        campaign.totalBudget = Money(amount: 1000, currency: "USD")
        return campaign
      }
      try await stores.importCampaigns([campaign("C1", 100), campaign("C2", 300)])
      _ = try await stores.campaigns.record(
        [
          CampaignMetric(
            CampaignMetric.Key(campaignID: "C1", day: CalendarDay(noon)),
            CampaignFigures(impressions: 10, spend: 880), currency: "USD")
        ], at: noon, event: { _, _ in .imported("evt_m") }, in: .default)
      let store = stores.optimizations
      func raise(_ id: OptimizationID, to amount: Double) -> Optimization {
        var optimization = Optimization.sample(id)
        optimization.changes = [
          ControlChange(
            .dailyBudget, from: .money(Money(amount: 100, currency: "USD")),
            to: .money(Money(amount: amount, currency: "USD")))
        ]
        return optimization
      }
      let proposal = raise("opt_1", to: 119)
      try await store.propose([proposal])
      let situation = try await store.situation(
        of: proposal, under: OptimizationPolicy(), at: noon, in: .default)
      #expect(situation.spent == 880 && situation.otherDailyBudgets == 300)
      #expect(situation.totalBudget?.amount == 1000 && situation.controls.revision == 0)
      var policy = OptimizationPolicy()
      policy.allDailyBudgetsCaps = ["USD": 410]
      let capped = policy
      await #expect(throws: StoreError.self) { try await store.apply("opt_1", under: capped) }
      policy.allDailyBudgetsCaps = ["USD": 420]
      #expect(try await store.apply("opt_1", under: policy).isNew)
      _ = try await store.revert("opt_1")
      var other = raise("opt_2", to: 120.5)
      other.basis = 2
      try await store.propose([other])
      // 880 and a day at 120.5 are more than 1000.
      await #expect(throws: StoreError.self) {
        try await store.apply("opt_2", at: noon + .days(8))
      }
    }
  }

  @Test("money that was freed is not there twice", arguments: Backend.allCases)
  func freedMoney(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      let cut = try await Self.reallocate(in: stores, "1")
      var policy = OptimizationPolicy()
      policy.allDailyBudgetsCaps = ["USD": 200]
      _ = try await store.apply("cut_1", under: policy)
      _ = try await store.apply("raise_1", under: policy)
      // The raise spends it: first that one.
      let error = await #expect(throws: StoreError.self) {
        try await store.revert("cut_1", under: policy)
      }
      #expect(error?.code == .conflict && error?.message.contains("'raise_1' first") == true)
      #expect(try store.controls(of: "C1", in: .default)[.dailyBudget]?.number == 80)
      _ = try await store.revert("raise_1", under: policy)
      // A cap that somebody has lowered meanwhile holds as well.
      policy.allDailyBudgetsCaps = ["USD": 190]
      await #expect(throws: StoreError.self) { try await store.revert("cut_1", under: policy) }
      policy.allDailyBudgetsCaps = ["USD": 200]
      policy.dailyBudgetCaps = ["USD": 90]
      await #expect(throws: StoreError.self) { try await store.revert("cut_1", under: policy) }
      #expect(try store.optimization("cut_1", in: .default)?.state == .applied)
      policy.dailyBudgetCaps = [:]
      #expect(try await store.revert("cut_1", under: policy).isNew)
      #expect(
        try store.controls(of: "C1", in: .default)[.dailyBudget] == cut.changes.first?.from)
    }
  }

  @Test("what hangs together goes together, the rest stays", arguments: Backend.allCases)
  func hangingTogether(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      _ = try await Self.reallocate(in: stores, "1")
      var bid = Optimization.sample("opt_bid", for: "C2")
      bid.createdAt = noon
      // A bid beside the budget: neither takes the other's place.
      _ = try await store.propose(
        [CampaignProposals([bid], for: "C2", replacing: .sameControls)], escalation: nil, at: noon,
        event: { $0.event(.optimizationProposed) }, in: .default)
      func states() throws -> [Optimization.State?] {
        try ["cut_1", "raise_1", "opt_bid"].map {
          try store.optimization(OptimizationID(rawValue: $0), in: .default)?.state
        }
      }
      #expect(try states() == [.proposed, .proposed, .proposed])
      // Another division takes the place of the whole of the first one.
      let again = try await Self.reallocate(in: stores, "2", replacing: .sameControls)
      #expect(try states() == [.expired, .expired, .proposed])
      #expect(try store.optimization(again.id, in: .default)?.state == .proposed)
      // Without the raise nothing is freed for anything.
      try await store.propose([], for: "C2")
      for name in ["cut_2", "raise_2", "opt_bid"] as [OptimizationID] {
        #expect(try store.optimization(name, in: .default)?.state == .expired)
      }
      // None is stored where one cannot be.
      await #expect(throws: StoreError.self) {
        try await Self.reallocate(in: stores, "2", extra: .sample("opt_new", for: "C3"))
      }
      #expect(try store.optimization("opt_new", in: .default) == nil)
    }
  }

  @Test("a cut is not left without what it pays for", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      let cut = try await Self.reallocate(in: stores, "1", replacing: .sameControls)
      var bid = Optimization.sample("opt_bid", for: "C2")
      bid.createdAt = noon
      _ = try await store.propose(
        [CampaignProposals([bid], for: "C2", replacing: .sameControls)], escalation: nil, at: noon,
        event: { $0.event(.optimizationProposed) }, in: .default)
      _ = try await store.apply("opt_bid")
      // The raise was worked out from what C2 was set to before.
      let error = await #expect(throws: StoreError.self) { try await store.apply("cut_1") }
      #expect(error?.message.contains("'raise_1' of campaign C2") == true)
      let situation = try await store.situation(
        of: cut, under: OptimizationPolicy(), at: noon, in: .default)
      #expect(situation.partners.map(\.revision) == [1])
      #expect(situation.partners.map(\.optimization.id) == ["raise_1"])
      // Once the money is freed the raise stays, whatever else is proposed.
      try await store.propose([], for: "C1")
      _ = try await store.revert("opt_bid")
      var again = try await Self.reallocate(in: stores, "2", basis: 2)
      again = try await store.apply(again.id).optimization
      #expect(again.state == .applied)
      try await store.propose([], for: "C2")
      #expect(try store.optimization("raise_2", in: .default)?.state == .proposed)
      _ = try await store.apply("raise_2")
      #expect(try store.controls(of: "C2", in: .default)[.dailyBudget]?.number == 120)
    }
  }

  @Test("what was changed since a time is told for all campaigns", arguments: Backend.allCases)
  func changed(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      try await store.propose([.sample("opt_1")])
      try await store.propose([.sample("opt_2", for: "C2")], for: "C2")
      try await store.propose([.sample("opt_3", for: "C3")], for: "C3")
      _ = try await store.apply("opt_2", at: noon + .days(1))
      _ = try await store.apply("opt_1", at: noon)
      func changed(_ days: Int) async throws -> [OptimizationID] {
        try await store.changed(since: noon + .days(days), in: .default).map(\.id)
      }
      #expect(try await changed(0) == ["opt_1", "opt_2"])
      #expect(try await changed(1) == ["opt_2"])
      _ = try await store.revert("opt_1", at: noon + .days(3))
      #expect(try await changed(2) == ["opt_1"])
      #expect(try await store.changed(since: noon, in: .other).isEmpty)
    }
  }

  /// Proposes to move 20 dollars a day from campaign C1 to C2, which have 100 each.
  /// - Returns: the cut.
  @discardableResult
  private static func reallocate(
    in stores: Stores, _ number: String, replacing scope: CampaignProposals.Scope = .all,
    basis: Int = 0, extra: Optimization? = nil
  ) async throws -> Optimization {
    func dollars(_ amount: Double) -> Money { Money(amount: amount, currency: "USD") }
    func change(_ name: String, _ id: CampaignID, to amount: Double) -> Optimization {
      var optimization = Optimization.sample(OptimizationID(rawValue: "\(name)_\(number)"), for: id)
      optimization.kind = .budgetReallocation
      optimization.changes = [
        ControlChange(.dailyBudget, from: .money(dollars(100)), to: .money(dollars(amount)))
      ]
      return optimization
    }
    try await stores.importCampaigns(
      (["C1", "C2"] as [CampaignID]).map { id in
        var campaign = Campaign(id: id, name: id.rawValue)
        campaign.dailyBudget = dollars(100)
        return campaign
      })
    var cut = change("cut", "C1", to: 80)
    var raise = change("raise", "C2", to: 120)
    raise.basis = basis
    raise.requires = [cut.id]
    raise.partners = [cut.id]
    cut.partners = [raise.id]
    var sets = [
      CampaignProposals([cut], for: "C1", replacing: scope),
      CampaignProposals([raise], for: "C2", replacing: scope),
    ]
    if let extra { sets.insert(CampaignProposals([extra], for: extra.campaignID), at: 0) }
    _ = try await stores.optimizations.propose(
      sets, escalation: nil, at: noon, event: { $0.event(.optimizationProposed) }, in: .default)
    return cut
  }

  @Test("a new proposal takes the place of an open one", arguments: Backend.allCases)
  func superseded(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      try await store.propose([.sample("opt_1")])
      try await store.propose([.sample("opt_x", for: "C2")], for: "C2")
      var next = Optimization.sample("opt_2")
      next.createdAt = noon + .days(1)
      let escalation = Escalation(
        id: "esc_1", leadID: nil, subject: "campaign C1", reason: "two rules are broken",
        openedAt: noon, deadline: noon + .days(1))
      let opened = try await store.propose(
        [CampaignProposals([next], for: "C1")], escalation: (escalation, .imported("evt_esc")),
        at: noon,
        event: { $0.event(.optimizationProposed) }, in: .default)
      #expect(opened == "esc_1")
      let found = try await store.optimizations(of: "C1", limit: 10, in: .default)
      #expect(
        found.map(\.id) == ["opt_2", "opt_1"] && found.map(\.state) == [.proposed, .expired])
      #expect(try store.optimization("opt_x", in: .default)?.state == .proposed)
      // One that is open about the same stays the one.
      var second = escalation
      second.id = "esc_2"
      let known = try await store.propose(
        [CampaignProposals([], for: "C1")], escalation: (second, .imported("evt_esc2")), at: noon,
        event: { $0.event(.optimizationProposed) }, in: .default)
      #expect(known == "esc_1")
      #expect(try stores.handoffs.escalation("esc_2", in: .default) == nil)
      await #expect(throws: StoreError.self) { try await store.propose([.sample("opt_1")]) }
    }
  }

  @Test("what came of it is noted once and remembered", arguments: Backend.allCases)
  func measured(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      try await store.propose([.sample("opt_1")])
      _ = try await store.apply("opt_1")
      #expect(try await store.unmeasured(appliedBefore: noon, limit: 9).isEmpty)
      // What was taken back is measured as well.
      _ = try await store.revert("opt_1", at: noon + .days(1))
      let due = try await store.unmeasured(appliedBefore: noon + .days(8), limit: 9)
      #expect(due.map(\.optimization.id) == ["opt_1"] && due.first?.workspace == .default)
      let window = CampaignWindow(first: CalendarDay(noon), last: CalendarDay(noon) + 6)
      let measurement = OptimizationMeasurement(
        .cpl, before: window, after: window, effect: -0.2, low: -0.3, high: -0.1,
        siblings: 2, verdict: .success, words: "a lead costs a fifth less", measuredAt: noon)
      let record = MemoryRecord(
        id: "mem_1", kind: .episodic, text: "a lead costs a fifth less",
        source: MemorySource(name: "optimizer"), trust: .agent, validFrom: noon, recordedAt: noon)
      let memory = AnalyzedMemory(record: record, text: AnalyzedText(plain: record.text))
      for isNew in [true, false] {
        #expect(
          try await store.note(
            measurement, of: "opt_1", memory: memory, event: .imported("evt_measured"),
            in: .default) == isNew)
      }
      #expect(try store.optimization("opt_1", in: .default)?.measurement == measurement)
      #expect(try await store.unmeasured(appliedBefore: noon + .days(8), limit: 9).isEmpty)
      await #expect(throws: StoreError.self) {
        try await store.note(
          measurement, of: "opt_9", memory: nil, event: .imported("evt_x"), in: .default)
      }
    }
  }

  @Test("what a platform is to be told is tried until it is settled", arguments: Backend.allCases)
  func orders(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.optimizations
      try await store.propose([.sample("opt_1")])
      _ = try await store.apply("opt_1", order: true)
      let order = try #require(try await store.dueOrders(at: noon, limit: 9).first)
      try await store.settle(order, answer: "http 503", next: noon + .seconds(60), event: nil)
      #expect(try await store.dueOrders(at: noon, limit: 9).isEmpty)
      let again = try #require(try await store.dueOrders(at: noon + .seconds(60), limit: 9).first)
      #expect(again.attempts == 1 && again.payload == order.payload)
      try await store.settle(again, answer: "http 200", next: nil, event: .imported("evt_told"))
      #expect(try await store.dueOrders(at: noon + .days(9), limit: 9).isEmpty)
      #expect(try stores.events.events(after: 0, limit: 10).last?.event.id == "evt_told")
    }
  }
}
