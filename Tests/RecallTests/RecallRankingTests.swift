import Marketing
import Recall
import Testing

@Suite("recall ranking")
struct RecallRankingTests {
  private typealias Sample = SampleMemory

  private static let talk: [AnalyzedMemory] = [
    ("Anna", "Hello Bert, how was the trip?"),
    ("Bert", "Long, but the mountains were worth it."),
    ("Anna", "Which instrument did you buy for the office?"),
    ("Bert", "A Yamaha, and we tuned it on Tuesday."),
    ("Anna", "Nice."),
    ("Bert", "The budget for licences is 12000 a year."),
    ("Anna", "Our budget is half of that."),
    ("Bert", "Then let us talk about discounts."),
  ].enumerated().map { Sample.turn($1.0, $1.1, second: $0) }

  private func best(_ text: String, _ index: RecallIndex = Sample.index(talk)) -> Int64? {
    index.recall(Sample.request(text)).first?.version
  }

  @Test(
    "the turn that answers comes first",
    arguments: [
      ("What instrument was bought for the office?", [3, 4]),
      ("What is Anna's budget?", [7]), ("What is Bert's budget?", [6]),
      ("what is anna's budget", [7]), ("discounted", [8]), ("mountain", [2]),
    ] as [(String, Set<Int64>)])
  func answers(_ question: String, _ turns: Set<Int64>) throws {
    let hits = Sample.index(Self.talk).recall(Sample.request(question, limit: turns.count))
    #expect(Set(hits.map(\.version)) == turns)
  }

  @Test("what a score is made of adds up to it")
  func parts() throws {
    let hits = Sample.index(Self.talk).recall(Sample.request("When was Bert's instrument tuned?"))
    let hit = try #require(hits.first)
    #expect(hit.version == 4)
    #expect(hit.stems == ["tune"])
    #expect(Set(hit.parts.map(\.signal)).isSuperset(of: [.coverage, .answer, .speaker, .time]))
    for hit in hits {
      #expect(abs(hit.parts.reduce(0) { $0 + $1.points } - hit.score) < 1e-4)
    }
    #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
  }

  @Test("records that are no conversation rank by words, then by what speaks for them")
  func notes() {
    func first(_ change: (inout MemoryRecord) -> Void) -> Int64? {
      let notes = [
        Sample.note("prefers calls on Monday morning", at: 900),
        Sample.note("prefers calls on Monday evening", at: 900, lead: nil, role: nil, change),
      ]
      return best("calls on Monday", Sample.index(notes))
    }
    #expect(first { $0.importance = 0.9 } == 2)
    #expect(first { $0.importance = 0.1 } == 1)
    #expect(first { $0.trust = .verified } == 2)
    #expect(first { $0.trust = .untrusted } == 1)
    #expect(first { $0.uses = 40 } == 2)
    #expect(first { $0.validFrom = Sample.start } == 1)
    #expect(first { $0.speaker = nil } != nil)
  }

  @Test("a named speaker's word is an ordinary word where nobody speaks")
  func nameInNote() {
    let index = Sample.index(Self.talk + [Sample.note("Anna asked for a discount of ten percent")])
    #expect(best("What discount did Anna ask for?", index) == 9)
  }

  @Test("a time that is named lifts what was said then")
  func dates() {
    let index = Sample.index([
      Sample.note("visited the fair", at: 0), Sample.note("visited the fair again", at: 40),
      Sample.note("visited the fair too", at: 300),
    ])
    // Day 0 is 5 June 2023.
    #expect(best("Who visited the fair in June 2023?", index) == 1)
    #expect(best("Who visited the fair on 15 July 2023?", index) == 2)
    #expect(best("Who visited the fair before 2024?", index).map { [1, 2].contains($0) } == true)
  }

  @Test("excluded words count against a record")
  func excluded() throws {
    let index = Sample.index([
      Sample.note("pricing of discounts for schools"),
      Sample.note("pricing of licences for schools"),
      Sample.note("pricing of support for banks"),
    ])
    let hits = index.recall(Sample.request("pricing for schools except discounts"))
    #expect(hits.first?.version == 2)
    let part = hits.first { $0.version == 1 }?.parts.first { $0.signal == .excluded }
    #expect(try #require(part).points < 0)
    #expect(best("pricing for schools with discounts", index) == 1)
  }

  @Test("words that the caller adds are found, and count less")
  func expansions() {
    let index = Sample.index([Sample.note("likes Steinway"), Sample.note("likes tea")])
    #expect(index.recall(Sample.request("piano")) == [])
    let hits = index.recall(
      Sample.request("piano") { $0.expansions = [.init(stem: "steinway", weight: 0.5)] })
    #expect(hits.map(\.version) == [1])
  }

  @Test("what may not be seen at the moment does not part those that may")
  func passedOver() throws {
    var gone = Sample.turn("Ann", "never mind", second: 2)
    gone.record.validTo = gone.record.validFrom + .seconds(1)
    let index = Sample.index([
      Sample.turn("Ann", "hello", second: 0),
      Sample.turn("Ann", "which piano do you like?", second: 1), gone,
      Sample.turn("Bob", "the black one", second: 3),
    ])
    let hit = try #require(
      index.recall(Sample.request("piano")).first { $0.version == 4 })
    #expect(hit.parts.contains { $0.signal == .answer })
    let plain = Sample.index([
      Sample.turn("Ann", "hello", second: 0),
      Sample.turn("Ann", "which piano do you like?", second: 1),
      Sample.turn("Bob", "the black one", second: 3),
    ])
    let answer = try #require(plain.recall(Sample.request("piano")).first { $0.version == 3 })
    let value = { (hit: RecallHit) in hit.parts.first { $0.signal == .coverage }?.value ?? 0 }
    // The statistics of four records differ a little from those of three.
    #expect(abs(value(hit) / value(answer) - 1) < 0.2)
  }

  @Test("repetitions come after everything else")
  func repetitions() {
    let index = Sample.index(
      (0..<5).map { _ in Sample.note("contract signed by the whole board of Contoso") }
        + [Sample.note("contract draft was lost")])
    let hits = index.recall(Sample.request("contract signed by the board", limit: 3))
    #expect(hits.count == 3)
    #expect(hits[1].version == 6)
  }

  @Test("answers keep within the budget, and what is too long makes room for what is not")
  func budget() {
    let index = Sample.index([
      Sample.note("piano piano"), Sample.note("piano " + String(repeating: "x y z ", count: 30)),
      Sample.note("the piano is old"),
    ])
    let hits = index.recall(Sample.request("piano") { $0.tokenBudget = 7 })
    #expect(Set(hits.map(\.version)) == [1, 3])
    #expect(hits.map(\.tokens).reduce(0, +) == 7)
    #expect(index.recall(Sample.request("piano", limit: 1)).count == 1)
    #expect(index.recall(Sample.request("piano", limit: 0)) == [])
  }
}
