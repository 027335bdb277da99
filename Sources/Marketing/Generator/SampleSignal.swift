/// The truth that the sample data follow: how strongly each property of a lead and of what happened
/// moves the log-odds of a conversion. The documentation is written from these very numbers.
enum SampleSignal {
  /// A value with its share among the leads and its effect in log-odds.
  struct Effect: Sendable {
    let name: String
    let share: Double
    let logOdds: Double
  }

  /// Chosen so that about 12 % of the leads convert within the six months.
  static let intercept = -3.02

  static let sources: [Effect] = [
    Effect(name: "Website", share: 0.26, logOdds: 0.2),
    Effect(name: "Google Ads", share: 0.2, logOdds: -0.3),
    Effect(name: "LinkedIn", share: 0.145, logOdds: -0.1),
    Effect(name: "Outbound", share: 0.14, logOdds: -0.9),
    Effect(name: "Event", share: 0.105, logOdds: 0.25),
    Effect(name: "Referral", share: 0.1, logOdds: 1.1),
    Effect(name: "Partner", share: 0.05, logOdds: 0.7),
  ]

  static let personas: [Effect] = [
    Effect(name: "CMO", share: 0.14, logOdds: 0.5),
    Effect(name: "Founder", share: 0.16, logOdds: 0.35),
    Effect(name: "Marketing Manager", share: 0.24, logOdds: 0.25),
    Effect(name: "Sales Lead", share: 0.18, logOdds: 0),
    Effect(name: "Procurement", share: 0.13, logOdds: -0.3),
    Effect(name: "Engineer", share: 0.15, logOdds: -0.5),
  ]

  static let companySizes: [Effect] = [
    Effect(name: "1-10", share: 0.22, logOdds: -0.5),
    Effect(name: "11-50", share: 0.22, logOdds: 0),
    Effect(name: "51-200", share: 0.2, logOdds: 0.4),
    Effect(name: "201-1000", share: 0.16, logOdds: 0.5),
    Effect(name: "1001-5000", share: 0.12, logOdds: 0.1),
    Effect(name: "5000+", share: 0.08, logOdds: -0.3),
  ]

  /// What the lead's message asks for.
  static let intents: [Effect] = [
    Effect(name: "demo", share: 0.14, logOdds: 1.0),
    Effect(name: "pricing", share: 0.16, logOdds: 0.7),
    Effect(name: "integration", share: 0.12, logOdds: 0.3),
    Effect(name: "security", share: 0.08, logOdds: 0.1),
    Effect(name: "general", share: 0.2, logOdds: -0.2),
    Effect(name: "none", share: 0.22, logOdds: -0.3),
    Effect(name: "research", share: 0.05, logOdds: -1.6),
    Effect(name: "vendor", share: 0.03, logOdds: -2.0),
  ]

  /// Regions by share; a region has no effect by itself.
  static let regions: [(name: String, share: Double)] = [
    ("US", 0.24), ("EU", 0.24), ("India", 0.16), ("APAC", 0.16), ("LATAM", 0.1), ("MEA", 0.1),
  ]

  /// Industries, equally frequent; an industry has no effect by itself.
  static let industries = [
    "SaaS", "FinTech", "E\u{2011}commerce", "HealthTech", "EdTech", "Manufacturing", "Retail",
    "Media",
  ]

  /// Where region and industry together have an effect.
  static let interactions: [(region: String, industry: String, logOdds: Double)] = [
    ("EU", "FinTech", 0.8), ("US", "SaaS", 0.7), ("India", "EdTech", 0.6),
    ("APAC", "E\u{2011}commerce", 0.6), ("MEA", "Retail", -0.6), ("LATAM", "HealthTech", -0.7),
  ]

  /// Time from the lead's arrival to our first touch: the class's upper end in minutes.
  static let firstTouch: [(upTo: Int, name: String, share: Double, logOdds: Double)] = [
    (5, "up to 5 minutes", 0.18, 0.7), (60, "up to 1 hour", 0.27, 0.35),
    (1440, "up to 1 day", 0.38, 0), (5760, "up to 4 days", 0.17, -0.5),
  ]

  /// Each reply that is not negative, up to three.
  static let perReply = (logOdds: 0.55, most: 3)
  /// Each negative reply.
  static let perNegativeReply = -0.6
  /// Each click in an e-mail, up to four.
  static let perClick = (logOdds: 0.2, most: 4)

  /// How a message's tone multiplies the chance of a click and of a reply.
  static let tones: [(name: String, factor: Double)] = [
    ("Insightful", 1.35), ("Friendly", 1.15), ("Professional", 1.0), ("Urgent", 0.9),
    ("Playful", 0.7),
  ]

  /// The chance of consent by source, in the order of `sources`.
  static let consent = [0.75, 0.7, 0.65, 0.4, 0.85, 0.8, 0.7]

  /// The effect of a region and an industry together.
  static func interaction(region: String, industry: String) -> Double {
    interactions.first { $0.region == region && $0.industry == industry }?.logOdds ?? 0
  }

  /// What is known when the lead arrives, without the intercept: mean and deviation over all leads.
  static let arrival: (mean: Double, deviation: Double) = {
    var mean = 0.0
    var variance = 0.0
    for effects in [sources, personas, companySizes, intents] {
      let part = effects.reduce(0) { $0 + $1.share * $1.logOdds }
      mean += part
      variance += effects.reduce(0) { $0 + $1.share * ($1.logOdds - part) * ($1.logOdds - part) }
    }
    let shares = interactions.map { interaction in
      let region = regions.first { $0.name == interaction.region }?.share ?? 0
      return (share: region / Double(industries.count), logOdds: interaction.logOdds)
    }
    let part = shares.reduce(0) { $0 + $1.share * $1.logOdds }
    mean += part
    variance += shares.reduce(0) { $0 + $1.share * $1.logOdds * $1.logOdds } - part * part
    return (mean, PortableMath.squareRoot(variance))
  }()
}
