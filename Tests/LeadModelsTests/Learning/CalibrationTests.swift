import Marketing
import Testing

@testable import LeadModels

@Suite struct CalibrationTests {
  private let margins: [Double] = [-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5]
  private let labels = [0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1].map { $0 == 1 }

  /// The line that minimises the log loss to Platt's targets, by SciPy.
  @Test func plattAgreesWithSciPy() {
    let curve = Calibration(.platt, margins: margins, labels: labels)
    #expect(abs(curve.slope - 0.45699079) < 1e-5)
    #expect(abs(curve.offset - 0.11424768) < 1e-5)
    #expect(abs(curve.logOdds(2) - (2 * 0.45699079 + 0.11424768)) < 1e-4)
  }

  /// scikit-learn's IsotonicRegression has the levels 0, 1/3 (3 rows), 1/2 (2), 2/3 (3), 1 (2) here; ours adds
  /// half a row of each outcome to each level and stands at the middle of its rows.
  @Test func isotonicHasTheLevelsOfScikitLearn() {
    let curve = Calibration(.isotonic, margins: margins, labels: labels)
    let levels = [
      (-2.75, 0.0, 2.0), (-1.5, 1, 3), (-0.25, 1, 2), (1, 2, 3), (2.25, 2, 2),
    ]
    #expect(curve.knots.count == levels.count)
    for (knot, level) in zip(curve.knots, levels) {
      #expect(abs(knot.raw - level.0) < 1e-12)
      #expect(abs(logistic(knot.calibrated) - (level.1 + 0.5) / (level.2 + 1)) < 1e-12)
    }
  }

  /// Half a row of each outcome lifts a block of one row above the large one behind it.
  @Test func aSmallBlockDoesNotSwallowTheLargeOneBehindIt() {
    var margins = [-5.0]
    var labels = [false]
    func add(_ rows: Int, from margin: Double, converted: Int) {
      for row in 0..<rows {
        margins.append(margin + Double(row) / Double(rows))
        labels.append(row < converted)
      }
    }
    add(200, from: -4, converted: 1)
    add(200, from: -2, converted: 40)
    add(100, from: 0, converted: 60)
    let curve = Calibration(.isotonic, margins: margins, labels: labels)
    for (margin, rate) in [(-5.0, 0.005), (-3.5, 0.005), (-1.5, 0.2), (0.5, 0.6)] {
      #expect(abs(logistic(curve.logOdds(margin)) - rate) < 0.015, "\(margin)")
    }
  }

  @Test(arguments: [0.1, 0.25, 0.4], [1, 2, 3] as [UInt64])
  func isotonicKeepsTheRateOfAllRows(base: Double, seed: UInt64) {
    var random = SplitMix64(state: seed)
    let margins = (0..<2000).map { _ in
      logit(base) + (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
    }
    let labels = margins.map { random.unit() < logistic($0) }
    let curve = Calibration(.isotonic, margins: margins, labels: labels)
    let mean = margins.reduce(0) { $0 + logistic(curve.logOdds($1)) } / 2000
    #expect(abs(mean - Double(labels.count { $0 }) / 2000) < 0.0075)
  }

  @Test(arguments: CalibrationMethod.allCases) func noCurveFallsOrIsCertain(
    method: CalibrationMethod
  ) {
    for labels in [labels, labels.map { !$0 }, labels.map { _ in true }] {
      let curve = Calibration(method, margins: margins, labels: labels)
      let points = stride(from: -60.0, through: 60, by: 0.25).map(curve.logOdds)
      #expect(zip(points, points.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(points.allSatisfy { abs($0) <= 9.9 })
    }
  }

  @Test func equalMarginsAndFewRowsAreNoCrash() {
    for method in CalibrationMethod.allCases {
      let same = Calibration(method, margins: [1, 1, 1, 1], labels: [true, false, true, true])
      #expect(same.logOdds(1).isFinite)
      #expect(Calibration(method, margins: [], labels: []).logOdds(0.5).isFinite)
      #expect(
        Calibration(method, margins: [0, 1e6], labels: [false, true]).logOdds(5).isFinite)
    }
  }

  @Test func theOrderOfTiedRowsDoesNotMatter() {
    let rows = (0..<40).map { row -> (Double, Bool) in (Double(row / 8), row % 3 == 0 || row > 30) }
    let forward = Calibration(.isotonic, margins: rows.map(\.0), labels: rows.map(\.1))
    let backward = Calibration(
      .isotonic, margins: rows.reversed().map(\.0), labels: rows.reversed().map(\.1))
    for margin in stride(from: -1.0, through: 6, by: 0.5) {
      #expect(abs(forward.logOdds(margin) - backward.logOdds(margin)) < 1e-9)
    }
  }
}
