import Marketing
import Testing

@Suite struct TriageSettingsTests {
  @Test(arguments: [
    (0, LeadCategory.generalInquiry), (29.99, .generalInquiry), (30, .coldLead),
    (69.99, .coldLead), (70, .campaignQualified), (100, .campaignQualified),
  ])
  func bandsAtTheirEdges(score: Double, category: LeadCategory) {
    #expect(TriageSettings().category(forScore: score) == category)
  }

  @Test func bandsAreSettings() {
    var settings = TriageSettings()
    settings.campaignQualifiedScore = 50
    settings.coldLeadScore = 50
    #expect(settings.problems().isEmpty)
    #expect(settings.category(forScore: 50) == .campaignQualified)
    #expect(settings.category(forScore: 49.99) == .generalInquiry)
  }

  @Test func theSpecificationIsValid() {
    #expect(TriageSettings().problems().isEmpty)
  }

  @Test(
    arguments: [
      .init("/campaignQualifiedScore") { $0.campaignQualifiedScore = 100.5 },
      .init("/campaignQualifiedScore") { $0.campaignQualifiedScore = .nan },
      .init("/coldLeadScore") { $0.coldLeadScore = -1 },
      .init("/coldLeadScore") { $0.coldLeadScore = .nan },
      .init("/coldLeadScore") { $0.coldLeadScore = 71 },
      .init("/cohortPriorWeight") { $0.cohortPriorWeight = -1 },
      .init("/cohortPriorWeight") { $0.cohortPriorWeight = .infinity },
      .init("/cohortIntervalZ") { $0.cohortIntervalZ = 0 },
      .init("/cohortIntervalZ") { $0.cohortIntervalZ = .nan },
      .init("/callWithinMinutes") { $0.callWithinMinutes = 0 },
      .init("/demoOfferWithinMinutes") { $0.demoOfferWithinMinutes = -1 },
      .init("/replyWithinMinutes") { $0.replyWithinMinutes = 43_201 },
      .init("/automaticReplyWithinMinutes") { $0.automaticReplyWithinMinutes = 0 },
      .init("/nurtureWithinMinutes") { $0.nurtureWithinMinutes = 0 },
    ] as [Change<TriageSettings, Void>])
  func nonsenseIsNamed(change: Change<TriageSettings, Void>) {
    var settings = TriageSettings()
    change.apply(&settings)
    #expect(settings.problems().map(\.field) == [change.testDescription])
  }

  @Test func allProblemsAreNamedAtOnce() {
    var settings = TriageSettings()
    settings.coldLeadScore = 101
    settings.callWithinMinutes = 0
    #expect(
      settings.problems().map(\.description) == [
        "/coldLeadScore: found 101.0, expected a score from 0 to 100",
        "/coldLeadScore: found 101.0, expected at most campaignQualifiedScore, which is 70.0",
        "/callWithinMinutes: found 0, expected 1 to 43200 minutes, which is 30 days",
      ])
  }
}
