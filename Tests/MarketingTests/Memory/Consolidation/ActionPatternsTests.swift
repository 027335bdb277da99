import JSONRPC
import Marketing
import Testing

@Suite struct ActionPatternsTests {
  private static let actions = [
    "call", "email", "demo", "discount", "send_page", "wait", "meeting", "proposal",
  ]

  private static func trial(
    _ number: Int, _ actions: [String], _ outcome: Double
  ) -> ActionTrial {
    ActionTrial(
      id: MemoryID(rawValue: "e\(number)"), actions: actions, outcome: outcome,
      time: Timestamp(milliseconds: Int64(number) * 1000))
  }

  private static func isHit(_ chance: Double, _ random: inout SeededGenerator) -> Bool {
    Double.random(in: 0..<1, using: &random) < chance
  }

  private static func sequence(_ random: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 1...5, using: &random)).map { _ in
      actions[Int.random(in: 0..<actions.count, using: &random)]
    }
  }

  @Test(arguments: [(0.05, 40), (0.05, 300), (0.3, 25), (0.3, 200), (0.5, 100), (0.9, 150)])
  func whereActionsMakeNoDifferenceNothingIsLearned(_ rate: Double, _ count: Int) {
    var random = SeededGenerator(seed: UInt64(count) * 31 + UInt64(rate * 100))
    let settings = ConsolidationSettings()
    var situations = 0
    var compared = 0
    for situation in 0..<200 {
      let trials = (0..<count).map { number in
        Self.trial(number, Self.sequence(&random), Self.isHit(rate, &random) ? 1 : 0)
      }
      let found = ActionPatterns(in: "s\(situation)", trials, settings)
      compared += found.candidates
      situations += found.patterns.isEmpty ? 0 : 1
    }
    // Promised are 5 % of situations; 21 of 200 would be beyond chance.
    #expect(situations <= 20, "\(situations) of 200 situations")
    #expect(compared > 200, "there was something to compare")
  }

  @Test func aPlantedPatternIsFound() throws {
    var random = SeededGenerator(seed: 7)
    let trials = (0..<200).map { number in
      var actions = Self.sequence(&random)
      let isPlanted = number % 5 == 0
      if isPlanted { actions = ["wait", "security_page", "reference_call"] + actions.prefix(1) }
      return Self.trial(number, actions, Self.isHit(isPlanted ? 0.9 : 0.3, &random) ? 0.8 : 0.1)
    }
    let found = ActionPatterns(in: "security_review", trials, ConsolidationSettings())
    let best = try #require(found.patterns.first)
    // Its parts were taken in the same episodes only, and say nothing more.
    #expect(best.actions == ["wait", "security_page", "reference_call"])
    #expect(best.trials == 40)
    #expect(best.successes >= 32)
    #expect(best.interval.low > found.baseRate && best.interval.high > best.rate)
    #expect(best.episodes.first == MemoryID(rawValue: "e195"), "the latest first")
    #expect(best.episodes.count == 40)
    #expect(!found.patterns.contains { $0.actions == ["security_page"] })
    #expect(
      found.patterns.allSatisfy {
        $0.actions.contains { ["wait", "security_page", "reference_call"].contains($0) }
      },
      "\(found.patterns)")
  }

  @Test func tooFewTrialsAreNoPattern() {
    let trials =
      (0..<4).map { Self.trial($0, ["magic"], 1) }
      + (4..<104).map { Self.trial($0, ["call"], 0) }
    var settings = ConsolidationSettings()
    #expect(ActionPatterns(in: "s", trials, settings).patterns.isEmpty)
    settings.minimumTrials = 4
    let found = ActionPatterns(in: "s", trials, settings)
    #expect(found.patterns.map(\.actions) == [["magic"]])
    // What counts as a success is a setting.
    settings.successOutcome = 1.1
    #expect(ActionPatterns(in: "s", trials, settings).patterns.isEmpty)
  }

  @Test func aLongSequenceCountsAsAWhole() {
    let whole = ["a", "b", "c", "d", "e"]
    let trials =
      (0..<12).map { Self.trial($0, whole, 1) } + (12..<60).map { Self.trial($0, ["a", "b"], 0) }
    let found = ActionPatterns(in: "s", trials, ConsolidationSettings())
    #expect(found.patterns.map(\.actions) == [whole])
  }

  @Test func itNamesTheLatestHundredEpisodes() {
    let trials =
      (0..<150).map { Self.trial($0, ["a"], 1) } + (150..<300).map { Self.trial($0, ["b"], 0) }
    let found = ActionPatterns(in: "s", trials, ConsolidationSettings())
    #expect(found.patterns.first?.episodes.count == 100)
    #expect(found.patterns.first?.episodes.first == MemoryID(rawValue: "e149"))
    #expect(
      found.record(for: nil, asOf: .init(milliseconds: 1), recordedAt: .init(milliseconds: 2))
        .derivedFrom.count == 100)
  }

  @Test func itSaysHowItWentWithout() throws {
    // 18 of 20 with a call, 20 of 80 without: 38 of 100 in all.
    let trials =
      (0..<20).map { Self.trial($0, ["call"], $0 < 18 ? 1 : 0) }
      + (20..<100).map { Self.trial($0, ["mail"], $0 < 40 ? 1 : 0) }
    let found = ActionPatterns(in: "s", trials, ConsolidationSettings())
    #expect(found.baseRate == 0.38)
    #expect(found.text.hasPrefix("s: call worked 18 of 20 times (at least "))
    #expect(found.text.hasSuffix(", otherwise 25 %)"), "\(found.text)")
  }

  @Test func whatIsStoredOfItIsBounded() throws {
    // Twenty sequences of fifty long actions, each of which goes well twenty times.
    let sequences = (0..<20).map { number in
      (0..<50).map { "\(number)_\($0)_" + String(repeating: "x", count: 180) }
    }
    var trials = (0..<400).map { Self.trial($0, sequences[$0 % 20], 1) }
    trials += (400..<1200).map { Self.trial($0, ["mail"], 0) }
    let found = ActionPatterns(in: "s", trials, ConsolidationSettings())
    #expect(!found.patterns.isEmpty)
    let fact = found.record(
      for: nil, asOf: .init(milliseconds: 1), recordedAt: .init(milliseconds: 2))
    #expect(JSONWriter.bytes(of: found.value).count <= MemoryDraft.contentBytes)
    #expect(fact.text.unicodeScalars.count <= MemoryDraft.textLength)
    // Short ones, of which there is room for all.
    var short = (0..<2000).map { Self.trial($0, ["a\($0 % 20)"], 1) }
    short += (2000..<6000).map { Self.trial($0, ["mail"], 0) }
    let many = ActionPatterns(in: "s", short, ConsolidationSettings())
    #expect(many.patterns.count == 20)
    #expect(
      many.record(for: nil, asOf: .init(milliseconds: 1), recordedAt: .init(milliseconds: 2))
        .derivedFrom.count == MemoryRecord.mostOrigins)
  }

  @Test func nothingIsLearnedFromNothing() {
    for trials in [
      [], (0..<9).map { Self.trial($0, ["a"], 1) }, (0..<9).map { Self.trial($0, [], 1) },
    ] {
      #expect(ActionPatterns(in: "s", trials, ConsolidationSettings()).patterns.isEmpty)
    }
  }

  @Test func aValueReadsBackAsItWas() throws {
    let trials =
      (0..<20).map { Self.trial($0, ["a", "b"], $0 < 19 ? 1 : 0) }
      + (20..<60).map { Self.trial($0, ["c"], 0) }
    let found = ActionPatterns(in: "s", trials, ConsolidationSettings())
    #expect(!found.patterns.isEmpty)
    let text = JSONWriter.bytes(of: found.value)
    let value = try JSONParser().parse(text)
    #expect(value == found.value, "what is stored equals what was meant to be")
    let read = ActionPatterns.patterns(in: value)
    #expect(read.map(\.actions) == found.patterns.map(\.actions))
    #expect(read.map(\.successes) == found.patterns.map(\.successes))
    #expect(zip(read, found.patterns).allSatisfy { abs($0.interval.low - $1.interval.low) < 1e-4 })
    #expect(ActionPatterns.patterns(in: ["x", ["actions": []]]).isEmpty)
  }

  @Test(arguments: [
    ("security_review", "pattern.security_review"), ("a.b_9", "pattern.a.b_9"),
  ])
  func aSituationThatIsAKeyKeepsItsName(_ situation: String, _ key: String) {
    #expect(ActionPatterns.key(of: situation) == key)
  }

  @Test func situationsNeverShareAKey() {
    let situations = [
      "security_review", "Security Review", "security review", "SECURITY_REVIEW", "sécurité", "",
      "a-b", "a b", "a_b", String(repeating: "x", count: 56), String(repeating: "x", count: 57),
      String(repeating: "x", count: 58), "日本",
    ]
    let keys = situations.map(ActionPatterns.key(of:))
    #expect(Set(keys).count == situations.count)
    for key in keys {
      #expect((1...64).contains(key.utf8.count))
      #expect(key.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "." || $0 == "_" }, "\(key)")
    }
    #expect(keys[1].hasPrefix("pattern.security_review."))
  }

  @Test func whatLeadsSayOfThemselvesIsNoEvidence() {
    var record = MemoryRecord(
      id: MemoryID(rawValue: "m"), kind: .episodic, text: "tried",
      content: .episode(Episode(situation: "s", actions: ["a"], outcome: 1)),
      source: MemorySource(name: "agent"), validFrom: .init(milliseconds: 0),
      recordedAt: .init(milliseconds: 0))
    #expect(ActionTrial(record) != nil)
    record.trust = .untrusted
    #expect(ActionTrial(record) == nil)
    record.trust = .verified
    record.content = .episode(Episode(situation: "s", actions: ["a"]))
    #expect(ActionTrial(record) == nil, "its end is not known")
  }

  @Test(arguments: [
    (0.5, 0.0), (0.05, 1.6448536), (0.025, 1.9599640), (0.001, 3.0902323), (0.8, -0.8416212),
  ])
  func quantilesAreThoseOfTheTables(_ chance: Double, _ z: Double) {
    #expect(abs(normalQuantile(above: chance) - z) < 1e-6)
  }

  @Test(arguments: [
    // Fisher's lady tasting tea, and by hand.
    (4, 4, 4, 8, 1.0 / 70), (3, 4, 4, 8, 17.0 / 70), (0, 4, 4, 8, 1.0), (1, 1, 1, 2, 0.5),
    (2, 1, 1, 2, 0.0), (5, 5, 5, 5, 1.0),
  ])
  func chancesAreExact(
    _ successes: Int, _ trials: Int, _ all: Int, _ population: Int, _ chance: Double
  ) {
    let found = chanceOfSuccesses(
      successes, of: trials, allSuccesses: all, population: population)
    #expect(abs(found - chance) < 1e-12)
  }
}
