import JSONRPC
import Marketing
import Testing

/// What engagements keep, in every backend.
@Suite("EngagementStore") struct EngagementStoreContract {
  @Test("one engagement of a lead is open", arguments: Backend.allCases)
  func one(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      let first = try await stores.plan(.sample("e1"))
      #expect(first.isNew && first.engagement == .sample("e1"))
      // A plan that was not executed is replaced, under its own name.
      let second = try await stores.plan(.sample("e2", at: noon + .seconds(9)))
      #expect(second.isNew && second.engagement.id == "e1" && second.engagement.number == 2)
      #expect(
        second.engagement.createdAt == noon && second.engagement.updatedAt == noon + .seconds(9))
      #expect(try stores.engagements.engagement("e2", in: .default) == nil)
      try await stores.start("e1", number: 2)
      await expect(.conflict) { try await stores.plan(.sample("e3")) }
      await expect(.notFound) { try await stores.plan(.sample("e4", of: "L404")) }
      _ = try await stores.end("e1", .cancelled(because: "test"))
      #expect(try await stores.plan(.sample("e5", at: noon + .seconds(20))).engagement.id == "e5")
      #expect(try stores.engagements.latestEngagement(of: "L1", in: .default)?.id == "e5")
    }
  }

  @Test("a handoff is followed once", arguments: Backend.allCases)
  func handoff(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.handOver("h1")
      try await stores.handOver("h2", at: noon + .seconds(31))
      var plan = Engagement.sample("e1")
      plan.handoffID = "h1"
      _ = try await stores.plan(plan)
      let running = try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      plan.id = "e2"
      // Whoever died before it could say that it had executed it plans again.
      let again = try await stores.plan(plan)
      #expect(!again.isNew && again.engagement == running)
      _ = try await stores.end("e1", .exited(.reply))
      #expect(try await !stores.plan(plan).isNew)
      plan.handoffID = "h2"
      #expect(try await stores.plan(plan).isNew)
    }
  }

  /// Not only what was accepted later may come between: all is looked at where the plan is stored.
  @Test("a plan follows a handoff of its lead that is accepted", arguments: Backend.allCases)
  func followed(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.add(.bare("L2"))
      try await stores.handOver("h2", of: "L2")
      try await stores.prepare(.sample("h1"))
      var plan = Engagement.sample("e1")
      plan.handoffID = "h404"
      await expect(.notFound) { [plan] in try await stores.plan(plan) }
      plan.handoffID = "h2"
      await expect(.conflict) { [plan] in try await stores.plan(plan) }
      plan.handoffID = "h1"
      await expect(.conflict) { [plan] in try await stores.plan(plan) }
      try await stores.offer("h1")
      await expect(.conflict) { [plan] in try await stores.plan(plan) }
      #expect(try stores.engagements.latestEngagement(of: "L1", in: .default) == nil)
      try await stores.accept("h1", by: "w1")
      #expect(try await stores.plan(plan).isNew)
      try await stores.reject("h1", by: "w1")
      await expect(.conflict) { [plan] in try await stores.plan(plan) }
      plan.handoffID = nil
      #expect(try await stores.plan(plan).isNew)
    }
  }

  @Test("executing puts the messages into the outbox once", arguments: Backend.allCases)
  func start(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.triaged("L1")
      _ = try await stores.plan(.sample("e1"))
      await expect(.stale) { try await stores.start("e1", number: 7) }
      await expect(.notFound) { try await stores.start("e404") }
      #expect(try await stores.outbox.counts(in: .default).isEmpty)
      let started = try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      #expect(started.state == .running && started.startedAt == noon && started.number == 2)
      let again = try await stores.start("e1", messages: [.sample("m2", to: "L1", key: "k2")])
      #expect(again == started)
      #expect(try await stores.outbox.counts(in: .default) == [.queued: 1])
      let journey = try stores.journeys.journey(of: "L1", in: .default)?.steps
      #expect(journey?.last?.stage == .engaged)
      #expect(try stores.engagementKinds() == ["engagement.planned", "engagement.started"])
    }
  }

  @Test("a lead is engaged that nobody has triaged", arguments: Backend.allCases)
  func untriaged(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      func advance(_ stage: JourneyStage, _ kind: Event.Kind) async throws -> Bool {
        try await stores.journeys.advance(
          "L1", to: stage, reason: nil, event: .sample("evt_\(stage)", kind, of: "L1"),
          in: .default)
      }
      func stages() throws -> [JourneyStage]? {
        try stores.journeys.journey(of: "L1", in: .default)?.steps.map(\.stage)
      }
      _ = try await stores.plan(.sample("e1"))
      #expect(try stages() == [.received])
      try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      #expect(try stages() == [.received, .engaged])
      #expect(try await !advance(.triaged, .leadTriaged), "a triage takes it from nobody's hands")
      #expect(try stages() == [.received, .engaged])
    }
  }

  @Test("work that the start does is done with it", arguments: Backend.allCases)
  func work(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (lead, isLost) in [("L1", false), ("L2", true)] {
        try await stores.add(.bare(lead))
        _ = try await stores.plan(
          .sample(EngagementID(rawValue: "e\(lead)"), of: LeadID(rawValue: lead)))
        _ = try await stores.enqueue(.sample("w\(lead)"))
        let held = try #require(try await stores.claim(lease: 5).first).held
        // Another one has it by now: it stays its own.
        if isLost { #expect(try await stores.claim(by: "w2", at: 5).count == 1) }
        let ending = WorkEnding(held, result: ["ok": true], at: noon, events: Event.ofWork)
        try await stores.start(EngagementID(rawValue: "e\(lead)"), ending: ending)
        let item = try #require(try stores.work.item(held.workID, in: .default))
        #expect(item.state == (isLost ? .claimed : .done))
        #expect(item.result == (isLost ? nil : ["ok": true]))
      }
      #expect(try stores.workEvents().filter { $0.hasPrefix("work.completed") }.count == 1)
      // What is not started ends nothing.
      _ = try await stores.enqueue(.sample("w3"))
      let held = try #require(try await stores.claim().first).held
      let ending = WorkEnding(held, result: [:], at: noon, events: Event.ofWork)
      await expect(.notFound) { try await stores.start("nothing", ending: ending) }
      #expect(try stores.work.item("w3", in: .default)?.state == .claimed)
    }
  }

  @Test("pausing and ending take back what was not sent", arguments: Backend.allCases)
  func endings(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      _ = try await stores.plan(.sample("e1"))
      await expect(.conflict) { try await stores.end("e1", .paused(because: nil)) }
      try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      let paused = try await stores.end("e1", .paused(because: "wait"))
      #expect(paused.state == .paused && paused.endReason == "wait")
      #expect(try await stores.end("e1", .paused(because: "again")) == paused)
      #expect(try stores.outbox.entry("m1", in: .default)?.cancelReason == "paused")
      let resumed = try await stores.start(
        "e1", number: 3, messages: [.sample("m2", to: "L1", key: "k2")])
      #expect(resumed.state == .running && resumed.endReason == nil)
      let ended = try await stores.end("e1", .exited(.meeting))
      #expect(ended.state == .completed && ended.exit == .meeting && ended.endedAt == noon)
      #expect(try stores.outbox.entry("m2", in: .default)?.cancelReason == "meeting")
      await expect(.conflict) { try await stores.end("e1", .cancelled(because: nil)) }
      await expect(.conflict) { try await stores.start("e1", number: 5) }
    }
  }

  @Test("an engagement ends with its last message", arguments: Backend.allCases)
  func finish(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      try await stores.triaged("L1")
      _ = try await stores.plan(.sample("e1"))
      try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      #expect(try await stores.finish() == 0)
      let attempt = try #require(
        try await stores.outbox.claimDue([.email: 9], lease: .seconds(9), at: noon).first)
      #expect(try await stores.outbox.begin(attempt, lease: .seconds(9), at: noon))
      var effects = OutreachEffects()
      effects.touch = ContactTouch(leadID: "L1", channel: .email, at: noon)
      effects.addresses = [.email("ann@fjord.example")]
      let event = Event.sample("evt_d", .interactionRecorded, of: "L1")
      effects.events = [event]
      effects.move = JourneyMove(to: .monitored, by: event)
      effects.counts = PerformanceCount.counts(
        of: attempt.message, strategy: "test-1", hour: 9, .sent, at: noon)
      _ = try await stores.outbox.settle(
        attempt, as: .delivered(DeliveryAnswer("250")), effects: effects, at: noon
      ) { _ in [] }
      let touches = try stores.consents.touches(
        of: "L1", addresses: [], since: noon, in: .default)
      #expect(touches == [ContactTouch(leadID: "L1", channel: .email, at: noon)])
      #expect(try stores.journeys.journey(of: "L1", in: .default)?.steps.last?.stage == .monitored)
      #expect(try await stores.finish() == 1)
      #expect(try await stores.finish() == 0)
      let engagement = try #require(try stores.engagements.engagement("e1", in: .default))
      #expect(engagement.state == .completed && engagement.exit == nil)
      for (dimension, value) in [
        (PerformanceDimension.channel, "email"), (.strategy, "test-1"), (.hour, "9"),
      ] {
        #expect(
          try await stores.engagements.performance(by: dimension, since: noon, in: .default)
            == [PerformanceRecord(value: value, counts: [.sent: 1])])
      }
      #expect(
        try await stores.engagements.performance(
          by: .channel, since: noon + .seconds(3600), in: .default) == [])
      #expect(
        try await stores.engagements.prunePerformance(before: noon + .days(1), limit: 2) == 2)
    }
  }

  @Test("what was given up is said where it ends, and to one person", arguments: Backend.allCases)
  func givenUp(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      _ = try await stores.plan(.sample("e1"))
      _ = try await stores.plan(.sample("e2", of: "L2"))
      var messages = ["m1", "m2", "m3"].map {
        OutboundMessage.sample($0, to: $0 == "m3" ? "L2" : "L1", key: $0)
      }
      for place in messages.indices { messages[place].maxAttempts = place == 0 ? 2 : 1 }
      try await stores.start("e1", messages: Array(messages[..<2]))
      try await stores.start("e2", messages: [messages[2]])
      func fail(_ number: Int, at time: Duration) async throws -> [MessageID] {
        var failed: [MessageID] = []
        for attempt in try await stores.outbox.claimDue(
          [.email: 9], lease: .seconds(9), at: noon + time)
        {
          #expect(try await stores.outbox.begin(attempt, lease: .seconds(9), at: noon + time))
          var effects = OutreachEffects()
          let subject = attempt.message.engagementID?.rawValue ?? ""
          effects.escalation = .init(
            Escalation(
              id: EscalationID(rawValue: "esc_\(attempt.message.id)_\(number)"),
              leadID: attempt.message.leadID, subject: subject, reason: "test", openedAt: noon,
              deadline: noon + .days(1)),
            event: .sample("evt_\(attempt.message.id)_\(number)", .escalationOpened, of: "L1"))
          _ = try await stores.outbox.settle(
            attempt,
            as: .deferred(DeliveryAnswer("451"), until: noon + time, mayHaveArrived: false),
            effects: effects, at: noon + time
          ) { _ in [] }
          failed.append(attempt.message.id)
        }
        return failed
      }
      func open() async throws -> [EscalationID] {
        var query = EscalationQuery(limit: 9)
        query.leadID = "L1"
        return try await stores.handoffs.escalations(query, in: .default).items.map(\.id)
      }
      // One that is tried again is nobody's matter yet.
      #expect(try await fail(1, at: .zero) == ["m1", "m3"])
      #expect(try await open().isEmpty)
      #expect(try await fail(2, at: .seconds(1)) == ["m1"])
      #expect(try await open() == ["esc_m1_2"])
      #expect(try await fail(3, at: .seconds(2)) == ["m2"])
      #expect(try await open() == ["esc_m1_2"])
      #expect(
        try stores.events.events(of: "L1", limit: 99, in: .default).map(\.event.id)
          .filter { $0.rawValue.hasPrefix("evt_m") } == ["evt_m3_1", "evt_m1_2"])
      #expect(try await stores.finish() == 2)
      for (id, message) in [("e1", "m1"), ("e2", "m3")] {
        let engagement = try stores.engagements.engagement(
          EngagementID(rawValue: id), in: .default)
        #expect(engagement?.state == .completed && engagement?.exit == nil)
        #expect(engagement?.endReason == "message \(message) was given up")
      }
    }
  }

  @Test("erasing takes engagements and reports", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      _ = try await stores.plan(.sample("e1"))
      try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      try await stores.deliver()
      _ = try await stores.engagements.record(
        DeliveryReport(id: "r1", messageID: "m1", kind: .opened, at: noon),
        effects: OutreachEffects(), at: noon, in: .default)
      let erasure = try await stores.erasures.erase(
        "L1", identity: { _ in LeadIdentity() }, at: noon,
        event: { _ in .sample("evt_x", .leadErased, of: "L1") }, in: .default)
      for name in ["engagements", "deliveryReports"] {
        let place = try #require(erasure.places.first { $0.name == name })
        #expect(place.erased == 1 && place.remaining == 0)
      }
      #expect(try stores.engagements.engagement("e1", in: .default) == nil)
      #expect(try await stores.engagements.reports(of: "e1", limit: 9, in: .default) == [])
    }
  }
}
