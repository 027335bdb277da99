import Marketing
import Testing

@Suite struct CohortEstimateTests {
  /// By hand with m = 20: all 100 of 1000 → .1; source 30 of 200 → (30 + 2) ÷ 220 = .1454545…;
  /// industry 10 of 40 → (10 + 20·.1454545…) ÷ 60 = .2151515…;
  /// size 1 of 2 → (1 + 20·.2151515…) ÷ 22 = .2410468…
  @Test func shrinksLevelByLevel() throws {
    let counts = [
      CohortCount(leads: 1000, conversions: 100), CohortCount(leads: 200, conversions: 30),
      CohortCount(leads: 40, conversions: 10), CohortCount(leads: 2, conversions: 1),
      CohortCount(leads: 0, conversions: 0),
    ]
    let cohort = try #require(CohortEstimate(counts: counts, settings: TriageSettings()))
    #expect(cohort.fields == ["source", "industry", "companySize"])
    #expect(cohort.leads == 2 && cohort.conversions == 1)
    #expect(cohort.rate == 0.5)
    #expect(abs(cohort.shrunkenRate - 0.2410468319559229) < 1e-12)
    #expect(abs(cohort.interval.low - 0.0945312) < 1e-6)
    #expect(abs(cohort.interval.high - 0.9054688) < 1e-6)
  }

  @Test func theWidestCohortKeepsItsRate() throws {
    let counts =
      [CohortCount(leads: 4, conversions: 1)]
      + Array(repeating: CohortCount(), count: 4)
    let cohort = try #require(CohortEstimate(counts: counts, settings: TriageSettings()))
    #expect(cohort.fields.isEmpty)
    #expect(cohort.rate == 0.25 && cohort.shrunkenRate == 0.25)
  }

  @Test func theFinestCohortHasAllFields() throws {
    let counts = Array(repeating: CohortCount(leads: 10, conversions: 2), count: 5)
    let cohort = try #require(CohortEstimate(counts: counts, settings: TriageSettings()))
    #expect(cohort.fields == ["source", "industry", "companySize", "region"])
    #expect(abs(cohort.shrunkenRate - 0.2) < 1e-15)
  }

  @Test func withoutLeadsThereIsNoEstimate() {
    let none = Array(repeating: CohortCount(), count: 5)
    #expect(CohortEstimate(counts: none, settings: TriageSettings()) == nil)
    #expect(CohortEstimate(counts: [], settings: TriageSettings()) == nil)
  }

  @Test func thePriorWeightIsASetting() throws {
    let counts = [
      CohortCount(leads: 100, conversions: 10), CohortCount(leads: 10, conversions: 5),
    ]
    var settings = TriageSettings()
    settings.cohortPriorWeight = 0
    #expect(CohortEstimate(counts: counts, settings: settings)?.shrunkenRate == 0.5)
    settings.cohortPriorWeight = 10
    #expect(CohortEstimate(counts: counts, settings: settings)?.shrunkenRate == 0.3)
  }
}
