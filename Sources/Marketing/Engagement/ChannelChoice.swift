/// What past contacts on a channel came to.
package struct ChannelRecord: Sendable, Hashable {
  /// How many succeeded.
  package var successes: Int
  /// How many there were.
  package var trials: Int

  /// A record.
  package init(successes: Int, trials: Int) {
    self.successes = successes
    self.trials = trials
  }
}

/// A channel's place among those that a step can use.
package struct ChannelChoice: Sendable, Hashable {
  /// The channel.
  package let channel: OutreachChannel
  /// What the ranking goes by: the lower bound of its success rate, or the rate of all channels together where
  /// too little is known of this one. 0–1.
  package let score: Double
  /// What stands against it whatever the hour: it comes behind all others then.
  package let refusal: GateRefusal?
  /// Why it stands where it stands, in words.
  package let reasons: [String]

  /// Ranks the channels that a step can use and the lead can be reached on: first what consent allows, then what
  /// the lead prefers, then past success, then the strategy's own order.
  ///
  /// A channel's rate counts by its Wilson lower bound. One that was hardly tried gets the benefit of the doubt:
  /// the rate of all channels together, so that only proven success goes before the strategy's order.
  /// - Parameter records: what episodes with leads of this kind came to.
  package static func ranked(
    _ channels: [OutreachChannel], for purpose: OutreachPurpose, _ facts: RecipientFacts,
    records: [OutreachChannel: ChannelRecord], settings: EngagementSettings
  ) -> [ChannelChoice] {
    let check = GateCheck(settings)
    let trials = records.values.reduce(0) { $0 + $1.trials }
    let successes = records.values.reduce(0) { $0 + $1.successes }
    let base = trials > 0 ? Double(successes) / Double(trials) : 0
    let places = channels.enumerated().filter { facts.reachable.contains($0.element) }
    let choices = places.map {
      place, channel -> (choice: ChannelChoice, rank: (Int, Int, Double, Int)) in
      let refusal = check.standing(facts, on: channel, for: purpose)
      let isPreferred = facts.preferredChannel == channel.interaction
      var score = base
      var reasons: [String] = []
      if isPreferred { reasons.append("the lead prefers it") }
      if let record = records[channel], record.trials >= settings.minimumChannelTrials,
        let interval = RateInterval.wilson(
          successes: record.successes, trials: record.trials, z: settings.channelIntervalZ)
      {
        score = interval.low
        reasons.append("\(record.successes) of \(record.trials) contacts succeeded")
      }
      if place == 0 { reasons.append("first in the strategy") }
      let choice = ChannelChoice(
        channel: channel, score: score, refusal: refusal, reasons: reasons)
      return (choice, (refusal == nil ? 0 : 1, isPreferred ? 0 : 1, -score, place))
    }
    return choices.sorted { $0.rank < $1.rank }.map(\.choice)
  }
}
