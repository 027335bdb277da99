package import JSONRPC

/// A sequence of actions that went better in a situation than what was done there otherwise.
package struct ActionPattern: Sendable, Hashable {
  /// The actions, one right behind the other.
  package var actions: [String]
  /// In how many episodes they were taken.
  package var trials: Int
  /// How many of those were successes.
  package var successes: Int
  /// Where the rate of success may lie. Widened for the number of sequences that were compared.
  package var interval: RateInterval
  /// The rate of success of all episodes of the situation, 0–1.
  package var baseRate: Double
  /// The episodes, the latest first, at most `ActionPatterns.mostEpisodes`; empty when it was read back: the
  /// record that holds it names them.
  package var episodes: [MemoryID]

  /// The share of the episodes that were successes, 0–1.
  package var rate: Double { trials == 0 ? 0 : Double(successes) / Double(trials) }

  /// A pattern.
  package init(
    actions: [String], trials: Int, successes: Int, interval: RateInterval, baseRate: Double,
    episodes: [MemoryID] = []
  ) {
    self.actions = actions
    self.trials = trials
    self.successes = successes
    self.interval = interval
    self.baseRate = baseRate
    self.episodes = episodes
  }
}

extension ActionPattern {
  /// As it is stored, without its episodes; rates to four digits.
  package var json: JSONValue {
    .object([
      "actions": .array(actions.map(JSONValue.string)), "trials": JSONValue(trials),
      "successes": JSONValue(successes), "rate": Self.rounded(rate),
      "low": Self.rounded(interval.low), "high": Self.rounded(interval.high),
      "baseRate": Self.rounded(baseRate),
    ])
  }

  /// Reads what `json` wrote; `nil` for anything else.
  package init?(json: JSONValue) {
    guard let actions = json["actions"]?.arrayValue?.compactMap(\.stringValue), !actions.isEmpty,
      let trials = json["trials"]?.integerValue, let successes = json["successes"]?.integerValue,
      let low = json["low"]?.doubleValue, let high = json["high"]?.doubleValue,
      let baseRate = json["baseRate"]?.doubleValue
    else { return nil }
    self.init(
      actions: actions, trials: Int(trials), successes: Int(successes),
      interval: RateInterval(low: low, high: high), baseRate: baseRate)
  }

  private static func rounded(_ rate: Double) -> JSONValue {
    JSONValue((rate * 10_000).rounded() / 10_000)
  }
}
