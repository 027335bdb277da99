import Marketing
import Testing

@Suite struct NextActionTests {
  private let model: Scorecard

  init() throws { model = try ScorecardFile.model() }

  typealias Recommendation = (action: NextAction.Action, channel: Channel?, minutes: Int?)

  /// What is changed in a strong lead, and what is recommended then.
  @Test(
    arguments: [
      .init("nothing", (.callNow, .call, 5)) { _ in },
      .init("no telephone number", (.offerDemo, .email, 60)) { $0.lead.contact.phone = nil },
      .init("little interest", (.startNurtureSequence, .email, 1440)) {
        $0.lead.message = nil
        $0.lead.source = "Outbound"
        $0.lead.account.companySize = "1-10"
        $0.lead.contact.jobTitle = "Engineer"
      },
      .init("little interest, mail came back", (.startNurtureSequence, .sms, 1440)) {
        $0.lead.message = nil
        $0.lead.source = "Outbound"
        $0.lead.contact.jobTitle = "Engineer"
        $0.history.interactions = [.bounce: 1]
      },
      .init("no interest", (.sendSelfService, .email, 5)) {
        let contact = $0.lead.contact
        $0.lead = Lead(id: $0.lead.id, createdAt: $0.lead.createdAt)
        $0.lead.contact.email = contact.email
        $0.lead.hasConsent = true
        $0.lead.source = "Outbound"
      },
      .init("a refusal, but a message", (.replyOnly, .email, 240)) { $0.lead.hasConsent = false },
      .init("nobody asked, but a message", (.replyOnly, .email, 240)) { $0.lead.hasConsent = nil },
      .init("a refusal", (.askForConsent, .web, nil)) {
        $0.lead.hasConsent = false
        $0.lead.message = nil
      },
      .init("nobody asked", (.askForConsent, .email, nil)) {
        $0.lead.hasConsent = nil
        $0.lead.message = nil
      },
      .init("no way to reach it", (.collectContactDetails, nil, nil)) {
        $0.lead.contact.email = nil
        $0.lead.contact.phone = nil
      },
      .init("no way but one that fails", (.collectContactDetails, nil, nil)) {
        $0.lead.contact.phone = nil
        $0.history.interactions = [.bounce: 1]
      },
      .init("an unsubscribe", (.doNotContact, nil, nil)) {
        $0.history.outcomes = [.unsubscribe: 1]
      },
      .init("a complaint", (.doNotContact, nil, nil)) { $0.history.interactions = [.complaint: 1] },
      .init("a request to stop", (.doNotContact, nil, nil)) {
        $0.lead.message = "Unsubscribe"
        $0.lead.hasConsent = false
      },
      .init("a request to stop, told", (.doNotContact, nil, nil)) {
        $0.intent = .unsubscribe
        $0.lead.hasConsent = nil
      },
      .init("consent given after a request to stop", (.startNurtureSequence, .email, 1440)) {
        $0.lead.message = "Unsubscribe"
      },
      .init("a support request", (.routeToSupport, .email, 240)) { $0.intent = .support },
      .init("an application", (.routeToRecruiting, .email, 240)) { $0.intent = .jobApplication },
      .init("a support request without consent", (.routeToSupport, .email, 240)) {
        $0.intent = .support
        $0.lead.hasConsent = false
      },
      .init("lost, and silent since", (.noAction, nil, nil)) {
        $0.history.lostAt = TriageCase.now
        $0.history.lastLeadActivity = TriageCase.now
      },
      .init("lost, never heard of", (.noAction, nil, nil)) { $0.history.lostAt = TriageCase.now },
      .init("lost, but it wrote again", (.callNow, .call, 5)) {
        $0.history.lostAt = TriageCase.now + .seconds(-60)
        $0.lead.lastActiveAt = TriageCase.now
      },
      .init("lost, but it did something since", (.callNow, .call, 5)) {
        $0.history.lostAt = TriageCase.now + .seconds(-60)
        $0.history.lastLeadActivity = TriageCase.now
      },
      .init("a lead that came in before its duplicate", (.callNow, .call, 5)) {
        $0.history.duplicates = [
          .init(
            leadID: LeadID(rawValue: "L0"), reason: .email,
            createdAt: TriageCase.now + .seconds(1))
        ]
      },
      .init("a converted lead with an older duplicate", (.callNow, .call, 5)) {
        $0.history.hasConverted = true
        $0.history.duplicates = [
          .init(
            leadID: LeadID(rawValue: "L0"), reason: .email,
            createdAt: TriageCase.now + .seconds(-1))
        ]
      },
      .init("other times", (.callNow, .call, 2)) { $0.settings.callWithinMinutes = 2 },
      .init("other bands", (.callNow, .call, 5)) { $0.settings.campaignQualifiedScore = 100.0 },
    ] as [Change<TriageCase, Recommendation>])
  func recommends(change: Change<TriageCase, Recommendation>) {
    var triageCase = TriageCase.strong
    change.apply(&triageCase)
    let next = triageCase.triaged(by: model).nextAction
    #expect(next.action == change.expected.action)
    #expect(next.channel == change.expected.channel)
    #expect(next.dueWithinMinutes == change.expected.minutes)
    #expect(next.otherLeadID == nil)
    #expect(next.reason.hasSuffix("."))
  }

  /// All leads of one person name the same one to go on with, and that one goes on.
  @Test func duplicatesNeverPointInACircle() {
    let leads: [(id: String, seconds: Int, hasConverted: Bool)] = [
      ("L4", 0, false), ("L3", -60, false), ("L2", -60, false), ("L1", 30, true), ("L5", 40, true),
    ]
    for own in leads {
      var triageCase = TriageCase.strong
      triageCase.lead.id = LeadID(rawValue: own.id)
      triageCase.lead.createdAt = TriageCase.now + .seconds(own.seconds)
      triageCase.history.isStored = true
      triageCase.history.hasConverted = own.hasConverted
      triageCase.history.duplicates = leads.filter { $0.id != own.id }.map {
        DuplicateMatch(
          leadID: LeadID(rawValue: $0.id), reason: .email,
          createdAt: TriageCase.now + .seconds($0.seconds), hasConverted: $0.hasConverted)
      }
      let next = triageCase.triaged(by: model).nextAction
      #expect(next.otherLeadID == (own.id == "L1" ? nil : LeadID(rawValue: "L1")))
    }
  }

  @Test func theFirstDuplicateIsNamed() {
    var known = TriageCase.strong
    let before = TriageCase.now + .seconds(-3600)
    known.history.duplicates = [
      .init(leadID: LeadID(rawValue: "L9"), reason: .companyAndName, createdAt: before),
      .init(leadID: LeadID(rawValue: "L8"), reason: .email, createdAt: before),
      .init(leadID: LeadID(rawValue: "L5"), reason: .phone, createdAt: TriageCase.now),
      .init(leadID: LeadID(rawValue: "L6"), reason: .email, createdAt: before),
    ]
    let next = known.triaged(by: model).nextAction
    #expect(next.action == .continueWithDuplicate)
    #expect(next.otherLeadID == LeadID(rawValue: "L6"))
    #expect(next.dueWithinMinutes == 5)
    #expect(
      next.reason == "Lead L6 has the same e-mail address: merge the two and go on with that one.")
    // Nothing comes before a wish to be left alone.
    known.history.outcomes = [.unsubscribe: 1]
    #expect(known.triaged(by: model).nextAction.action == .doNotContact)
  }

  /// No recommendation sends anything to a lead that must not be contacted, whatever else is known.
  @Test func gatesHoldForAnyLead() {
    var generator = SeededGenerator(seed: 11)
    let silent: Set<NextAction.Action> = [
      .doNotContact, .noAction, .continueWithDuplicate, .collectContactDetails, .askForConsent,
      .replyOnly, .routeToSupport, .routeToRecruiting,
    ]
    for _ in 0..<1000 {
      let triageCase = TriageCase.random(using: &generator)
      let next = triageCase.triaged(by: model).nextAction
      let history = triageCase.history
      if history.outcomes[.unsubscribe] ?? 0 > 0 || history.interactions[.complaint] ?? 0 > 0 {
        #expect(next.action == .doNotContact)
        #expect(next.channel == nil)
      }
      if triageCase.lead.hasConsent != true { #expect(silent.contains(next.action)) }
      if next.channel == .email {
        #expect(triageCase.lead.contact.email != nil)
        #expect(history.interactions[.bounce] ?? 0 == 0)
      }
      if next.channel == .call || next.channel == .sms {
        #expect(triageCase.lead.contact.phone != nil)
      }
    }
  }
}
