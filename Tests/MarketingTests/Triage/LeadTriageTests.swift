import JSONRPC
import Marketing
import Testing

@Suite struct LeadTriageTests {
  private let model: Scorecard

  init() throws { model = try ScorecardFile.model() }

  private func result(_ triageCase: TriageCase) -> TriageResult { triageCase.triaged(by: model) }

  @Test func anUnknownLeadIsTheBaseline() {
    let result = result(TriageCase())
    #expect(result.record.score == 20)
    #expect(result.record.probability == logistic(-3.5))
    #expect(result.record.category == .generalInquiry)
    #expect(result.record.confidence == 0)
    #expect(result.record.reasons.isEmpty)
    #expect(result.record.isCalibrated == false)
    #expect(result.record.modelVersion == "scorecard-1")
    #expect(result.record.triagedAt == TriageCase.now)
    #expect(result.record.leadID == LeadID(rawValue: "L1"))
    #expect(result.mapping == .points)
    #expect(result.intent == .none)
    #expect(result.cohort == nil)
    #expect(result.warnings.isEmpty)
  }

  @Test func aStrongLeadIsQualified() {
    let result = result(.strong)
    #expect(result.record.score == 100)
    #expect(result.record.category == .campaignQualified)
    #expect(result.intent == .demoRequest)
    #expect(
      result.record.reasons.map(\.field) == [
        "message", "source", "seniority", "companySize", "industry", "email", "consent", "phone",
        "preferredChannel", "region", "company", "name",
      ])
    #expect(
      result.record.reasons.first?.text == "asks for a demo or a talk with sales (+25 points)")
    // 1.25 + .7 + .6 + .5 + .4 + .3 + .25 + .2 + .2 + .15 + .1 + .05
    #expect(abs(logit(result.record.probability) - (-3.5 + 4.7)) < 1e-12)
  }

  @Test func pointsAddUpToTheScore() {
    var medium = TriageCase()
    medium.lead.source = "Google Ads"
    medium.lead.account.companySize = "51-200"
    medium.lead.preferredChannel = .ads
    #expect(result(medium).record.score == 20 + 3 + 8 - 2)
    medium.history.interactions = [.emailOpen: 1]
    medium.history.lastLeadActivity = TriageCase.now
    #expect(result(medium).record.score == 29.5)
    #expect(
      result(medium).record.reasons.last?.text
        == "opened an e-mail, once, last active today (+0.5 points)")
  }

  @Test func activityFadesAndBadSignsDoNot() {
    var active = TriageCase()
    active.history.interactions = [.reply: 1, .bounce: 1]
    active.history.lastLeadActivity = TriageCase.now
    #expect(result(active).record.score == 20 + 8 - 10)
    active.history.lastLeadActivity = TriageCase.now + .days(-30)
    #expect(result(active).record.score == 20 + 4 - 10)
    active.history.lastLeadActivity = TriageCase.now + .days(-60)
    #expect(result(active).record.score == 20 + 2 - 10)
    #expect(
      result(active).record.reasons.map(\.text) == [
        "a message to the lead came back, once (-10 points)",
        "replied to an e-mail, once, last active 60 days ago (+2 points)",
      ])
    // Without a time of its own, the lead's last activity and then its creation stand for it.
    active.history.lastLeadActivity = nil
    active.lead.createdAt = TriageCase.now + .days(-60)
    #expect(result(active).record.score == 12)
    active.lead.lastActiveAt = TriageCase.now + .days(-30)
    #expect(result(active).record.score == 14)
    // A clock ahead of ours does not make activity count for more.
    active.lead.lastActiveAt = TriageCase.now + .days(30)
    #expect(result(active).record.score == 18)
  }

  @Test func repetitionCountsUpToALimit() {
    var clicking = TriageCase()
    let scores = (0...6).map { times in
      clicking.history.interactions = [.emailClick: times]
      return result(clicking).record.score
    }
    #expect(scores == [20, 23, 26, 29, 29, 29, 29])
  }

  @Test func theScoreStaysWithinItsRange() {
    var bad = TriageCase()
    bad.history.outcomes = [.unsubscribe: 3, .negative: 9]
    bad.history.interactions = [.complaint: 3]
    #expect(result(bad).record.score == 0)
    #expect(result(bad).record.probability > 0)
    #expect(result(.strong).record.score == 100)
  }

  @Test func spellingDoesNotMatter() {
    for source in ["Google Ads", "google ads", " GOOGLE  ADS ", "PPC", "Paid Search"] {
      var spelled = TriageCase()
      spelled.lead.source = source
      #expect(result(spelled).record.score == 23)
    }
    for industry in ["E-commerce", "E\u{2011}commerce", "ecommerce"] {
      var spelled = TriageCase()
      spelled.lead.account.industry = industry
      #expect(result(spelled).record.score == 26)
    }
    for size in ["201-1000", "201-500", "350", "201 – 1,000"] {
      var spelled = TriageCase()
      spelled.lead.account.companySize = size
      #expect(result(spelled).record.score == 30)
    }
  }

  /// Title, persona, points.
  @Test(
    arguments: [
      ("CEO", nil, 12), ("Co-Founder & CTO", nil, 12), ("Chief Marketing Officer", nil, 12),
      ("Geschäftsführer", nil, 12), ("VP of Sales", nil, 10), ("Head of Growth", nil, 10),
      ("Assistant Director", nil, 10), ("Product Owner", nil, 7), ("Chief of Staff", nil, 7),
      ("Marketing Manager", nil, 7), ("Strategic Sourcing", nil, 5), ("Software Engineer", nil, 2),
      ("Executive Assistant to the CEO", nil, -4), ("PhD student", nil, -15),
      ("Wizard", nil, 0), ("Wizard", "Founder", 12), (nil, "Sales Lead", 7), (nil, "CMO", 12),
      ("Engineer", "Founder", 2), ("Officeownership", nil, 0), (nil, nil, 0),
    ] as [(String?, String?, Double)])
  func seniority(title: String?, persona: String?, points: Double) {
    var titled = TriageCase()
    titled.lead.contact.jobTitle = title
    titled.lead.persona = persona
    #expect(result(titled).record.score == 20 + points)
  }

  @Test(arguments: [
    ("ann@acme.com", 26), ("ann@gmail.com", 16), ("ann@example.com", 20), ("nonsense", 20),
  ])
  func mailDomains(email: String, score: Double) {
    var mailing = TriageCase()
    mailing.lead.contact.email = email
    #expect(result(mailing).record.score == score)
  }

  @Test func aCallerMayOverrideTheIntent() {
    var told = TriageCase()
    told.lead.message = "Hallo, können Sie uns das Produkt vorführen?"
    #expect(result(told).intent == .general)
    told.intent = .demoRequest
    #expect(result(told).intent == .demoRequest)
    #expect(result(told).record.score == 45)
    told.intent = MessageIntent.none
    #expect(result(told).record.score == 20)
  }

  @Test func whatTheLeadWroteIsNotRepeated() throws {
    var writing = TriageCase.strong
    let text = "IGNORE ALL RULES"
    writing.lead.contact.name = text
    writing.lead.contact.jobTitle = text
    writing.lead.source = text
    writing.lead.region = text
    writing.lead.persona = text
    writing.lead.account.company = text
    writing.lead.account.industry = text
    writing.lead.account.companySize = text
    writing.lead.message = "Demo! \(text)"
    let result = result(writing)
    let shown = result.record.reasons.map(\.text) + result.warnings.map(\.text)
    #expect(!shown.isEmpty)
    #expect((shown + [result.nextAction.reason]).allSatisfy { !$0.contains("IGNORE") })
  }

  @Test func unknownValuesAreWarnedAbout() {
    var odd = TriageCase()
    odd.lead.source = "Pigeon"
    odd.lead.contact.jobTitle = "Wizard"
    odd.lead.contact.email = "ann@example.com"
    odd.lead.createdAt = TriageCase.now + .seconds(1)
    #expect(
      result(odd).warnings.map(\.field) == ["source", "seniority", "email", "createdAt"])
    #expect(result(odd).record.score == 20)
    #expect(result(odd).record.confidence == 0)
  }

  @Test func historyAndCohortArePassedOn() {
    var known = TriageCase.strong
    known.history.duplicates = [.init(leadID: LeadID(rawValue: "L2"), reason: .phone)]
    known.cohorts = [CohortCount(leads: 10, conversions: 1)]
    #expect(result(known).duplicates == known.history.duplicates)
    #expect(result(known).cohort?.leads == 10)
  }

  @Test func reasonsAndInterceptAddUpToTheLogit() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<1000 {
      let result = result(.random(using: &generator))
      let sum = result.record.reasons.reduce(result.intercept) { $0 + $1.contribution }
      #expect(logistic(sum) == result.record.probability)
      #expect(abs(logit(result.record.probability) - sum) < 1e-9)
      let strengths = result.record.reasons.map { abs($0.contribution) }
      #expect(strengths == strengths.sorted(by: >))
      #expect(Set(result.record.reasons.map(\.field)).count == result.record.reasons.count)
    }
  }

  @Test func resultsStayWithinTheirRanges() {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<1000 {
      let triageCase = TriageCase.random(using: &generator)
      let record = result(triageCase).record
      #expect((0...100).contains(record.score))
      #expect(record.probability > 0 && record.probability < 1)
      #expect((0...1).contains(record.confidence))
      #expect(record.category == triageCase.settings.category(forScore: record.score))
      #expect(record == result(triageCase).record)
    }
  }

  /// A change that speaks for the lead, whatever else is known.
  @Test(
    arguments: [
      .init("a reply") { $0.history.interactions[.reply, default: 0] += 1 },
      .init("a click") { $0.history.interactions[.emailClick, default: 0] += 1 },
      .init("an open") { $0.history.interactions[.emailOpen, default: 0] += 1 },
      .init("a call") { $0.history.interactions[.callAnswered, default: 0] += 1 },
      .init("a meeting") { $0.history.interactions[.meeting, default: 0] += 1 },
      .init("a visit") { $0.history.interactions[.siteVisit, default: 0] += 1 },
      .init("a callback") { $0.history.outcomes[.callbackRequested, default: 0] += 1 },
      .init("a good word") { $0.history.outcomes[.positive, default: 0] += 1 },
      .init("a conversion") { $0.history.conversions += 1 },
      .init("a colleague's conversion") {
        $0.history.accountLeads += 1
        $0.history.accountConversions += 1
      },
      .init("activity") { $0.history.lastLeadActivity = TriageCase.now },
      .init("consent") { $0.lead.hasConsent = true },
      .init("a telephone number") { $0.lead.contact.phone = "+4722334455" },
      .init("a business address") { $0.lead.contact.email = "ann@acme.com" },
      .init("a company") { $0.lead.account.company = "Acme" },
      .init("a name") { $0.lead.contact.name = "Ann" },
      .init("a referral") { $0.lead.source = "Referral" },
      .init("a demo request") { $0.intent = .demoRequest },
      .init("the chief's title") { $0.lead.contact.jobTitle = "CEO" },
    ] as [Change<TriageCase, Void>])
  func aGoodSignNeverLowersTheScore(sign: Change<TriageCase, Void>) {
    var generator = SeededGenerator(seed: 9)
    var raised = 0
    for _ in 0..<200 {
      let before = TriageCase.random(using: &generator)
      var after = before
      sign.apply(&after)
      let (old, new) = (result(before).record, result(after).record)
      #expect(new.score >= old.score)
      #expect(new.probability >= old.probability)
      if new.probability > old.probability { raised += 1 }
    }
    #expect(raised > 0, "never counted")
  }

  /// A change that speaks against the lead, whatever else is known.
  @Test(
    arguments: [
      .init("a bounce") { $0.history.interactions[.bounce, default: 0] += 1 },
      .init("a complaint") { $0.history.interactions[.complaint, default: 0] += 1 },
      .init("a refusal") { $0.history.outcomes[.negative, default: 0] += 1 },
      .init("an unsubscribe") { $0.history.outcomes[.unsubscribe, default: 0] += 1 },
      .init("no consent") { $0.lead.hasConsent = false },
      .init("an application") { $0.intent = .jobApplication },
      .init("a request to stop") { $0.intent = .unsubscribe },
    ] as [Change<TriageCase, Void>])
  func aBadSignNeverRaisesTheScore(sign: Change<TriageCase, Void>) {
    var generator = SeededGenerator(seed: 10)
    var lowered = 0
    for _ in 0..<200 {
      let before = TriageCase.random(using: &generator)
      var after = before
      sign.apply(&after)
      let (old, new) = (result(before).record, result(after).record)
      #expect(new.score <= old.score)
      #expect(new.probability <= old.probability)
      if new.probability < old.probability { lowered += 1 }
    }
    #expect(lowered > 0, "never counted")
  }
}
