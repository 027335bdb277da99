/// One event between us and a lead of the sample data.
struct SampleEvent {
  /// Seconds since the epoch.
  let at: Int64
  let channel: String
  let type: String
  let variant: Int?
  var outcome = "none"
  let seconds: Int

  /// Whether the lead did it.
  var isFromLead: Bool { !type.hasSuffix("_sent") && type != "call_made" }
}

/// One conversion of a lead of the sample data.
struct SampleConversion {
  /// Seconds since the epoch.
  let at: Int64
  let type: String
  /// US dollars, whole cents.
  let value: Double
}

/// Everything that happened to one lead until now.
struct SampleJourney {
  /// In the order of time.
  var events: [SampleEvent] = []
  /// In the order of time.
  var conversions: [SampleConversion] = []
  var replies = 0
  var negativeReplies = 0
  var clicks = 0
  var hasUnsubscribed = false
  /// The true log-odds of a conversion.
  var logOdds = 0.0

  /// When the lead itself last did something; `nil` when it never did.
  var lastOwnActivity: Int64? { events.last { $0.isFromLead }?.at }

  /// Where the lead stands.
  func status(of lead: SampleLead) -> String {
    if !conversions.isEmpty { return "Converted" }
    if hasUnsubscribed || negativeReplies > 0 || ["research", "vendor"].contains(lead.intentName) {
      return "Unqualified"
    }
    if replies > 0 { return "Qualified" }
    return events.contains { !$0.isFromLead } ? "Open" : "New"
  }

  /// The state of the conversation.
  func conversationStatus(now: Int64) -> String {
    if !conversions.isEmpty || hasUnsubscribed { return "closed" }
    return now - (events.last?.at ?? 0) < 7 * SampleWorld.daySeconds ? "active" : "idle"
  }
}

extension SampleWorld {
  /// What happened to a lead, the same whenever it is asked for.
  func journey(of lead: SampleLead) -> SampleJourney {
    var teller = SampleJourneyTeller(world: self, lead: lead)
    return teller.tell()
  }
}

/// Draws one lead's events, then its conversions from the truth that follows from them.
private struct SampleJourneyTeller {
  let world: SampleWorld
  let lead: SampleLead
  var random: SampleRandom
  var journey = SampleJourney()
  let engagement: Double
  let emailVariant: Int?
  let tone: Double

  init(world: SampleWorld, lead: SampleLead) {
    self.world = world
    self.lead = lead
    self.random = SampleRandom(seed: world.seed, .journey, lead.index)
    self.engagement = PortableMath.exp(
      0.35 * (lead.arrivalLogOdds - SampleSignal.arrival.mean))
    let variants = world.campaigns[lead.campaign].variants["Email"] ?? []
    // Each lead sees one variant only, all variants being as frequent.
    self.emailVariant = variants.isEmpty ? nil : random.pick(variants)
    self.tone = emailVariant.map { SampleSignal.tones[world.variants[$0].tone].factor } ?? 1
  }

  mutating func tell() -> SampleJourney {
    arrive()
    let first = lead.created + lead.firstTouch.delay
    if first <= world.now { touch(from: first) }
    visit()
    journey.events.sort { ($0.at, $0.type) < ($1.at, $1.type) }
    journey.logOdds =
      SampleSignal.intercept + lead.arrivalLogOdds
      + SampleSignal.firstTouch[lead.firstTouch.type].logOdds
      + SampleSignal.perReply.logOdds * Double(min(journey.replies, SampleSignal.perReply.most))
      + SampleSignal.perNegativeReply * Double(journey.negativeReplies)
      + SampleSignal.perClick.logOdds * Double(min(journey.clicks, SampleSignal.perClick.most))
    convert(notBefore: first)
    return journey
  }

  /// Notes an event unless it lies ahead of us.
  /// - Returns: whether it has happened.
  @discardableResult
  private mutating func note(
    _ at: Int64, _ channel: String, _ type: String, variant: Int? = nil, outcome: String = "none"
  ) -> Bool {
    guard at <= world.now else { return false }
    journey.events.append(
      SampleEvent(
        at: at, channel: channel, type: type, variant: variant, outcome: outcome,
        seconds: random.integer(5...900)))
    return true
  }

  private mutating func arrive() {
    switch lead.sourceName {
    case "Website": note(lead.created, "Web", "site_visit")
    case "Google Ads": note(lead.created, "Ads", "site_visit")
    case "LinkedIn" where random.chance(0.4): note(lead.created, "Social", "social_comment")
    default: break
    }
  }

  private mutating func touch(from first: Int64) {
    let hasPhone = !lead.person.phone.isEmpty
    var at = first
    if hasPhone, lead.firstTouch.type == 0, random.chance(0.4) { call(at) } else { mail(at) }
    // Without consent the inquiry is answered, and that is all.
    guard lead.hasConsent else { return }
    for _ in 0..<min(9, 3 + random.poisson(2.5)) {
      if journey.hasUnsubscribed { return }
      if journey.negativeReplies > 0, random.chance(0.5) { return }
      let target = at + SampleWorld.daySeconds + Int64(random.exponential(mean: 260_000))
      at = SampleClock.moment(near: target, after: at, offset: lead.zone.offset, using: &random)
      guard at <= world.now else { return }
      let weights = [
        lead.preferredChannel == "Email" ? 0.85 : 0.6, hasPhone ? 0.12 : 0,
        hasPhone ? (lead.preferredChannel == "Call" ? 0.4 : 0.12) : 0,
      ]
      switch random.index(weights: weights) {
      case 0: mail(at)
      case 1: text(at)
      default: call(at)
      }
    }
  }

  private mutating func mail(_ at: Int64) {
    note(at, "Email", "email_sent", variant: emailVariant)
    guard random.chance(0.45) else { return }
    let opened = response(to: at, mean: 18_000)
    if random.chance(0.05) {
      if note(opened, "Email", "email_open", variant: emailVariant, outcome: "unsubscribe") {
        journey.hasUnsubscribed = true
      }
      return
    }
    guard note(opened, "Email", "email_open", variant: emailVariant) else { return }
    if random.chance(min(0.8, 0.25 * tone * engagement)) {
      let clicked = opened + Int64(random.integer(20...600))
      let outcome = random.chance(0.3) ? "positive" : "none"
      if note(clicked, "Email", "email_click", variant: emailVariant, outcome: outcome) {
        journey.clicks += 1
        note(clicked + Int64(random.integer(5...60)), "Web", "site_visit", variant: emailVariant)
      }
    }
    if random.chance(min(0.6, 0.12 * tone * engagement)) {
      answer(opened + Int64(random.integer(300...20_000)), "Email", "reply", emailVariant)
    }
  }

  private mutating func text(_ at: Int64) {
    let variant = world.campaigns[lead.campaign].variants["SMS"]?.first
    note(at, "SMS", "sms_sent", variant: variant)
    if random.chance(min(0.6, 0.12 * engagement)) {
      answer(at + Int64(random.exponential(mean: 3600)), "SMS", "sms_reply", variant)
    }
  }

  private mutating func call(_ at: Int64) {
    note(at, "Call", "call_made")
    if random.chance(min(0.7, 0.25 * engagement)) {
      answer(at + Int64(random.integer(5...40)), "Call", "call_answered", nil)
    }
  }

  /// The lead answers, kindly or not.
  private mutating func answer(_ at: Int64, _ channel: String, _ type: String, _ variant: Int?) {
    let outcome =
      switch random.unit() {
      case ..<min(0.7, max(0.06, 0.22 / engagement)): "negative"
      case 0.8...: "callback_requested"
      default: "positive"
      }
    guard note(at, channel, type, variant: variant, outcome: outcome) else { return }
    if outcome == "negative" { journey.negativeReplies += 1 } else { journey.replies += 1 }
  }

  /// When the lead reacts: soon, or else in the hours it prefers.
  private mutating func response(to at: Int64, mean: Double) -> Int64 {
    let soon = at + 60 + Int64(random.exponential(mean: mean))
    guard random.chance(0.6) else { return soon }
    return SampleClock.moment(
      near: at, after: at, offset: lead.zone.offset, preferred: lead.preferredHours,
      using: &random)
  }

  private mutating func visit() {
    var at = lead.created
    for _ in 0..<random.poisson(min(6, 0.9 * engagement)) {
      let target = at + Int64(random.exponential(mean: 500_000))
      at = SampleClock.moment(
        near: target, after: at, offset: lead.zone.offset, preferred: lead.preferredHours,
        using: &random)
      note(at, "Web", "site_visit")
    }
    if random.chance(0.04) {
      note(lead.created + Int64(random.exponential(mean: 900_000)), "Social", "social_comment")
    }
  }

  private mutating func convert(notBefore first: Int64) {
    guard first <= world.now, random.chance(PortableMath.logistic(journey.logOdds)) else { return }
    let counted = ["email_click", "reply", "sms_reply", "call_answered"]
    let last = max(first, journey.events.last { counted.contains($0.type) }?.at ?? first)
    let lag = min(45, random.logNormal(median: 3, spread: 0.8)) * Double(SampleWorld.daySeconds)
    let at = SampleClock.moment(
      near: last + Int64(lag), after: last, offset: lead.zone.offset, using: &random)
    guard at <= world.now else { return }
    // Whoever has converted is not touched by this campaign any more.
    journey.events.removeAll { $0.at > at && $0.type != "site_visit" }
    var purchases = SamplePurchases(world: world, lead: lead)
    journey.conversions = purchases.draw(from: at)
  }
}
