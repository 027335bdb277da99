extension SampleDataset {
  /// What agents did with the leads: triage on arrival, outreach, a handoff at the first reply,
  /// escalation where a large company replies or somebody complains.
  func agentActions(_ emit: ([String]) throws -> Void) rethrows {
    var number = 0
    try eachStory { lead, journey in
      guard !journey.events.isEmpty else { return }
      var random = SampleRandom(seed: world.seed, .agentAction, lead.index)
      let triage = "LT-" + SampleWorld.padded(random.integer(1...8), 3)
      let optimizer = "OP-" + SampleWorld.padded(random.integer(1...8), 3)
      func act(
        _ at: Int64, _ type: String, _ agent: String, _ from: String, _ to: String,
        _ summary: String, reason: String = "none"
      ) throws {
        guard at <= world.now else { return }
        number += 1
        let context = SampleText.json(object: [
          ("summary", SampleText.json(summary)),
          ("confidence", SampleText.decimal(random.uniform(0.7, 0.99), 2)),
        ])
        try emit([
          "ACT" + SampleWorld.padded(number, 7), SampleClock.text(at),
          Self.conversation(of: lead), lead.id, type, agent, from, to, context, reason,
        ])
      }
      try act(
        lead.created + Int64(random.integer(1...20)), "triage", triage, "LeadTriage", "Engagement",
        "\(lead.category), score \(lead.score), asks for \(lead.intentName)")
      if let first = journey.events.first(where: { !$0.isFromLead }) {
        try act(
          first.at, "outreach", lead.agent, "Engagement", "Engagement",
          "first touch by \(first.channel)")
      }
      let isLarge = lead.company.size >= 4
      if let reply = journey.events.first(where: {
        ["reply", "sms_reply", "call_answered"].contains($0.type)
      }) {
        try act(
          reply.at + Int64(random.integer(30...900)), "handoff", lead.agent, "Engagement",
          isLarge ? "Manager" : "Engagement", "\(reply.outcome) answer by \(reply.channel)",
          reason: isLarge ? "high_value" : "none")
      }
      if let negative = journey.events.first(where: { $0.outcome == "negative" }) {
        try act(
          negative.at + Int64(random.integer(900...1800)), "escalate", lead.agent, "Engagement",
          "Manager", "negative answer by \(negative.channel)", reason: "complaint")
      }
      if let conversion = journey.conversions.first {
        try act(
          conversion.at + Int64(random.integer(60...3600)), "consolidate_memory", optimizer,
          "Optimizer", "Optimizer", "converted: \(conversion.type)")
      }
    }
  }

  /// The context of conversations of the last two weeks; it expires 24 hours after the last event.
  func shortTermMemory(_ emit: ([String]) throws -> Void) rethrows {
    try eachStory { lead, journey in
      guard let last = journey.events.last, world.now - last.at < 14 * SampleWorld.daySeconds,
        let topic = SampleVocabulary.summaries[lead.intentName]
      else { return }
      var random = SampleRandom(seed: world.seed, .shortTerm, lead.index)
      let slots = SampleText.json(object: [
        ("company", SampleText.json(lead.company.name)),
        ("employees", String(SampleVocabulary.employees[lead.company.sizeName] ?? 0)),
        ("tooling", SampleText.json(random.sample(SampleVocabulary.tools, count: 2))),
      ])
      let hasLeft = journey.hasUnsubscribed
      try emit([
        Self.conversation(of: lead), lead.id, hasLeft ? "unsubscribed" : topic.summary,
        hasLeft ? "unsubscribe" : topic.intent, slots,
        SampleClock.text(last.at + SampleWorld.daySeconds),
      ])
    }
  }

  /// The profile of each lead that did something itself: the hours and channels are those of its own
  /// doings.
  func longTermMemory(_ emit: ([String]) throws -> Void) rethrows {
    let interestOf = [
      "demo": "roadmap", "pricing": "pricing", "integration": "integration", "security": "security",
    ]
    try eachStory { lead, journey in
      let own = journey.events.filter(\.isFromLead)
      guard let last = own.last else { return }
      var random = SampleRandom(seed: world.seed, .longTerm, lead.index)
      let hours = SampleClock.preferredHours[lead.preferredHours]
      var channels = [lead.preferredChannel]
      for event in own where !channels.contains(event.channel) { channels.append(event.channel) }
      var interests = [interestOf[lead.intentName] ?? "roi"]
      let other = random.pick(SampleVocabulary.interests)
      if !interests.contains(other) { interests.append(other) }
      let spent = journey.conversions.reduce(0) { $0 + $1.value }
      let recency = max(0, 1 - Double(world.now - last.at) / Double(90 * SampleWorld.daySeconds))
      let score =
        0.4 * recency + 0.3 * min(1, Double(own.count) / 10) + 0.3 * min(1, spent / 5000)
      try emit([
        lead.id, lead.region, lead.company.industry, SampleText.decimal(score, 3),
        SampleText.json(object: [
          (
            "best_contact_time",
            SampleText.json(
              "\(SampleWorld.padded(hours.0, 2)):00-\(SampleWorld.padded(hours.1 + 1, 2)):00")
          ),
          ("preferred_channels", SampleText.json(Array(channels.prefix(3)))),
          ("interests", SampleText.json(interests)),
        ]), SampleClock.text(last.at),
      ])
    }
  }

  /// For each scenario the step that helps, for `episodes` and the documentation.
  static let helpfulSteps: [(scenario: String, step: String)] = [
    ("churn_risk", "call_customer"), ("enterprise_eval", "send_case_study"),
    ("multi_stakeholder", "book_demo"), ("budget_blocker", "offer_trial"),
    ("smb_quick_win", "follow_up_sms"), ("security_review", "escalate_manager"),
  ]

  /// Episodes: the outcome is about 0.3, and 0.4 better with the step that helps in the scenario.
  func episodes(_ emit: ([String]) throws -> Void) rethrows {
    let steps =
      Set(Self.helpfulSteps.map(\.step)).sorted() + [
        "pause_sequence", "retarget_ads", "send_quote",
      ]
    let notes = [
      "requires security one-pager", "great for re-engagement", "worked well for APAC SMBs",
      "best when lead score >70",
    ]
    for index in 0..<max(12, world.leads / 20) {
      var random = SampleRandom(seed: world.seed, .episode, index)
      let (scenario, helpful) = random.pick(Self.helpfulSteps)
      let sequence = random.sample(steps, count: random.integer(2...5))
      let outcome =
        0.3 + (sequence.contains(helpful) ? 0.4 : 0) + 0.12 * random.normal()
      try emit([
        "EPI" + SampleWorld.padded(index + 1, 5), scenario, SampleText.json(sequence),
        SampleText.decimal(min(1, max(0, outcome)), 3), random.pick(notes),
      ])
    }
  }

  /// The graph: companies as the leads know them, and general truths. About one triple in twenty
  /// repeats the one before it.
  func triples(_ emit: ([String]) throws -> Void) rethrows {
    let general = [
      ("Enterprise", "requires", "Security"), ("SMB", "preferred_channel", "Email"),
      ("Enterprise", "preferred_channel", "Call"), ("CaseStudy1", "boosts", "Enterprise"),
      ("CaseStudy2", "boosts", "SMB"), ("FeatureX", "related_to", "Integration"),
      ("FeatureY", "related_to", "ROI"), ("Campaign", "targets", "Lead"),
      ("Referral", "boosts", "Lead"), ("Onboarding", "requires", "Integration"),
      ("ProductA", "similar_to", "ProductB"), ("ProductA", "interested_in", "SMB"),
    ]
    var before: [String]?
    for index in 0..<max(40, world.leads / 10) {
      var random = SampleRandom(seed: world.seed, .triple, index)
      if let repeated = before, random.chance(0.05) {
        try emit(repeated)
        before = nil
        continue
      }
      let triple: (String, String, String)
      if index < general.count {
        triple = general[index]
      } else {
        let company = world.company(random.integer(0...world.companyCount - 1))
        triple =
          switch random.integer(0...2) {
          case 0: (company.name, "located_in", company.regionName)
          case 1: (company.name, "related_to", company.industry)
          default: (company.name, "interested_in", random.pick(SampleVocabulary.interests))
          }
      }
      let row = [
        triple.0, triple.1, triple.2, SampleText.decimal(random.uniform(0.1, 1), 3),
        random.pick(["docs", "imported", "heuristic", "analyst"]),
      ]
      try emit(row)
      before = row
    }
  }
}
