import Marketing
import Testing

@Suite("ScoringModelStore: lessons of outcomes")
struct LessonContract {
  private typealias Count = LessonCounts.Count

  private static func record(
    _ outcome: Outcome, _ values: [String: String]?, replacing: Bool = false, assumed: Bool = false,
    at time: Timestamp = noon, _ stores: Stores
  ) async throws {
    var event = Event.sample("e", .outcomeRecorded, of: outcome.leadID)
    event.occurredAt = time
    _ = try await stores.leads.record(
      outcome, isTimeAssumed: assumed, replacing: replacing, lesson: values.map(Lesson.init),
      event: event, in: .default)
  }

  private static func counts(_ stores: Stores) async throws -> LessonCounts {
    let counts = try await stores.models.lessonCounts(in: .default)
    #expect(try stores.models.lessonRevision(in: .default) == counts.revision)
    return counts
  }

  @Test("each lead's outcome is counted by field and value", arguments: Backend.allCases)
  func counted(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      #expect(try await Self.counts(stores) == LessonCounts())
      for id in ["a", "b", "c", "d"] { try await stores.add(.bare(id)) }
      try await Self.record(.won("a"), ["source": "Ads", "size": "1\"x"], stores)
      try await Self.record(.lost("b"), ["source": "Ads"], stores)
      try await Self.record(.lost("c"), ["source": "Web"], stores)
      // Not to be learned from.
      try await Self.record(.lost("d"), nil, stores)
      #expect(
        try await Self.counts(stores)
          == LessonCounts(
            leads: Count(won: 1, lost: 2),
            fields: [
              "source": ["Ads": Count(won: 1, lost: 1), "Web": Count(lost: 1)],
              "size": ["1\"x": Count(won: 1)],
            ], revision: 3))
      #expect(try await stores.models.lessonCounts(in: .other) == LessonCounts())
      #expect(try stores.models.lessonRevision(in: .other) == 0)
    }
  }

  @Test("values of few leads are counted together", arguments: Backend.allCases)
  func folded(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for (number, source) in ["a", "b", "b", "c", "d", "c", "c"].enumerated() {
        let id = "lead_\(number)"
        try await stores.add(.bare(id))
        try await Self.record(
          number % 2 == 0 ? .won(id) : .lost(id), ["source": source, "size": "S"], stores)
      }
      let counts = try await stores.models.lessonCounts(mostValues: 2, in: .default)
      #expect(
        counts
          == LessonCounts(
            leads: Count(won: 4, lost: 3),
            fields: [
              "source": [
                "b": Count(won: 1, lost: 1), "c": Count(won: 1, lost: 2),
                LessonCounts.otherValues: Count(won: 2),
              ], "size": ["S": Count(won: 4, lost: 3)],
            ], revision: 7))
      let all = try await stores.models.lessonCounts(mostValues: 4, in: .default)
      #expect(all == (try await Self.counts(stores)))
      #expect(all.fields["source"]?.keys.sorted() == ["a", "b", "c", "d"])
    }
  }

  @Test("a lead counts once, whatever happens to it", arguments: Backend.allCases)
  func once(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("a"))
      try await Self.record(.won("a"), ["source": "Ads"], stores)
      let first = LessonCounts(
        leads: Count(won: 1), fields: ["source": ["Ads": Count(won: 1)]], revision: 1)
      #expect(try await Self.counts(stores) == first)
      // The same again, and a little later by somebody who does not say when.
      try await Self.record(.won("a"), ["source": "Web"], stores)
      try await Self.record(
        .won("a", at: noon + .seconds(60)), ["source": "Web"], assumed: true, stores)
      #expect(try await Self.counts(stores) == first)
      // A second conversion that teaches the same.
      try await Self.record(.won("a", at: noon + .days(2)), ["source": "Ads"], stores)
      #expect(try await Self.counts(stores) == first)
      // A third one that does not.
      try await Self.record(.won("a", at: noon + .days(3)), ["source": "Web", "x": "y"], stores)
      #expect(
        try await Self.counts(stores)
          == LessonCounts(
            leads: Count(won: 1),
            fields: ["source": ["Web": Count(won: 1)], "x": ["y": Count(won: 1)]], revision: 2))
    }
  }

  @Test(
    "what replaces an outcome is counted instead of it", arguments: Backend.allCases,
    [["source": "Web"], nil])
  func replaced(backend: Backend, values: [String: String]?) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.add(.bare("a"))
      try await Self.record(.won("a"), ["source": "Ads"], stores)
      // Refused, so nothing is learned.
      #expect(
        await failure { try await Self.record(.lost("a"), ["source": "Web"], stores) } == .conflict)
      #expect(try await Self.counts(stores).revision == 1)
      try await Self.record(.lost("a", at: noon + .days(1)), values, replacing: true, stores)
      // Who reports without a lesson leaves what was known of the lead.
      #expect(
        try await Self.counts(stores)
          == LessonCounts(
            leads: Count(lost: 1), fields: ["source": [values?["source"] ?? "Ads": Count(lost: 1)]],
            revision: 2))
    }
  }

  @Test(
    "a conversion of a file turns what was learned from a lost lead", arguments: Backend.allCases)
  func imported(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["a", "b"] {
        try await stores.add(.bare(id))
        try await Self.record(.lost(id), ["source": "Ads"], stores)
      }
      _ = try await stores.datasets.importRows(
        .outcomes([.won("a", at: noon + .days(3))]), event: .imported("e"), in: .default)
      #expect(
        try await Self.counts(stores)
          == LessonCounts(
            leads: Count(won: 1, lost: 1),
            fields: ["source": ["Ads": Count(won: 1, lost: 1)]], revision: 3))
    }
  }

  @Test("counts after many changes at once are those of what holds", arguments: Backend.allCases)
  func together(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for number in 0..<5 { try await stores.add(.bare("lead_\(number)")) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            let id = "lead_\(number % 5)"
            let time = noon + .seconds(number)
            try await Self.record(
              number % 2 == 0 ? .won(id, at: time) : .lost(id, at: time),
              ["source": "s\(number % 3)", "size": "\(number)"], replacing: true, stores)
          }
        }
        try await group.waitForAll()
      }
      let counts = try await Self.counts(stores)
      #expect(counts.leads.won + counts.leads.lost == 5)
      for field in ["source", "size"] {
        let sum = try #require(counts.fields[field]).values.reduce(Count(), +)
        #expect(sum == counts.leads)
      }
      let won = try (0..<5).count {
        try stores.leads.latestOutcome(of: LeadID(rawValue: "lead_\($0)"), in: .default)?
          .disposition == .converted
      }
      #expect(counts.leads.won == won)
    }
  }

  @Test("leads count from when their outcome became known", arguments: Backend.allCases)
  func since(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for id in ["a", "b", "c", "d"] { try await stores.add(.bare(id)) }
      // However long ago it happened.
      let past = noon + .days(-300)
      try await Self.record(.won("a", at: past), nil, at: noon, stores)
      try await Self.record(.lost("b", at: past), nil, at: noon + .days(1), stores)
      try await Self.record(.won("c", at: past), nil, at: noon + .days(2), stores)
      func since(_ days: Int) async throws -> CohortCount {
        try await stores.models.outcomes(since: noon + .days(days), in: .default)
      }
      #expect(try await since(0) == CohortCount(leads: 3, conversions: 2))
      #expect(try await since(1) == CohortCount(leads: 2, conversions: 1))
      #expect(try await since(3) == CohortCount())
      // A customer buys again; a loss turns out to be none; files tell of two leads, one not stored.
      try await Self.record(.won("a"), nil, at: noon + .days(4), stores)
      #expect(try await since(3) == CohortCount())
      try await Self.record(.won("b"), nil, replacing: true, at: noon + .days(5), stores)
      #expect(try await since(3) == CohortCount(leads: 1, conversions: 1))
      var event = Event.imported("i")
      event.occurredAt = noon + .days(6)
      _ = try await stores.datasets.importRows(
        .outcomes([.won("d", at: past), .won("nobody", at: past)]), event: event, in: .default)
      #expect(try await since(3) == CohortCount(leads: 2, conversions: 2))
      #expect(try await since(6) == CohortCount(leads: 1, conversions: 1))
      #expect(
        try await stores.models.outcomes(since: past, in: .other) == CohortCount())
    }
  }
}
