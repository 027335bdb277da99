import Gateway
import JSONRPC
import Logging
import MCP
import Marketing
import Testing

@Suite("Event feeds", .timeLimit(.minutes(1)))
struct EventFeedTests {
  static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Runs a body with stores and the registry of their subscribers.
  private func withStreams(
    _ limits: EventStreams.Limits = .init(),
    _ body: (InMemoryStores, EventStreams) async throws -> Void
  ) async throws {
    let stores = InMemoryStores()
    let streams = EventStreams(log: stores, logger: Self.log, limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await streams.run() }
      do {
        try await body(stores, streams)
      } catch {
        stores.close()
        throw error
      }
      stores.close()
      try await group.waitForAll()
    }
  }

  static let patterns: [(String, matches: [String], others: [String])] = [
    ("lead.triaged", ["lead.triaged"], ["lead.created", "lead.triaged_again"]),
    ("lead.*", ["lead.triaged", "lead.created"], ["leads.created", "interaction.recorded"]),
    ("*", ["lead.triaged", "campaign.optimization_needed"], []),
  ]

  @Test(arguments: patterns.indices)
  func `a pattern names one kind, or all of an entity`(_ index: Int) throws {
    let (text, matches, others) = Self.patterns[index]
    let filter = EventFilter(kinds: [try #require(EventFilter.KindPattern(text))])
    func event(_ kind: String) -> Event {
      Event(id: "e", kind: .init(rawValue: kind), occurredAt: TestTime.start, actor: "a")
    }
    for kind in matches { #expect(filter.wants(event(kind))) }
    for kind in others { #expect(!filter.wants(event(kind))) }
  }

  @Test(arguments: [
    "", "lead", "lead.", ".*", "*.*", "*.created", "lead.*.x", "Lead.*", "lead.cre*",
  ])
  func `anything else is no pattern`(_ text: String) {
    #expect(EventFilter.KindPattern(text) == nil)
  }

  @Test func `it begins with what happens from now on`() async throws {
    try await withStreams { (stores, streams) async throws -> Void in
      try await stores.log(.leadCreated, of: "L1")
      let feed = try EventFeed(streams, after: nil, filter: EventFilter(), in: .default)
      #expect(await feed.next(atMost: .zero) == .nothing(at: 1))
      async let next = feed.next()
      try await stores.log(.leadTriaged, of: "L1", campaign: "C1")
      let events = await next
      #expect(events.map(\.kind) == ["lead.triaged"] && events.map(\.sequence) == [2])
      let json = try JSONParser().parse(try #require(events.first).json)
      #expect(json["leadID"] == "L1" && json["campaignID"] == "C1" && json["sequence"] == 2)
      #expect(json["actor"] == "tester" && json["facts"] == ["score": 71])
      #expect(json.objectValue?.keys.contains("personal") == false)
    }
  }

  @Test func `it goes on where the subscriber was`() async throws {
    try await withStreams { (stores, streams) async throws -> Void in
      for number in 1...5 { try await stores.log(.leadCreated, of: "L\(number)") }
      for (last, expected) in [(0, [1, 2, 3, 4, 5]), (3, [4, 5])] {
        let feed = try EventFeed(
          streams, after: Int64(last), filter: EventFilter(), in: .default)
        #expect(await feed.next().map(\.sequence) == expected.map(Int64.init))
        #expect(await feed.next(atMost: .zero) == .nothing(at: 5))
      }
    }
  }

  @Test func `a subscriber whose place is not in the log is told so`() async throws {
    try await withStreams { (stores, streams) async throws -> Void in
      try await stores.log(.leadCreated, of: "L1")
      let feed = try EventFeed(streams, after: 99, filter: EventFilter(), in: .default)
      let first = await feed.next()
      #expect(first.map(\.kind) == ["reset"] && first.map(\.sequence) == [1])
      #expect(try JSONParser().parse(first[0].json) == ["sequence": 1, "kind": "reset"])
      try await stores.log(.leadCreated, of: "L2")
      #expect(await feed.next().map(\.sequence) == [2])
    }
  }

  @Test func `a log whose beginning is gone resets who was there`() async throws {
    let log = CutLog(stores: InMemoryStores(), from: 4)
    for number in 1...5 { try await log.stores.log(.leadCreated, of: "L\(number)") }
    let streams = EventStreams(log: log, logger: Self.log)
    for (last, kinds) in [(2, ["reset"]), (3, ["lead.created", "lead.created"])] {
      let feed = try EventFeed(streams, after: Int64(last), filter: EventFilter(), in: .default)
      #expect(await feed.next().map(\.kind) == kinds)
    }
  }

  @Test func `it has only what is wanted, of one workspace`() async throws {
    try await withStreams { (stores, streams) async throws -> Void in
      try await stores.log(.leadCreated, of: "L1", campaign: "C1")
      try await stores.log(.leadTriaged, of: "L1", campaign: "C1")
      try await stores.log(.leadCreated, of: "L2", campaign: "C2")
      try await stores.log(.leadCreated, of: "L1", campaign: "C1", in: "other")
      try await stores.log(.interactionRecorded, of: "L2")
      try await stores.log(.datasetImported, of: nil)
      func places(_ filter: EventFilter, in workspace: WorkspaceID = .default) async throws
        -> [Int64]
      {
        let feed = try EventFeed(streams, after: 0, filter: filter, in: workspace)
        guard case .events(let events) = await feed.next(atMost: .zero) else { return [] }
        return events.map(\.sequence)
      }
      #expect(try await places(EventFilter()) == [1, 2, 3, 5, 6])
      #expect(try await places(EventFilter(), in: "other") == [4])
      #expect(try await places(EventFilter(), in: "third") == [])
      #expect(try await places(EventFilter(leads: ["L1"])) == [1, 2])
      #expect(try await places(EventFilter(leads: ["L1", "L2"])) == [1, 2, 3, 5])
      #expect(try await places(EventFilter(campaigns: ["C2"])) == [3])
      #expect(try await places(EventFilter(kinds: [.entity("lead.")])) == [1, 2, 3])
      #expect(
        try await places(EventFilter(kinds: [.exact("lead.triaged"), .entity("dataset.")]))
          == [2, 6])
      #expect(
        try await places(EventFilter(leads: ["L1"], campaigns: ["C2"])) == [])
    }
  }

  @Test func `what waits for a slow subscriber is coalesced, in batches`() async throws {
    var limits = EventStreams.Limits()
    limits.batch = 4
    try await withStreams(limits) { (stores, streams) async throws -> Void in
      let feed = try EventFeed(streams, after: nil, filter: EventFilter(), in: .default)
      for _ in 1...3 { try await stores.log(.leadTriaged, of: "L1") }
      try await stores.log(.datasetImported, of: nil)
      try await stores.log(.datasetImported, of: nil)
      try await stores.log(.leadTriaged, of: "L2")
      try await stores.log(.leadUpdated, of: "L2")
      try await stores.log(.leadTriaged, of: "L2")
      // Of the same lead and kind the newest stands for all; events of no lead each count.
      #expect(await feed.next().map(\.sequence) == [3, 4])
      #expect(await feed.next().map(\.sequence) == [5, 7, 8])
      #expect(await feed.next(atMost: .zero) == .nothing(at: 8))
    }
  }

  @Test func `it ends when told so, by whoever`() async throws {
    var limits = EventStreams.Limits()
    limits.check = .milliseconds(5)
    try await withStreams(limits) { (stores, streams) async throws -> Void in
      let isAllowed = Locked(true)
      let expiring = try EventFeed(
        streams, after: nil, filter: EventFilter(), in: .default,
        isAllowed: { isAllowed.withLock { $0 } })
      async let expired = expiring.next()
      isAllowed.withLock { $0 = false }
      #expect(await expired.isEmpty)
      // Nothing that was there before is given out any more.
      try await stores.log(.leadCreated, of: "L1")
      #expect(await expiring.next().isEmpty)

      let left = try EventFeed(streams, after: nil, filter: EventFilter(), in: .default)
      async let ended = left.next()
      left.end()
      #expect(await ended.isEmpty)

      let open = try EventFeed(streams, after: nil, filter: EventFilter(), in: .default)
      async let shut = open.next()
      streams.shutDown()
      #expect(await shut.isEmpty)
    }
  }

  @Test func `a subscriber that takes nothing keeps no writer waiting`() async throws {
    try await withStreams { (stores, streams) async throws -> Void in
      let feed = try EventFeed(streams, after: nil, filter: EventFilter(), in: .default)
      for number in 1...2000 { try await stores.log(.leadCreated, of: "L\(number)") }
      var count = 0
      while case .events(let events) = await feed.next(atMost: .zero) {
        #expect(events.count <= 500)
        count += events.count
      }
      #expect(count == 2000)
    }
  }
}

/// A log whose beginning has been cut off.
private struct CutLog: EventLog {
  let stores: InMemoryStores
  let from: Int64

  func latestSequence() throws(StoreError) -> Int64 { try stores.latestSequence() }

  func events(after sequence: Int64, limit: Int) throws(StoreError) -> [LoggedEvent] {
    try stores.events(after: max(sequence, from - 1), limit: limit)
  }

  func events(
    of id: LeadID, limit: Int, in workspace: WorkspaceID
  ) throws(StoreError) -> [LoggedEvent] { [] }

  func changes() -> AsyncStream<Int64> { stores.changes() }
}

extension Identifier: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self.init(rawValue: value) }
}

extension InMemoryStores {
  /// Logs an event with a change that does not matter.
  func log(
    _ kind: Event.Kind, of lead: LeadID?, campaign: CampaignID? = nil,
    facts: JSONObject = ["score": 71], in workspace: WorkspaceID = .default
  ) async throws {
    let place = try latestSequence() + 1
    let event = Event(
      id: EventID(rawValue: "evt_\(place)"), kind: kind, leadID: lead, campaignID: campaign,
      occurredAt: TestTime.start, actor: "tester", facts: facts,
      personal: ["name": "Ann"])
    let source = ImportSource(file: "/data/campaigns.csv", reading: place)
    let campaign = Campaign(id: CampaignID(rawValue: "CMP\(place)"), name: "Spring")
    _ = try await importRows(
      ImportStep(source: source, rows: .campaigns([campaign])), event: event, in: workspace)
  }
}
