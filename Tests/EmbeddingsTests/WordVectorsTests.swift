import Embeddings
import Foundation
import Marketing
import Testing

/// Vectors of texts from small files of words.
@Suite struct WordVectorsTests {
  /// Runs with a file of this content.
  private static func with<Value>(
    _ content: some Sequence<UInt8>, _ body: (String) async throws -> Value
  ) async throws -> Value {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "words-\(UUID().uuidString).txt").path()
    try Data(content).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  private static let small = """
    the 9 9 9
    lead 1 0 0
    deal 0.9 0.1 -0.2
    , 5 5 5
    Paris -1 2e-1 0.3
    café 0 0 1
    paris 7 7 7
    """

  /// The definition, word by word: weights by rank, and the mean of the weighed words taken out.
  private static func expected(_ ranks: [Int], _ file: [(rank: Int, vector: [Double])], total: Int)
    -> [Double]
  {
    func scaled(_ vector: [Double], _ factor: Double) -> [Double] { vector.map { $0 * factor } }
    func sum(_ vectors: [[Double]]) -> [Double] {
      vectors.reduce([0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
    }
    func product(_ one: [Double], _ other: [Double]) -> Double {
      zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
    func frequency(_ rank: Int) -> Double {
      1 / ((Double(rank) + 2.7) * (log(Double(total)) + 0.58))
    }
    func weight(_ rank: Int) -> Double { 1e-3 / (1e-3 + frequency(rank)) }
    let mean = sum(file.map { scaled($0.vector, weight($0.rank) * frequency($0.rank)) })
    let direction = scaled(mean, 1 / product(mean, mean).squareRoot())
    let text = sum(
      ranks.map { rank in scaled(file.first { $0.rank == rank }?.vector ?? [], weight(rank)) })
    let rest = sum([text, scaled(direction, -product(text, direction))])
    return scaled(rest, 1 / product(rest, rest).squareRoot())
  }

  private static let known: [(rank: Int, vector: [Double])] = [
    (1, [1, 0, 0]), (2, [0.9, 0.1, -0.2]), (4, [-1, 0.2, 0.3]), (5, [0, 0, 1]),
  ]

  @Test(arguments: [
    ("Lead", [1]), ("the deal's lead, and the lead", [2, 1, 1]), ("PARIS cafe", [4, 5]),
    ("no known word but deal", [2]), ("Café", [5]),
  ])
  func weighs(text: String, ranks: [Int]) async throws {
    let found = try await Self.with(Self.small.utf8) {
      try await WordVectors(path: $0).vectors(of: [text])
    }
    let wanted = Self.expected(ranks, Self.known, total: 7)
    let vector = try #require(found.first)
    #expect(vector.count == 3)
    for (number, other) in zip(vector, wanted) { #expect(abs(Double(number) - other) < 1e-5) }
  }

  @Test func unknown() async throws {
    try await Self.with(Self.small.utf8) { path in
      let words = try WordVectors(path: path)
      #expect(words.wordCount == 4)
      #expect(words.dimensions == 3)
      #expect(words.basis == .words)
      #expect(
        try await words.vectors(of: ["", "the", "unheard of", ",", "lead"]).map(\.count)
          == [0, 0, 0, 0, 3])
    }
  }

  @Test func commonAlone() async throws {
    // One word is all there is in common: nothing is left of it that would point anywhere.
    let found = try await Self.with("lead 0.1 0.7 0.3".utf8) {
      try await WordVectors(path: $0).vectors(of: ["lead"])
    }
    #expect(found == [[]])
  }

  @Test(arguments: [
    "7 3\n" + small, "\u{FEFF}" + small, small + "\n", small.replacing("\n", with: "\r\n"),
    small.replacing(" ", with: "\t"), small.replacing("\n", with: " \n"),
    small + "\n\n. . . 1 2 3", small + "\nname @ example.com 1 2 3",
  ])
  func layouts(_ content: String) async throws {
    let plain = try await Self.with(Self.small.utf8) {
      try await WordVectors(path: $0).vectors(of: ["lead", "deal"])
    }
    let found = try await Self.with(content.utf8) {
      try await WordVectors(path: $0).vectors(of: ["lead", "deal"])
    }
    #expect(found.map(\.count) == [3, 3])
    for (number, other) in zip(found.joined(), plain.joined()) {
      #expect(abs(number - other) < 0.1)
    }
  }

  @Test(arguments: [
    ("", "found no word with a vector"), ("\n\n", "found no word with a vector"),
    ("the 1 2\n, 2 1", "found no word with a vector"),
    ("lead\n", "line 1: found 0 numbers, expected a word and 1 to 4096 numbers"),
    ("3 5000\nlead 1", "line 1: found 5000 numbers"),
    ("lead 1 2\ndeal 1\n", "line 2: found 1 numbers, expected 2"),
    ("2 3\nlead 1 2\n", "line 2: found 2 numbers, expected 3"),
    ("lead 1 2\n\ndeal 1 2 3", "line 3: found 3 numbers, expected 2"),
    ("lead 1 2\ndeal 1 x2", "line 2: found 'x2' as number 2, expected a finite number"),
    ("lead 1 nan", "line 1: found 'nan' as number 2"), ("lead inf 1", "line 1: found 'inf'"),
    ("lead 1 1e99", "line 1: found '1e99'"), ("lead 1 2,5", "line 1: found '2,5'"),
    ("lead 1 2\0", "line 1: found"),
    (String(repeating: "x", count: 200_000), "line 1: longer than 131072 bytes"),
  ])
  func damaged(content: String, reason: String) async throws {
    try await Self.with(content.utf8) { path in
      let error = #expect(throws: EmbeddingError.self) { try WordVectors(path: path) }
      #expect(error?.kind == .refused)
      #expect(error?.reason.hasPrefix("\(path): \(reason)") == true, "\(error?.reason ?? "")")
    }
  }

  @Test func bytesThatAreNoText() async throws {
    let content = [0xFF, 0xFE] + Array(" 1 2\nlead 1 2\ndeal 2 1".utf8)
    let count = try await Self.with(content) { try WordVectors(path: $0).wordCount }
    #expect(count == 2)
  }

  @Test(arguments: ["/nowhere/words.txt", "/dev/zero", "/tmp"])
  func noFile(path: String) {
    #expect(throws: EmbeddingError.self) { try WordVectors(path: path) }
  }

  @Test func limits() async throws {
    // Lines go over the ends of the pieces that are read.
    let names = (0..<40_000).map { "word\($0)" }
    let content = names.enumerated().map { place, name in
      "\(name) \(place % 17) 1.25 -0.5 \(place % 3)"
    }.joined(separator: "\n")
    try await Self.with(content.utf8) { path in
      #expect(try WordVectors(path: path).wordCount == 40_000)
      var settings = WordVectorSettings()
      settings.mostWords = 1000
      let fewer = try WordVectors(path: path, settings: settings)
      #expect(fewer.wordCount == 1000)
      #expect(try await fewer.vectors(of: ["word999", "word1000"]).map(\.count) == [4, 0])
      settings.mostBytes = 16 * 10
      #expect(try WordVectors(path: path, settings: settings).wordCount == 10)
    }
  }

  @Test func models() async throws {
    var names: [String] = []
    for content in [
      Self.small, Self.small, Self.small + "\n", Self.small.replacing("0.9", with: "0.8"),
    ] {
      names.append(try await Self.with(content.utf8) { try WordVectors(path: $0).model })
    }
    var settings = WordVectorSettings()
    settings.mostWords = 5
    names.append(
      try await Self.with(Self.small.utf8) { try WordVectors(path: $0, settings: settings).model })
    #expect(names[0] == names[1])
    #expect(Set(names).count == 4)
    #expect(names.allSatisfy { $0.wholeMatch(of: /words-[0-9a-f]{12}/) != nil })
  }
}
