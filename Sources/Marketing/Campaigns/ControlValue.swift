/// What something that can be changed about a campaign is set to.
package enum ControlValue: Sendable, Hashable {
  /// An amount of 0 or more.
  case money(Money)
  /// A factor of 0 or more; 1 changes nothing.
  case multiplier(Double)
  /// A share of the traffic, 0–1; 0 is paused.
  case share(Double)

  /// The number without its unit.
  package var number: Double {
    switch self {
    case .money(let money): money.amount
    case .multiplier(let factor): factor
    case .share(let share): share
    }
  }

  /// The same kind of value, and currency, with another number.
  package func with(_ number: Double) -> Self {
    switch self {
    case .money(let money): .money(Money(amount: number, currency: money.currency))
    case .multiplier: .multiplier(number)
    case .share: .share(number)
    }
  }

  /// Whether the number is within what its kind allows, and the currency one.
  package var isValid: Bool {
    switch self {
    case .money(let money):
      Money.isCurrency(money.currency)
        && (0...CampaignMetricCheck.largestAmount).contains(money.amount)
    case .multiplier(let factor): (0...1000).contains(factor)
    case .share(let share): (0...1).contains(share)
    }
  }

  /// How far another value of the same kind is away: relative to this one for money and multipliers, in
  /// points of the traffic for shares; 0 and up.
  /// - Returns: `nil` where the two cannot be compared: another kind, another currency, or a step away
  ///   from nothing.
  package func step(to other: ControlValue) -> Double? {
    switch (self, other) {
    case (.share(let from), .share(let to)): return abs(to - from)
    case (.multiplier(let from), .multiplier(let to)) where from > 0: return abs(to - from) / from
    case (.money(let from), .money(let to))
    where from.amount > 0 && from.currency == to.currency:
      return abs(to.amount - from.amount) / from.amount
    default: return self == other ? 0 : nil
    }
  }

  /// The value of which it is a share more, or less where the share is below 0, to so many digits behind the
  /// point. It is rounded toward this one, so the step is never longer than the share.
  package func moved(by share: Double, digits: Int) -> Self {
    let next = number * (1 + share)
    let scale = (0..<max(0, digits)).reduce(1.0) { scale, _ in scale * 10 }
    // What is a whole number up to the last bits is one.
    let (steps, doubt) = (next * scale, 1e-7)
    let rounded = share < 0 ? (steps - doubt).rounded(.up) : (steps + doubt).rounded(.down)
    let isBeyond = share < 0 ? rounded / scale > number : rounded / scale < number
    return isBeyond ? self : with(rounded / scale)
  }

  /// Whether it is the same value up to rounding: what has gone through a store or a currency's cents.
  package func isClose(to other: ControlValue) -> Bool {
    // At the same number only the kind and the currency can differ.
    guard with(0) == other.with(0) else { return false }
    return abs(number - other.number) <= 1e-9 * max(1, abs(number))
  }

  /// For a sentence: `120 USD`, `0.85 times`, `30 % of the traffic`.
  package var words: String {
    switch self {
    case .money(let money): "\(money.amount.figure(2)) \(money.currency)"
    case .multiplier(let factor): "\(factor.figure(3)) times"
    case .share(let share): "\((share * 100).figure(1)) % of the traffic"
    }
  }
}

extension ControlValue: Codable {
  private enum CodingKeys: String, CodingKey {
    case amount, currency, multiplier, share
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let value: ControlValue
    if let amount = try container.decodeIfPresent(Double.self, forKey: .amount) {
      let currency = try container.decode(String.self, forKey: .currency)
      value = .money(Money(amount: amount, currency: currency))
    } else if let factor = try container.decodeIfPresent(Double.self, forKey: .multiplier) {
      value = .multiplier(factor)
    } else {
      value = .share(try container.decode(Double.self, forKey: .share))
    }
    guard value.isValid else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected an amount of 0 or more with an ISO 4217 currency, "
            + "a multiplier of 0 to 1000 or a share of 0 to 1"))
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .money(let money):
      try container.encode(money.amount, forKey: .amount)
      try container.encode(money.currency, forKey: .currency)
    case .multiplier(let factor): try container.encode(factor, forKey: .multiplier)
    case .share(let share): try container.encode(share, forKey: .share)
    }
  }
}

extension Double {
  /// The number to at most so many digits behind the point, without zeros that say nothing: `0.5`, `120`.
  package func figure(_ digits: Int) -> String {
    let rounded = rounded(to: digits)
    if rounded == rounded.rounded(), abs(rounded) < 1e15 { return "\(Int(rounded))" }
    return "\(rounded)"
  }
}
