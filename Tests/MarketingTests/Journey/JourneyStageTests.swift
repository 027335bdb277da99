import Marketing
import Testing

@Suite struct JourneyStageTests {
  /// From where to where a lead may go, a row for each stage in the order of the cases.
  static let table: [(JourneyStage, String)] = [
    (.received, ".t.e..cx"), (.triaged, "..he..cx"), (.handedOff, ".t.e..cx"),
    (.engaged, "....m.cx"), (.monitored, "..he.ocx"), (.optimized, "..hem.cx"),
    (.converted, ".......x"), (.closed, "r.....c."),
  ]

  @Test(arguments: table.indices) func theTableIsWhole(_ index: Int) {
    let (stage, row) = Self.table[index]
    #expect(stage == JourneyStage.allCases[index])
    for (next, mark) in zip(JourneyStage.allCases, row) {
      #expect(stage.next.contains(next) == (mark != "."), "\(stage) to \(next)")
      #expect(next.previous.contains(stage) == (mark != "."))
      #expect(JourneyStage.isLegal(from: stage, to: next) == (mark != "."))
      #expect(JourneyStage.isLegal(from: nil, to: next))
    }
  }
}
