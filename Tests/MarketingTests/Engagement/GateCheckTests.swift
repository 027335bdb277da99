import Marketing
import Testing

@Suite struct GateCheckTests {
  private static let lead = LeadID(rawValue: "L1")

  /// Noon in Oslo.
  private static let now = Timestamp(milliseconds: 1_768_474_800_000)

  private static func said(
    _ state: Consent.State, _ channel: OutreachChannel = .sms,
    _ purpose: OutreachPurpose = .marketing, at: Timestamp = now
  ) -> Consent {
    Consent(
      id: ConsentID(rawValue: "c"), channel: channel, purpose: purpose, state: state,
      source: "form", at: at)
  }

  private static func sent(_ hoursAgo: Int..., on channel: OutreachChannel = .sms) -> [ContactTouch]
  {
    hoursAgo.map {
      ContactTouch(leadID: lead, channel: channel, at: now + .seconds(-$0 * 3600))
    }
  }

  /// The gates stand in the specification's order: with everything wrong the first of them stops, and each one
  /// that is put right lets the next be seen.
  @Test func theFirstThatStopsIsTold() throws {
    var facts = RecipientFacts(reachable: [.sms])
    let settings = EngagementSettings()
    func gate(at moment: Timestamp) -> OutreachGate? {
      GateCheck(settings).first(facts, on: .sms, for: .marketing, at: moment)?.gate
    }
    let night = Self.now + .seconds(12 * 3600)
    facts.suppressions = [
      Suppression(channel: nil, reason: .complaint, actor: "test", since: Self.now)
    ]
    facts.touches =
      Self.sent(1, 2, 3) + [
        ContactTouch(
          leadID: Self.lead, kind: .complaint, channel: .sms, at: Self.now + .seconds(-60))
      ]
    #expect(gate(at: night) == .suppression)
    facts.suppressions = []
    #expect(gate(at: night) == .consent)
    facts.consents = [Self.said(.granted)]
    #expect(gate(at: night) == .unknownZone)
    facts.zone = .lead(.oslo)
    #expect(gate(at: night) == .quietHours)
    #expect(gate(at: Self.now) == .frequencyCap)
    let later = Self.now + .days(8)
    #expect(gate(at: later) == .fatigue)
    facts.touches = Self.sent(1)
    #expect(gate(at: later) == nil)
  }

  /// What is sent as an answer: hours ago the lead wrote, hours ago messages went out, and the gate that stops it.
  static let answers: [(wrote: Int?, consent: Bool?, sent: [Int], gate: OutreachGate?)] = [
    (1, nil, [], nil), (1, false, [], nil), (nil, nil, [], .consent), (nil, false, [], .consent),
    (nil, true, [], nil), (10, nil, [1, 2], nil), (10, nil, [1, 2, 3], .frequencyCap),
    (10, true, [1, 2, 3], .frequencyCap), (2, nil, [1, 3, 4, 5], nil),
    (100, nil, [30, 40, 50], nil), (100, nil, [1, 2, 3, 50], .frequencyCap),
  ]

  @Test(arguments: answers.indices) func aQuestionIsAnsweredButNotWithoutEnd(_ index: Int) {
    let row = Self.answers[index]
    var facts = RecipientFacts(reachable: [.email])
    facts.wroteAt = row.wrote.map { Self.now + .seconds(-$0 * 3600) }
    facts.hasConsent = row.consent
    facts.touches = row.sent.map {
      ContactTouch(leadID: Self.lead, channel: .email, at: Self.now + .seconds(-$0 * 3600))
    }
    let check = GateCheck(EngagementSettings())
    let refusal = check.first(facts, on: .email, for: .reply, at: Self.now)
    #expect(refusal?.gate == row.gate)
    if row.gate == .frequencyCap {
      #expect(refusal?.earliest == Self.now + .days(1) + .seconds(-3 * 3600))
    }
    // Whoever has answered by another way has written.
    guard row.gate == .consent else { return }
    facts.touches = [
      ContactTouch(leadID: Self.lead, kind: .response, channel: .email, at: Self.now)
    ]
    #expect(check.first(facts, on: .email, for: .reply, at: Self.now) == nil)
  }

  struct Consented: Sendable, CustomTestStringConvertible {
    let about: String
    var consents: [Consent] = []
    var has: Bool?
    var prefers: Channel?
    var channel = OutreachChannel.email
    var purpose = OutreachPurpose.marketing
    let passes: Bool
    var testDescription: String { about }
  }

  static let consented = [
    Consented(about: "nobody asked", passes: false),
    Consented(about: "nobody asked, and it is an answer", purpose: .reply, passes: true),
    Consented(about: "agreed in general", has: true, passes: true),
    Consented(about: "in general, to be called", has: true, channel: .phone, passes: true),
    Consented(about: "in general is not to be texted", has: true, channel: .sms, passes: false),
    Consented(about: "but prefers texts", has: true, prefers: .sms, channel: .sms, passes: true),
    Consented(about: "refused in general", has: false, passes: false),
    Consented(
      about: "refused in general, agreed here", consents: [said(.granted, .email)], has: false,
      passes: true),
    Consented(
      about: "agreed in general, withdrawn here", consents: [said(.withdrawn, .email)],
      has: true, passes: false),
    Consented(
      about: "agreed elsewhere", consents: [said(.granted, .phone)], passes: false),
    Consented(
      about: "an invitation is an e-mail", consents: [said(.granted, .email)],
      channel: .calendar, passes: true),
    Consented(
      about: "no invitations any more, though e-mail is welcome",
      consents: [said(.granted, .email), said(.withdrawn, .calendar)], channel: .calendar,
      passes: false),
    Consented(
      about: "e-mail is welcome, though invitations are not",
      consents: [said(.granted, .email), said(.withdrawn, .calendar)], passes: true),
    Consented(
      about: "invitations are welcome, which says nothing of e-mail",
      consents: [said(.granted, .calendar)], passes: false),
    Consented(
      about: "no answers any more", consents: [said(.withdrawn, .email, .reply)],
      purpose: .reply, passes: false),
  ]

  @Test(arguments: consented) func consentRules(_ entry: Consented) {
    var facts = RecipientFacts(reachable: [entry.channel])
    facts.consents = entry.consents
    facts.hasConsent = entry.has
    facts.preferredChannel = entry.prefers
    facts.wroteAt = Self.now
    facts.zone = .lead(.oslo)
    let refusal = GateCheck(EngagementSettings()).first(
      facts, on: entry.channel, for: entry.purpose, at: Self.now)
    #expect(refusal?.gate == (entry.passes ? nil : .consent))
    #expect(refusal?.earliest == nil)
  }

  @Test(arguments: [
    (OutreachChannel.email, true), (.calendar, true), (.sms, false), (.phone, false),
  ])
  func aSuppressionHoldsOnItsChannel(_ channel: OutreachChannel, _ holds: Bool) {
    let suppression = Suppression(
      channel: .email, reason: .unsubscribed, actor: "test", since: Self.now)
    #expect(suppression.holds(on: channel) == holds)
    #expect(Suppression.erased(since: Self.now).holds(on: channel))
  }

  /// Contacts by hours ago; the cap lets through from so many hours on.
  @Test(
    arguments: [
      ([], nil), ([1, 2], nil), ([1, 2, 3], 21), ([0, 5, 23, 23, 23], 1), ([1, 2, 24], nil),
      ([1, 2, 3, 4], 21),
    ] as [([Int], Int?)])
  func caps(_ hoursAgo: [Int], _ hours: Int?) {
    let touches = hoursAgo.map {
      ContactTouch(leadID: Self.lead, channel: .email, at: Self.now + .seconds(-$0 * 3600))
    }
    let cap = FrequencyCap(limit: 3, window: .days(1))
    let found = cap.earliest(for: .phone, after: touches.reversed(), at: Self.now)
    #expect(found == hours.map { Self.now + .seconds($0 * 3600) })
    let other = FrequencyCap(limit: 1, window: .days(1), channels: [.sms])
    #expect(other.earliest(for: .sms, after: touches, at: Self.now) == nil)
    if let found {
      #expect(cap.earliest(for: .phone, after: touches, at: found) == nil)
      #expect(cap.earliest(for: .phone, after: touches, at: found + .milliseconds(-1)) != nil)
    }
  }

  /// Contacts by hours from now, planned ones among them, at most so many in a day; the cap lets through from so
  /// many hours on.
  @Test(
    arguments: [
      ([1], 1, 25), ([-1], 1, 23), ([24], 1, nil), ([1, 30], 1, 54), ([1, 49], 1, 25),
      ([1], 2, nil),
      ([-1, 1], 2, 23), ([1, 2], 2, 25), ([20, 30], 2, nil), ([-10, 10], 2, 14), ([-20, 3], 2, 4),
      ([-5, 5, 25], 2, 29),
    ] as [([Int], Int, Int?)])
  func capsCountWhatIsPlanned(_ hours: [Int], _ limit: Int, _ opens: Int?) {
    let cap = FrequencyCap(limit: limit, window: .days(1))
    let touches = hours.map {
      ContactTouch(leadID: Self.lead, channel: .email, at: Self.now + .seconds($0 * 3600))
    }
    let found = cap.earliest(for: .email, after: touches, at: Self.now)
    #expect(found == opens.map { Self.now + .seconds($0 * 3600) })
  }

  @Test func theStrictestCapDecides() {
    var facts = RecipientFacts(reachable: [.email])
    facts.hasConsent = true
    facts.touches =
      Self.sent(1, 2, 3, 40, 41, on: .email)
      + [ContactTouch(leadID: Self.lead, kind: .response, channel: .email, at: Self.now)]
    let refusal = GateCheck(EngagementSettings()).first(
      facts, on: .email, for: .marketing, at: Self.now)
    #expect(refusal?.gate == .frequencyCap)
    // Five in seven days: the first of them leaves the window 41 hours ago plus seven days.
    #expect(refusal?.earliest == Self.now + .days(7) + .seconds(-41 * 3600))
    #expect(
      GateCheck(EngagementSettings()).first(facts, on: .email, for: .reply, at: Self.now) == nil)
  }

  @Test func aResponseEndsFatigue() {
    let fatigue = Fatigue()
    let touches = Self.sent(200, 100, 50)
    let until = Self.now + .seconds(-50 * 3600) + .days(14)
    #expect(fatigue.finding(in: touches, at: Self.now) == .unanswered(3, until: until))
    #expect(fatigue.finding(in: touches, at: until) == nil)
    let answer = ContactTouch(
      leadID: Self.lead, kind: .response, channel: .email, at: Self.now + .seconds(-60 * 3600))
    #expect(fatigue.finding(in: touches + [answer], at: Self.now) == nil)
    let complaint = ContactTouch(leadID: Self.lead, kind: .complaint, channel: .email, at: Self.now)
    #expect(fatigue.finding(in: [complaint], at: Self.now) == .complained(1))
  }

  @Test func theLatestStatementHolds() {
    let history = [
      Self.said(.granted, .email, at: Self.now), Self.said(.withdrawn, .sms, at: Self.now),
      Self.said(.withdrawn, .email, at: Self.now + .seconds(-60)),
      Self.said(.granted, .sms, at: Self.now),
      Self.said(.granted, .email, .reply, at: Self.now),
    ]
    let current = Consent.current(in: history)
    // An earlier withdrawal that is told later changes nothing; of two at one moment the withdrawal holds.
    #expect(
      current.map { "\($0.channel) \($0.purpose) \($0.state)" }
        == ["email marketing granted", "email reply granted", "sms marketing withdrawn"])
  }

  @Test func settingsThatMakeNoSenseAreNamed() {
    #expect(EngagementSettings().problems() == [])
    var settings = EngagementSettings()
    settings.quietHours.opensAtMinute = 1440
    settings.caps = [FrequencyCap(limit: 0, window: .days(1))]
    settings.sendTimeBaseRate = 0
    settings.channelPriorWeight = 0
    #expect(
      settings.problems().map(\.field) == [
        "/quietHours/opensAtMinute", "/caps", "/sendTimeBaseRate", "/channelPriorWeight",
      ])
    settings = EngagementSettings()
    settings.quietHours.closesAtMinute = settings.quietHours.opensAtMinute
    #expect(settings.problems().map(\.field) == ["/quietHours/closesAtMinute"])
  }
}
