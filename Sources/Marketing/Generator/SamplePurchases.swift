/// Draws the conversions of a lead that converts: the first of any type, then perhaps a purchase, then
/// repeat purchases by the BG/NBD model (Fader, Hardie, Lee 2005) with r = 2, α = 60 days, a = 1, b = 3:
/// while alive a customer buys at a rate of its own, Gamma-distributed over customers, and after each
/// repeat purchase leaves for good with a chance of its own, Beta-distributed.
struct SamplePurchases {
  static let r = 2
  static let alphaDays = 60.0
  static let a = 1.0
  static let b = 3.0

  /// What a purchase is worth at the median, by company size, in US dollars.
  static let medianValue: [Double] = [350, 900, 2200, 4800, 9000, 15_000]

  private let world: SampleWorld
  private let lead: SampleLead
  private var random: SampleRandom

  init(world: SampleWorld, lead: SampleLead) {
    self.world = world
    self.lead = lead
    self.random = SampleRandom(seed: world.seed, .purchase, lead.index)
  }

  /// The conversions up to now, the first at a given moment.
  mutating func draw(from first: Int64) -> [SampleConversion] {
    let types = ["demo_booked", "meeting_scheduled", "trial_started", "purchase"]
    let type = types[random.index(weights: [0.3, 0.25, 0.25, 0.2])]
    let level = Self.medianValue[lead.company.size] * random.logNormal(median: 1, spread: 0.5)
    guard type != "purchase" else { return purchases(from: first, level: level) }
    // A step on the way is worth its share of what may follow.
    let step = SampleConversion(at: first, type: type, value: amount(0.12 * level))
    guard random.chance(0.5) else { return [step] }
    let target = first + days(random.logNormal(median: 14, spread: 0.5))
    let bought = SampleClock.moment(
      near: target, after: first, offset: lead.zone.offset, using: &random)
    return [step] + (bought <= world.now ? purchases(from: bought, level: level) : [])
  }

  private mutating func purchases(from first: Int64, level: Double) -> [SampleConversion] {
    var bought = [SampleConversion(at: first, type: "purchase", value: amount(level))]
    var ratePerDay = 0.0
    for _ in 0..<Self.r { ratePerDay += random.exponential(mean: 1 / Self.alphaDays) }
    // The inverse of Beta(1, b)'s distribution function, 1 − (1 − p)^b.
    let leaving = 1 - PortableMath.exp(PortableMath.log(1 - random.unit()) / Self.b)
    var at = first
    repeat {
      at += max(1, days(random.exponential(mean: 1 / max(ratePerDay, 1e-6))))
      guard at <= world.now else { return bought }
      bought.append(SampleConversion(at: at, type: "purchase", value: amount(level)))
    } while !random.chance(leaving)
    return bought
  }

  private mutating func amount(_ level: Double) -> Double {
    Double(PortableMath.round(level * random.logNormal(median: 1, spread: 0.3) * 100)) / 100
  }

  private func days(_ count: Double) -> Int64 {
    Int64(count * Double(SampleWorld.daySeconds))
  }
}
