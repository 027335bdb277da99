import Testing
import VectorSearch

/// The approximate index against comparing with all.
@Suite(.timeLimit(.minutes(3))) struct ApproximateIndexTests {
  /// Unit vectors around centres, the same every time.
  struct Clustered {
    private var state: UInt64
    private let centres: [[Float]]
    let dimensions: Int

    init(seed: UInt64, clusters: Int, dimensions: Int) {
      state = seed
      self.dimensions = dimensions
      var generator = SplitMix(state: seed)
      centres = (0..<clusters).map { _ in (0..<dimensions).map { _ in generator.normal() } }
    }

    mutating func next() -> [Float] {
      var generator = SplitMix(state: state)
      let centre = centres[Int(generator.next() % UInt64(centres.count))]
      let vector = centre.map { $0 + 0.5 * generator.normal() }
      state = generator.next()
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return vector.map { $0 / norm }
    }
  }

  /// SplitMix64 (Steele, Lea, Flood, 2014).
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }

    /// About normal: a sum of uniform ones.
    mutating func normal() -> Float {
      (0..<6).reduce(Float(-3)) { sum, _ in sum + Float(next() >> 40) / Float(1 << 24) }
    }
  }

  private static func exact(
    _ vector: [Float], among vectors: [UInt32: [Float]], count: Int
  ) -> Set<UInt32> {
    let scored = vectors.map { label, other in
      (label, similarity(vector, other))
    }
    return Set(scored.sorted { $0.1 > $1.1 }.prefix(count).map(\.0))
  }

  private static func similarity(_ one: [Float], _ other: [Float]) -> Float {
    one.withUnsafeBufferPointer { one in
      other.withUnsafeBufferPointer { other in
        var sum: Float = 0
        for place in 0..<one.count { sum += one[place] * other[place] }
        return sum
      }
    }
  }

  /// The share of the 10 nearest that are found, over some questions.
  private static func recall(
    _ index: ApproximateIndex, _ vectors: [UInt32: [Float]], _ source: inout Clustered,
    questions: Int
  ) throws -> Double {
    var found = 0
    for _ in 0..<questions {
      let question = source.next()
      let matches = try index.nearest(to: question, count: 10)
      #expect(matches.count == 10)
      #expect(matches.allSatisfy { vectors[$0.label] != nil })
      #expect(zip(matches, matches.dropFirst()).allSatisfy { $0.similarity >= $1.similarity })
      found += exact(question, among: vectors, count: 10).intersection(matches.map(\.label)).count
    }
    return Double(found) / Double(10 * questions)
  }

  private static func settings(capacity: Int) -> ApproximateIndex.Settings {
    var settings = ApproximateIndex.Settings()
    settings.capacity = capacity
    return settings
  }

  @Test func recallAgainstExact() throws {
    var source = Clustered(seed: 7, clusters: 200, dimensions: 64)
    var vectors: [UInt32: [Float]] = [:]
    let index = try ApproximateIndex(dimensions: 64, settings: Self.settings(capacity: 1000))
    for label in 0..<UInt32(20_000) {
      vectors[label] = source.next()
      try index.add(vectors[label] ?? [], label: label)
    }
    #expect(index.count == 20_000)
    #expect(try Self.recall(index, vectors, &source, questions: 20) >= 0.95)

    // A third goes, one by one and together, and some come again under other labels.
    for label in stride(from: UInt32(0), to: 300, by: 3) {
      try index.remove([label])
      vectors[label] = nil
    }
    let gone = Array(stride(from: UInt32(300), to: 20_000, by: 3))
    #expect(try index.remove(gone) == gone.count)
    for label in gone { vectors[label] = nil }
    #expect(index.count == vectors.count)
    #expect(try Self.recall(index, vectors, &source, questions: 20) >= 0.95)
    let footprint = index.memoryFootprint
    for label in 30_000..<UInt32(35_000) {
      vectors[label] = source.next()
      try index.add(vectors[label] ?? [], label: label)
    }
    #expect(try Self.recall(index, vectors, &source, questions: 20) >= 0.95)
    // They are where others were.
    #expect(index.memoryFootprint < footprint + footprint / 20)
  }

  @Test func sameAnswers() throws {
    func answers() throws -> [[ApproximateIndex.Match]] {
      var source = Clustered(seed: 3, clusters: 20, dimensions: 16)
      let index = try ApproximateIndex(dimensions: 16, settings: Self.settings(capacity: 10))
      for label in 0..<UInt32(1500) { try index.add(source.next(), label: label) }
      try index.remove(Array(stride(from: UInt32(0), to: 1500, by: 7)))
      for label in 2000..<UInt32(2300) { try index.add(source.next(), label: label) }
      return try (0..<20).map { _ in try index.nearest(to: source.next(), count: 8, effort: 20) }
    }
    let first = try answers()
    #expect(first == (try answers()))
  }

  @Test func everyoneIsFoundWhereverItWas() throws {
    var source = Clustered(seed: 5, clusters: 12, dimensions: 8)
    var vectors: [UInt32: [Float]] = [:]
    let index = try ApproximateIndex(dimensions: 8, settings: Self.settings(capacity: 1))
    for label in 0..<UInt32(2000) {
      vectors[label] = source.next()
      try index.add(vectors[label] ?? [], label: label)
    }
    var generator = SplitMix(state: 9)
    // Down to one, in large parts, so that neighbours go together.
    while vectors.count > 1 {
      let gone = vectors.keys.sorted().filter { _ in generator.next() % 10 < 4 }
        .prefix(vectors.count - 1)
      #expect(try index.remove(gone) == gone.count)
      for label in gone { vectors[label] = nil }
      for (label, vector) in vectors {
        let found = try index.nearest(to: vector, count: 1, effort: 50)
        #expect(found.first?.label == label)
      }
    }
    let last = try #require(vectors.first)
    #expect(try index.remove([last.key, last.key, 9999]) == 1)
    #expect(index.count == 0)
    #expect(try index.nearest(to: last.value, count: 3).isEmpty)
    // From nothing anew, in places that are there.
    for label in 0..<UInt32(300) {
      vectors[label] = source.next()
      try index.add(vectors[label] ?? [], label: label)
    }
    for (label, vector) in vectors where label < 300 {
      #expect(try index.nearest(to: vector, count: 1).first?.label == label)
    }
  }

  @Test func replaces() throws {
    let index = try ApproximateIndex(dimensions: 2)
    try index.add([1, 0], label: 4)
    try index.add([0, 1], label: .max)
    try index.add([-1, 0], label: 4)
    #expect(index.count == 2)
    #expect(index.contains(4) && index.contains(.max) && !index.contains(5))
    let found = try index.nearest(to: [0.6, 0.8], count: 9)
    #expect(found.map(\.label) == [.max, 4])
    #expect(found.map(\.similarity) == [0.8, -0.6])
    #expect(try index.nearest(to: [1, 0], count: 0).isEmpty)
    #expect(try index.nearest(to: [1, 0], count: -1).isEmpty)
  }

  @Test func isFull() throws {
    var settings = Self.settings(capacity: 2)
    settings.mostVectors = 3
    let index = try ApproximateIndex(dimensions: 1, settings: settings)
    for label in 0..<UInt32(3) { try index.add([1], label: label) }
    #expect(throws: VectorSearchError.full(3)) { try index.add([1], label: 3) }
    try index.add([-1], label: 2)
    try index.remove([0])
    try index.add([1], label: 3)
    #expect(index.count == 3)
  }

  @Test(arguments: [[], [1], [1, 0, 0], [.nan, 0], [1, .infinity]])
  func badVectors(_ vector: [Float]) throws {
    let index = try ApproximateIndex(dimensions: 2)
    #expect(throws: VectorSearchError.badVector(expected: 2)) { try index.add(vector, label: 1) }
    #expect(throws: VectorSearchError.badVector(expected: 2)) {
      try index.nearest(to: vector, count: 1)
    }
  }

  @Test func footprint() throws {
    let index = try ApproximateIndex(dimensions: 256, settings: Self.settings(capacity: 4000))
    let empty = index.memoryFootprint
    #expect(empty > 4000 * 256 * 4)
    #expect(empty < 4000 * 256 * 4 * 2 + (4 << 20))
    let other = try ApproximateIndex(dimensions: 256, settings: Self.settings(capacity: 8000))
    #expect(other.memoryFootprint > empty + 4000 * 256 * 4)
  }
}
