import JSONRPC
import Marketing
import Testing

@Suite struct EngagementPlannerTests {
  private static let lead = LeadID(rawValue: "L1")

  private static func step(
    _ id: String, _ channels: [String], delay: Int, from: String = "previous",
    timing: String = "at_once", purpose: String = "marketing"
  ) -> JSONValue {
    [
      "id": .string(id), "about": "A step.", "channels": .array(channels.map(JSONValue.string)),
      "purpose": .string(purpose), "template": "t", "delayMinutes": JSONValue(delay),
      "from": .string(from), "timing": .string(timing),
    ]
  }

  private static func strategy(_ steps: JSONValue...) throws -> EngagementStrategy {
    try EngagementStrategy(json: [
      "version": "test-1", "about": "A test.", "category": "campaign_qualified", "goal": "A demo.",
      "exits": ["reply", "meeting", "unsubscribe", "conversion"], "steps": .array(steps),
    ])
  }

  private static func facts(_ zone: SampleZone? = .oslo) -> RecipientFacts {
    var lead = Lead(id: lead, createdAt: Timestamp(milliseconds: 0))
    (lead.contact.email, lead.contact.phone) = ("a@b.example", "+4722334455")
    lead.hasConsent = true
    return RecipientFacts(of: lead, zone: zone.flatMap { RecipientZone(.lead, [$0.rules]) })
  }

  private static func plan(
    _ strategy: EngagementStrategy, _ facts: RecipientFacts, at now: String,
    records: [OutreachChannel: ChannelRecord] = [:], sendTimes: SendTimeModel? = nil
  ) throws -> [PlannedStep] {
    var generator = SplitMix64(state: 3)
    return EngagementPlanner(strategy, settings: EngagementSettings()).plan(
      for: lead, facts, records: records, sendTimes: sendTimes, now: try moment(now),
      using: &generator)
  }

  @Test func aCallGoesOutAtOnceByDay() throws {
    let strategy = try Self.strategy(
      Self.step("call", ["phone"], delay: 0),
      Self.step("demo", ["calendar"], delay: 10, from: "start"))
    let plan = try Self.plan(strategy, Self.facts(), at: "2026-01-15T12:00:00Z")
    #expect(
      plan.map(\.at) == [try moment("2026-01-15T12:00:00Z"), try moment("2026-01-15T12:10:00Z")])
    #expect(plan.map(\.channel) == [.phone, .calendar])
  }

  @Test func aCallAtNightWaitsForTheMorning() throws {
    let strategy = try Self.strategy(
      Self.step("call", ["phone"], delay: 0),
      Self.step("demo", ["calendar"], delay: 10, from: "start"),
      Self.step("more", ["email"], delay: 60))
    let plan = try Self.plan(strategy, Self.facts(), at: "2026-03-28T22:00:00Z")
    #expect(
      plan.map { $0.at?.iso8601 } == [
        "2026-03-29T06:00:00Z", "2026-03-28T22:10:00Z", "2026-03-28T23:10:00Z",
      ])
    #expect(plan[0].deferrals.map(\.gate) == [.quietHours])
  }

  @Test func whoseZoneIsUnknownIsNotCalled() throws {
    let strategy = try Self.strategy(
      Self.step("call", ["phone"], delay: 0), Self.step("either", ["phone", "email"], delay: 5))
    let plan = try Self.plan(strategy, Self.facts(nil), at: "2026-01-15T12:00:00Z")
    #expect(plan[0].at == nil && plan[0].refusal?.gate == .unknownZone)
    #expect(plan[1].channel == .email && plan[1].at != nil)
  }

  @Test func plannedStepsCountAsContacts() throws {
    let strategy = try Self.strategy(
      Self.step("one", ["email"], delay: 0), Self.step("two", ["email"], delay: 60),
      Self.step("three", ["email"], delay: 60), Self.step("four", ["email"], delay: 60))
    let plan = try Self.plan(strategy, Self.facts(), at: "2026-01-15T12:00:00Z")
    // After three without an answer a rest of 14 days is due, which the cap's day is part of.
    #expect(plan[3].deferrals.map(\.gate) == [.frequencyCap, .fatigue])
    #expect(plan[3].at == (try moment("2026-01-29T14:00:00Z")))
  }

  @Test func aStepThatCannotBeIsToldWithItsGate() throws {
    let strategy = try Self.strategy(
      Self.step("text", ["sms"], delay: 0), Self.step("chat", ["chat"], delay: 0))
    let plan = try Self.plan(strategy, Self.facts(), at: "2026-01-15T12:00:00Z")
    #expect(plan[0].refusal?.gate == .consent && plan[0].channel == .sms && plan[0].at == nil)
    #expect(plan[1].channel == nil && plan[1].refusal == nil)
  }

  @Test func theBestHourIsChosenAmongAllowedOnes() throws {
    var population = HourCounts()
    // Thursday at 18 in Oslo is good; at 3 in the night it would be better still.
    for hour in 0..<168 { population.add(sends: 3000, clicks: 3, atHour: hour) }
    population.add(sends: 3000, clicks: 2000, atHour: 3 * 24 + 18)
    population.add(sends: 3000, clicks: 2900, atHour: 4 * 24 + 3)
    var settings = EngagementSettings()
    settings.sendTimeKernelHours = 0.01
    let model = SendTimeModel(contact: HourCounts(), population: population, settings: settings)
    let strategy = try Self.strategy(
      Self.step("call", ["phone"], delay: 0, timing: "best_time"))
    let plan = try Self.plan(
      strategy, Self.facts(), at: "2026-01-15T12:20:00Z", sendTimes: model)
    #expect(plan[0].at == (try moment("2026-01-15T17:00:00Z")))
  }

  struct Ranking: Sendable, CustomTestStringConvertible {
    let about: String
    var records: [OutreachChannel: ChannelRecord] = [:]
    var prefers: Channel?
    var suppressed: OutreachChannel?
    let order: [OutreachChannel]
    var testDescription: String { about }
  }

  static let rankings = [
    Ranking(about: "the strategy's order", order: [.phone, .email, .sms]),
    Ranking(
      about: "proven success",
      records: [.email: .init(successes: 30, trials: 60), .phone: .init(successes: 5, trials: 60)],
      order: [.email, .phone, .sms]),
    Ranking(
      about: "too little to conclude from", records: [.email: .init(successes: 4, trials: 4)],
      order: [.phone, .email, .sms]),
    // The bound below 12 of 60 is 0.12, the rate of both 0.17: a bound is no measure to hold against a rate.
    Ranking(
      about: "the better rate, of a channel that was tried more than one that hardly was",
      records: [.email: .init(successes: 12, trials: 60), .phone: .init(successes: 0, trials: 4)],
      order: [.email, .phone, .sms]),
    Ranking(about: "the lead's own wish", prefers: .email, order: [.email, .phone, .sms]),
    Ranking(about: "what is closed comes last", suppressed: .phone, order: [.email, .phone, .sms]),
  ]

  @Test(arguments: rankings) func channels(_ entry: Ranking) {
    var facts = Self.facts()
    facts.preferredChannel = entry.prefers
    if let channel = entry.suppressed {
      facts.suppressions = [
        Suppression(
          channel: channel, reason: .requested, actor: "test", since: Timestamp(milliseconds: 0))
      ]
    }
    let ranked = ChannelChoice.ranked(
      [.phone, .email, .sms, .chat], for: .marketing, facts, records: entry.records,
      settings: EngagementSettings())
    #expect(ranked.map(\.channel) == entry.order)
  }

  @Test(
    arguments: [
      ("exits", ["reply"], "/exits"), ("steps", [], "/steps"), ("category", "hot", "/category"),
      ("step", 1, "/step"),
    ] as [(String, JSONValue, String)])
  func whatIsWrongIsNamed(_ key: String, _ value: JSONValue, _ field: String) throws {
    var file: JSONObject = [
      "version": "test-1", "about": "A test.", "category": "cold_lead", "goal": "A demo.",
      "exits": ["reply", "meeting", "unsubscribe", "conversion"],
      "steps": [Self.step("one", ["email"], delay: 0)],
    ]
    #expect(try EngagementStrategy(json: .object(file)).category == .coldLead)
    file[key] = value
    let error = #expect(throws: InvalidStrategy.self) {
      try EngagementStrategy(json: .object(file))
    }
    #expect(error?.field == field)
  }
}
