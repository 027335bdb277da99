/// A company of the sample data.
struct SampleCompany {
  let name: String
  let domain: String
  let industry: String
  let size: Int
  let region: Int
}

/// A campaign of the sample data. Times are seconds since the epoch, UTC.
struct SampleCampaign {
  let id: String
  let name: String
  let objective: String
  let start: Int64
  let end: Int64
  let channels: [String]
  let dailyBudget: Double
  let owner: String
  let region: String
  let personas: [String]
  let kpi: String
  /// The true share of impressions that are clicked.
  let clickRate: Double
  let costPerClick: Double
  /// Indexes of its variants by channel.
  var variants: [String: [Int]] = [:]
}

/// A message variant of the sample data.
struct SampleVariant {
  let id: String
  let campaign: Int
  let channel: String
  let creativeType: String
  let subjectLine: String
  let callToAction: String
  let tone: Int
  let words: Int
}

/// What all leads of a sample data set share: the clock, the companies, the campaigns.
struct SampleWorld: Sendable {
  /// How long the history is, in days.
  static let days = 180
  static let daySeconds: Int64 = 86_400

  let seed: UInt64
  let leads: Int
  /// The end of the history, seconds since the epoch.
  let now: Int64
  /// The start of the history: midnight UTC.
  let start: Int64
  let campaigns: [SampleCampaign]
  let variants: [SampleVariant]
  /// Each lead's company and how many leads before it belong to the same.
  private let companyOfLead: [UInt32]
  private let placeInCompany: [UInt32]
  private let companies: Int

  init(seed: UInt64, leads: Int, now: Timestamp) {
    self.seed = seed
    self.leads = max(0, leads)
    self.now = now.milliseconds / 1000
    let today = self.now - self.now % Self.daySeconds
    self.start = today - Int64(Self.days - 1) * Self.daySeconds
    let companies = max(8, leads / 3)
    self.companies = companies

    var companyOfLead: [UInt32] = []
    var placeInCompany: [UInt32] = []
    companyOfLead.reserveCapacity(self.leads)
    placeInCompany.reserveCapacity(self.leads)
    var members = [UInt32](repeating: 0, count: companies)
    for lead in 0..<self.leads {
      var random = SampleRandom(seed: seed, .companyOfLead, lead)
      let position = random.unit()
      // Squaring makes a few companies send many leads.
      let company = min(companies - 1, Int(Double(companies) * position * position))
      companyOfLead.append(UInt32(company))
      placeInCompany.append(members[company])
      members[company] += 1
    }
    self.companyOfLead = companyOfLead
    self.placeInCompany = placeInCompany

    var campaigns = Self.makeCampaigns(
      seed: seed, count: min(30, max(6, leads / 150)), start: self.start)
    self.variants = Self.makeVariants(seed: seed, campaigns: &campaigns)
    self.campaigns = campaigns
  }

  /// The index of a lead's company, and the lead's place among the company's leads.
  func company(ofLead lead: Int) -> (company: Int, place: Int) {
    (Int(companyOfLead[lead]), Int(placeInCompany[lead]))
  }

  /// A company by its index.
  func company(_ index: Int) -> SampleCompany {
    let (first, second, third) = (
      SampleVocabulary.companyFirst, SampleVocabulary.companySecond, SampleVocabulary.companyThird
    )
    // Stepping by a number without a common divisor visits each combination once.
    let total = first.count * second.count * third.count
    let combination = (index &* 7919 &+ Int(seed % 1000)) % total
    var parts = [
      first[combination % first.count], second[combination / first.count % second.count],
    ]
    let last = third[combination / first.count / second.count]
    if !last.isEmpty { parts.append(last) }
    if index >= total { parts.append(String(index / total + 1)) }
    let name = parts.joined(separator: " ")
    var random = SampleRandom(seed: seed, .company, index)
    return SampleCompany(
      name: name, domain: SampleVocabulary.plain(name, separator: "-") + ".example",
      industry: random.pick(SampleSignal.industries),
      size: random.index(weights: SampleSignal.companySizes.map(\.share)),
      region: random.index(weights: SampleSignal.regions.map(\.share)))
  }

  /// How many companies leads are drawn from.
  var companyCount: Int { companies }

  /// The day of the history that a moment falls on, from 0.
  func day(of seconds: Int64) -> Int { Int((seconds - start) / Self.daySeconds) }

  private static func makeCampaigns(
    seed: UInt64, count: Int, start: Int64
  ) -> [SampleCampaign] {
    (0..<count).map { index in
      var random = SampleRandom(seed: seed, .campaign, index)
      // The first runs all the time, so that each lead has a campaign. The others have begun at least
      // 31 days ago, so that each has a month of figures.
      let firstDay = index == 0 ? 0 : random.integer(0...(days - 32))
      let length = index == 0 ? days + 60 : random.integer(35...90)
      let begins = start + Int64(firstDay) * daySeconds + Int64(random.integer(6...16)) * 3600
      let words = random.sample(SampleVocabulary.campaignWords, count: 2)
      let others = random.sample(
        ["Ads", "SMS", "Social", "Web", "Call"], count: random.integer(1...3))
      // Two campaigns are ill on purpose: one is hardly clicked, one pays too much for its clicks.
      let clickRate = random.uniform(0.018, 0.045)
      let costPerClick = random.uniform(0.6, 2.4)
      return SampleCampaign(
        id: "CMP" + padded(index + 1, 4),
        name: index == 0 ? "Always On Inbound" : "\(words[0]) \(words[1]) \(index + 1)",
        objective: random.pick([
          "Lead Gen", "Awareness", "Nurture", "Upsell", "Retention", "Re\u{2011}engagement",
        ]),
        start: begins, end: begins + Int64(length) * daySeconds,
        channels: ["Email"] + others,
        dailyBudget: Double(random.integer(8...60)) * 25,
        owner: "mgr_\(padded(random.integer(1...12), 2))@leadrelay.example",
        region: random.pick(SampleSignal.regions.map(\.name)),
        personas: random.sample(
          SampleSignal.personas.map(\.name), count: random.integer(1...3)),
        kpi: random.pick(["CPL", "Revenue", "MQL Volume", "CTR", "ROAS"]),
        clickRate: index == 2 ? 0.007 : clickRate,
        costPerClick: index == 4 ? 14 : costPerClick)
    }
  }

  private static func makeVariants(
    seed: UInt64, campaigns: inout [SampleCampaign]
  ) -> [SampleVariant] {
    let creative = [
      "Email": "SubjectLine", "SMS": "SMSCopy", "Ads": "AdCopy", "Social": "AdCopy",
      "Web": "LandingPage",
    ]
    var variants: [SampleVariant] = []
    for index in campaigns.indices {
      var random = SampleRandom(seed: seed, .variant, index)
      let tones = random.sample(Array(SampleSignal.tones.indices), count: 3)
      for channel in campaigns[index].channels {
        guard let type = creative[channel] else { continue }
        for tone in tones.prefix(channel == "Email" ? 3 : 1) {
          campaigns[index].variants[channel, default: []].append(variants.count)
          variants.append(
            SampleVariant(
              id: "VAR" + padded(variants.count + 1, 5), campaign: index, channel: channel,
              creativeType: type, subjectLine: random.pick(SampleVocabulary.subjectLines),
              callToAction: random.pick(SampleVocabulary.callsToAction), tone: tone,
              words: random.integer(5...25)))
        }
      }
    }
    return variants
  }

  /// A number with leading zeros.
  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension SampleCompany {
  /// The name of the size class.
  var sizeName: String { SampleSignal.companySizes[size].name }
  /// The name of the region.
  var regionName: String { SampleSignal.regions[region].name }
}
