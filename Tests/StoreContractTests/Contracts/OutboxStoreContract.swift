import Marketing
import Testing

@Suite("OutboxStore")
struct OutboxStoreContract {
  private static let ok = DeliveryAnswer("250 2.0.0", "250 2.0.0 queued for zoe@acme.example")
  private static let busy = DeliveryAnswer("451 4.7.1", "451 4.7.1 later, zoe@acme.example")

  @Test("a message comes back as it was stored", arguments: Backend.allCases)
  func roundTrip(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let message = OutboundMessage.sample("m1")
      try await stores.fill([message])
      let entry = try #require(try stores.outbox.entry("m1", in: .default))
      #expect(entry == OutboxEntry(message))
      #expect(try stores.outbox.entry("m1", in: .other) == nil)
      #expect(try stores.outbox.entry("m2", in: .default) == nil)
      let attempt = try #require(try await stores.claimMessages().first)
      #expect(attempt.message == message && attempt.workspace == .default)
      #expect(attempt.number == 1 && !attempt.isPossibleDuplicate)
    }
  }

  @Test("a known key stores nothing again, all or nothing", arguments: Backend.allCases)
  func idempotency(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1", key: "k")])
      let before = try stores.events.latestSequence()
      let again = try await stores.outbox.enqueue(
        [.sample("m2", key: "k")], events: [.sample("e1", of: "lead_1")], in: .default)
      #expect(again == ["m1"])
      #expect(try stores.outbox.entry("m2", in: .default) == nil)
      #expect(try stores.events.latestSequence() == before)
      let mixed = try await stores.outbox.enqueue(
        [.sample("m3"), .sample("m4", key: "k"), .sample("m5", key: "key_m3")],
        events: [.sample("e2", of: "lead_1")], in: .default)
      #expect(mixed == ["m3", "m1", "m3"])
      #expect(try stores.events.latestSequence() == before + 1)
      // A name of another message, and a lead that is not there, store nothing of the rest either.
      for (bad, code) in [
        (OutboundMessage.sample("m1", key: "other"), StoreError.Code.conflict),
        (.sample("m7", to: "nobody"), .notFound),
      ] {
        let error = await #expect(throws: StoreError.self) {
          try await stores.outbox.enqueue([.sample("m6"), bad], events: [], in: .default)
        }
        #expect(error?.code == code)
        #expect(try stores.outbox.entry("m6", in: .default) == nil)
      }
      // Elsewhere the key is free.
      try await stores.fill([.sample("m1", key: "k")], in: .other)
      #expect(try await stores.outbox.counts(in: .other) == [.queued: 1])
    }
  }

  @Test("what is due is claimed in order, once, within the limits", arguments: Backend.allCases)
  func order(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([
        .sample("late", to: "lead_2", due: .seconds(50)), .sample("early", due: .seconds(10)),
        .sample("text", to: "lead_3", channel: .sms, due: .seconds(20)),
        .sample("future", due: .seconds(99)),
      ])
      try await stores.fill([.sample("else", due: .seconds(30))], in: .other)
      let email: Set<OutreachChannel> = [.email]
      #expect(try await stores.outbox.nextDue(email) == noon + .seconds(10))
      #expect(try await stores.outbox.nextDue([.sms]) == noon + .seconds(20))
      #expect(try await stores.outbox.nextDue([.phone]) == nil)
      #expect(try await stores.claimMessages(at: .seconds(9)).isEmpty)
      let first = try await stores.outbox.claimDue(
        [.email: 2], lease: .seconds(60), at: noon + .seconds(60))
      #expect(first.map(\.message.id) == ["early", "else"])
      #expect(first.map(\.workspace) == [.default, .other])
      let rest = try await stores.claimMessages(at: .seconds(60))
      #expect(Set(rest.map(\.message.id)) == ["late", "text"])
      #expect(try await stores.claimMessages(at: .seconds(60)).isEmpty)
      // Next is what waits, then whose claim runs out.
      #expect(try await stores.outbox.nextDue(email) == noon + .seconds(99))
      #expect(try await stores.outbox.nextDue([.sms]) == noon + .seconds(120))
    }
  }

  @Test("fifty who claim at once get different messages", arguments: Backend.allCases)
  func disjoint(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill(
        (0..<100).map { .sample("m\($0)", to: LeadID(rawValue: "lead_\($0)")) })
      let claimed = try await withThrowingTaskGroup(of: [DeliveryAttempt].self) { group in
        for _ in 0..<50 { group.addTask { try await stores.claimMessages(3) } }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(claimed.count == 100)
      #expect(Set(claimed.map(\.message.id)).count == 100)
    }
  }

  @Test("what comes of a message is kept with its event", arguments: Backend.allCases)
  func settles(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([
        .sample("m1"), .sample("m2", to: "lead_2"), .sample("m3", to: "lead_3"),
      ])
      let attempts = try await stores.claimMessages()
      #expect(try await stores.outbox.begin(attempts[0], lease: .seconds(9), at: noon))
      #expect(try stores.outbox.entry("m1", in: .default)?.state == .sending)
      let sequence = try stores.events.latestSequence()
      try await stores.settle(attempts[0], as: .delivered(Self.ok), at: .seconds(1))
      #expect(try stores.events.latestSequence() == sequence + 1)
      let entry = try #require(try stores.outbox.entry("m1", in: .default))
      #expect(entry.state == .delivered && entry.answer == Self.ok && entry.attempts == 1)
      #expect(entry.settledAt == noon + .seconds(1) && entry.leaseUntil == nil)
      #expect(try await stores.outbox.begin(attempts[1], lease: .seconds(9), at: noon))
      try await stores.settle(attempts[1], as: .refused(DeliveryAnswer("550 5.1.1")))
      try await stores.settle(attempts[2], as: .cancelled(reason: "consent"))
      #expect(try stores.outbox.entry("m3", in: .default)?.cancelReason == "consent")
      #expect(
        try await stores.outbox.counts(in: .default)
          == [.delivered: 1, .refused: 1, .cancelled: 1])
      // The second to say so is told, and nothing is logged.
      for attempt in attempts {
        let error = await #expect(throws: StoreError.self) {
          try await stores.settle(attempt, as: .delivered(Self.ok))
        }
        #expect(error?.code == .stale)
      }
      #expect(try stores.events.latestSequence() == sequence + 3)
      #expect(try await stores.claimMessages(at: .seconds(9999)).isEmpty)
    }
  }

  @Test("deferred it waits, then dies, and lives again when asked to", arguments: Backend.allCases)
  func deadLetters(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1")])
      for number in 1...3 {
        let attempt = try #require(try await stores.begun(at: .seconds(number * 10)))
        #expect(attempt.number == number)
        try await stores.settle(
          attempt,
          as: .deferred(
            Self.busy, until: noon + .seconds(number * 10 + 5), mayHaveArrived: number == 2),
          at: .seconds(number * 10))
        // Not before its time.
        #expect(try await stores.claimMessages(at: .seconds(number * 10 + 4)).isEmpty)
      }
      let dead = try stores.outbox.deadLetters(limit: 9, after: nil, in: .default).entries
      #expect(dead.map(\.message.id) == ["m1"])
      #expect(dead.first?.answer == Self.busy && dead.first?.isPossibleDuplicate == true)
      #expect(try stores.outbox.deadLetters(limit: 9, after: nil, in: .other).entries == [])
      #expect(try await stores.claimMessages(at: .seconds(9999)).isEmpty)
      let ids = try await stores.outbox.requeue(
        ["m1", "m2"], at: noon + .seconds(100),
        events: { entry in [.sample("again_\(entry.message.id)", of: entry.message.leadID)] },
        in: .default)
      #expect(ids == ["m1"])
      #expect(
        try stores.events.events(of: "lead_1", limit: 99, in: .default).last?.event.id
          == "again_m1")
      let attempt = try #require(try await stores.begun(at: .seconds(100)))
      #expect(attempt.number == 1 && attempt.isPossibleDuplicate)
      try await stores.settle(attempt, as: .delivered(Self.ok))
      #expect(
        try await stores.outbox.requeue(
          ["m1"], at: noon, events: { _ in [.sample("e2", of: "lead_1")] }, in: .default) == [])
    }
  }

  @Test("dead messages are listed page by page, the latest first", arguments: Backend.allCases)
  func deadPages(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let messages = (0..<5).map { place -> OutboundMessage in
        var message = OutboundMessage.sample("m\(place)", to: LeadID(rawValue: "lead_\(place)"))
        message.maxAttempts = 1
        return message
      }
      try await stores.fill(messages)
      for attempt in try await stores.claimMessages() {
        #expect(try await stores.outbox.begin(attempt, lease: .seconds(9), at: noon))
        // Two of them at the same time.
        let place = Int(attempt.message.id.rawValue.dropFirst()) ?? 0
        try await stores.settle(
          attempt, as: .deferred(Self.busy, until: noon, mayHaveArrived: false),
          at: .seconds(place / 2))
      }
      var (found, place): ([MessageID], OutboxPage.Place?) = ([], nil)
      repeat {
        let page = try stores.outbox.deadLetters(limit: 2, after: place, in: .default)
        found += page.entries.map(\.message.id)
        place = page.next(behind: page.entries.count)
      } while place != nil && found.count < 9
      #expect(found == ["m4", "m3", "m2", "m1", "m0"])
    }
  }

  @Test("postponed, it has not been tried", arguments: Backend.allCases)
  func postpones(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1")])
      for number in 0..<9 {
        let attempt = try #require(try await stores.claimMessages(at: .seconds(number)).first)
        #expect(attempt.number == 1)
        try await stores.settle(attempt, as: .postponed(until: noon + .seconds(number + 1)))
      }
      #expect(try stores.outbox.entry("m1", in: .default)?.attempts == 0)
      #expect(try stores.outbox.entry("m1", in: .default)?.answer == nil)
    }
  }

  @Test("a lead's messages are listed, and go with it", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1"), .sample("m2", to: "lead_2"), .sample("m3")])
      let own = try await stores.outbox.entries(.lead("lead_1"), limit: 9, in: .default)
      #expect(own.map(\.message.id) == ["m1", "m3"])
      let first = try await stores.outbox.entries(.engagement("eng_1"), limit: 2, in: .default)
      #expect(first.map(\.message.id) == ["m1", "m2"])
      let attempt = try #require(try await stores.begun())
      #expect(attempt.message.id == "m1")
      let erasure = try await stores.erasures.erase(
        "lead_1", identity: { _ in LeadIdentity() }, at: noon,
        event: { _ in .sample("e1", .leadErased, of: "lead_1") }, in: .default)
      let place = erasure.places.first { $0.name == "messages" }
      #expect(place?.erased == 2 && place?.remaining == 0)
      #expect(try await stores.outbox.counts(in: .default) == [.queued: 1])
      let error = await #expect(throws: StoreError.self) {
        try await stores.settle(attempt, as: .delivered(Self.ok))
      }
      #expect(error?.code == .notFound)
      #expect(try await !stores.outbox.begin(attempt, lease: .seconds(9), at: noon))
      // The name and the key are free again.
      try await stores.fill([.sample("m1")])
      #expect(try stores.outbox.entry("m1", in: .default)?.state == .queued)
    }
  }

  @Test("old ends are deleted in steps, the dead and the others stay", arguments: Backend.allCases)
  func prunes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill(
        (0..<6).map { .sample("m\($0)", to: LeadID(rawValue: "lead_\($0)")) })
      for (number, attempt) in try await stores.claimMessages(4).enumerated() {
        try await stores.settle(
          attempt, as: .cancelled(reason: "quiet_hours"), at: .seconds(number))
      }
      let before = noon + .seconds(3)
      #expect(try await stores.outbox.pruneSettled(before: before, limit: 2) == 2)
      #expect(try await stores.outbox.pruneSettled(before: before, limit: 2) == 1)
      #expect(try await stores.outbox.pruneSettled(before: before, limit: 2) == 0)
      #expect(try await stores.outbox.counts(in: .default) == [.queued: 2, .cancelled: 1])
    }
  }
}
