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

  /// One look is the fixed test; a last look uses up what is left; looks without news or chance end nothing.
  @Test func ends() {
    let fixed = GroupSequentialBoundary(fractions: [1], alpha: 0.05)
    #expect(Self.isClose(fixed.boundaries, [1.959_964], 1e-6))
    let early = GroupSequentialBoundary(fractions: [0.5], alpha: 0.05, isLastFinal: true)
    #expect(Self.isClose(early.boundaries, [1.959_964], 1e-6))
    let looks = GroupSequentialBoundary(fractions: [0, 0.4, 0.400_01, 1, 1.1], alpha: 0.05)
    #expect(looks.boundaries.map { $0 == nil } == [true, true, false, false, true])
    #expect(GroupSequentialBoundary(fractions: [], alpha: 0.05).boundaries.isEmpty)
  }

  @Test(arguments: AlphaSpending.allCases)
  func spendingRisesToAlpha(spending: AlphaSpending) {
    let spent = stride(from: 0.0, through: 1.2, by: 0.1).map { spending.spent(of: 0.05, at: $0) }
    #expect(spent.first == 0 && spent.last == 0.05)
    #expect(zip(spent, spent.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
