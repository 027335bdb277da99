import JSONRPC
import Marketing
import Testing

/// Reports of what became of messages.
@Suite("EngagementStore: reports") struct EngagementReportContract {
  @Test("a report counts once, with all that follows", arguments: Backend.allCases)
  func reports(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      _ = try await stores.plan(.sample("e1"))
      try await stores.start(
        "e1",
        messages: [
          .sample("m1", to: "L1", key: "k1"), .sample("m2", to: "L1", key: "k2", due: .days(1)),
        ])
      try await stores.deliver()
      let report = DeliveryReport(id: "r1", messageID: "m1", kind: .complained, at: noon)
      var effects = OutreachEffects()
      effects.addresses = [.email("ann@fjord.example")]
      effects.suppressions = [
        SuppressionEntry(
          .address(.email("ann@fjord.example")),
          Suppression(channel: nil, reason: .complaint, actor: "test", since: noon))
      ]
      effects.exit = .complaint
      effects.ended = { engagement in
        var event = Event.sample("evt_e", .engagementCompleted, of: "L1")
        event.facts = ["exit": .string(engagement.exit?.rawValue ?? "")]
        return event
      }
      let wanted = effects
      func record(_ report: DeliveryReport) async throws -> ReportReceipt {
        try await stores.engagements.record(report, effects: wanted, at: noon, in: .default)
      }
      #expect(try await record(report) == .new)
      #expect(try await record(report) == .known)
      let other = DeliveryReport(id: "r2", messageID: "m404", kind: .opened, at: noon)
      await expect(.notFound) { try await record(other) }
      #expect(
        try await stores.engagements.reports(of: "e1", limit: 9, in: .default) == [report])
      #expect(
        try stores.consents.isSuppressed(
          [.email("ann@fjord.example")], on: .sms, in: .default))
      let engagement = try #require(try stores.engagements.engagement("e1", in: .default))
      #expect(engagement.exit == .complaint && engagement.state == .completed)
      #expect(try stores.outbox.entry("m2", in: .default)?.state == .cancelled)
      #expect(try stores.engagementKinds().last == "engagement.completed")
    }
  }

  @Test("a report of what has not left is not believed", arguments: Backend.allCases)
  func unsent(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      _ = try await stores.plan(.sample("e1"))
      try await stores.start("e1", messages: [.sample("m1", to: "L1", key: "k1")])
      var effects = OutreachEffects()
      effects.exit = .bounce
      effects.counts = [PerformanceCount(.channel, "email", .bounced, at: noon)]
      effects.events = [.sample("evt_b", .deliveryReported, of: "L1")]
      let wanted = effects
      func record() async throws -> ReportReceipt {
        try await stores.engagements.record(
          DeliveryReport(id: "r1", messageID: "m1", kind: .bounced, at: noon), effects: wanted,
          at: noon, in: .default)
      }
      func performance() async throws -> [PerformanceRecord] {
        try await stores.engagements.performance(by: .channel, since: noon, in: .default)
      }
      let before = try stores.events.latestSequence()
      #expect(try await record() == .notSent(.queued))
      var attempt = try #require(try await stores.claimMessages(lease: .seconds(5)).first)
      #expect(try await record() == .notSent(.claimed))
      #expect(try await stores.outbox.begin(attempt, lease: .seconds(5), at: noon))
      try await stores.settle(
        attempt,
        as: .deferred(DeliveryAnswer("451"), until: noon + .seconds(1), mayHaveArrived: false))
      // The channel did not take it.
      #expect(try await record() == .notSent(.queued))
      #expect(try await performance() == [])
      #expect(try await stores.engagements.reports(of: "e1", limit: 9, in: .default) == [])
      #expect(try stores.engagements.engagement("e1", in: .default)?.state == .running)
      #expect(try stores.events.latestSequence() == before + 1, "of the attempt alone")
      // Whoever sends it may be told at once what became of it, before it can say so.
      attempt = try #require(try await stores.begun(lease: .seconds(5), at: .seconds(1)))
      #expect(try await record() == .new)
      #expect(try await record() == .known)
      #expect(try await performance().first?[.bounced] == 1)
      #expect(try stores.engagements.engagement("e1", in: .default)?.exit == .bounce)
    }
  }

  @Test("what may have arrived may have come to something", arguments: Backend.allCases)
  func possiblySent(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1", to: "L1")])
      let attempt = try #require(try await stores.begun())
      try await stores.settle(
        attempt,
        as: .deferred(
          DeliveryAnswer("no answer"), until: noon + .seconds(9), mayHaveArrived: true))
      #expect(try stores.outbox.entry("m1", in: .default)?.state == .queued)
      let receipt = try await stores.engagements.record(
        DeliveryReport(id: "r1", messageID: "m1", kind: .delivered, at: noon),
        effects: OutreachEffects(), at: noon, in: .default)
      #expect(receipt == .new)
    }
  }
}
