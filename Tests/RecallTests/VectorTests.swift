import Marketing
import Recall
import Testing

@Suite("vectors of records")
struct VectorTests {
  private typealias Sample = SampleMemory

  /// A vector of the norm 1 in the plane, by its angle.
  private static func vector(_ degrees: Double) -> [Float] {
    let radians = degrees * .pi / 180
    return [Float(cosine(radians)), Float(cosine(radians - .pi / 2))]
  }

  private static func cosine(_ x: Double) -> Double {
    // Its series, far enough for the angles of these tests.
    var (term, sum) = (1.0, 1.0)
    for n in 1...20 {
      term *= -x * x / Double((2 * n - 1) * (2 * n))
      sum += term
    }
    return sum
  }

  private static func random(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    let numbers = (0..<count).map { _ in Float(random.unit() - 0.5) }
    let norm = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return numbers.map { $0 / norm }
  }

  @Test("cosines are the sums of products, whatever the length", arguments: [1, 7, 32, 50, 384])
  func cosines(dimension: Int) throws {
    var random = SplitMix64(state: 7)
    var table = VectorTable()
    let vectors = (0..<2500).map { _ in Self.random(dimension, &random) }
    for (version, vector) in vectors.enumerated() {
      let row = table.store(Int64(version), vector)
      #expect(row == UInt32(version))
    }
    let question = Self.random(dimension, &random)
    let all = table.cosines(0..<2500, question)
    let some = table.cosines(1000..<1100, question)
    #expect(some == Array(all[1000..<1100]))
    for row in stride(from: 0, to: 2500, by: 97) {
      let expected = zip(vectors[row], question).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(Double(all[row]) - expected) < 1e-5)
      #expect(table.cosine(UInt32(row), question) == all[row])
    }
  }

  @Test("an index that knows a later table is searched by the one that was copied before")
  func earlierTable() {
    var index = RecallIndex(analyzer: Sample.analyzer)
    var table = VectorTable()
    for version in 1...40 as ClosedRange<Int64> {
      index.store(version, Sample.note("piano \(version)"))
      if version <= 20 { table.store(version, Self.vector(Double(version))) }
    }
    let earlier = table
    for version in 21...40 as ClosedRange<Int64> {
      table.store(version, Self.vector(Double(version)))
    }
    index.follow(table)
    for nearest in [nil, [0, 5]] as [[UInt32]?] {
      let request = Sample.request("piano", day: 1, limit: 99) {
        $0.vectors = RecallVectors(
          question: Self.vector(0), table: earlier, nearest: nearest)
      }
      #expect(index.recall(request).count == 40)
    }
  }

  @Test("a vector is there once, of the length of the first, until it is deleted")
  func storing() throws {
    var table = VectorTable()
    let vectors: [(Int64, [Float])] = [
      (5, []), (5, [1, 0]), (5, [0, 1]), (6, [1, 0, 0]), (7, [0, 1]),
    ]
    var rows: [UInt32?] = []
    for (version, vector) in vectors { rows.append(table.store(version, vector)) }
    #expect(rows == [nil, 0, nil, nil, 1])
    let deleted = [table.delete(5), table.delete(5)]
    #expect(deleted == [true, false])
    #expect(table.vector(of: 0) == [0, 0])
    #expect(table.version(of: 0) == nil && table.version(of: 1) == 7 && table.count == 1)
    let generation = table.generation
    table.compact()
    #expect(table.generation == generation + 1)
    #expect(table.row(of: 7) == 0 && table.vector(of: 0) == [0, 1] && table.rowCount == 1)
    table.delete(7)
    table.compact()
    // With no vector left there is no length to keep to.
    let row = table.store(8, [1, 0, 0])
    #expect(row == 0)
  }

  @Test("where much is deleted the table closes its gaps, and keeps what is left")
  func compacting() {
    var random = SplitMix64(state: 3)
    var table = VectorTable()
    let vectors = (0..<2000).map { _ in Self.random(8, &random) }
    for (version, vector) in vectors.enumerated() { table.store(Int64(version), vector) }
    for version in 0..<1500 where version % 3 != 0 { table.delete(Int64(version)) }
    #expect(table.rowCount < 1500)
    for version in 0..<2000 {
      let row = table.row(of: Int64(version))
      #expect((row == nil) == (version < 1500 && version % 3 != 0))
      if let row { #expect(table.vector(of: row) == vectors[version]) }
    }
  }

  private static func table(_ angles: [Double?]) -> VectorTable {
    var table = VectorTable()
    for (place, angle) in angles.enumerated() {
      if let angle { table.store(Int64(place + 1), vector(angle)) }
    }
    return table
  }

  @Test("vectors find what no word finds, compared with all or with the nearest")
  func nearness() throws {
    var index = Sample.index([
      Sample.note("likes Steinway"), Sample.note("likes tea"), Sample.note("likes rain"),
      Sample.note("has no vector"),
    ])
    let table = Self.table([10, 80, 120])
    index.follow(table)
    for nearest in [nil, [0, 1, 2]] as [[UInt32]?] {
      let hits = index.recall(
        Sample.request("piano") {
          $0.vectors = RecallVectors(
            question: Self.vector(0), table: table, nearest: nearest)
        }, weights: .withVectors)
      #expect(hits.map(\.version) == [1, 2, 3])
      #expect(hits.first?.parts.first?.signal == .similarity)
    }
    #expect(index.recall(Sample.request("piano"), weights: .withVectors) == [])
  }

  @Test(
    "what is said around a record counts, and a record without a vector is neither near nor far")
  func around() throws {
    let turns = (0..<6).map { Sample.turn("Ann", "word \($0)", second: $0) }
    var index = Sample.index(turns + [Sample.note("word alone")])
    let table = Self.table([90, 0, 0, 0, 90, nil, 90])
    index.follow(table)
    let hits = index.recall(
      Sample.request("nothing") {
        $0.vectors = RecallVectors(question: Self.vector(0), table: table)
      }, weights: .withVectors)
    func nearness(_ version: Int64) -> Double? {
      hits.first { $0.version == version }?.parts.first { $0.signal == .similarity }?.value
    }
    // Three of six are at cosine 1 and three at 0: deviations of +1 and -1.
    let middle = try #require(nearness(3))
    #expect(abs(middle - (1 + 0.7 - 0.4 + 0.5 - 0.3) / 2.9) < 1e-5)
    #expect(abs(try #require(nearness(7)) + 1) < 1e-5)
    #expect(nearness(6) == nil)
  }

  @Test("names of speakers are left out of what a question's vector is made of")
  func names() {
    let index = Sample.index([
      Sample.turn("Ann Lee", "hello"), Sample.turn("José", "hello back", second: 1),
    ])
    for (question, expected) in [
      ("What does Ann's team use?", "What does team use?"),
      ("Where did José go, and why?", "Where did go, and why?"),
      ("What did Ann tell José?", "What did tell ?"),
      ("When is the annual review?", "When is the annual review?"), ("Ann", "Ann"),
    ] {
      let analysis = QueryAnalysis(question, by: Sample.analyzer, now: Sample.start)
      #expect(index.textWithoutSpeakers(analysis) == expected)
    }
  }

  @Test("an index follows a table through deletions and compacting of both")
  func following() {
    var index = Sample.index((0..<900).map { Sample.note("note \($0)") })
    var table = Self.table((0..<900).map { $0 == 700 ? 0 : 90 })
    index.follow(table)
    for version in 1...600 {
      index.delete(Int64(version))
      table.delete(Int64(version))
    }
    index.follow(table)
    index.store(901, Sample.note("late"))
    table.store(901, Self.vector(180))
    index.follow(table)
    let hits = index.recall(
      Sample.request("nothing", limit: 400) {
        $0.vectors = RecallVectors(question: Self.vector(0), table: table)
      }, weights: .withVectors)
    #expect(hits.first?.version == 701)
    #expect(hits.last?.version == 901)
  }
}
