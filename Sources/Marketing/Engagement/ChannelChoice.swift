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
  /// What the ranking goes by: its success rate, drawn toward that of all channels together. 0–1.
  package let score: Double
  /// What stands against it whatever the hour: it comes behind all others then.
  package let refusal: GateRefusal?
  /// Why it stands where it stands, in words.
  package let reasons: [String]

  /// Ranks the channels that a step can use and the lead can be reached on: first what consent allows, then what
  /// the lead prefers, then past success, then the strategy's own order.
  ///
  /// All channels are compared by one measure, the m-estimate of their rates: (successes + m·base) ÷ (trials + m)
  /// with the rate of all channels together as base (Cestnik, "Estimating probabilities: a crucial task in machine
  /// learning", ECAI 1990). One that was hardly tried has the base itself, so that neither luck nor a lack of
  /// trials goes before the strategy's order.
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
      let record = records[channel] ?? ChannelRecord(successes: 0, trials: 0)
      var score = base
      var reasons: [String] = []
      if isPreferred { reasons.append("the lead prefers it") }
      if record.trials >= settings.minimumChannelTrials {
        score = shrunkenRate(
          successes: record.successes, trials: record.trials, prior: base,
          priorWeight: settings.channelPriorWeight)
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
