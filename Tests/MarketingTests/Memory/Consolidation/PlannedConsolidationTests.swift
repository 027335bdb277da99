import JSONRPC
import Marketing
import Testing

@Suite struct PlannedConsolidationTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  private static func record(
    _ id: String, _ text: String, daysAgo: Int = 0, _ content: MemoryContent = .note
  ) -> MemoryRecord {
    var kind = MemoryKind.longTerm
    switch content {
    case .episode, .utterance, .summary: kind = .episodic
    default: break
    }
    return MemoryRecord(
      id: MemoryID(rawValue: id), kind: kind, text: text, content: content,
      source: MemorySource(name: "test"), validFrom: now + .days(-daysAgo),
      recordedAt: now + .days(-daysAgo))
  }

  private static func plan(
    _ records: [MemoryRecord], _ settings: ConsolidationSettings = ConsolidationSettings()
  ) throws -> PlannedConsolidation {
    var gathered = GatheredRecords(asOf: now)
    for record in records {
      gathered.add(AnalyzedMemory(record: record, text: AnalyzedText(plain: record.text)))
    }
    #expect(gathered.count == records.count)
    return try PlannedConsolidation(gathered, settings)
  }

  private static func merged(_ records: MemoryRecord...) throws -> [[String]] {
    try plan(records).merges.map { [$0.survivor.rawValue] + $0.givenUp.map(\.rawValue) }
  }

  private static let text = "prefers calls about pricing on tuesday mornings"

  @Test func theSameToldTwiceIsMerged() throws {
    let first = Self.record("a", Self.text, daysAgo: 3)
    #expect(
      try Self.merged(first, Self.record("b", "Prefers calls about PRICING on tuesday mornings!"))
        == [["a", "b"]])
    #expect(try Self.merged(first, Self.record("b", "prefers mails about contracts")) == [])
  }

  @Test func theMoreTrustedStaysThenTheMoreImportantThenTheOlder() throws {
    let old = Self.record("old", Self.text, daysAgo: 9)
    let new = Self.record("new", Self.text)
    #expect(try Self.merged(new, old) == [["old", "new"]])
    var important = new
    important.importance = 0.9
    #expect(try Self.merged(old, important) == [["new", "old"]])
    var trusted = Self.record("sure", Self.text)
    trusted.trust = .verified
    trusted.importance = 0.1
    #expect(try Self.merged(old, important, trusted) == [["sure", "new", "old"]])
  }

  static let different: [(String, @Sendable (inout MemoryRecord) -> Void)] = [
    ("another role", { $0.role = AgentRoleID(rawValue: "closer") }),
    ("another kind", { $0.kind = .episodic }),
    ("another speaker", { $0.speaker = "Ann" }),
    ("the opposite", { $0.text = "never " + text }),
    ("another order", { $0.text = "pricing prefers mornings about calls tuesday on" }),
    ("ended", { $0.validTo = now }), ("ends", { $0.validTo = now + .days(1) }),
    ("is gone sooner", { $0.expiresAt = now + .days(1) }),
    ("begins later", { $0.validFrom = now + .days(1) }),
    ("another conversation", { $0.conversationID = ConversationID(rawValue: "C1") }),
    ("a fact", { $0.content = .fact(Fact(key: "calls", value: true)) }),
    ("a summary", { $0.content = .summary }),
  ]

  @Test(arguments: different.indices) func whatDiffersStays(_ index: Int) throws {
    let (what, change) = Self.different[index]
    var other = Self.record("b", Self.text)
    change(&other)
    #expect(try Self.merged(Self.record("a", Self.text, daysAgo: 1), other) == [], "\(what)")
  }

  @Test func whatIsThereForAsLongIsMerged() throws {
    let changes: [@Sendable (inout MemoryRecord) -> Void] = [
      { $0.validTo = Self.now + .days(1) }, { $0.expiresAt = Self.now + .days(1) },
      { $0.conversationID = ConversationID(rawValue: "C1") },
    ]
    for change in changes {
      var records = [Self.record("a", Self.text, daysAgo: 1), Self.record("b", Self.text)]
      for place in records.indices { change(&records[place]) }
      #expect(try Self.merged(records[0], records[1]) == [["a", "b"]])
    }
  }

  @Test func numbersAndShortTextsAreNotTakenForTheSame() throws {
    let long = "the agreed yearly budget for the whole marketing platform including support is "
    #expect(
      try Self.merged(Self.record("a", long + "10000"), Self.record("b", long + "20000")) == [])
    #expect(
      try Self.merged(Self.record("a", "likes green tea"), Self.record("b", "likes green tea"))
        == [])
  }

  @Test func whatHappenedTwiceIsNotTheSame() throws {
    let episode = MemoryContent.episode(
      Episode(situation: "s", actions: ["call"], outcome: 1))
    func at(_ id: String, _ days: Int, _ content: MemoryContent) -> MemoryRecord {
      var record = Self.record(id, Self.text, daysAgo: days, content)
      record.recordedAt = Self.now
      return record
    }
    #expect(try Self.merged(at("a", 1, episode), at("b", 2, episode)) == [])
    #expect(try Self.merged(at("a", 1, .utterance), at("b", 2, .utterance)) == [])
    #expect(try Self.merged(at("a", 1, episode), at("b", 1, episode)) == [["a", "b"]])
    let other = MemoryContent.episode(Episode(situation: "s", actions: ["call"], outcome: 0))
    #expect(try Self.merged(at("a", 1, episode), at("b", 1, other)) == [])
  }

  /// Pairs of equal records of one call, and whether they tell of one event.
  static let pairs:
    [(
      what: String, isOne: Bool, change: @Sendable (inout MemoryRecord, inout MemoryRecord) -> Void
    )] =
      [
        ("no times", false, { _, _ in }),
        (
          "one place in a source", true,
          { ($0.source.reference, $1.source.reference) = ("row-1", "row-1") }
        ),
        (
          "two places", false,
          { ($0.source.reference, $1.source.reference) = ("row-1", "row-2") }
        ),
        (
          "one place in each of two sources", false,
          {
            $0.source = MemorySource(name: "a", reference: "row-1")
            $1.source = MemorySource(name: "b", reference: "row-1")
          }
        ),
        (
          "a place and none", false, { one, _ in one.source.reference = "row-1" }
        ),
        ("one time", true, { ($0.validFrom, $1.validFrom) = (now + .days(-1), now + .days(-1)) }),
        ("two times", false, { ($0.validFrom, $1.validFrom) = (now + .days(-1), now + .days(-2)) }),
        ("a time and none", false, { one, _ in one.validFrom = now + .days(-1) }),
        (
          "one time, two places", false,
          {
            ($0.validFrom, $1.validFrom) = (now + .days(-1), now + .days(-1))
            ($0.source.reference, $1.source.reference) = ("row-1", "row-2")
          }
        ),
        (
          "one place, other words", false,
          {
            ($0.source.reference, $1.source.reference) = ("row-1", "row-1")
            $1.text += " please"
          }
        ),
      ]

  @Test(arguments: pairs.indices) func eventsAreToldApart(_ index: Int) throws {
    let (what, isOne, change) = Self.pairs[index]
    let episode = MemoryContent.episode(Episode(situation: "s", actions: ["call"], outcome: 1))
    for content in [episode, .utterance] {
      var first = Self.record(
        "a", Self.text + " in spring and in autumn as agreed last year", content)
      var second = first
      second.id = MemoryID(rawValue: "b")
      change(&first, &second)
      #expect(try Self.merged(first, second) == (isOne ? [["a", "b"]] : []), "\(what)")
    }
  }

  /// What the index finds against a look at all pairs, by the rule as it is written.
  @Test(arguments: 0..<20) func theIndexMissesNothing(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let words = (0..<60).map {
      "word\(["a", "b", "c"][$0 % 3])" + String(repeating: "x", count: $0)
    }
    var texts: [[String]] = []
    for _ in 0..<120 {
      if !texts.isEmpty, Bool.random(using: &random) {
        var copy = texts[Int.random(in: 0..<texts.count, using: &random)]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          let place = Int.random(in: 0..<copy.count, using: &random)
          switch Int.random(in: 0..<8, using: &random) {
          case 0 where copy.count > 3: copy.remove(at: place)
          case 1: copy[place] = words[Int.random(in: 0..<60, using: &random)]
          case 2: copy[place] = "v" + copy[place]
          case 3, 4: copy[place] += "y"
          default: copy[place] = String(copy[place].dropLast()) + "z"
          }
        }
        texts.append(copy)
      } else {
        texts.append(
          (0..<Int.random(in: 3...50, using: &random)).map { _ in
            words[Int.random(in: 0..<60, using: &random)]
          })
      }
    }
    let records = texts.enumerated().map { number, text in
      Self.record("r\(1000 + number)", text.joined(separator: " "))
    }
    var survivors: [Int] = []
    var expected: [String: [String]] = [:]
    for (place, text) in texts.enumerated() where Set(text).count >= 4 {
      let same = survivors.first { Self.areAlike(texts[$0], text) }
      if let same {
        expected[records[same].id.rawValue, default: []].append(records[place].id.rawValue)
      } else {
        survivors.append(place)
      }
    }
    let found = try Self.plan(records).merges
    #expect(!expected.isEmpty)
    #expect(
      Dictionary(
        uniqueKeysWithValues: found.map { ($0.survivor.rawValue, $0.givenUp.map(\.rawValue)) })
        == expected)
  }

  private static func areAlike(_ left: [String], _ right: [String]) -> Bool {
    if left == right { return true }
    let common = Double(Set(left).intersection(right).count)
    guard left.count == right.count, common >= 0.9 * Double(Set(left).union(right).count)
    else { return false }
    return zip(left, right).allSatisfy { one, other in
      one == other
        || min(one.count, other.count) >= 7 && one.first == other.first && edits(one, other) == 1
    }
  }

  /// How many letters must be put in, taken out or changed (Levenshtein).
  private static func edits(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var row = Array(0...right.count)
    for (place, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = place + 1
      for (column, other) in right.enumerated() {
        let changed = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }

  private static let long =
    "when asked again about the renewal they said that the yearly price of the plan with support for "
    + "every branch and weekly training looks acceptable to their finance department"

  /// What takes the place of what in a long text, and whether it says the same then.
  static let wordings: [(from: String, to: String, isSame: Bool)] = [
    ("yearly", "monthly", false), ("the plan", "the Starter plan", false),
    ("department", "departmant", true), ("department", "departament", true),
    ("finance", "Finance", true), ("weekly", "weakly", false),
    ("acceptable", "unacceptable", false),
    ("training looks", "looks training", false), ("finance ", "", false), ("said", "sad", false),
  ]

  @Test(arguments: wordings.indices) func oneWordCanBeAllThatMatters(_ index: Int) throws {
    let (from, to, isSame) = Self.wordings[index]
    let other = Self.long.replacing(from, with: to)
    #expect(other != Self.long)
    let found = try Self.merged(
      Self.record("a", Self.long, daysAgo: 1), Self.record("b", other))
    #expect(found == (isSame ? [["a", "b"]] : []), "\(to)")
  }

  @Test func namesAreNoSpellingsOfEachOther() throws {
    for (one, other) in [("Jacobsen", "Jacobson"), ("Starter1", "Starter2")] {
      let texts = [one, other].map { Self.long.replacing("finance", with: $0) }
      #expect(
        try Self.merged(Self.record("a", texts[0], daysAgo: 1), Self.record("b", texts[1])) == [])
    }
    let small = ["jacobsen", "jacobson"].map { Self.long.replacing("finance", with: $0) }
    #expect(
      try Self.merged(Self.record("a", small[0], daysAgo: 1), Self.record("b", small[1])).count
        == 1, "as far as anybody can tell")
  }

  private static func episodes(_ count: Int, daysAgo: Int) -> [MemoryRecord] {
    (0..<count).map { number in
      var record = record(
        "e\(1000 + number)", "Tried call number\(number) with topic\(number % 5).",
        daysAgo: daysAgo + count - number,
        .episode(
          Episode(situation: "renewal", actions: ["call"], outcome: number % 4 == 0 ? 1 : 0)))
      record.importance = number == 3 ? 0.9 : 0.3
      record.trust = number == 4 ? .untrusted : .verified
      return record
    }
  }

  @Test func whatIsOldAndNumerousIsSummarised() throws {
    #expect(try Self.plan(Self.episodes(20, daysAgo: 40)).summaries == [])
    #expect(try Self.plan(Self.episodes(40, daysAgo: 5)).summaries == [], "15 are old enough")
    let records = Self.episodes(25, daysAgo: 40)
    let plan = try Self.plan(records.reversed())
    let summary = try #require(plan.summaries.first)
    #expect(plan.summaries.count == 1 && plan.expiring.isEmpty)
    #expect(summary.originals == records.map(\.id))
    #expect((summary.trials, summary.successes) == (25, 7))
    #expect(summary.trust == .untrusted, "no more than the least of them")
    #expect(summary.importance == 0.9)
    let made = summary.record(
      of: LeadID(rawValue: "L1"),
      texts: records.map { Extract.Source(id: $0.id, text: $0.text) }, tokens: 50,
      recordedAt: Self.now, stems: { AnalyzedText(plain: $0).stems })
    #expect(made.kind == .episodic && made.content == .summary)
    #expect(made.derivedFrom == records.map(\.id))
    #expect(made.text.hasPrefix("25 episodes of renewal from 2025-"))
    #expect(made.text.contains("7 of 25 successful"))
    #expect(made.leadID == LeadID(rawValue: "L1"))
    // With the summary there is nothing left to do.
    #expect(try Self.plan(records + [made]).isEmpty)
  }

  @Test func threadsAreKeptApart() throws {
    var records: [MemoryRecord] = []
    for number in 0..<60 {
      var record = Self.record("u\(1000 + number)", "line \(number)", daysAgo: 60, .utterance)
      record.conversationID = ConversationID(rawValue: number % 2 == 0 ? "A" : "B")
      if number % 4 == 0 { record.role = AgentRoleID(rawValue: "closer") }
      records.append(record)
    }
    // 15 of A shared, 15 of A private, 30 of B.
    let plan = try Self.plan(records)
    #expect(plan.summaries.map(\.conversationID) == [ConversationID(rawValue: "B")])
    #expect(plan.summaries.map(\.originals.count) == [30])
  }

  @Test func manyAreSummarisedInParts() throws {
    var settings = ConsolidationSettings()
    settings.compressAtOnce = 30
    let plan = try Self.plan(Self.episodes(75, daysAgo: 40), settings)
    #expect(plan.summaries.map(\.originals.count) == [30, 30], "15 are too few for another")
  }

  static let kept: [(String, @Sendable (inout MemoryRecord) -> Void)] = [
    ("still strong", { $0.importance = 1 }),
    ("used lately", { ($0.uses, $0.lastUsedAt) = (1, now) }),
    ("within retention", { $0.validFrom = now + .days(-364) }),
  ]

  @Test func onlyWhatIsSummarisedAndWeakAndOldFades() throws {
    var old = Self.record(
      "e1", "tried", daysAgo: 500,
      .episode(Episode(situation: "s", actions: ["call"], outcome: 1)))
    old.importance = 0.4
    var summary = Self.record("s1", "summary", daysAgo: 31, .summary)
    summary.derivedFrom = [old.id]
    #expect(try Self.plan([old, summary]).expiring == [old.ownedID])
    #expect(try Self.plan([old]).expiring == [], "its only copy")
    var fresh = summary
    fresh.recordedAt = Self.now + .days(-29)
    #expect(try Self.plan([old, fresh]).expiring == [], "summarised too lately")
    var twice = fresh
    twice.id = MemoryID(rawValue: "s2")
    #expect(try Self.plan([old, fresh, summary, twice]).expiring == [old.ownedID])
    for (what, change) in Self.kept {
      var kept = old
      kept.importance = 0.02
      change(&kept)
      #expect(try Self.plan([kept, summary]).expiring == [], "\(what)")
    }
  }
}
