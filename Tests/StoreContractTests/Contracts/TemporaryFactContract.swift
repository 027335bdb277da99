import JSONRPC
import Marketing
import Testing

extension MemoryRecord {
  /// The fact as it holds until a day.
  fileprivate func until(_ day: Int) -> MemoryRecord {
    var record = self
    record.validTo = noon + .days(day)
    return record
  }

  /// The fact as it expires on a day.
  fileprivate func expiring(on day: Int) -> MemoryRecord {
    var record = self
    record.expiresAt = noon + .days(day)
    return record
  }
}

@Suite("MemoryStore: facts for a time")
struct TemporaryFactContract {
  /// What holds as of a day, as it is known on another.
  struct Sight: Sendable {
    let asOf: Int
    let knownAt: Int
    let values: [String]

    init(_ asOf: Int, _ knownAt: Int, _ values: String...) {
      self.asOf = asOf
      self.knownAt = knownAt
      self.values = values.map { "budget \($0)" }
    }
  }

  /// Facts in the order in which they are told, and what is seen of them.
  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let told: [MemoryRecord]
    let sights: [Sight]
  }

  static let stories = [
    Story(
      testDescription: "a lasting fact holds again behind one for a time",
      told: [
        .fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 10, at: 5).until(20),
      ],
      sights: [
        Sight(12, 4, "1"), Sight(9, 5, "1"), Sight(10, 5, "2"), Sight(19, 5, "2"),
        Sight(20, 5, "1"), Sight(99, 30, "1"), Sight(-1, 30),
      ]),
    Story(
      testDescription: "one for a time within another",
      told: [
        .fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 10, at: 1).until(40),
        .fact("f3", 3, from: 20, at: 2).until(30),
      ],
      sights: [
        Sight(5, 9, "1"), Sight(15, 9, "2"), Sight(25, 9, "3"), Sight(30, 9, "2"),
        Sight(40, 9, "1"), Sight(25, 1, "2"),
      ]),
    Story(
      testDescription: "a lasting one told behind it, that begins before it",
      told: [
        .fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 10, at: 1).until(20),
        .fact("f3", 3, from: 5, at: 2),
      ],
      sights: [
        Sight(4, 9, "1"), Sight(5, 9, "3"), Sight(10, 9, "2"), Sight(20, 9, "3"),
        Sight(20, 1, "1"),
      ]),
    Story(
      testDescription: "a correction from the beginning leaves nothing of the first",
      told: [
        .fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 10, at: 1).until(20),
        .fact("f3", 3, from: 0, at: 2),
      ],
      sights: [Sight(5, 9, "3"), Sight(15, 9, "2"), Sight(20, 9, "3"), Sight(20, 1, "1")]),
    Story(
      testDescription: "a correction for a time from the beginning",
      told: [.fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 0, at: 1).until(3)],
      sights: [Sight(2, 1, "2"), Sight(3, 1, "1"), Sight(2, 0, "1")]),
    Story(
      testDescription: "one that is less trusted interrupts nothing",
      told: [
        .fact("f1", 1, trust: .verified, from: 0, at: 0), .fact("f2", 2, from: 10, at: 1).until(20),
      ],
      sights: [Sight(9, 1, "1"), Sight(15, 1, "2", "1"), Sight(20, 1, "1")]),
    Story(
      testDescription: "one that is more trusted interrupts",
      told: [
        .fact("f1", 1, from: 0, at: 0),
        .fact("f2", 2, trust: .verified, from: 10, at: 1).until(20),
        .fact("f3", 3, from: 15, at: 2),
      ],
      sights: [
        Sight(9, 2, "1"), Sight(12, 2, "2"), Sight(17, 2, "3", "2"), Sight(20, 2, "3"),
        Sight(20, 1, "1"),
      ]),
  ]

  @Test("what holds before, during and after", arguments: Backend.allCases, stories)
  func story(backend: Backend, story: Story) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      for fact in story.told { try await stores.remember(fact) }
      for sight in story.sights {
        let found = try await stores.texts(.at(sight.asOf, knownAt: sight.knownAt))
        #expect(
          found == sight.values, "as of day \(sight.asOf), known on day \(sight.knownAt)")
      }
    }
  }

  @Test("what expires gives way to the one before", arguments: Backend.allCases, [false, true])
  func expiry(backend: Backend, isSwept: Bool) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(.fact("f1", 1, from: 0, at: 0))
      let brief = try await stores.remember(.fact("f2", 2, from: 5, at: 5).expiring(on: 8))
      #expect(brief == [Remembered(id: "f2", isNew: true, superseded: ["f1"])])
      // Its end is on the time line: to be recalled does not put it off.
      try await stores.memories.noteUses(
        ["f2": MemoryUse(count: 1, lastAt: noon + .days(7))], extending: .seconds(864_000),
        in: .default)
      #expect(try await stores.texts(.at(7, knownAt: 7, now: 7)) == ["budget 2"])
      if isSwept { _ = try await stores.memories.sweep(expiredBy: noon + .days(8), limit: 9) }
      for day in [8, 50] {
        #expect(try await stores.texts(.at(day, knownAt: day, now: day)) == ["budget 1"])
      }
      #expect(try await stores.texts(.at(4, knownAt: 8, now: 8)) == ["budget 1"])
      // The name stands for all of it.
      let found = try stores.memories.memories(
        ["f1"], for: .agent(nil), knownAt: noon + .days(8), now: noon + .days(8), in: .default)
      #expect(found.map(\.validFrom) == [noon + .days(8)] && found.map(\.validTo) == [nil])
      _ = try await stores.memories.forget(
        ["f1"], for: .agent(nil), events: { _ in [] }, in: .default)
      #expect(try await stores.texts(.at(50, knownAt: 50, now: 50)) == [])
      #expect(try await stores.texts(.at(4, knownAt: 4, now: 50)) == [])
    }
  }

  @Test("a value that holds on beyond an expiry is stored", arguments: Backend.allCases)
  func outlasting(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(.fact("f1", 1, from: 0, at: 0).expiring(on: 8))
      let again = try await stores.remember(.fact("f2", 1, from: 2, at: 2))
      #expect(again == [Remembered(id: "f2", isNew: true, superseded: ["f1"])])
      #expect(try await stores.texts(.at(9, knownAt: 9, now: 9)) == ["budget 1"])
      let never = try await stores.remember(.fact("f3", 5, from: 20, at: 3).expiring(on: 10))
      #expect(never == [Remembered(id: "f3", isNew: true)])
      #expect(try await stores.texts(.at(20, knownAt: 9, now: 9)) == ["budget 1"])
    }
  }

  @Test("equal numbers are one value, however they are spelled", arguments: Backend.allCases)
  func numbers(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      let spellings: [JSONValue] = [
        try JSONParser().parse("1.0"), try JSONParser().parse("10e-1"), 1,
      ]
      try await stores.remember(
        .fact("f1", 1, from: 0, at: 0), .fact("g1", ["a": [1, nil]], key: "list", from: 0, at: 0))
      for value in spellings {
        #expect(
          try await stores.remember(
            .fact("f2", value, from: 1, at: 1),
            .fact("g2", ["a": [value, nil]], key: "list", from: 1, at: 1))
            == [Remembered(id: "f1", isNew: false), Remembered(id: "g1", isNew: false)])
      }
      #expect(
        try await stores.remember(.fact("f2", "1", from: 1, at: 1))
          == [Remembered(id: "f2", isNew: true, superseded: ["f1"])])
    }
  }

  @Test("a list shows each period once, however it is paged", arguments: Backend.allCases)
  func paging(backend: Backend) async throws {
    try await backend.withStores { (stores: Stores) async throws -> Void in
      try await stores.remember(
        .fact("f1", 1, from: 0, at: 0), .fact("f2", 2, from: 10, at: 1).until(20),
        .fact("f3", 3, from: 5, at: 2))
      var query = MemoryQuery.at(0, knownAt: 9)
      query.includesPast = true
      query.limit = 1
      var seen: [String] = []
      while true {
        let page = try await stores.memories.list(query, in: .default)
        seen += page.records.map { "\($0.id) \(($0.validFrom - noon).days)" }
        guard let next = page.next else { break }
        query.after = next
      }
      #expect(seen == ["f3 20.0", "f3 5.0", "f1 0.0", "f2 10.0"])
    }
  }

  @Test("in a random order of telling what holds is what began last", arguments: 0..<20)
  func random(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    // Each begins on a day of its own; some end.
    let facts = Array(0..<12).shuffled(using: &generator).enumerated().map { told, begin in
      let fact = MemoryRecord.fact(
        "f\(begin)", .integer(Int64(begin)), from: begin * 10, at: told)
      return Bool.random(using: &generator)
        ? fact.until(begin * 10 + Int.random(in: 1...60, using: &generator)) : fact
    }
    for backend in Backend.allCases {
      try await backend.withStores { (stores: Stores) async throws -> Void in
        for (told, fact) in facts.enumerated() {
          try await stores.remember(fact)
          for day in stride(from: -5, to: 200, by: 5) {
            let moment = MemoryMoment(asOf: noon + .days(day), knownAt: noon + .days(told))
            let expected = facts.prefix(told + 1).filter {
              $0.validFrom <= moment.asOf && ($0.validTo.map { moment.asOf < $0 } ?? true)
            }.max { $0.validFrom < $1.validFrom }
            let found = try await stores.texts(.at(day, knownAt: told))
            #expect(found == [expected?.text].compactMap(\.self), "day \(day) behind \(told)")
          }
        }
      }
    }
  }
}
