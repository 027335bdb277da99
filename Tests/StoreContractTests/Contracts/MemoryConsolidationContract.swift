import JSONRPC
import Marketing
import Testing

@Suite("MemoryConsolidationStore")
struct MemoryConsolidationContract {
  @Test("one at a time, and the next one goes on", arguments: Backend.allCases)
  func lease(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.memories
      #expect(try store.consolidationState(in: .default) == nil)
      let first = try await store.claimConsolidation(.by("a"), in: .default)
      #expect(first == ConsolidationRun(startedAt: noon, place: nil))
      #expect(try await store.claimConsolidation(.by("b", at: 59), in: .default) == nil)
      #expect(try await store.claimConsolidation(.by("b", at: 59), in: .other) != nil)
      // The holder itself goes on, and lengthens its lease by every step.
      #expect(try await store.claimConsolidation(.by("a", at: 30), in: .default) == first)
      let place = ConsolidationScope.records(of: "L7")
      try await stores.consolidate(ConsolidationStep(.by("a", at: 50), place: place))
      #expect(try await store.claimConsolidation(.by("b", at: 109), in: .default) == nil)
      let second = try await store.claimConsolidation(.by("b", at: 110), in: .default)
      #expect(second == ConsolidationRun(startedAt: noon, place: place))
      // The first one was not dead, and notices.
      do {
        try await stores.consolidate(ConsolidationStep(.by("a", at: 111), place: nil))
        Issue.record("two consolidate at once")
      } catch let error as StoreError {
        #expect(error.code == .stale)
      }
      try await store.releaseConsolidation(
        by: "a", completedAt: noon + .seconds(112), in: .default)
      #expect(
        try store.consolidationState(in: .default)
          == ConsolidationState(open: second, leasedUntil: noon + .seconds(170), completedAt: nil))
      // Nothing without a place takes one back.
      try await stores.consolidate(ConsolidationStep(.by("b", at: 113), place: nil))
      try await store.releaseConsolidation(by: "b", completedAt: nil, in: .default)
      #expect(
        try store.consolidationState(in: .default)
          == ConsolidationState(open: second, leasedUntil: nil, completedAt: nil))
      #expect(
        try await store.claimConsolidation(.by("c", at: 114, opensRun: false), in: .default)
          == second)
      let end = noon + .seconds(115)
      try await store.releaseConsolidation(by: "c", completedAt: end, in: .default)
      #expect(
        try store.consolidationState(in: .default)
          == ConsolidationState(open: nil, leasedUntil: nil, completedAt: end))
      #expect(
        try await store.claimConsolidation(.by("d", at: 200), in: .default)
          == ConsolidationRun(startedAt: noon + .seconds(200), place: nil))
    }
  }

  @Test("looking at a part opens no run", arguments: Backend.allCases)
  func part(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.memories
      _ = try await store.claimConsolidation(.by("a", opensRun: false), in: .default)
      #expect(try await store.claimConsolidation(.by("b", at: 1), in: .default) == nil)
      try await store.releaseConsolidation(by: "a", completedAt: nil, in: .default)
      #expect(try store.consolidationState(in: .default)?.open == nil)
      // A lease that nobody can have been given is no lease: that clock was wrong.
      _ = try await store.claimConsolidation(.by("a", at: 7200), in: .default)
      #expect(try await store.claimConsolidation(.by("b", at: 2), in: .default) != nil)
    }
  }

  @Test("scopes come in their order, each once", arguments: Backend.allCases)
  func scopes(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await stores.scopes() == [])
      #expect(try await stores.memories.rememberingWorkspaces() == [])
      for lead in ["L1", "L2", "L3"] { try await stores.add(.bare(lead)) }
      try await stores.remember(
        .note("m1", "of L2", of: "L2"), .note("m2", "of L2 again", of: "L2"),
        .episode("m3", in: "renewal", of: "L1"), .episode("m4", in: "Big deal"),
        .episode("m5", in: "renewal"))
      try await stores.remember(.episode("n1", in: "elsewhere"), in: .other)
      let all: [ConsolidationScope] = [
        .records(of: nil), .records(of: "L1"), .records(of: "L2"), .episodes(of: "Big deal"),
        .episodes(of: "renewal"),
      ]
      #expect(try await stores.scopes() == all)
      #expect(all == all.sorted())
      var walked: [ConsolidationScope] = []
      while let next = try await stores.scopes(after: walked.last, limit: 1).first {
        #expect(
          try await stores.memories.consolidationScopeCount(after: walked.last, in: .default)
            == all.count - walked.count)
        walked.append(next)
      }
      #expect(walked == all)
      #expect(try await stores.scopes(after: .records(of: "L1a"), limit: 1) == [all[2]])
      #expect(try await stores.scopes(after: nil, limit: 4) == Array(all.prefix(4)))
      #expect(try await stores.memories.rememberingWorkspaces() == [.default, .other])
    }
  }

  @Test("pages hold what is current, of everybody", arguments: Backend.allCases)
  func pages(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      var secret = MemoryRecord.note("m2", "secret", of: "L1")
      secret.role = "closer"
      var brief = MemoryRecord.note("m3", "brief", of: "L1")
      brief.expiresAt = noon + .seconds(60)
      var context = MemoryRecord.note("m4", "now", of: "L1")
      context.kind = .shortTerm
      try await stores.remember(
        .note("m1", "first", of: "L1"), secret, brief, context, .note("m5", "L2's", of: "L2"),
        .episode("m6", in: "renewal", of: "L1"), .note("m7", "nobody's"),
        .episode("m8", in: "renewal"), .fact("f1", 1, of: "L1", from: 0, at: 0))
      try await stores.remember(.fact("f2", 2, of: "L1", from: 1, at: 1))
      try await stores.remember(.note("n1", "elsewhere"), in: .other)
      #expect(try await stores.ids(in: .records(of: "L1")) == ["m1", "m2", "m3", "m6", "f1", "f2"])
      #expect(
        try await stores.ids(in: .records(of: "L1"), seconds: 60)
          == ["m1", "m2", "m6", "f1", "f2"])
      #expect(try await stores.ids(in: .records(of: nil)) == ["m7", "m8"])
      #expect(try await stores.ids(in: .records(of: "L9")) == [])
      #expect(try await stores.ids(in: .episodes(of: "renewal")) == ["m6", "m8"])
      let page = try await stores.memories.consolidationPage(
        of: .records(of: nil), after: 0, limit: 1, now: noon, in: .default)
      #expect(page.memories == [MemoryRecord.note("m7", "nobody's").analyzed])
    }
  }

  @Test("a step does everything at once, with its event", arguments: Backend.allCases)
  func step(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      var copy = MemoryRecord.note("m2", "likes green tea", of: "L1")
      copy.derivedFrom = ["m0"]
      try await stores.remember(
        .note("m1", "likes green tea", of: "L1"), copy, .note("m3", "old", of: "L1"),
        .note("m4", "other", of: "L1"))
      try await stores.memories.noteUses(
        [
          "m1": MemoryUse(count: 1, lastAt: noon),
          "m2": MemoryUse(count: 2, lastAt: noon + .seconds(5)),
        ],
        extending: nil, in: .default)
      let before = try stores.memories.latestChange(in: .default)
      let claim = ConsolidationClaim.by("a", at: 100)
      _ = try await stores.memories.claimConsolidation(claim, in: .default)
      var summary = MemoryRecord.note("s1", "summary of old", of: "L1", at: claim.now)
      summary.content = .summary
      summary.derivedFrom = ["m3", "m4"]
      var step = ConsolidationStep(claim, place: .records(of: "L1"))
      step.merges = [
        MemoryMerge(survivor: "m1", givenUp: ["m2", "gone"]),
        MemoryMerge(survivor: "gone", givenUp: ["m4"]),
      ]
      step.expiring = ["m3", "gone"]
      step.stored = [
        summary.analyzed,
        .init(record: .fact("p1", [1], key: "pattern.x", from: 0, at: 0), text: .init(stems: [])),
      ]
      let effect = try await stores.consolidate(step)
      var expected = ConsolidationEffect()
      (expected.merged, expected.compressed, expected.expired) = (1, 2, 1)
      (expected.summaries, expected.promoted) = (["s1"], ["p1"])
      #expect(effect == expected)
      #expect(try await stores.ids(in: .records(of: "L1"), seconds: 100) == ["m1", "m4", "s1"])
      let found = try stores.memories.memories(
        ["m1", "m2", "m4"], for: .upkeep, knownAt: claim.now, now: noon, in: .default)
      #expect(found[0].uses == 3 && found[0].lastUsedAt == noon + .seconds(5))
      #expect(found[0].derivedFrom == ["m2", "m0"])
      #expect(found[1].retractedAt == claim.now, "given up, not deleted")
      #expect(found[2].retractedAt == nil, "who should take its place is not there")
      // Indexes hear of all of it: the two merged, the expired and the two new ones.
      let changes = try #require(
        try await stores.memories.changes(after: ChangePlace(before), limit: 50, in: .default))
      #expect(changes.changes.count == 5)
      #expect(
        try stores.events.events(after: 0, limit: 50).filter {
          $0.event.kind == .memoryConsolidated
        }.map { $0.event.facts["merged"] } == [1])
      #expect(
        try stores.memories.consolidationState(in: .default)?.open?.place == .records(of: "L1"))
      // The same again finds nothing to do, and says nothing.
      let again = try await stores.consolidate(step)
      #expect(again.isEmpty)
      #expect(
        try stores.events.events(after: 0, limit: 50).count {
          $0.event.kind == .memoryConsolidated
        } == 1)
    }
  }

  @Test("what cannot be done is not begun", arguments: Backend.allCases)
  func refusals(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(.note("m1", "likes tea"), .note("m2", "likes tea"))
      let claim = ConsolidationClaim.by("a")
      _ = try await stores.memories.claimConsolidation(claim, in: .default)
      var step = ConsolidationStep(claim, place: .records(of: "L404"))
      step.merges = [MemoryMerge(survivor: "m1", givenUp: ["m2"])]
      step.stored = [MemoryRecord.note("s1", "summary", of: "L404").analyzed]
      do {
        try await stores.consolidate(step)
        Issue.record("a summary of nobody")
      } catch let error as StoreError {
        #expect(error.code == .notFound)
      }
      #expect(try await stores.ids(in: .records(of: nil)) == ["m1", "m2"])
      #expect(try stores.memories.consolidationState(in: .default)?.open?.place == nil)
    }
  }

  @Test("who stays holds since the first of them did", arguments: Backend.allCases)
  func since(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var first = MemoryRecord.note("m1", "likes tea")
      first.validFrom = noon + .days(-9)
      var later = MemoryRecord.note("m3", "likes tea")
      later.validFrom = noon + .days(-1)
      try await stores.remember(first, .note("m2", "likes tea"), later)
      let claim = ConsolidationClaim.by("a", at: 1)
      _ = try await stores.memories.claimConsolidation(claim, in: .default)
      var step = ConsolidationStep(claim, place: nil)
      step.merges = [MemoryMerge(survivor: "m2", givenUp: ["m3", "m1"])]
      try await stores.consolidate(step)
      for (days, expected) in [(-10, []), (-9, ["m2"]), (0, ["m2"])] as [(Int, [String])] {
        let moment = MemoryMoment(asOf: noon + .days(days), knownAt: claim.now)
        let page = try await stores.memories.list(
          MemoryQuery(for: .agent(nil), at: moment, now: claim.now), in: .default)
        #expect(page.records.map(\.id.rawValue) == expected)
      }
    }
  }

  @Test("a run remembers where it is within a scope", arguments: Backend.allCases)
  func parts(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.memories
      _ = try await store.claimConsolidation(.by("a"), in: .default)
      let place = ConsolidationScope.records(of: nil)
      var step = ConsolidationStep(.by("a", at: 1), place: place)
      step.row = 7
      try await stores.consolidate(step)
      let within = ConsolidationRun(startedAt: noon, place: place, row: 7)
      #expect(try await store.claimConsolidation(.by("a", at: 2), in: .default) == within)
      #expect(try store.consolidationState(in: .default)?.open == within)
      // What is done of one lead takes nothing back.
      try await stores.consolidate(ConsolidationStep(.by("a", at: 3), place: nil))
      #expect(try store.consolidationState(in: .default)?.open == within)
      step.row = nil
      try await stores.consolidate(step)
      #expect(
        try store.consolidationState(in: .default)?.open
          == ConsolidationRun(startedAt: noon, place: place))
      step.row = 9
      try await stores.consolidate(step)
      try await store.releaseConsolidation(by: "a", completedAt: noon, in: .default)
      #expect(
        try await store.claimConsolidation(.by("b", at: 5), in: .default)
          == ConsolidationRun(startedAt: noon + .seconds(5), place: nil))
    }
  }

  @Test("summaries come by themselves", arguments: Backend.allCases)
  func summaries(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("L1"))
      func summary(_ id: String, of lead: LeadID?) -> MemoryRecord {
        var record = MemoryRecord.note(id, "summary \(id)", of: lead)
        record.content = .summary
        record.derivedFrom = ["m1"]
        return record
      }
      var brief = summary("s4", of: "L1")
      brief.expiresAt = noon + .seconds(1)
      try await stores.remember(
        .note("m1", "first", of: "L1"), summary("s1", of: "L1"), summary("s2", of: nil),
        summary("s3", of: "L1"), brief)
      try await stores.remember(summary("s9", of: nil), in: .other)
      for (lead, expected) in [("L1", ["s1", "s3"]), (nil, ["s2"])] as [(LeadID?, [String])] {
        var found: [String] = []
        var place: Int64? = 0
        while let start = place {
          let page = try await stores.memories.consolidationSummaries(
            of: lead, after: start, limit: 1, now: noon + .seconds(1), in: .default)
          found += page.memories.map(\.record.id.rawValue)
          place = page.next
        }
        #expect(found == expected)
      }
    }
  }

  @Test("a name that another record has stops nothing", arguments: Backend.allCases)
  func taken(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      var brief = MemoryRecord.note("sum_2", "gone by then")
      brief.expiresAt = noon + .seconds(5)
      try await stores.remember(.note("sum_1", "somebody's own"), brief)
      let claim = ConsolidationClaim.by("a", at: 10)
      _ = try await stores.memories.claimConsolidation(claim, in: .default)
      var step = ConsolidationStep(claim, place: .records(of: nil))
      step.stored = ["sum_1", "sum_2", "sum_3"].map { id in
        var summary = MemoryRecord.note(id, "a summary", at: claim.now)
        summary.content = .summary
        return summary.analyzed
      }
      let effect = try await stores.consolidate(step)
      #expect(effect.summaries == ["sum_2", "sum_3"])
      let found = try stores.memories.memories(
        ["sum_1", "sum_2", "sum_3"], for: .upkeep, knownAt: claim.now, now: claim.now, in: .default)
      #expect(found.map(\.text) == ["somebody's own", "a summary", "a summary"])
      #expect(
        try stores.memories.consolidationState(in: .default)?.open?.place == .records(of: nil))
    }
  }

  @Test("what was concluded from a lead goes with it", arguments: Backend.allCases)
  func erasure(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for lead in ["L1", "L2"] { try await stores.add(.bare(lead)) }
      try await stores.remember(
        .episode("e1", in: "renewal", of: "L1"), .episode("e2", in: "renewal", of: "L2"),
        .episode("e3", in: "only here", of: "L1"))
      for (id, situation, origins) in [
        ("p1", "renewal", ["e1", "e2"]), ("p2", "only here", ["e3"]),
      ] as [(String, String, [MemoryID])] {
        var pattern = MemoryRecord.fact(
          id, [1], key: ActionPatterns.key(of: situation), from: 0, at: 0)
        pattern.source = MemorySource(name: ActionPatterns.sourceName)
        pattern.derivedFrom = origins
        try await stores.remember(pattern)
      }
      let own = MemoryRecord.fact("own", [1], key: "pattern.renewal", of: "L2", from: 0, at: 0)
      try await stores.remember(own)
      let erasure = try await stores.erase("L1", LeadIdentity())
      #expect(erasure.places.first { $0.name == "memories" }?.erased == 3, "two episodes, one fact")
      let left = try stores.memories.memories(
        ["p1", "p2", "own"], for: .upkeep, knownAt: noon, now: noon, in: .default)
      #expect(left.map(\.id) == ["p1", "own"])
      #expect(left.first?.derivedFrom == ["e2"])
    }
  }

  @Test("a claim that waited takes no lease that was given meanwhile", arguments: Backend.allCases)
  func waited(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let store = stores.memories
      _ = try await store.claimConsolidation(.by("a", at: 1), in: .default)
      #expect(try await store.claimConsolidation(.by("b", at: 0), in: .default) == nil)
      var early = ConsolidationClaim.by("b", at: 0)
      early.now = early.now + .milliseconds(999)
      #expect(try await store.claimConsolidation(early, in: .default) == nil)
    }
  }
}
