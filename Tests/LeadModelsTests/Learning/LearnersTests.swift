import Marketing
import Testing

@testable import LeadModels

@Suite struct LearnersTests {
  /// scikit-learn's LogisticRegression(C = 1 ÷ penalty) on the same scaled features.
  @Test(arguments: [
    (1.0, [0.45526545, 1.12114641], -0.1067143), (10, [0.2184491, 0.27986609], -0.1016098),
  ]) func regressionAgreesWithScikitLearn(penalty: Double, weights: [Double], intercept: Double) {
    let steps = (0..<40).map { row in row * 7 % 5 + 1 }
    let flags = (0..<40).map { row in row % 3 == 0 }
    var numbers: [Float] = []
    var labels: [Bool] = []
    for row in 0..<40 {
      numbers += [Float(steps[row]), flags[row] ? 1 : 0]
      let level = 1.2 * Double(steps[row]) + (flags[row] ? 3 : 0)
      labels.append(Double((row * 13 + 5) % 11) < level)
    }
    #expect(labels.count { $0 } == 19)
    let rows = ScaledRows(FeatureMatrix(columns: 2, values: numbers), labels: labels)
    #expect(rows.width == 2)
    let model = LogisticRegression.fit(rows, penalty: penalty, start: nil)
    #expect(abs(model.weights[0] - weights[0]) < 1e-4)
    #expect(abs(model.weights[1] - weights[1]) < 1e-4)
    #expect(abs(model.intercept - intercept) < 1e-4)
  }

  @Test func stretchesFollowACurve() {
    // A hill: the middle converts, both ends do not. A straight line sees nothing.
    let numbers = (0..<600).map { row in Float(row % 100) }
    let labels = numbers.indices.map { row in
      let isMiddle = (30..<70).contains(row % 100)
      return row * 7 % 10 < (isMiddle ? 9 : 1)
    }
    let rows = ScaledRows(FeatureMatrix(columns: 1, values: numbers), labels: labels)
    let model = LogisticRegression.fit(rows, penalty: 1, start: nil)
    func chance(_ number: Float) -> Double { logistic(model.logOdds(of: [number])) }
    #expect(chance(50) > 0.8)
    #expect(chance(5) < 0.25 && chance(95) < 0.25)
    // Beyond what training saw, and where nothing is known.
    #expect(model.logOdds(of: [1e9]).isFinite && model.logOdds(of: [.nan]).isFinite)
    let parts = model.contributions(of: [42])
    #expect(parts.count == 1)
    #expect(abs(parts[0] + model.intercept - model.logOdds(of: [42])) < 1e-12)
  }

  @Test func naiveBayesByHand() throws {
    // Value a: 3 of 4 won; b: 1 of 4 won. One row has none.
    let values: [ColumnReading.Value] =
      [.word("a"), .word("a"), .word("a"), .word("a"), .word("b"), .word("b"), .word("b")]
      + [.word("b"), .missing]
    let labels = [true, true, true, false, true, false, false, false, true]
    var reading = ColumnReading(kind: .category)
    reading.transform = nil
    var column = FeatureColumn(
      name: "c", reading: reading, bins: ColumnBins(values, kind: .category))
    column.categories = ["a", "b"]
    let model = NaiveBayes(
      [column], values: [values], labels: labels, rows: Array(labels.indices))
    // Half a row of each outcome for each of three places: a, b and all others.
    let (won, lost) = (4 + 1.5, 4 + 1.5)
    let expected = (3.5 / won / (1.5 / lost)).logarithm
    #expect(abs(model.contributions(of: [.word("a")], columns: [column])[0] - expected) < 1e-12)
    #expect(abs(model.contributions(of: [.word("b")], columns: [column])[0] + expected) < 1e-12)
    #expect(model.contributions(of: [.missing], columns: [column]) == [0])
    #expect(model.contributions(of: [.word("new")], columns: [column]) == [0])
    #expect(abs(model.intercept - logit(5.5 / 10)) < 1e-12)
  }

  @Test func descentFindsTheMinimumOfAKnownFunction() {
    // Σ i·(x − i)² and a strong tie between neighbours, from far away.
    var point = [Double](repeating: 50, count: 8)
    LimitedMemoryDescent.minimise(&point) { x in
      var value = 0.0
      var gradient = [Double](repeating: 0, count: 8)
      for place in 0..<8 {
        let distance = x[place] - Double(place)
        value += Double(place + 1) * distance * distance
        gradient[place] += 2 * Double(place + 1) * distance
      }
      return (value, gradient)
    }
    for place in 0..<8 { #expect(abs(point[place] - Double(place)) < 1e-2) }
  }

  @Test(
    arguments: [
      // Setting 1 is best on all parts; without part 2, which likes it so much, setting 0 is.
      (nil, nil, 1), (2, nil, 0), (0, nil, 1), (0, 2, 0),
    ] as [(Int?, Int?, Int)])
  func aPartHasNoSayInItsOwnSettings(part: Int?, latest: Int?, best: Int) {
    let losses = [[0.5, 0.6], [0.5, 0.55], [0.9, 0.1]]
    #expect(PartwiseChoice(losses, latest: latest).best(without: part) == best)
  }

  @Test func aSinglePartHasTheSay() {
    #expect(PartwiseChoice([[0.9, 0.1]], latest: nil).best(without: 0) == 1)
    #expect(PartwiseChoice([], latest: nil).best(without: nil) == 0)
  }

  @Test func meanLossIsThatOfTheLogit() {
    #expect(abs(meanLoss([0, 0], [true, false]) - 0.6931471805599453) < 1e-12)
    #expect(abs(meanLoss([800], [false]) - 800) < 1e-9)
    #expect(meanLoss([], []) == .infinity)
  }
}

extension Double {
  /// ln, by the logit of p ÷ (1 + p).
  fileprivate var logarithm: Double { logit(self / (1 + self)) }
}
