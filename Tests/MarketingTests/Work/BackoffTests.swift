import Marketing
import Testing

@Suite struct BackoffTests {
  @Test(arguments: [
    (-3, 2), (0, 2), (1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 300), (10, 300), (10_000, 300),
  ])
  func theBoundDoublesUpToTheMost(attempts: Int, seconds: Int) {
    #expect(Backoff().bound(after: attempts) == .seconds(seconds))
  }

  @Test func delaysAreSpreadEvenlyBelowTheBound() {
    var generator = SeededGenerator(seed: 7)
    let delays = (0..<4000).map { _ in Backoff().delay(after: 2, using: &generator) }
    #expect(delays.allSatisfy { $0 > .zero && $0 <= .seconds(4) })
    for quarter in 0..<4 {
      let share = delays.count { $0 > .seconds(quarter) && $0 <= .seconds(quarter + 1) }
      #expect((900...1100).contains(share), "\(share) in quarter \(quarter)")
    }
    var same = SeededGenerator(seed: 7)
    #expect(Backoff().delay(after: 2, using: &same) == delays[0])
    #expect(Backoff(base: .zero, most: .zero).delay(after: 3, using: &same) == .milliseconds(1))
  }
}
