import ReportPages
import Testing

@Suite struct ScaleTests {
  @Test func aScaleIsALineAndKeepsWithinItsEnds() {
    let scale = LinearScale(domain: 0...4, start: 100, end: 20)
    #expect(
      [0, 1, 4, 9, -1, .nan, .infinity].map(scale.position) == [100, 80, 20, 20, 100, 100, 20])
  }

  @Test(
    arguments: [
      (1.0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.036, 5, [0, 0.01, 0.02, 0.03, 0.04]),
      (2.55, 5, [0, 1, 2, 3]), (2.3, 5, [0, 0.5, 1, 1.5, 2, 2.5]),
      (100, 5, [0, 20, 40, 60, 80, 100]),
      (7_300, 4, [0, 2000, 4000, 6000, 8000]), (0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
      (.nan, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.3, 3, [0, 0.1, 0.2, 0.3]),
    ] as [(Double, Int, [Double])])
  func ticksAreRoundAndReach(highest: Double, count: Int, values: [Double]) {
    #expect(Ticks(upTo: highest, count: count).values == values)
  }

  @Test func ticksReachWhateverTheSize() {
    var highest = 1e-8
    while highest < 1e14 {
      let ticks = Ticks(upTo: highest)
      #expect(ticks.values[0] == 0)
      #expect(ticks.highest >= highest * (1 - 1e-9), "\(highest)")
      #expect((1...5).contains(ticks.values.count - 1), "\(highest): \(ticks.values)")
      #expect(ticks.highest <= highest * 2.5 + 1e-9, "\(highest): \(ticks.highest)")
      let labels = ticks.numbers.map(\.label)
      #expect(Set(labels).count == labels.count, "\(labels)")
      highest *= 1.37
    }
  }

  @Test(
    arguments: [
      (-1.0...3.6, [-1, 0, 1, 2, 3, 4]), (-0.004...0.021, [-0.01, 0, 0.01, 0.02, 0.03]),
      (0.0152...0.0161, [0.0152, 0.0154, 0.0156, 0.0158, 0.016, 0.0162]),
      (-7.0 ... -2, [-7, -6, -5, -4, -3, -2]),
      (4.0...4, [2, 3, 4, 5, 6]), (-1.0...(.infinity), [-1, -0.5, 0, 0.5, 1]),
    ] as [(ClosedRange<Double>, [Double])])
  func ticksReachOverARange(range: ClosedRange<Double>, values: [Double]) {
    let ticks = Ticks(over: range).values
    #expect(ticks.count == values.count, "\(ticks)")
    for (tick, value) in zip(ticks, values) { #expect(abs(tick - value) < 1e-9, "\(ticks)") }
  }

  @Test func percentsHaveTheDecimalsThatTheyNeed() {
    #expect(Ticks(upTo: 1).percents.map(\.label).last == "100\u{A0}%")
    #expect(Ticks(upTo: 0.004).percents.map(\.label)[1] == "0.1\u{A0}%")
  }
}
