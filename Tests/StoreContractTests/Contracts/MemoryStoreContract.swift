import JSONRPC
import Marketing
import Testing

@Suite("MemoryStore")
struct MemoryStoreContract {
  @Test("a record comes back with everything", arguments: Backend.allCases)
  func roundTrip(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"), identity: LeadIdentity())
      var full = MemoryRecord.note("m1", "said \"yes\" \u{1F680} to O'Neil; DROP TABLE", of: "L1")
      full.kind = .episodic
      (full.conversationID, full.role, full.speaker) = ("C1", "closer", "Zoë")
      full.content = .episode(
        Episode(situation: "security_review", actions: ["send_page", "call"], outcome: 0.25))
      (full.importance, full.trust) = (0.875, .verified)
      (full.validTo, full.expiresAt) = (noon + .days(3), noon + .days(2))
      full.derivedFrom = ["m0", "m00"]
      var context = MemoryRecord.note("m2", "wants a demo")
      context.kind = .shortTerm
      context.content = .context(
        ConversationContext(intent: "book_demo", slots: ["employees": 50, "tools": ["a", nil]]))
      let plain = MemoryRecord.note("m3", "")
      let fates = try await stores.remember(full, context, plain)
      #expect(fates == ["m1", "m2", "m3"].map { Remembered(id: $0, isNew: true) })
      let found = try stores.memories.memories(
        ["m3", "m1", "none", "m2"], for: .agent("closer"), knownAt: noon, now: noon, in: .default)
      #expect(found == [plain, full, context])
    }
  }

  @Test("what is told twice is stored once", arguments: Backend.allCases)
  func repetition(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let event = Event.sample("e1", "memory.remembered", of: nil)
      try await stores.remember(.note("m1", "likes tea"), events: [event])
      var later = MemoryRecord.note("m1", "likes tea", at: noon + .days(1))
      later.trust = .verified
      let again = Event.sample("e2", "memory.remembered", of: nil)
      #expect(
        try await stores.remember(later, events: [again]) == [Remembered(id: "m1", isNew: false)])
      #expect(try stores.events.events(after: 0, limit: 9).map(\.event.id) == ["e1"])
      await #expect(throws: StoreError.self) {
        try await stores.remember(.note("m2", "new"), .note("m1", "likes coffee"))
      }
      // Nothing of the call that was refused is there.
      #expect(try await stores.texts(.at(0, knownAt: 0)) == ["likes tea"])
      await #expect(throws: StoreError.self) {
        try await stores.remember(.note("m3", "of nobody", of: "L404"))
      }
    }
  }

  @Test("facts follow each other on both clocks", arguments: Backend.allCases)
  func succession(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"), identity: LeadIdentity())
      try await stores.remember(.fact("f1", 10, of: "L1", from: 0, at: 0))
      let second = try await stores.remember(.fact("f2", 20, of: "L1", from: 10, at: 11))
      #expect(second == [Remembered(id: "f2", isNew: true, superseded: ["f1"])])
      // Late news of the time between.
      let third = try await stores.remember(.fact("f3", 15, of: "L1", from: 5, at: 12))
      #expect(third == [Remembered(id: "f3", isNew: true, superseded: ["f1"])])
      // The day and the value then, as was known on a day.
      let cases: [(asOf: Int, knownAt: Int, value: [String])] = [
        (3, 1, ["budget 10"]), (10, 1, ["budget 10"]), (10, 11, ["budget 20"]),
        (7, 11, ["budget 10"]), (7, 12, ["budget 15"]), (3, 12, ["budget 10"]),
        (30, 12, ["budget 20"]), (-1, 12, []), (5, 12, ["budget 15"]), (3, -1, []),
      ]
      for row in cases {
        let found = try await stores.texts(.at(row.asOf, knownAt: row.knownAt))
        #expect(found == row.value, "as of day \(row.asOf), known on day \(row.knownAt)")
      }
      let past = try stores.memories.memories(
        ["f1"], for: .agent(nil), knownAt: noon + .days(11), now: noon, in: .default)
      #expect(past.map(\.validTo) == [noon + .days(10)])
      let present = try stores.memories.memories(
        ["f1"], for: .agent(nil), knownAt: noon + .days(12), now: noon, in: .default)
      #expect(present.map(\.validTo) == [noon + .days(5)])
      #expect(
        try await stores.remember(.fact("f4", 20, of: "L1", from: 12, at: 13))
          == [Remembered(id: "f2", isNew: false)])
    }
  }

  @Test("a fact ends only its like, and none that is more trusted", arguments: Backend.allCases)
  func trust(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead), identity: LeadIdentity()) }
      try await stores.remember(
        .fact("f1", 10, of: "L1", trust: .verified, from: 0, at: 0),
        .fact("f2", 11, of: "L2", from: 0, at: 0), .fact("f3", 12, from: 0, at: 0),
        .fact("f4", 13, key: "size", of: "L1", from: 0, at: 0))
      var privately = MemoryRecord.fact("f5", 14, of: "L1", from: 1, at: 1)
      privately.role = "closer"
      let fates = try await stores.remember(
        privately, .fact("f6", 15, of: "L1", from: 2, at: 2))
      #expect(
        fates == [
          Remembered(id: "f5", isNew: true),
          Remembered(id: "f6", isNew: true, conflicts: ["f1"]),
        ])
      // Equally trusted and from the same moment: the earlier one never held.
      let corrected = try await stores.remember(
        .fact("f7", 16, of: "L2", from: 0, at: 3))
      #expect(corrected == [Remembered(id: "f7", isNew: true, superseded: ["f2"])])
      var query = MemoryQuery.at(3, knownAt: 3, now: 3)
      query.leadID = "L2"
      #expect(try await stores.texts(query) == ["budget 16"])
      query.leadID = "L1"
      #expect(try await stores.texts(query) == ["budget 15", "size 13", "budget 10"])
      query.reader = .agent("closer")
      #expect(
        try await stores.texts(query) == ["budget 15", "budget 14", "size 13", "budget 10"])
    }
  }

  @Test("a context takes the place of the one before", arguments: Backend.allCases)
  func contexts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func context(_ id: String, _ conversation: ConversationID?) -> MemoryRecord {
        var record = MemoryRecord.note(id, "context \(id)")
        record.kind = .shortTerm
        record.conversationID = conversation
        record.content = .context(ConversationContext(intent: id))
        return record
      }
      try await stores.remember(context("c1", "A"), context("c2", "B"), context("c3", "A"))
      #expect(try await stores.texts(.at(0, knownAt: 0)) == ["context c3", "context c2"])
    }
  }

  @Test("lists keep to their conditions", arguments: Backend.allCases)
  func lists(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"), identity: LeadIdentity())
      var episode = MemoryRecord.note("m2", "tried a call", at: noon + .seconds(2))
      episode.kind = .episodic
      episode.conversationID = "C1"
      episode.content = .episode(Episode(situation: "churn_risk", actions: ["call"]))
      var hidden = MemoryRecord.note("m3", "secret call", at: noon + .seconds(3))
      hidden.role = "closer"
      try await stores.remember(
        .note("m1", "asked for a call", of: "L1"), episode, hidden,
        .note("m4", "unrelated", at: noon + .seconds(4)))
      try await stores.remember(.note("m1", "other workspace call"), in: .other)
      typealias Change = (inout MemoryQuery) -> Void
      let cases: [(Change, [String])] = [
        ({ _ in }, ["unrelated", "tried a call", "asked for a call"]),
        (
          { $0.reader = .agent("closer") },
          ["unrelated", "secret call", "tried a call", "asked for a call"]
        ),
        ({ $0.reader = .agent("other") }, ["unrelated", "tried a call", "asked for a call"]),
        (
          { $0.reader = .upkeep }, ["unrelated", "secret call", "tried a call", "asked for a call"]
        ),
        ({ $0.kinds = [.episodic] }, ["tried a call"]),
        ({ $0.kinds = [.semantic, .shortTerm] }, []),
        ({ $0.leadID = "L1" }, ["asked for a call"]),
        ({ $0.conversationID = "C1" }, ["tried a call"]),
        ({ $0.situation = "churn_risk" }, ["tried a call"]),
        ({ $0.factKey = "churn_risk" }, []),
        ({ $0.stems = ["call"] }, ["tried a call", "asked for a call"]),
        ({ $0.stems = ["call", "a", "asked"] }, ["asked for a call"]),
        ({ $0.stems = ["cal"] }, []),
        ({ $0.stems = ["\" OR secret"] }, []),
        ({ $0.limit = 1 }, ["unrelated"]),
      ]
      for (index, (change, expected)) in cases.enumerated() {
        var query = MemoryQuery.at(1, knownAt: 1)
        change(&query)
        #expect(try await stores.texts(query) == expected, "case \(index)")
      }
      var query = MemoryQuery.at(1, knownAt: 1)
      query.limit = 2
      let first = try await stores.memories.list(query, in: .default)
      query.after = first.next
      let rest = try await stores.memories.list(query, in: .default)
      #expect((first.records + rest.records).map(\.id) == ["m4", "m2", "m1"])
      #expect(rest.next == nil)
    }
  }

  @Test("nothing shows after its time, swept or not", arguments: Backend.allCases)
  func expiry(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (id, seconds) in [("m1", 60), ("m2", 61), ("m3", nil)] as [(String, Int?)] {
        var record = MemoryRecord.note(id, id)
        record.expiresAt = seconds.map { noon + .seconds($0) }
        try await stores.remember(record, in: id == "m2" ? .other : .default)
      }
      func ids(_ seconds: Int, in workspace: WorkspaceID = .default) throws -> [MemoryID] {
        try stores.memories.memories(
          ["m1", "m2", "m3"], for: .agent(nil), knownAt: noon, now: noon + .seconds(seconds),
          in: workspace
        ).map(\.id)
      }
      #expect(try ids(59) == ["m1", "m3"])
      #expect(try ids(60) == ["m3"])
      var query = MemoryQuery.at(1, knownAt: 1)
      query.now = noon + .seconds(60)
      #expect(try await stores.texts(query) == ["m3"])
      #expect(try await stores.memories.sweep(expiredBy: noon + .seconds(60), limit: 9) == 1)
      #expect(try ids(0) == ["m3"])
      #expect(try ids(0, in: .other) == ["m2"])
      #expect(try await stores.memories.sweep(expiredBy: noon + .days(1), limit: 9) == 1)
      #expect(try await stores.memories.sweep(expiredBy: noon + .days(1), limit: 9) == 0)
    }
  }

  @Test("a name is free again when its record has run out", arguments: Backend.allCases)
  func freedNames(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var brief = MemoryRecord.note("m1", "brief")
      brief.expiresAt = noon + .seconds(60)
      try await stores.remember(brief)
      let later = MemoryRecord.note("m1", "another", at: noon + .seconds(60))
      #expect(try await stores.remember(later) == [Remembered(id: "m1", isNew: true)])
      #expect(try await stores.texts(.at(1, knownAt: 1, now: 1)) == ["another"])
    }
  }

  @Test("a value that holds on beyond its known end is stored", arguments: Backend.allCases)
  func prolonged(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var first = MemoryRecord.fact("f1", "X", from: 0, at: 0)
      first.validTo = noon + .days(10)
      try await stores.remember(first)
      let again = try await stores.remember(.fact("f2", "X", from: 5, at: 5))
      #expect(again == [Remembered(id: "f2", isNew: true, superseded: ["f1"])])
      #expect(try await stores.texts(.at(20, knownAt: 20, now: 20)) == [#"budget "X""#])
      var within = MemoryRecord.fact("f3", "X", from: 6, at: 6)
      within.validTo = noon + .days(8)
      #expect(try await stores.remember(within) == [Remembered(id: "f2", isNew: false)])
    }
  }

  @Test("uses are counted, and may lengthen a life", arguments: Backend.allCases)
  func uses(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var brief = MemoryRecord.note("m1", "brief")
      brief.kind = .shortTerm
      brief.expiresAt = noon + .seconds(60)
      try await stores.remember(brief, .note("m2", "lasting"))
      let use = MemoryUse(count: 2, lastAt: noon + .seconds(30))
      let place = try stores.memories.latestChange(in: .default)
      try await stores.memories.noteUses(
        ["m1": use, "none": use], extending: nil, in: .default)
      // Whoever follows the changes learns of it: it counts in ranks.
      let page = try #require(
        try await stores.memories.changes(after: ChangePlace(place), limit: 9, in: .default))
      #expect(
        page.changes.map { change in
          if case .stored(_, let memory) = change { memory.record.uses } else { -1 }
        } == [2])
      try await stores.memories.noteUses(
        ["m1": MemoryUse(count: 1, lastAt: noon + .seconds(10)), "m2": use],
        extending: .seconds(60), in: .default)
      try await stores.memories.noteUses(["m2": use], extending: nil, in: .other)
      let found = try stores.memories.memories(
        ["m1", "m2"], for: .upkeep, knownAt: noon, now: noon, in: .default)
      #expect(found.map(\.uses) == [3, 2])
      #expect(found.map(\.lastUsedAt) == [noon + .seconds(30), noon + .seconds(30)])
      #expect(found.map(\.expiresAt) == [noon + .seconds(70), nil])
    }
  }

  @Test("forgetting deletes exactly what is named", arguments: Backend.allCases)
  func forgetting(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var hidden = MemoryRecord.note("m3", "tea")
      hidden.role = "closer"
      try await stores.remember(
        .note("m1", "tea"), .note("m2", "tea"), hidden, .fact("f1", 1, from: 0, at: 0),
        .fact("f2", 2, from: 1, at: 1))
      try await stores.remember(.note("m1", "tea"), in: .other)
      let forgotten = try await stores.memories.forget(
        ["m1", "m3", "none", "f1"], for: .agent(nil),
        events: { records in
          records.map { Event.sample("e-\($0.id)", "memory.forgotten", of: nil) }
        },
        in: .default)
      #expect(forgotten == ["m1", "f1"])
      var query = MemoryQuery.at(1, knownAt: 1)
      query.reader = .upkeep
      query.includesPast = true
      #expect(
        Set(try await stores.memories.list(query, in: .default).records.map(\.id)) == [
          "m2", "m3", "f2",
        ])
      query.moment.knownAt = noon
      #expect(
        Set(try await stores.memories.list(query, in: .default).records.map(\.id)) == ["m2", "m3"])
      query.stems = ["tea"]
      #expect(try await stores.texts(query, in: .other) == ["tea"])
      #expect(
        try stores.events.events(after: 0, limit: 9).map(\.event.id) == ["e-m1", "e-f1"])
      let none = try await stores.memories.forget(
        ["m1"], for: .upkeep, events: { _ in [Event.sample("e2", "memory.forgotten", of: nil)] },
        in: .default)
      #expect(none == [])
      #expect(try stores.events.events(after: 0, limit: 9).count == 2)
    }
  }

  @Test(
    "facts are listed without what is none, and the other way round", arguments: Backend.allCases)
  func factsOnly(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let records = [
        MemoryRecord.note("n1", "first"), .fact("f1", 1, from: 0, at: 0), .note("n2", "second"),
        .fact("f2", 2, key: "seats", from: 0, at: 0),
      ]
      _ = try await stores.memories.remember(
        records.map(\.analyzed), events: { _ in [] }, in: .default)
      let cases: [(Bool?, [String])] = [
        (nil, ["n2", "n1", "f2", "f1"]), (true, ["f2", "f1"]), (false, ["n2", "n1"]),
      ]
      for (isFact, expected) in cases {
        var query = MemoryQuery(for: .agent(nil), at: MemoryMoment(now: noon), now: noon)
        query.isFact = isFact
        let page = try await stores.memories.list(query, in: .default)
        #expect(page.records.map(\.id.rawValue) == expected)
      }
    }
  }

  @Test("what happened is told from what became of each", arguments: Backend.allCases)
  func eventsOfFates(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      func remember(_ ids: String...) async throws {
        _ = try await stores.memories.remember(
          ids.map { MemoryRecord.note($0, "note").analyzed },
          events: { fates in
            fates.filter(\.isNew).map {
              Event(
                id: EventID(rawValue: "evt_\($0.id)"), kind: .memoryRemembered, occurredAt: noon,
                actor: "tests")
            }
          }, in: .default)
      }
      try await remember("m1", "m2")
      try await remember("m2", "m3", "m1")
      try await remember("m3")
      let logged = try stores.events.events(after: 0, limit: 10).map(\.event.id.rawValue)
      #expect(logged == ["evt_m1", "evt_m2", "evt_m3"])
    }
  }
}
