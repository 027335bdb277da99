import Marketing
import Testing

@testable import LeadModels

@Suite struct IncrementalModelTests {
  /// Counts of as many leads of either outcome.
  private static func counts(
    won: Int, lost: Int, _ fields: [String: [String: (won: Int, lost: Int)]] = [:]
  ) -> LessonCounts {
    LessonCounts(
      leads: .init(won: won, lost: lost),
      fields: fields.mapValues { $0.mapValues { .init(won: $0.won, lost: $0.lost) } }, revision: 7)
  }

  private static func scoring(_ counts: LessonCounts, _ lead: Lead) throws -> LeadScoring {
    let model = try #require(IncrementalModel(counts, bands: BandShares()))
    let subject = ScoringSubject(
      lead: lead, identity: LeadIdentity(of: lead, keepsPlusTags: false), history: LeadHistory(),
      intent: .none, now: lead.createdAt)
    return try model.scoring(of: subject, settings: TriageSettings())
  }

  private static func lead(_ source: String?) -> Lead {
    var lead = Lead(id: LeadID(rawValue: "L1"), createdAt: Timestamp(milliseconds: 0))
    lead.source = source
    return lead
  }

  static let enough: [(won: Int, lost: Int, answers: Bool)] = [
    (10, 10, true), (9, 200, false), (200, 9, false), (0, 0, false),
  ]

  @Test(arguments: enough.indices) func tooFewOutcomesTeachNothing(_ index: Int) {
    let (won, lost, answers) = Self.enough[index]
    #expect(
      (IncrementalModel(Self.counts(won: won, lost: lost), bands: BandShares()) != nil) == answers)
  }

  /// By hand: with half a lead added to each count.
  @Test func itIsNaiveBayes() throws {
    let counts = Self.counts(
      won: 30, lost: 60, ["source": ["fair": (won: 20, lost: 10), "paid": (won: 10, lost: 50)]])
    let fair = try Self.scoring(counts, Self.lead("Fair"))
    let intercept = logit(30.5 / 91)
    let part = logit((20.5 / 31) / (20.5 / 31 + 10.5 / 61))
    #expect(abs(fair.intercept - intercept) < 1e-12)
    #expect(abs((fair.reasons.first { $0.field == "source" }?.contribution ?? 0) - part) < 1e-12)
    #expect(abs(logit(fair.probability) - intercept - part) < 1e-9)
    #expect(fair.modelVersion == "incremental-7" && !fair.isCalibrated && fair.confidence == 1)
    let none = try Self.scoring(counts, Self.lead(nil))
    #expect(none.confidence == 0 && abs(logit(none.probability) - intercept) < 1e-9)
    let paid = try Self.scoring(counts, Self.lead("paid"))
    #expect(paid.score < none.score && none.score < fair.score)
  }

  /// However sure the counts are, the parts add up to a probability within bounds, each with its sign.
  @Test(arguments: [true, false]) func nothingIsCertain(_ isWon: Bool) throws {
    let strong = (won: isWon ? 5000 : 0, lost: isWon ? 0 : 5000)
    let weak = (won: strong.lost, lost: strong.won)
    let counts = Self.counts(
      won: 5000, lost: 5000,
      ["source": ["fair": strong, "paid": weak], "phone": ["missing": strong, "given": weak]])
    let scoring = try Self.scoring(counts, Self.lead("fair"))
    #expect((0.0001 - 1e-9...0.9999 + 1e-9).contains(scoring.probability))
    let sum = scoring.reasons.reduce(scoring.intercept) { $0 + $1.contribution }
    #expect(abs(sum - logit(scoring.probability)) < 1e-9)
    #expect(scoring.reasons.count == 2)
    #expect(scoring.reasons.allSatisfy { ($0.contribution > 0) == isWon })
  }

  @Test(arguments: [(4, false), (5, true)])
  func onlyWhatSomeLeadsShareIsTold(_ count: Int, _ isTold: Bool) throws {
    let counts = Self.counts(
      won: 30, lost: 30, ["source": ["fair": (won: count, lost: 0), "paid": (won: 20, lost: 30)]])
    let text = try #require(
      try Self.scoring(counts, Self.lead("fair")).reasons.first { $0.field == "source" }?.text)
    #expect(text.contains("fair") == isTold, "\(text)")
  }

  /// Free text makes thousands of values: each outcome makes the model anew.
  @Test(.timeLimit(.minutes(1))) func manyValuesAreNoTrouble() throws {
    var values: [String: (won: Int, lost: Int)] = [:]
    for number in 0..<20_000 { values["value \(number)"] = (won: number % 3, lost: 1) }
    let counts = Self.counts(won: 20_000, lost: 20_000, ["source": values])
    let start = ContinuousClock.now
    let scoring = try Self.scoring(counts, Self.lead("value 2"))
    #expect(scoring.probability > 0.5)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func theSameCountsAreTheSameModel() throws {
    let counts = Self.counts(
      won: 300, lost: 500,
      ["source": ["a": (200, 100), "b": (50, 300), "c": (50, 100)], "region": ["x": (10, 90)]])
    let all = try (0..<3).map { _ in try Self.scoring(counts, Self.lead("a")) }
    #expect(all.allSatisfy { $0 == all[0] })
    #expect(all[0].mapping == .lift)
  }
}
