import Marketing
import Testing

@Suite("OutboxStore: claims that are lost")
struct OutboxClaimContract {
  private static let ok = DeliveryAnswer("250 2.0.0")

  @Test("a sender that ends before it begins loses nothing", arguments: Backend.allCases)
  func endsBefore(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1")])
      let lost = try #require(try await stores.claimMessages(lease: .seconds(10)).first)
      #expect(try await stores.claimMessages(at: .seconds(9)).isEmpty)
      let next = try #require(try await stores.claimMessages(at: .seconds(10)).first)
      #expect(next.message == lost.message && next.claim > lost.claim)
      #expect(next.number == 1 && !next.isPossibleDuplicate)
      // The first comes back too late: it may neither send nor say anything.
      #expect(try await !stores.outbox.begin(lost, lease: .seconds(9), at: noon + .seconds(11)))
      let error = await #expect(throws: StoreError.self) {
        try await stores.settle(lost, as: .delivered(Self.ok))
      }
      #expect(error?.code == .stale)
      #expect(try await stores.outbox.begin(next, lease: .seconds(9), at: noon + .seconds(11)))
      #expect(try await stores.settle(next, as: .delivered(Self.ok)).state == .delivered)
    }
  }

  @Test("one that ends while it sends may have sent", arguments: Backend.allCases)
  func endsWithin(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1")])
      // What begins holds anew from then on.
      let claimed = try #require(try await stores.claimMessages(lease: .seconds(10)).first)
      #expect(try await stores.outbox.begin(claimed, lease: .seconds(20), at: noon + .seconds(5)))
      #expect(try await !stores.outbox.begin(claimed, lease: .seconds(20), at: noon))
      #expect(try await stores.claimMessages(at: .seconds(24)).isEmpty)
      for number in 2...3 {
        let again = try #require(try await stores.begun(at: .seconds(number * 100)))
        #expect(again.isPossibleDuplicate && again.number == number)
        #expect(again.message.id == "m1")
      }
      // Its attempts are used up by senders that end: one more says so.
      let last = try #require(try await stores.claimMessages(at: .seconds(900)).first)
      #expect(last.isOneTooMany && last.isPossibleDuplicate)
      #expect(try stores.outbox.entry("m1", in: .default)?.answer?.code == "interrupted")
      let late = OutboxSettlement.deferred(
        .interrupted, until: noon + .seconds(901), mayHaveArrived: true)
      try await stores.settle(last, as: late, at: .seconds(900))
      let dead = try stores.outbox.deadLetters(limit: 9, after: nil, in: .default).entries
      #expect(dead.map(\.answer?.code) == ["interrupted"])
      #expect(dead.map(\.attempts) == [3])
    }
  }

  @Test("what is given back while it is sent was not tried", arguments: Backend.allCases)
  func givesBack(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1"), .sample("m2", to: "lead_2")])
      let first = try #require(try await stores.begun())
      let other = try #require(try await stores.begun())
      let entry = try await stores.settle(first, as: .postponed(until: noon))
      #expect(entry.state == .queued && entry.attempts == 0 && !entry.isPossibleDuplicate)
      let again = try #require(try await stores.claimMessages().first)
      #expect(again.message == first.message && again.number == 1 && !again.isPossibleDuplicate)
      // Unless it was taken back meanwhile.
      _ = try await stores.outbox.cancel(
        .lead("lead_2"), reason: "paused", at: noon, events: { _ in [] }, in: .default)
      let cancelled = try await stores.settle(other, as: .postponed(until: noon))
      #expect(cancelled.state == .cancelled && cancelled.cancelReason == "paused")
    }
  }

  @Test("who goes on sending keeps its message", arguments: Backend.allCases)
  func holds(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func hold(_ attempt: DeliveryAttempt, at time: Int) async throws -> Bool {
        try await stores.outbox.hold(
          attempt, lease: .seconds(10), at: noon + .seconds(time))
      }
      try await stores.fill([.sample("m1")])
      let claimed = try #require(try await stores.claimMessages(lease: .seconds(10)).first)
      // Before it is sent there is nothing that could last.
      #expect(try await !hold(claimed, at: 1))
      #expect(try await stores.outbox.begin(claimed, lease: .seconds(10), at: noon))
      for time in [5, 14, 23] {
        #expect(try await hold(claimed, at: time))
        #expect(try await stores.claimMessages(at: .seconds(time + 9)).isEmpty)
      }
      // A clock that is behind takes nothing away.
      #expect(try await hold(claimed, at: 2))
      #expect(try await stores.claimMessages(at: .seconds(32)).isEmpty)
      // Too late: it is another's.
      let next = try #require(try await stores.claimMessages(at: .seconds(33)).first)
      #expect(next.isPossibleDuplicate)
      #expect(try await !hold(claimed, at: 34))
      #expect(try await stores.outbox.begin(next, lease: .seconds(10), at: noon + .seconds(34)))
      #expect(try await !hold(claimed, at: 34))
      try await stores.settle(next, as: .delivered(Self.ok), at: .seconds(35))
      #expect(try await !hold(next, at: 36))
      #expect(try stores.outbox.entry("m1", in: .default)?.leaseUntil == nil)
    }
  }

  @Test("of the messages to a person one is claimed at a time", arguments: Backend.allCases)
  func oneAtATime(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([
        .sample("m1"), .sample("m2", due: .seconds(1)),
        .sample("text", channel: .sms, due: .seconds(2)),
        .sample("other", to: "lead_2", due: .seconds(3)),
      ])
      // The same name elsewhere is another person.
      try await stores.fill([.sample("else", due: .seconds(4))], in: .other)
      func claimed(_ limits: [OutreachChannel: Int], at time: Int) async throws
        -> [DeliveryAttempt]
      {
        try await stores.outbox.claimDue(
          limits, lease: .seconds(60), at: noon + .seconds(time))
      }
      let first = try await claimed([.email: 9], at: 5)
      #expect(first.map(\.message.id) == ["m1", "other", "else"])
      #expect(try await claimed([.email: 9, .sms: 9], at: 5).isEmpty)
      // Also while it is being sent; then the next.
      #expect(try await stores.outbox.begin(first[0], lease: .seconds(60), at: noon + .seconds(6)))
      #expect(try await claimed([.email: 9, .sms: 9], at: 7).isEmpty)
      try await stores.settle(first[0], as: .delivered(Self.ok), at: .seconds(8))
      let second = try await claimed([.sms: 9], at: 9)
      #expect(second.map(\.message.id) == ["text"])
      #expect(try await claimed([.email: 9], at: 60).isEmpty)
      // A sender that ended keeps nobody waiting, whether or not its message is taken back.
      let back = try await claimed([.email: 2], at: 69)
      #expect(Set(back.map(\.message.id)) == ["other", "else"])
      #expect(try await claimed([.email: 9], at: 69).map(\.message.id) == ["m2"])
      #expect(try await claimed([.sms: 1], at: 70).isEmpty)
    }
  }

  @Test("of the messages to an address one is claimed at a time", arguments: Backend.allCases)
  func oneAddress(backend: Backend) async throws {
    func text(_ number: Int, to address: String) -> OutboundMessage {
      var message = OutboundMessage.sample(
        "m\(number)", to: LeadID(rawValue: "lead_\(number)"), channel: .sms,
        due: .seconds(number))
      message.destination = address
      return message
    }
    try await backend.withStores { (stores: Stores) async throws -> Void in
      // However they are written, and whoever of five leads they are for.
      let spellings = [
        "+81 3 1234 5678", "+81312345678", "tel:+81-3-1234-5678", "+81 (3) 12345678",
        "+81.3.1234.5678",
      ]
      try await stores.fill(
        spellings.enumerated().map { text($0.offset, to: $0.element) } + [
          text(5, to: "+81312345679"), text(6, to: "no number"), text(7, to: "no number"),
        ])
      try await stores.fill([text(8, to: "+81312345678")], in: .other)
      func claimed(at time: Int) async throws -> [DeliveryAttempt] {
        try await stores.claimMessages(9, at: .seconds(time))
      }
      var held = try await claimed(at: 10)
      #expect(held.map(\.message.id) == ["m0", "m5", "m6", "m7", "m8"])
      for number in 1...4 {
        #expect(try await claimed(at: 10 + number).isEmpty)
        try await stores.settle(
          held[0], as: .cancelled(reason: "test"), at: .seconds(10 + number))
        held = try await claimed(at: 10 + number)
        #expect(held.map(\.message.id.rawValue) == ["m\(number)"])
      }
    }
  }

  @Test("cancelling reaches what is not sent yet", arguments: Backend.allCases)
  func cancels(backend: Backend) async throws {
    var sample = OutboundMessage.sample("other", to: "lead_4", due: .seconds(4))
    sample.engagementID = "eng_2"
    let other = sample
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([
        .sample("sending"), .sample("claimed", to: "lead_2", due: .seconds(1)),
        .sample("queued", due: .seconds(2)), .sample("done", to: "lead_3", due: .seconds(3)),
        other,
      ])
      let sending = try #require(try await stores.begun())
      let claimed = try #require(try await stores.claimMessages(1, at: .seconds(1)).first)
      try await stores.settle(
        try #require(
          try await stores.outbox.claimDue(
            [.email: 2], lease: .seconds(60), at: noon + .seconds(3)
          ).last), as: .delivered(Self.ok))
      let ids = try await stores.outbox.cancel(
        .engagement("eng_1"), reason: "unsubscribed", at: noon + .seconds(5),
        events: { ids in [.sample("e\(ids.count)", of: "lead_1")] }, in: .default)
      #expect(Set(ids) == ["sending", "claimed", "queued"])
      #expect(
        try stores.events.events(of: "lead_1", limit: 99, in: .default).last?.event.id == "e3")
      #expect(try await !stores.outbox.begin(claimed, lease: .seconds(9), at: noon))
      #expect(try stores.outbox.entry("queued", in: .default)?.state == .cancelled)
      #expect(try stores.outbox.entry("done", in: .default)?.state == .delivered)
      #expect(try stores.outbox.entry("other", in: .default)?.state == .queued)
      // What was on its way and did not arrive is not sent again.
      let entry = try await stores.settle(
        sending,
        as: .deferred(DeliveryAnswer("451"), until: noon + .seconds(9), mayHaveArrived: false))
      #expect(entry.state == .cancelled && entry.cancelReason == "unsubscribed")
      let again = try await stores.outbox.cancel(
        .engagement("eng_1"), reason: "again", at: noon, events: { _ in [] }, in: .default)
      #expect(again.isEmpty)
      let rest = try await stores.outbox.cancel(
        .lead("lead_4"), reason: "paused", at: noon, events: { _ in [] }, in: .default)
      #expect(rest == ["other"])
    }
  }

  @Test("an end of marketing leaves the answers to questions", arguments: Backend.allCases)
  func cancelsMarketing(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var messages = ["marketing", "reply", "service"].map { OutboundMessage.sample($0) }
      messages[1].purpose = .reply
      messages[2].purpose = .service
      try await stores.fill(messages + [.sample("other", to: "lead_2")])
      let scope = OutboxScope.marketing("lead_1")
      #expect(
        try await stores.outbox.entries(scope, limit: 9, in: .default).map(\.message.id)
          == ["marketing"])
      let ids = try await stores.outbox.cancel(
        scope, reason: "unsubscribed", at: noon, events: { _ in [] }, in: .default)
      #expect(ids == ["marketing"])
      #expect(try await stores.outbox.counts(in: .default) == [.cancelled: 1, .queued: 3])
    }
  }

  @Test(
    "what is on its way when it is cancelled, and delivered, was delivered",
    arguments: Backend.allCases)
  func deliversCancelled(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.fill([.sample("m1"), .sample("m2", to: "lead_2")])
      let first = try #require(try await stores.begun(lease: .seconds(10)))
      _ = try #require(try await stores.begun(lease: .seconds(10)))
      let ids = try await stores.outbox.cancel(
        .engagement("eng_1"), reason: "paused", at: noon, events: { _ in [] }, in: .default)
      #expect(ids.count == 2)
      #expect(try await stores.settle(first, as: .delivered(Self.ok)).state == .delivered)
      // The other's sender ended: not sent again.
      #expect(try await stores.claimMessages(at: .seconds(99)).isEmpty)
      let entry = try #require(try stores.outbox.entry("m2", in: .default))
      #expect(entry.state == .cancelled && entry.isPossibleDuplicate)
    }
  }

  @Test(
    "many senders that end anywhere lose nothing and double only what is marked",
    arguments: Backend.allCases)
  func crashes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let count = backend == .memory ? 200 : 60
      var messages = (0..<count).map {
        OutboundMessage.sample("m\($0)", to: LeadID(rawValue: "lead_\($0 % 20)"))
      }
      for place in messages.indices { messages[place].maxAttempts = 1000 }
      try await stores.fill(messages)
      var generator = SeededGenerator(seed: 7)
      var sent: [MessageID: Int] = [:]
      var marked: Set<MessageID> = []
      var time = 0
      while try await stores.outbox.counts(in: .default)[.delivered] != count {
        time += 10
        for attempt in try await stores.claimMessages(9, lease: .seconds(5), at: .seconds(time)) {
          if attempt.isPossibleDuplicate { marked.insert(attempt.message.id) }
          let end = Int.random(in: 0..<5, using: &generator)
          if end == 0 { continue }
          let lease = Duration.seconds(5)
          #expect(
            try await stores.outbox.begin(attempt, lease: lease, at: noon + .seconds(time)))
          if end == 1 { continue }
          sent[attempt.message.id, default: 0] += 1
          if end == 2 { continue }
          try await stores.settle(attempt, as: .delivered(Self.ok), at: .seconds(time))
        }
        try #require(time < 100_000)
      }
      #expect(sent.count == count)
      #expect(sent.filter { $0.value > 1 }.allSatisfy { marked.contains($0.key) })
      #expect(marked.count < count)
    }
  }
}
