extension SampleDataset {
  func campaigns(_ emit: ([String]) throws -> Void) rethrows {
    for campaign in world.campaigns {
      let length = Double((campaign.end - campaign.start) / SampleWorld.daySeconds)
      try emit([
        campaign.id, campaign.name, campaign.objective, SampleClock.text(campaign.start),
        SampleClock.text(campaign.end), SampleText.json(campaign.channels),
        SampleText.decimal(campaign.dailyBudget, 2),
        SampleText.decimal(campaign.dailyBudget * length, 2), campaign.owner, campaign.region,
        SampleText.json(campaign.personas), campaign.kpi,
      ])
    }
  }

  func variants(_ emit: ([String]) throws -> Void) rethrows {
    for variant in world.variants {
      try emit([
        variant.id, world.campaigns[variant.campaign].id, variant.channel, variant.creativeType,
        variant.subjectLine, variant.callToAction, SampleSignal.tones[variant.tone].name,
        String(variant.words),
      ])
    }
  }

  func segments(_ emit: ([String]) throws -> Void) rethrows {
    let descriptions = [
      "High-intent", "Price-sensitive SMB", "Security-focused enterprise", "Reactivation cohort",
    ]
    for index in 0..<15 {
      var random = SampleRandom(seed: world.seed, .segment, index)
      let words = random.sample(SampleVocabulary.campaignWords, count: 2)
      let regions = random.sample(
        SampleSignal.regions.map(\.name), count: random.integer(1...3))
      let rules = SampleText.json(object: [
        (
          "industry",
          random.chance(0.5) ? "null" : SampleText.json(random.pick(SampleSignal.industries))
        ),
        ("min_lead_score", random.chance(0.3) ? "null" : String(random.integer(6...8) * 10)),
        ("regions", SampleText.json(regions)),
        (
          "preferred_channel",
          random.chance(0.4)
            ? "null" : SampleText.json(random.pick(["Email", "Call", "SMS", "Web"]))
        ),
      ])
      try emit([
        "SEG" + SampleWorld.padded(index + 1, 4), "\(words[0]) \(words[1]) Segment", rules,
        random.pick(descriptions),
      ])
    }
  }

  /// A campaign's day: leads and conversions are those of the other tables, impressions, clicks and
  /// cost follow from the campaign's true rates.
  func campaignDaily(_ emit: ([String]) throws -> Void) rethrows {
    var leads = [Int](repeating: 0, count: world.campaigns.count * SampleWorld.days)
    var conversions = leads
    var revenue = [Double](repeating: 0, count: leads.count)
    eachStory { lead, journey in
      let row = lead.campaign * SampleWorld.days
      leads[row + world.day(of: lead.created)] += 1
      for conversion in journey.conversions {
        conversions[row + world.day(of: conversion.at)] += 1
        revenue[row + world.day(of: conversion.at)] += conversion.value
      }
    }
    for (index, campaign) in world.campaigns.enumerated() {
      let last = min(SampleWorld.days - 1, world.day(of: campaign.end))
      for day in world.day(of: campaign.start)...last {
        let place = index * SampleWorld.days + day
        var random = SampleRandom(seed: world.seed, .daily, place)
        let clicks = leads[place] + random.poisson(6 + 5 * Double(leads[place]))
        let rate = campaign.clickRate * random.logNormal(median: 1, spread: 0.12)
        let impressions = clicks + random.poisson(Double(clicks) * (1 / rate - 1))
        let price = campaign.costPerClick * random.logNormal(median: 1, spread: 0.1)
        // Whole cents from here on, so that the ratios fit the amounts beside them.
        let cost = Double(PortableMath.round(Double(clicks) * price * 100)) / 100
        let earned = Double(PortableMath.round(revenue[place] * 100)) / 100
        try emit([
          campaign.id, SampleClock.text(world.start + Int64(day) * SampleWorld.daySeconds),
          String(impressions), String(clicks),
          SampleText.decimal(impressions == 0 ? 0 : Double(clicks) / Double(impressions), 4),
          String(leads[place]), String(conversions[place]), SampleText.decimal(cost, 2),
          SampleText.decimal(earned, 2),
          leads[place] == 0 ? "" : SampleText.decimal(cost / Double(leads[place]), 2),
          SampleText.decimal(cost == 0 ? 0 : earned / cost, 2),
        ])
      }
    }
  }
}
