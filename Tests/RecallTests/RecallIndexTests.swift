import Marketing
import Recall
import Testing

@Suite("recall index")
struct RecallIndexTests {
  private typealias Sample = SampleMemory

  /// A generator that gives the same numbers in every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      // SplitMix64 (Steele, Lea, Flood, 2014).
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      return mixed ^ mixed >> 31
    }
  }

  private static let words = ["piano", "budget", "berlin", "demo", "price", "contract", "holiday"]

  private func randomMemory(_ generator: inout Generator) -> AnalyzedMemory {
    let count = Int.random(in: 1...5, using: &generator)
    let text = (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }
      .joined(separator: " ")
    let day = Int.random(in: 0..<20, using: &generator)
    func pick(_ names: [String?]) -> String? { names.randomElement(using: &generator) ?? nil }
    let (lead, role) = (pick([nil, "l1", "l2"]), pick([nil, nil, "sales", "support"]))
    let conversation = pick([nil, "c1", "c2"])
    let kind = MemoryKind.allCases.randomElement(using: &generator) ?? .episodic
    let (ends, expires) = (
      Int.random(in: 0..<60, using: &generator), Int.random(in: 0..<60, using: &generator)
    )
    return Sample.note(text, at: day, lead: lead, role: role) {
      $0.kind = kind
      $0.conversationID = conversation.map { ConversationID(rawValue: $0) }
      if ends < 30 { $0.validTo = Sample.start + .days(day + ends) }
      if expires < 30 { $0.expiresAt = Sample.start + .days(day + expires) }
    }
  }

  /// The same words, which end, are given up, expire or are known only later: what changes in its place.
  private func changed(
    _ memory: AnalyzedMemory, _ generator: inout Generator
  ) -> AnalyzedMemory {
    var memory = memory
    func day() -> Timestamp { Sample.start + .days(Int.random(in: 0..<40, using: &generator)) }
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: memory.record.validTo = day()
    case 1: memory.record.retractedAt = day()
    case 2: memory.record.expiresAt = day()
    case 3: memory.record.recordedAt = day()
    default:
      (memory.record.validTo, memory.record.retractedAt, memory.record.expiresAt) = (nil, nil, nil)
    }
    return memory
  }

  /// What a search may find, told one record at a time.
  private func expected(_ memory: AnalyzedMemory, _ request: RecallRequest) -> Bool {
    let record = memory.record
    let scope = request.scope
    return scope.reader.sees(recordOf: record.role) && record.holds(at: scope.moment)
      && !record.hasExpired(at: scope.now)
      && (scope.leadID == nil || scope.leadID == record.leadID)
      && (scope.conversationID == nil || scope.conversationID == record.conversationID)
      && (scope.kinds.isEmpty || scope.kinds.contains(record.kind))
  }

  @Test(
    "any order of changes leaves what a plain list has, and scopes never leak", arguments: 1...12)
  func model(_ seed: Int) {
    var generator = Generator(state: UInt64(seed))
    var index = RecallIndex(analyzer: Sample.analyzer)
    var model: [Int64: AnalyzedMemory] = [:]
    var scratch = RecallScratch()
    for step in 0..<600 {
      let version = Int64.random(in: 1...250, using: &generator)
      if let known = model[version], Int.random(in: 0..<3, using: &generator) == 0 {
        let memory = changed(known, &generator)
        index.apply(.stored(version: version, memory))
        model[version] = memory
      } else if Int.random(in: 0..<3, using: &generator) > 0 {
        let memory = randomMemory(&generator)
        index.apply(.stored(version: version, memory))
        model[version] = memory
      } else {
        let wasThere = index.delete(version)
        #expect(wasThere == (model.removeValue(forKey: version) != nil))
      }
      #expect(index.count == model.count)
      if step % 150 == 149 { index.scrub() }
      if step % 10 == 0 { check(index, model, &scratch, &generator) }
    }
    for version in model.keys { index.delete(version) }
    #expect(index.count == 0)
    index.scrub()
    #expect(index.knownStems == [])
  }

  private func check(
    _ index: RecallIndex, _ model: [Int64: AnalyzedMemory], _ scratch: inout RecallScratch,
    _ generator: inout Generator
  ) {
    let stems = Set(model.values.flatMap(\.text.stems))
    #expect(Set(index.knownStems) == stems)
    let word = Self.words.randomElement(using: &generator) ?? ""
    func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &generator) }
    let roles: [AgentRoleID?] = [nil, AgentRoleID(rawValue: "sales"), AgentRoleID(rawValue: "new")]
    let reader = MemoryReader.agent(pick(roles) ?? nil)
    let request = Sample.request(
      word, for: pick([reader, reader, .upkeep]) ?? reader,
      day: Int.random(in: 0..<40, using: &generator), limit: 1000
    ) {
      $0.scope.leadID = pick([nil, nil, LeadID(rawValue: "l1"), LeadID(rawValue: "no")]) ?? nil
      $0.scope.conversationID = pick([nil, nil, ConversationID(rawValue: "c1")]) ?? nil
      $0.scope.kinds = pick([[], [], [.semantic, .shortTerm]]) ?? []
    }
    let stem = request.question.stems.first ?? ""
    let hits = index.recall(request, using: &scratch)
    #expect(hits == index.recall(request), "what an earlier search left counts for nothing")
    let found = Set(hits.map(\.version))
    let allowed = Set(model.filter { expected($0.value, request) }.keys)
    let holding = allowed.filter { model[$0]?.text.stems.contains(stem) ?? false }
    #expect(found.isSubset(of: allowed))
    #expect(found.isSuperset(of: holding))
  }

  @Test("late turns take their place in the conversation")
  func order() {
    var index = RecallIndex(analyzer: Sample.analyzer)
    for (version, second) in [(1, 10), (2, 40), (3, 30), (4, 20), (5, 5)] {
      index.store(Int64(version), Sample.turn("Anna", "word \(version)", second: second))
    }
    #expect(index.window(around: 3, reach: 9) == [-3: 5, -2: 1, -1: 4, 0: 3, 1: 2])
    index.delete(4)
    index.scrub()
    #expect(index.window(around: 3, reach: 1) == [-1: 1, 0: 3, 1: 2])
    #expect(index.window(around: 4, reach: 1) == [:])
  }

  @Test("what a reader may not see lifts nothing beside it")
  func neighbours() {
    func index(_ role: String?) -> RecallIndex {
      var secret = Sample.turn("Anna", "the merger with Contoso", second: 1)
      secret.record.role = role.map { AgentRoleID(rawValue: $0) }
      return Sample.index([
        secret, Sample.turn("Bert", "sounds good", second: 2),
        Sample.turn("Bert", "hello", second: 9),
      ])
    }
    let request = Sample.request("merger")
    #expect(index(nil).recall(request).count == 3)
    #expect(index("board").recall(request) == [])
  }

  @Test("nothing is left of a deleted record's words and names")
  func forgetting() {
    var index = Sample.index([
      Sample.turn("Zebedee", "xylophone quartz", in: "c9"), Sample.note("plain", lead: "l1"),
    ])
    index.delete(1)
    #expect(index.knownStems == ["plain"])
    index.scrub()
    let text = String(describing: index)
    for word in ["xylophon", "quartz", "zebede", "Zebedee", "c9"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(text.contains("plain"))
  }

  @Test("new values of the same text replace the old ones")
  func update() {
    var index = Sample.index([Sample.note("loves pianos")])
    let size = index.memoryFootprint
    for day in 1...500 {
      index.store(
        1,
        Sample.note("loves pianos") {
          $0.retractedAt = Sample.start + .days(day)
          $0.uses = day
        })
    }
    #expect(index.memoryFootprint == size)
    #expect(index.recall(Sample.request("piano", day: 499)).count == 1)
    #expect(index.recall(Sample.request("piano", day: 500)) == [])
  }

  @Test("a record of a dozen stems takes 300 bytes at most")
  func footprint() {
    var index = RecallIndex(analyzer: Sample.analyzer)
    var generator = Generator(state: 7)
    let vocabulary = (0..<4000).map { "w\($0)" }
    let count = 1 << 14
    for version in 1...count {
      let stems = (0..<12).map { _ in vocabulary.randomElement(using: &generator) ?? "" }
      var memory = Sample.turn("Speaker \(version / 500)", "", in: "c\(version / 24)")
      memory.text = AnalyzedText(stems: stems)
      index.store(Int64(version), memory)
    }
    #expect(index.memoryFootprint / count <= 300)
    #expect(index.memoryFootprint / count >= 150)
  }
}
