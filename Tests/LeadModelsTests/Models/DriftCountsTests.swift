import JSONRPC
import Marketing
import Testing

@testable import LeadModels

@Suite struct DriftCountsTests {
  /// A column of numbers 0–9, each a tenth of training's, and one of three categories.
  private static let columns: [FeatureColumn] = {
    let numbers = (0..<1000).map { ColumnReading.Value.number(Double($0 % 10)) }
    let words = (0..<1000).map {
      ColumnReading.Value.word($0 % 2 == 0 ? "a" : $0 % 4 == 1 ? "b" : "c")
    }
    return [
      FeatureColumn(
        name: "visits", reading: ColumnReading(kind: .number),
        bins: ColumnBins(numbers, kind: .number)),
      FeatureColumn(
        name: "plan", reading: ColumnReading(kind: .category),
        bins: ColumnBins(words, kind: .category)),
    ]
  }()

  private static func counts(_ rows: Int, _ row: (Int) -> [ColumnReading.Value]) -> DriftCounts {
    var counts = DriftCounts()
    for number in 0..<rows { counts.note(row(number), columns: columns) }
    return counts
  }

  private static func usual(_ row: Int) -> [ColumnReading.Value] {
    [.number(Double(row % 10)), .word(row % 2 == 0 ? "a" : row % 4 == 1 ? "b" : "c")]
  }

  @Test func equalSharesAreNoDrift() {
    let indices = Self.counts(600, Self.usual).indices(Self.columns)
    #expect(indices.allSatisfy { $0 < 1e-9 })
  }

  /// By hand: .5, .25, .25 in training; .25, .25, .5 now.
  @Test func theIndexIsTheFormulas() {
    let counts = Self.counts(800) { row in
      [.number(Double(row % 10)), .word(row % 2 == 0 ? "c" : row % 4 == 1 ? "b" : "a")]
    }
    let index = counts.indices(Self.columns)[1]
    let expected = -0.25 * logOf(0.5) + 0.25 * logOf(2)
    #expect(abs(index - expected) < 1e-9)
  }

  private func logOf(_ number: Double) -> Double { logit(number / (1 + number)) }

  @Test func whatWasNeverSeenHasABin() {
    let counts = Self.counts(600) { [.number(Double($0 % 10 + 100)), .word("new")] }
    #expect(counts.indices(Self.columns).allSatisfy { $0 > 1 && $0.isFinite })
    let missing = Self.counts(600) { _ in [.missing, .unreadable] }
    #expect(missing.indices(Self.columns).allSatisfy { $0 > 1 && $0.isFinite })
  }

  @Test func onlyTheLatestThousandsCount() {
    var counts = Self.counts(5000) { [.number(Double($0 % 10 + 100)), .word("new")] }
    for row in 0..<5500 { counts.note(Self.usual(row), columns: Self.columns) }
    #expect((4500...5500).contains(counts.rows))
    #expect(counts.indices(Self.columns).allSatisfy { $0 < 0.01 })
  }

  @Test func countsAreKeptAsText() throws {
    let counts = Self.counts(700, Self.usual)
    let json = try JSONValueEncoder().encode(counts)
    let read = try JSONValueDecoder().decode(DriftCounts.self, from: json)
    #expect(read == counts && read.fits(Self.columns))
    #expect(!read.fits(Array(Self.columns.reversed())))
    #expect(!read.fits(Array(Self.columns.dropLast())))
  }
}
