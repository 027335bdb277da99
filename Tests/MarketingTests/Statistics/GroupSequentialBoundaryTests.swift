import Marketing
import Testing

@Suite struct GroupSequentialBoundaryTests {
  private static func isClose(_ boundaries: [Double?], _ expected: [Double], _ error: Double)
    -> Bool
  {
    boundaries.count == expected.count
      && zip(boundaries, expected).allSatisfy { abs(($0 ?? .infinity) - $1) <= error }
  }

  /// The two-sided boundaries of Lan and DeMets' O'Brien–Fleming spending at five even looks, alpha 0.05,
  /// as the package ldbounds prints them.
  @Test func evenLooksAreThoseOfTheTable() {
    let plan = GroupSequentialBoundary(
      fractions: [0.2, 0.4, 0.6, 0.8, 1], alpha: 0.05, spending: .eachSide)
    #expect(Self.isClose(plan.boundaries, [4.8769, 3.3569, 2.6803, 2.2898, 2.0310], 0.000_15))
  }

  struct Plan: Sendable {
    let fractions: [Double]
    var alpha = 0.05
    var spending = AlphaSpending.bothSides
    let boundaries: [Double]
  }

  private static let uneven = [0.1, 0.15, 0.4, 0.401, 0.9, 1]

  /// Against an independent integration with 2,001 points per look.
  @Test(arguments: [
    Plan(
      fractions: [0.2, 0.4, 0.6, 0.8, 1],
      boundaries: [4.38261, 3.09973, 2.55335, 2.25385, 2.06350]),
    Plan(
      fractions: uneven, boundaries: [6.19795, 5.06071, 3.09900, 3.14866, 2.07463, 2.08228]),
    Plan(
      fractions: uneven, spending: .eachSide,
      boundaries: [6.99135, 5.66968, 3.35687, 3.40165, 2.09675, 2.05420]),
    Plan(
      fractions: [1.0 / 3, 2.0 / 3, 1], alpha: 0.01, boundaries: [4.46147, 3.15536, 2.59725]),
  ])
  func looksMayComeAtAnyTime(plan: Plan) {
    let computed = GroupSequentialBoundary(
      fractions: plan.fractions, alpha: plan.alpha, spending: plan.spending)
    #expect(Self.isClose(computed.boundaries, plan.boundaries, 0.000_1))
  }

  @Test func dailyLooksEndNearTheFixedTest() {
    let plan = GroupSequentialBoundary(fractions: (1...28).map { Double($0) / 28 }, alpha: 0.05)
    #expect(Self.isClose([plan.boundaries[0]], [10.371_15], 0.000_1))
    #expect(Self.isClose([plan.boundaries[11]], [3.077_64], 0.000_1))
    #expect(Self.isClose([plan.boundaries[27]], [2.185_28], 0.000_1))
    #expect(plan.spent.last == 0.05)
  }

  /// One look is the fixed test; a last look uses up what is left; looks that add no news or find no chance
  /// left end nothing.
  @Test func ends() {
    let fixed = GroupSequentialBoundary(fractions: [1], alpha: 0.05)
    #expect(Self.isClose(fixed.boundaries, [1.959_964], 1e-6))
    let early = GroupSequentialBoundary(fractions: [0.5], alpha: 0.05, isLastFinal: true)
    #expect(Self.isClose(early.boundaries, [1.959_964], 1e-6))
    let looks = GroupSequentialBoundary(fractions: [0, 0.4, 0.400_01, 1, 1.1], alpha: 0.05)
    #expect(looks.boundaries.map { $0 == nil } == [true, false, true, false, true])
    #expect(GroupSequentialBoundary(fractions: [], alpha: 0.05).boundaries.isEmpty)
  }

  /// Information that comes in at random, sometimes next to none.
  private static func path(_ looks: Int, _ generator: inout SplitMix64) -> [Double] {
    var (fractions, sum) = ([Double](), 0.0)
    for _ in 0..<looks {
      let step = generator.unit()
      let most = step < 0.3 ? 1e-4 : step < 0.4 ? 0 : 3 / Double(looks)
      sum += generator.unit() * most
      fractions.append(sum)
    }
    return fractions
  }

  /// What was looked at keeps its boundary, whatever comes in later.
  @Test(arguments: Array(UInt64(1)...12))
  func boundariesOfMadeLooksStay(seed: UInt64) {
    var generator = SplitMix64(state: seed)
    let fractions = Self.path(12, &generator)
    let whole = GroupSequentialBoundary(fractions: fractions, alpha: 0.05, isLastFinal: true)
    for made in 1..<fractions.count {
      let part = GroupSequentialBoundary(fractions: Array(fractions[..<made]), alpha: 0.05)
      #expect(part.boundaries == Array(whole.boundaries[..<made]))
      #expect(part.spent == Array(whole.spent[..<made]))
    }
    #expect(whole.spent.last == 0.05)
    #expect(zip(whole.spent, whole.spent.dropFirst()).allSatisfy { $0 <= $1 })
  }

  /// Brownian motions without drift cross with alpha, also where some looks bring next to nothing.
  @Test func unevenLooksCrossWithAlpha() {
    var generator = SplitMix64(state: 40)
    var crossed = 0
    for _ in 0..<20 {
      let fractions = Self.path(10, &generator)
      let plan = GroupSequentialBoundary(fractions: fractions, alpha: 0.2, isLastFinal: true)
      for _ in 0..<200 {
        var (place, last) = (0.0, 0.0)
        let crosses = zip(fractions, plan.boundaries).contains { fraction, boundary in
          let z = normalQuantile(above: generator.unit())
          place += z * (fraction - last).squareRoot()
          last = fraction
          return boundary.map { abs(place) >= $0 * fraction.squareRoot() } ?? false
        }
        crossed += crosses ? 1 : 0
      }
    }
    #expect((680...880).contains(crossed))
  }

  /// A final look right after another one still has the rest of alpha.
  @Test(arguments: [0.6, 0.600_001, 0.600_05])
  func theFinalLookHasTheRest(last: Double) {
    let plan = GroupSequentialBoundary(
      fractions: [0.3, 0.6, last], alpha: 0.05, isLastFinal: true)
    let boundaries = plan.boundaries.compactMap { $0 }
    #expect(boundaries.count == 3 && plan.spent.last == 0.05)
    #expect(boundaries[2] < boundaries[1] && boundaries[2] > 1.959_96)
  }

  @Test(arguments: AlphaSpending.allCases)
  func spendingRisesToAlpha(spending: AlphaSpending) {
    let spent = stride(from: 0.0, through: 1.2, by: 0.1).map { spending.spent(of: 0.05, at: $0) }
    #expect(spent.first == 0 && spent.last == 0.05)
    #expect(zip(spent, spent.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
