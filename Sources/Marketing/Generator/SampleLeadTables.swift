extension SampleDataset {
  /// Leads, with the gaps that real files have.
  func leads(_ emit: ([String]) throws -> Void) rethrows {
    try eachStory { lead, journey in
      var gaps = SampleRandom(seed: world.seed, .gaps, lead.index)
      let isSizeKnown = !gaps.chance(0.03)
      let isIndustryKnown = !gaps.chance(0.02)
      let isPersonaKnown = !gaps.chance(0.02)
      // A planted duplicate keeps what it can be recognised by.
      let isNameKnown = lead.original != nil || !gaps.chance(0.03)
      let usesOwnAddress = lead.person.email.lowercased().hasSuffix("@mailbox.example")
      try emit([
        lead.id, SampleClock.text(lead.created), lead.sourceName,
        world.campaigns[lead.campaign].id, lead.category, journey.status(of: lead),
        String(lead.score), isSizeKnown ? lead.company.sizeName : "",
        isIndustryKnown ? lead.company.industry : "", isPersonaKnown ? lead.personaName : "",
        lead.region, lead.preferredChannel, SampleText.flag(lead.hasConsent), lead.person.email,
        lead.person.phone, lead.agent,
        SampleClock.text(max(lead.created, journey.lastOwnActivity ?? lead.created)),
        isNameKnown ? lead.person.name : "", lead.company.name,
        usesOwnAddress ? "" : lead.company.domain, lead.zone.name, lead.message,
      ])
    }
  }

  /// One conversation for each lead that anything happened to.
  func conversations(_ emit: ([String]) throws -> Void) rethrows {
    try eachStory { lead, journey in
      guard let first = journey.events.first, let last = journey.events.last else { return }
      try emit([
        Self.conversation(of: lead), lead.id, SampleClock.text(first.at),
        SampleClock.text(last.at), journey.conversationStatus(now: world.now),
      ])
    }
  }

  /// All events in the order of the leads and then of time.
  func interactions(_ emit: ([String]) throws -> Void) rethrows {
    var number = 0
    try eachStory { lead, journey in
      let campaign = world.campaigns[lead.campaign].id
      for event in journey.events {
        number += 1
        let metadata = SampleText.json(object: [
          ("duration_sec", String(event.seconds)),
          (
            "utm",
            SampleText.json(object: [
              ("source", SampleText.json(lead.sourceName)), ("campaign", SampleText.json(campaign)),
            ])
          ),
        ])
        try emit([
          "INT" + SampleWorld.padded(number, 8), Self.conversation(of: lead), lead.id, campaign,
          SampleClock.text(event.at), event.channel, event.type, lead.agent,
          event.variant.map { world.variants[$0].id } ?? "", event.outcome, metadata,
        ])
      }
    }
  }

  /// Conversions, several for those who buy again.
  func conversions(_ emit: ([String]) throws -> Void) rethrows {
    try eachStory { lead, journey in
      for conversion in journey.conversions {
        try emit([
          lead.id, world.campaigns[lead.campaign].id, SampleClock.text(conversion.at),
          SampleText.decimal(conversion.value, 2), conversion.type,
        ])
      }
    }
  }

  static func conversation(of lead: SampleLead) -> String {
    "C" + SampleWorld.padded(lead.index + 1, 7)
  }
}
