import Marketing
import Testing

@testable import LeadModels

@Suite struct ScoreCurveTests {
  private let settings = TriageSettings()
  private let probabilities = (0..<1000).map { row in
    let share = Double(row) / 1000
    return 0.02 + 0.9 * share * share
  }

  @Test func eachCategoryGetsItsShare() throws {
    let curve = try #require(ScoreCurve(fitting: probabilities.shuffled(), shares: BandShares()))
    let categories = probabilities.map {
      settings.category(forScore: curve.score($0, settings: settings))
    }
    #expect(abs(categories.count { $0 == .campaignQualified } - 250) <= 1)
    #expect(abs(categories.count { $0 == .coldLead } - 400) <= 1)
    #expect(abs(categories.count { $0 == .generalInquiry } - 350) <= 1)
  }

  @Test func scoresRiseFromNothingToAHundred() throws {
    let curve = try #require(ScoreCurve(fitting: probabilities, shares: BandShares()))
    for curve in [curve, .identity] {
      let scores = (0...1000).map { curve.score(Double($0) / 1000, settings: settings) }
      #expect(scores.first == 0)
      #expect(scores.last == 100)
      #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
    }
    #expect(ScoreCurve.identity.score(0.375, settings: settings) == 37.5)
  }

  @Test(arguments: [[], [0.3], [0.2, 0.2, 0.2, 0.2]] as [[Double]])
  func probabilitiesThatAreAlikeMakeNoCurve(probabilities: [Double]) {
    #expect(ScoreCurve(fitting: probabilities, shares: BandShares()) == nil)
  }
}
