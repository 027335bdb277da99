/// What an operator may change about triage without another model. The defaults are the product
/// specification's; no code holds them a second time.
package struct TriageSettings: Sendable, Hashable {
  /// From this score up a lead is campaign-qualified, 0–100.
  package var campaignQualifiedScore = 70.0
  /// From this score up a lead is a cold lead, 0–100; below it is a general inquiry.
  package var coldLeadScore = 30.0
  /// How many leads of its parent's rate a cohort is taken to have seen beforehand.
  package var cohortPriorWeight = 20.0
  /// The normal quantile of cohort intervals; the default gives 95 % on both sides.
  package var cohortIntervalZ = RateInterval.z95
  /// How soon to call a qualified lead, in minutes: calling within 5 minutes against 30 gives 21 times
  /// the odds of qualifying (Oldroyd, "The Short Life of Online Sales Leads", 2007).
  package var callWithinMinutes = 5
  /// How soon to offer a demo in writing, in minutes.
  package var demoOfferWithinMinutes = 60
  /// How soon to answer a request, in minutes.
  package var replyWithinMinutes = 240
  /// How soon to send an automatic answer, in minutes.
  package var automaticReplyWithinMinutes = 5
  /// How soon to begin a nurture sequence, in minutes.
  package var nurtureWithinMinutes = 1440

  /// The specification's settings.
  package init() {}

  /// The category of a score.
  package func category(forScore score: Double) -> LeadCategory {
    if score >= campaignQualifiedScore { return .campaignQualified }
    return score >= coldLeadScore ? .coldLead : .generalInquiry
  }

  /// Every setting that makes no sense; empty when all do. Fields are JSON Pointers to the properties.
  package func problems() -> [FieldError] {
    var problems: [FieldError] = []
    func check(_ holds: Bool, _ field: String, _ found: some Any, _ expected: String) {
      guard !holds else { return }
      problems.append(
        FieldError(field: "/\(field)", found: "\(found)", expected: expected))
    }
    check(
      (0...100).contains(campaignQualifiedScore), "campaignQualifiedScore",
      campaignQualifiedScore, "a score from 0 to 100")
    check(
      (0...100).contains(coldLeadScore), "coldLeadScore", coldLeadScore, "a score from 0 to 100")
    check(
      !(coldLeadScore > campaignQualifiedScore), "coldLeadScore", coldLeadScore,
      "at most campaignQualifiedScore, which is \(campaignQualifiedScore)")
    check(
      cohortPriorWeight >= 0 && cohortPriorWeight.isFinite, "cohortPriorWeight",
      cohortPriorWeight, "a number of leads, 0 or more")
    check(
      cohortIntervalZ > 0 && cohortIntervalZ <= 10, "cohortIntervalZ", cohortIntervalZ,
      "a normal quantile above 0 and up to 10")
    let times = [
      ("callWithinMinutes", callWithinMinutes), ("demoOfferWithinMinutes", demoOfferWithinMinutes),
      ("replyWithinMinutes", replyWithinMinutes),
      ("automaticReplyWithinMinutes", automaticReplyWithinMinutes),
      ("nurtureWithinMinutes", nurtureWithinMinutes),
    ]
    for (field, minutes) in times {
      check((1...43_200).contains(minutes), field, minutes, "1 to 43200 minutes, which is 30 days")
    }
    return problems
  }
}
