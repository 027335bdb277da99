/// A person of the sample data, as far as it does not change between two leads of the same person.
struct SamplePerson {
  var name: String
  var email: String
  /// Empty for somebody who left no number.
  var phone: String
  let company: Int
  let persona: Int
}

/// A lead as it arrives.
struct SampleLead {
  /// How a planted duplicate differs from its original.
  enum Duplicate: Int, CaseIterable {
    case email, phone, companyAndName
  }

  let index: Int
  var id: String { "L" + SampleWorld.padded(index + 1, 7) }
  let person: SamplePerson
  let company: SampleCompany
  /// The earlier lead of the same person, if this one was planted.
  let original: Int?
  /// Arrival, seconds since the epoch.
  let created: Int64
  let source: Int
  let campaign: Int
  let region: String
  let zone: (name: String, offset: Int)
  let intent: Int
  let message: String
  let hasConsent: Bool
  let preferredChannel: String
  let agent: String
  /// The part of the true log-odds known at arrival, without the intercept.
  let arrivalLogOdds: Double
  /// The noisy score of the file, 0–100.
  let score: Int
  /// The class of the time to the first touch, and that time in seconds.
  let firstTouch: (type: Int, delay: Int64)
  /// The part of the day that the person prefers.
  let preferredHours: Int

  var sourceName: String { SampleSignal.sources[source].name }
  var personaName: String { SampleSignal.personas[person.persona].name }
  var intentName: String { SampleSignal.intents[intent].name }

  /// The category by the bands of the score.
  var category: String {
    switch score {
    case 70...: "Campaign Qualified"
    case 30...: "Cold Lead"
    default: "General Inquiry"
    }
  }
}

extension SampleWorld {
  /// The share of leads that are planted duplicates of an earlier one.
  static let duplicateShare = 0.02

  /// A lead by its index, the same whenever it is asked for.
  func lead(_ index: Int) -> SampleLead {
    var random = SampleRandom(seed: seed, .fit, index)
    let duplicate = duplicate(index)
    let original = person(duplicate?.original ?? index)
    let person = duplicate.map { vary(original, as: $0.type, index: index) } ?? original
    let company = company(person.company)
    let region =
      random.chance(0.9)
      ? company.regionName
      : SampleSignal.regions[random.index(weights: SampleSignal.regions.map(\.share))].name
    let zone = random.pick(SampleVocabulary.timeZones[region] ?? [("UTC", 0)])
    let created = arrival(index, offset: zone.offset, using: &random)
    let source = random.index(weights: SampleSignal.sources.map(\.share))
    let intent = random.index(weights: SampleSignal.intents.map(\.share))
    let arrival =
      SampleSignal.sources[source].logOdds
      + SampleSignal.personas[person.persona].logOdds
      + SampleSignal.companySizes[company.size].logOdds
      + SampleSignal.intents[intent].logOdds
      + SampleSignal.interaction(region: region, industry: company.industry)
    let standard =
      0.85 * (arrival - SampleSignal.arrival.mean) / SampleSignal.arrival.deviation
      + 0.53 * random.normal()
    let touch = random.index(weights: SampleSignal.firstTouch.map(\.share))
    let earliest = touch == 0 ? 0.3 : Double(SampleSignal.firstTouch[touch - 1].upTo)
    let latest = Double(SampleSignal.firstTouch[touch].upTo)
    return SampleLead(
      index: index, person: person, company: company, original: duplicate?.original,
      created: created, source: source,
      campaign: campaign(at: created, region: region, using: &random), region: region, zone: zone,
      intent: intent, message: message(intent, company: company, using: &random),
      hasConsent: random.chance(SampleSignal.consent[source]),
      preferredChannel: ["Email", "Call", "SMS", "Web", "Social", "Ads"][
        random.index(weights: [0.5, 0.18, 0.12, 0.1, 0.06, 0.04])],
      agent: "EN-" + Self.padded(random.integer(1...20), 3), arrivalLogOdds: arrival,
      // Thresholds 70 and 30 then cut off the best 25 % and the worst 35 %.
      score: min(100, max(0, Int(PortableMath.round(44.5 + 37.8 * standard)))),
      firstTouch: (touch, Int64(random.uniform(earliest, latest) * 60)),
      preferredHours: random.index(weights: [0.35, 0.25, 0.25, 0.15]))
  }

  /// The earlier lead that this one repeats; `nil` for most.
  func duplicate(_ index: Int) -> (original: Int, type: SampleLead.Duplicate)? {
    var random = SampleRandom(seed: seed, .duplicate, index)
    guard index > 4, random.chance(Self.duplicateShare) else { return nil }
    let type = random.pick(SampleLead.Duplicate.allCases)
    let original = random.integer(0...index - 1)
    // A duplicate of a duplicate would be three of a kind, and its variations could meet.
    return duplicate(original) == nil ? (original, type) : nil
  }

  private func person(_ index: Int) -> SamplePerson {
    let (company, place) = company(ofLead: index)
    var random = SampleRandom(seed: seed, .person, index)
    let (first, last) = (SampleVocabulary.firstNames, SampleVocabulary.lastNames)
    // 81 · 83 pairs, visited by a step without a common divisor: no two colleagues share a name.
    let pairs = first.count * last.count
    let pair = (place &* 1847 &+ company &* 311) % pairs
    var name = "\(first[pair % first.count]) \(last[pair / first.count])"
    if place >= pairs { name += " \(place / pairs + 1)" }
    let local = SampleVocabulary.plain(name, separator: ".")
    let usesOwnAddress = random.chance(0.08)
    let domain = self.company(company).domain
    return SamplePerson(
      name: name,
      email: usesOwnAddress ? "\(local).\(index + 1)@mailbox.example" : "\(local)@\(domain)",
      phone: random.chance(0.1) ? "" : Self.phone(index), company: company,
      persona: random.index(weights: SampleSignal.personas.map(\.share)))
  }

  /// A number that no one else has: 555-0100 to 555-0199 under 800 area codes, which are kept for
  /// fiction, and behind them numbers under the unassigned country code 999.
  private static func phone(_ number: Int) -> String {
    guard number < 80_000 else { return "+999-" + padded(number, 9) }
    return "+1-\(200 + number % 800)-555-01\(padded(number / 800, 2))"
  }

  private func vary(
    _ person: SamplePerson, as type: SampleLead.Duplicate, index: Int
  ) -> SamplePerson {
    var person = person
    var random = SampleRandom(seed: seed, .duplicate, index + leads)
    switch type {
    case .email:
      if random.chance(0.5) {
        person.email = person.email.split(separator: "@").joined(separator: "+demo@")
      } else {
        person.email = person.email.uppercased()
      }
      person.phone = random.chance(0.5) ? "" : Self.phone(index)
    case .phone where !person.phone.isEmpty:
      let digits = person.phone.filter { $0 != "-" }
      person.phone =
        random.chance(0.5) ? digits : person.phone.split(separator: "-").joined(separator: " ")
      person.email = "contact.\(index + 1)@mailbox.example"
    case .phone, .companyAndName:
      person.name = random.chance(0.5) ? person.name.uppercased() : person.name
      person.email = "contact.\(index + 1)@mailbox.example"
      person.phone = Self.phone(index)
    }
    return person
  }

  /// Leads arrive in the order of their numbers, and toward the end nearly twice as often.
  private func arrival(_ index: Int, offset: Int, using random: inout SampleRandom) -> Int64 {
    let rank = (Double(index) + random.unit()) / Double(leads)
    let span = Double(now - start)
    let target = start + Int64(span * (1.3 * rank - 0.3 * rank * rank))
    return SampleClock.arrival(
      onDayOf: target, offset: offset, within: start...(now - 120), using: &random)
  }

  private func campaign(
    at moment: Int64, region: String, using random: inout SampleRandom
  ) -> Int {
    var weights = campaigns.map { campaign -> Double in
      guard campaign.start <= moment, moment < campaign.end else { return 0 }
      return campaign.region == region ? 3 : 1
    }
    let others = weights.dropFirst().reduce(0, +)
    // About a third come without a particular campaign.
    weights[0] = max(1, others / 2)
    return random.index(weights: weights)
  }

  private func message(
    _ intent: Int, company: SampleCompany, using random: inout SampleRandom
  ) -> String {
    let name = SampleSignal.intents[intent].name
    let text = random.pick(SampleVocabulary.messages[name] ?? [""])
    let people = SampleVocabulary.employees[company.sizeName] ?? 10
    let fillings = [
      "size": String(max(1, Int(Double(people) * random.uniform(0.5, 1.5)))),
      "tool": random.pick(SampleVocabulary.tools), "when": random.pick(SampleVocabulary.moments),
    ]
    var message = ""
    for (place, part) in text.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard place > 0, let end = part.firstIndex(of: "}") else {
        message += part
        continue
      }
      message += fillings[String(part[..<end])] ?? ""
      message += part[part.index(after: end)...]
    }
    return message
  }
}
