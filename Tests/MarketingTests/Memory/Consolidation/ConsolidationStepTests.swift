import Marketing
import Testing

@Suite struct ConsolidationStepTests {
  private static func step(expiring: Int, givenUp: [Int], stored: Int) -> ConsolidationStep {
    let now = Timestamp(milliseconds: 0)
    func ids(_ prefix: String, _ count: Int) -> [MemoryID] {
      (0..<count).map { MemoryID(rawValue: "\(prefix)\($0)") }
    }
    var step = ConsolidationStep(
      ConsolidationClaim(holder: "a", now: now, lease: .seconds(60)), place: .records(of: nil))
    step.expiring = ids("e", expiring).map { OwnedMemoryID($0, nil) }
    step.merges = givenUp.enumerated().map { number, count in
      MemoryMerge(survivor: MemoryID(rawValue: "s\(number)"), givenUp: ids("g\(number)_", count))
    }
    step.stored = ids("m", stored).map { id in
      AnalyzedMemory(
        record: MemoryRecord(
          id: id, kind: .longTerm, text: "", source: MemorySource(name: "a"), validFrom: now,
          recordedAt: now), text: AnalyzedText(stems: []))
    }
    return step
  }

  private static let cases: [(expiring: Int, givenUp: [Int], stored: Int, parts: Int)] = [
    (0, [], 0, 1), (3, [], 0, 1), (4, [], 0, 2), (0, [7], 0, 3), (2, [2, 1], 2, 3), (0, [], 9, 3),
    (1, [1], 1, 1), (0, [3, 3], 3, 3),
  ]

  @Test("parts are small, and together the whole", arguments: cases.indices)
  func parts(_ index: Int) {
    let row = Self.cases[index]
    let step = Self.step(expiring: row.expiring, givenUp: row.givenUp, stored: row.stored)
    let parts = step.parts(of: 3)
    #expect(parts.count == row.parts)
    for part in parts {
      let changes = part.merges.reduce(0) { $0 + $1.givenUp.count }
      #expect(part.expiring.count + part.stored.count + changes <= 3)
    }
    #expect(parts.flatMap(\.expiring) == step.expiring)
    #expect(parts.flatMap(\.stored) == step.stored)
    #expect(parts.flatMap(\.merges).flatMap(\.givenUp) == step.merges.flatMap(\.givenUp))
    for merge in parts.flatMap(\.merges) {
      let whole = step.merges.first { $0.survivor == merge.survivor }
      #expect(Set(merge.givenUp).isSubset(of: whole?.givenUp ?? []))
    }
    #expect(parts.dropLast().allSatisfy { $0.place == nil } && parts.last?.place == step.place)
  }

  @Test("what is concluded and what the graph says of it are one part")
  func learned() {
    let now = Timestamp(milliseconds: 0)
    let situations = (0..<5).map { LearnedSituation("s\($0)") }
    var step = Self.step(expiring: 2, givenUp: [], stored: 0)
    step.stored = situations.dropLast().map { learned in
      let found = ActionPatterns(in: learned.situation, [], ConsolidationSettings())
      return AnalyzedMemory(
        record: found.record(for: nil, asOf: now, recordedAt: now), text: AnalyzedText(stems: []))
    }
    // The last is of a fact that is stored already.
    step.learned = situations
    let parts = step.parts(of: 3)
    #expect(parts.map(\.stored.count) == [1, 3, 0])
    #expect(parts.map(\.learned) == [[situations[0]], Array(situations[1...3]), [situations[4]]])
  }
}
