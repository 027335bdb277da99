import JSONRPC
import Marketing
import Testing

@Suite("ExperimentStore")
struct ExperimentStoreContract {
  private func experiment(
    _ id: ExperimentID, metric: ExperimentMetric = .conversion, group: String? = nil,
    variants: [ExperimentVariant] = [
      ExperimentVariant("A", isControl: true), ExperimentVariant("B"),
    ]
  ) -> Experiment {
    var experiment = Experiment(
      id: id, name: "Subject lines", hypothesis: "A question wins", variants: variants,
      primaryMetric: metric, design: ExperimentDesign(minimumEffect: 0.1, horizonDays: 28),
      startedAt: noon)
    experiment.secondaryMetrics = [.reply, .meeting]
    experiment.exclusionGroup = group
    return experiment
  }

  private func create(
    _ experiment: Experiment, _ stores: Stores, in workspace: WorkspaceID = .default
  ) async throws -> Bool {
    try await stores.experiments.create(
      experiment, event: .imported("evt_\(experiment.id)"), in: workspace
    ).isNew
  }

  private func assign(
    _ id: ExperimentID, _ lead: LeadID, _ stores: Stores, at time: Timestamp = noon,
    shares: [String: Double] = [:]
  ) async throws -> ExperimentAssignment.Decision {
    try await stores.experiments.assign(
      id, to: lead, shares: shares, at: time,
      event: { _ in .sample("evt_\(id)_\(lead)", .experimentAssigned, of: lead) }, in: .default
    ).decision
  }

  @Test("the same plan is one experiment, another is refused", arguments: Backend.allCases)
  func created(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let plan = experiment("E1")
      #expect(try await create(plan, stores))
      var later = plan
      later.startedAt = noon + .days(1)
      #expect(try await create(later, stores) == false)
      #expect(try stores.experiments.experiment("E1", in: .default) == plan)
      #expect(try stores.experiments.experiment("E1", in: .other) == nil)
      var other = plan
      other.variants.append(ExperimentVariant("C"))
      await #expect(throws: StoreError.self) { try await create(other, stores) }
      #expect(try await create(other, stores, in: .other))
      #expect(try await stores.experiments.running(after: nil, limit: 9).count == 2)
    }
  }

  @Test("it is listed by state and campaign, page by page", arguments: Backend.allCases)
  func listed(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (number, id) in (["E1", "E2", "E3"] as [ExperimentID]).enumerated() {
        var plan = experiment(id)
        plan.startedAt = noon + .days(number / 2)
        plan.campaignID = number == 1 ? "C1" : nil
        _ = try await create(plan, stores)
      }
      var query = ExperimentQuery(limit: 2)
      let first = try await stores.experiments.experiments(query, in: .default)
      #expect(first.map(\.id) == ["E3", "E1"])
      query.after = first.last?.place
      #expect(try await stores.experiments.experiments(query, in: .default).map(\.id) == ["E2"])
      query = ExperimentQuery()
      query.campaignID = "C1"
      #expect(try await stores.experiments.experiments(query, in: .default).map(\.id) == ["E2"])
      let end = ExperimentStop(decision: .inconclusive, reason: "no traffic")
      for isNew in [true, false] {
        let stopped = try await stores.experiments.change(
          "E2",
          { (experiment: inout Experiment) throws(ExperimentConflict) in
            try experiment.stop(end, at: noon + .days(2))
          }, event: { _ in .imported("evt_stop") }, in: .default)
        #expect(stopped.isNew == isNew && stopped.experiment.state == .stopped)
      }
      query.state = .running
      #expect(try await stores.experiments.experiments(query, in: .default).isEmpty)
      let running = try await stores.experiments.running(after: nil, limit: 1)
      #expect(running.map(\.experiment.id) == ["E1"])
      let place = try #require(running.last.map { ($0.workspace, $0.experiment.id) })
      let next = try await stores.experiments.running(after: place, limit: 9)
      #expect(next.map(\.experiment.id) == ["E3"])
      let other = ExperimentStop(decision: .ship, winner: "B", reason: "it won")
      let error = await #expect(throws: StoreError.self) {
        try await stores.experiments.change(
          "E2",
          { (experiment: inout Experiment) throws(ExperimentConflict) in
            try experiment.stop(other, at: noon + .days(2))
          }, event: { _ in .imported("evt_stop2") }, in: .default)
      }
      #expect(error?.code == .conflict)
    }
  }

  @Test("what a lead was assigned is told, the latest first", arguments: Backend.allCases)
  func assignments(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.importLeads([Lead.sample("L1"), Lead.sample("L2")])
      for id in ["E1", "E2", "E3"] as [ExperimentID] {
        _ = try await create(experiment(id), stores)
      }
      let first = try await assign("E2", "L1", stores).shown
      _ = try await assign("E1", "L1", stores, at: noon + .days(1))
      _ = try await assign("E3", "L2", stores)
      let found = try stores.experiments.assignments(of: "L1", in: .default)
      #expect(found.map(\.experiment.id) == ["E1", "E2"])
      #expect(found.map(\.assignedAt) == [noon + .days(1), noon] && found[1].variant == first)
      #expect(try stores.experiments.assignments(of: "L1", in: .other).isEmpty)
    }
  }

  @Test("a lead keeps its variant, and takes part in one of a group", arguments: Backend.allCases)
  func assigned(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let leads = (0..<60).map { Lead.sample("L\($0)") }
      try await stores.importLeads(leads)
      _ = try await create(experiment("E1", group: "mail"), stores)
      let before = try stores.events.latestSequence()
      var first: [LeadID: String] = [:]
      for lead in leads.prefix(30) {
        first[lead.id] = try await assign("E1", lead.id, stores).shown
      }
      #expect(Set(first.values) == ["A", "B"])
      #expect(try stores.events.latestSequence() == before + 30)
      // Another experiment of the group comes: nobody who takes part is moved.
      _ = try await create(experiment("E2", group: "mail"), stores)
      for lead in leads.prefix(30) {
        // Not even by other shares.
        let again = try await assign("E1", lead.id, stores, shares: ["A": 0, "B": 1])
        #expect(again == .assigned(variant: again.shown, shown: again.shown, isNew: false))
        #expect(again.shown == first[lead.id])
        #expect(try await assign("E2", lead.id, stores) == .excluded(by: "E1", shown: "A"))
      }
      var parts: [Int] = []
      for lead in leads.suffix(30) {
        var part = 0
        for id in ["E1", "E2"] as [ExperimentID] {
          if case .assigned = try await assign(id, lead.id, stores) { part += 1 }
        }
        parts.append(part)
      }
      #expect(parts == Array(repeating: 1, count: 30))
      await #expect(throws: StoreError.self) { try await assign("E1", "nobody", stores) }
      await #expect(throws: StoreError.self) { try await assign("E9", "L1", stores) }
    }
  }

  @Test("many at once get one variant", arguments: Backend.allCases)
  func race(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.importLeads([.sample("L1")])
      _ = try await create(experiment("E1"), stores)
      let before = try stores.events.latestSequence()
      let shares: [[String: Double]] = [["A": 1, "B": 0], ["A": 0, "B": 1]]
      let shown = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<40 {
          group.addTask { try await assign("E1", "L1", stores, shares: shares[number % 2]).shown }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(shown.count == 1)
      #expect(try stores.events.latestSequence() == before + 1)
    }
  }

  @Test("what leads do from their assignment on is counted once", arguments: Backend.allCases)
  func data(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let plan = experiment("E1")
      try await stores.importLeads([.sample("L1"), .sample("L2"), .sample("L3")])
      _ = try await create(plan, stores)
      let day = Duration.days(1)
      try await act(.reply, "L1", at: noon + .days(-3), stores)
      try await act(.siteVisit, "L1", at: noon + .days(-2), stores)
      try await act(.emailSent, "L1", at: noon + .days(-2), stores)
      try await act(.reply, "L2", at: noon + .days(-40), stores)
      for (lead, time) in [("L1", noon), ("L2", noon + .seconds(60)), ("L3", noon + day)] {
        _ = try await assign(
          "E1", LeadID(rawValue: lead), stores, at: time,
          shares: ["A": lead == "L2" ? 0 : 1, "B": lead == "L2" ? 1 : 0])
      }
      try await act(.smsReply, "L1", at: noon + .days(2), stores)
      try await act(.reply, "L1", at: noon + .days(1), stores)
      try await act(.meeting, "L2", at: noon + .days(3), stores)
      try await act(.emailClick, "L2", at: noon + .days(3), stores, .unsubscribe)
      let won = Outcome(
        leadID: "L1", disposition: .converted, occurredAt: noon + .days(4),
        conversionType: .demoBooked, value: Money(amount: 30, currency: "USD"))
      _ = try await stores.leads.record(
        won, replacing: false, event: .sample("evt_won", .outcomeRecorded, of: "L1"), in: .default)
      let data = try await stores.experiments.data(of: plan, in: .default)
      #expect(units(data) == ["0 A": 1, "0 B": 1, "1 A": 1])
      #expect(
        successes(data) == [
          "1 A reply": 1, "4 A conversion": 1, "4 A meeting": 1, "3 B meeting": 1,
          "3 B unsubscribe": 1,
        ])
      // What was known on the day of the assignment, what it went with on that of the outcome.
      let quick = try await stores.experiments.data(of: plan, withPast: false, in: .default)
      #expect(quick.covariates.isEmpty && quick.outcomes == data.outcomes)
      #expect(
        data.covariates == [
          ExperimentData.Covariate(
            day: 0, variant: "A", metric: .conversion, sum: 2, sumOfSquares: 4, sumOfProducts: 0),
          ExperimentData.Covariate(
            day: 4, variant: "A", metric: .conversion, sum: 0, sumOfSquares: 0, sumOfProducts: 2),
        ])
      // What comes after the end does not count.
      var ended = plan
      ended.stoppedAt = noon + .days(3)
      #expect(
        successes(try await stores.experiments.data(of: ended, in: .default)) == ["1 A reply": 1])
      let erased = try await stores.erasures.erase(
        "L1", identity: { LeadIdentity(of: $0, keepsPlusTags: false) }, at: noon,
        event: { _ in .sample("evt_erased", .leadErased, of: nil) }, in: .default)
      #expect(erased.places.first { $0.name == "assignments" }?.erased == 1)
      #expect(
        units(try await stores.experiments.data(of: plan, in: .default)) == ["0 B": 1, "1 A": 1])
    }
  }

  @Test("segments of the leads have data of their own", arguments: Backend.allCases)
  func segments(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var plan = experiment("E1", metric: .revenue)
      plan.currency = "USD"
      let regions = ["EU", "EU", "EU", "US", "US", nil]
      let leads = regions.enumerated().map { number, region in
        var lead = Lead.sample("L\(number)")
        lead.region = region
        return lead
      }
      try await stores.importLeads(leads)
      _ = try await create(plan, stores)
      for lead in leads { try await act(.siteVisit, lead.id, at: noon + .days(-1), stores) }
      for lead in leads {
        _ = try await assign("E1", lead.id, stores, shares: ["A": 1, "B": 0])
        try await act(.reply, lead.id, at: noon + .days(1), stores)
        let won = Outcome(
          leadID: lead.id, disposition: .converted, occurredAt: noon + .days(1),
          conversionType: .purchase, value: Money(amount: 10, currency: "USD"))
        _ = try await stores.leads.record(
          won, replacing: false, event: .sample("evt_\(lead.id)", .outcomeRecorded, of: lead.id),
          in: .default)
      }
      let found = try await stores.experiments.segments(
        of: plan, by: .region, limit: 9, in: .default)
      #expect(found.mapValues(units) == ["EU": ["0 A": 3], "US": ["0 A": 2]])
      #expect(found["US"].map(successes) == ["1 A reply": 2])
      #expect(found["EU"]?.outcomes.filter { $0.metric == .revenue }.map(\.sum).reduce(0, +) == 30)
      #expect(found["EU"]?.covariates.map(\.sumOfProducts) == [0, 30])
      let largest = try await stores.experiments.segments(
        of: plan, by: .region, limit: 1, in: .default)
      #expect(Array(largest.keys) == ["EU"])
    }
  }

  @Test("amounts are summed by lead, in the experiment's currency", arguments: Backend.allCases)
  func amounts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var plan = experiment("E1", metric: .revenue)
      plan.currency = "USD"
      try await stores.importLeads([.sample("L1"), .sample("L2")])
      _ = try await create(plan, stores)
      try await act(.siteVisit, "L1", at: noon + .days(-1), stores)
      for lead in ["L1", "L2"] as [LeadID] {
        _ = try await assign("E1", lead, stores, shares: ["A": 1, "B": 0])
      }
      for (amount, currency, days) in [(30.0, "USD", 1), (20, "USD", 2), (99, "EUR", 3)] {
        let won = Outcome(
          leadID: "L1", disposition: .converted, occurredAt: noon + .days(days),
          conversionType: .purchase, value: Money(amount: amount, currency: currency))
        _ = try await stores.leads.record(
          won, replacing: false, event: .sample("evt_\(days)", .outcomeRecorded, of: "L1"),
          in: .default)
      }
      let data = try await stores.experiments.data(of: plan, in: .default)
      let money = data.outcomes.filter { $0.metric == .revenue }
      #expect(money.map(\.sum) == [30, 20] && money.map(\.sumOfSquares) == [900, 1600])
      #expect(data.covariates.map(\.day) == [0, 1, 2])
      #expect(data.covariates.map(\.sumOfProducts) == [0, 30, 20])
    }
  }

  @Test("units that are counted in reports come from these", arguments: Backend.allCases)
  func reported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var plan = experiment("E1", metric: .click)
      plan.secondaryMetrics = []
      plan.unit = "impression"
      plan.campaignID = "C1"
      _ = try await create(plan, stores)
      func metric(_ days: Int, _ variant: String, _ impressions: Int, _ clicks: Int)
        -> CampaignMetric
      {
        CampaignMetric(
          CampaignMetric.Key(
            campaignID: "C1", day: CalendarDay(noon) + days, channel: "search", variant: variant),
          CampaignFigures(impressions: impressions, clicks: clicks), currency: nil)
      }
      _ = try await stores.campaigns.record(
        [
          // The day of the start began before it.
          metric(-1, "A", 900, 9), metric(0, "A", 800, 8), metric(1, "A", 1000, 20),
          metric(1, "B", 990, 30), metric(2, "B", 10, 1), metric(2, "other", 10, 1),
        ], at: noon, event: { _, _ in .imported("evt_m") }, in: .default)
      let data = try await stores.experiments.data(of: plan, in: .default)
      // What is reported of a variant over all channels is the whole.
      var whole = metric(3, "A", 500, 5)
      whole.key.channel = nil
      _ = try await stores.campaigns.record(
        [whole, metric(3, "A", 200, 2)], at: noon, event: { _, _ in .imported("evt_n") },
        in: .default)
      #expect(units(data) == ["1 A": 1000, "1 B": 990, "2 B": 10])
      let later = try await stores.experiments.data(of: plan, in: .default)
      #expect(units(later)["3 A"] == 500)
      #expect(successes(data) == ["1 A click": 20, "1 B click": 30, "2 B click": 1])
    }
  }

  private func act(
    _ kind: InteractionKind, _ lead: LeadID, at time: Timestamp, _ stores: Stores,
    _ outcome: InteractionOutcome = .none
  ) async throws {
    let id = InteractionID(rawValue: "I_\(lead)_\(kind.rawValue)_\(time.milliseconds)")
    let interaction = Interaction(
      id: id, leadID: lead, occurredAt: time, channel: .email, kind: kind, outcome: outcome)
    _ = try await stores.leads.record(
      interaction, event: .sample("evt_\(id)", .interactionRecorded, of: lead), in: .default)
  }

  private func units(_ data: ExperimentData) -> [String: Int] {
    var sums: [String: Int] = [:]
    for row in data.exposures { sums["\(row.day) \(row.variant)", default: 0] += row.units }
    return sums
  }

  private func successes(_ data: ExperimentData) -> [String: Int] {
    var sums: [String: Int] = [:]
    for row in data.outcomes where row.metric.isBinary {
      sums["\(row.day) \(row.variant) \(row.metric.rawValue)", default: 0] += row.successes
    }
    return sums
  }
}
