import Marketing
import Testing

@testable import LeadModels

@Suite struct JudgementTests {
  private static let probabilities: [Double] = [
    0.9, 0.8, 0.8, 0.7, 0.6, 0.55, 0.5, 0.5, 0.5, 0.3, 0.2, 0.2, 0.1, 0.05,
  ]
  private static let outcomes: [Int] = [1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0]
  private let rows = zip(probabilities, outcomes).map { probability, outcome in
    Judgement.Row(probability: probability, isPositive: outcome == 1)
  }

  /// The figures are scikit-learn's: roc_auc_score, average_precision_score, brier_score_loss, log_loss.
  @Test func figuresAgreeWithScikitLearn() throws {
    // The order of tied rows must not matter.
    for rows in [rows, rows.reversed(), rows.shuffled()] {
      let metrics = try #require(Judgement(rows).metrics)
      #expect(abs(metrics.auc - 0.75) < 1e-12)
      #expect(abs(metrics.averagePrecision - 0.6898148148148148) < 1e-12)
      #expect(abs(metrics.brier - 0.20535714285714285) < 1e-12)
      #expect(abs(metrics.logLoss - 0.5881497439562072) < 1e-12)
      #expect(abs(metrics.calibrationError - 0.19285714285714284) < 1e-12)
      #expect((metrics.rows, metrics.positives) == (14, 6))
    }
  }

  @Test func oneClassOrNoneHasNoFigures() {
    #expect(Judgement([]).metrics == nil)
    #expect(Judgement(rows.filter(\.isPositive)).metrics == nil)
    #expect(Judgement(rows.filter { !$0.isPositive }).metrics == nil)
    #expect(Judgement([]).lift().isEmpty)
    #expect(Judgement([]).roc().isEmpty)
    #expect(Judgement([]).calibrationCurve().isEmpty)
  }

  @Test func certainAndWrongIsNotInfinite() throws {
    let metrics = try #require(
      Judgement([
        .init(probability: 1, isPositive: false), .init(probability: 0, isPositive: true),
      ]).metrics)
    #expect(metrics.auc == 0)
    #expect(metrics.logLoss.isFinite && metrics.logLoss > 13)
    #expect(metrics.calibrationError == 1)
  }

  /// One column of two values: 200 of 500 rows converted and 100 of 500. Whatever their order in the file,
  /// a tenth of equal probabilities holds its share of what they all converted.
  @Test(arguments: [true, false, nil]) func theOrderOfEqualRowsTellsNothing(first: Bool?) {
    var rows: [Judgement.Row] = []
    for (probability, hits) in [(0.4, 200), (0.2, 100)] {
      rows += (0..<500).map { .init(probability: probability, isPositive: $0 < hits) }
    }
    if let first {
      rows = rows.filter { $0.isPositive == first } + rows.filter { $0.isPositive != first }
    }
    let judgement = Judgement(rows)
    let lift = judgement.lift()
    #expect(lift.map(\.positives) == [40, 40, 40, 40, 40, 20, 20, 20, 20, 20])
    for (row, rate) in zip(lift, [0.4, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.2]) {
      #expect(abs(row.rate - rate) < 1e-12 && abs(row.lift - rate / 0.3) < 1e-12)
    }
    #expect(lift.last?.capturedShare == 1)
    let curve = judgement.calibrationCurve()
    #expect(curve.map(\.rows) == [500, 500])
    #expect(curve.map(\.observed) == [0.2, 0.4])
    for (bin, predicted) in zip(curve, [0.2, 0.4]) {
      #expect(abs(bin.predicted - predicted) < 1e-9)
    }
  }

  @Test func curvesAndTenthsCoverAllRows() {
    let many = (0..<1003).map {
      Judgement.Row(probability: Double($0) / 1003, isPositive: $0 * 7 % 1003 < $0)
    }
    let judgement = Judgement(many)
    let positives = many.count { $0.isPositive }
    let lift = judgement.lift()
    #expect(lift.count == 10)
    #expect(lift.reduce(0) { $0 + $1.rows } == 1003)
    #expect(lift.reduce(0) { $0 + $1.positives } == positives)
    #expect(lift.last?.capturedShare == 1)
    #expect((lift.first?.lift ?? 0) > (lift.last?.lift ?? 9))
    let roc = judgement.roc()
    #expect(roc.count <= 101)
    #expect(roc.first == .init(x: 0, y: 0))
    #expect(roc.last == .init(x: 1, y: 1))
    #expect(zip(roc, roc.dropFirst()).allSatisfy { $0.x <= $1.x && $0.y <= $1.y })
    let curve = judgement.calibrationCurve()
    #expect(curve.reduce(0) { $0 + $1.rows } == 1003)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.predicted <= $1.predicted })
    #expect(
      curve.allSatisfy { $0.interval.low <= $0.observed && $0.observed <= $0.interval.high })
  }
}
