import Testing

@testable import LeadModels

@Suite struct FoldsTests {
  /// 1,000 rows of which every fourth is positive.
  private let labels = (0..<1000).map { $0 % 4 == 0 }

  @Test(arguments: [2, 3, 5, 10]) func partsHaveEqualSizesAndShares(count: Int) {
    let parts = Folds.parts(labels: labels, groups: nil, count: count, seed: 42)
    for part in 0..<count {
      let rows = parts.indices.filter { parts[$0] == part }
      #expect(abs(rows.count - 1000 / count) <= 2)
      #expect(abs(rows.count { labels[$0] } - 250 / count) <= 1)
    }
  }

  @Test func theSeedChoosesTheParts() {
    let first = Folds.parts(labels: labels, groups: nil, count: 5, seed: 1)
    #expect(first == Folds.parts(labels: labels, groups: nil, count: 5, seed: 1))
    #expect(first != Folds.parts(labels: labels, groups: nil, count: 5, seed: 2))
  }

  @Test func rowsOfAGroupStayTogether() {
    let groups = labels.indices.map { $0 / 3 }
    let parts = Folds.parts(labels: groups.map { $0 % 2 == 0 }, groups: groups, count: 5, seed: 7)
    for row in 1..<1000 where groups[row] == groups[row - 1] {
      #expect(parts[row] == parts[row - 1])
    }
    #expect(Set(parts) == Set(0..<5))
  }

  /// 20 conversions in 800,000 rows: chance alone may take none of them.
  @Test(arguments: [(800_000, 20, 40_000, 1), (100_000, 2, 100, 1), (1000, 250, 100, 25)])
  func aSampleHasTheShareOfPositiveRows(rows: Int, positives: Int, count: Int, wanted: Int) {
    let labels = (0..<rows).map { $0 % (rows / positives) == 0 }
    for seed in 1...3 as ClosedRange<UInt64> {
      let sample = Folds.sample(
        of: Array(0..<rows), labels: labels, count: count, seed: seed)
      #expect(sample.count == count)
      #expect(sample.count { labels[$0] } == wanted)
      #expect(sample == sample.sorted())
    }
  }

  @Test func aSampleIsRisingAndOfTheSizeAskedFor() {
    let rows = Array(0..<500)
    let sample = Folds.sample(of: rows, count: 100, seed: 3)
    #expect(sample.count == 100)
    #expect(sample == sample.sorted())
    #expect(Folds.sample(of: rows, count: 900, seed: 3) == rows)
  }
}
