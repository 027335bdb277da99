/// A step of a plan: when and how it goes out, or which gate keeps it back.
package struct PlannedStep: Sendable, Hashable {
  /// The step of the strategy.
  package let step: EngagementStrategy.Step
  /// The channel; `nil` when the lead can be reached on none of the step's.
  package let channel: OutreachChannel?
  /// When it goes out; `nil` when it does not.
  package let at: Timestamp?
  /// The first gate that keeps it back for good; `nil` when it goes out.
  package let refusal: GateRefusal?
  /// The gates that put it off, in their order.
  package let deferrals: [GateRefusal]
  /// Why this channel and this time, in words.
  package let reasons: [String]
}

/// Turns a strategy into steps with channels and times that every gate allows.
package struct EngagementPlanner: Sendable {
  /// How often one step is put off before it is given up: each gate can have its turn several times.
  private static let mostDeferrals = 32
  private static let hour: Int64 = 3_600_000

  private let strategy: EngagementStrategy
  private let settings: EngagementSettings
  private let check: GateCheck

  /// A planner.
  package init(_ strategy: EngagementStrategy, settings: EngagementSettings) {
    self.strategy = strategy
    self.settings = settings
    check = GateCheck(settings)
  }

  /// Plans every step.
  /// - Parameters:
  ///   - lead: whom.
  ///   - facts: what the gates go by. Earlier steps count as contacts for later ones.
  ///   - campaign: what the contacts are counted for.
  ///   - records: what past contacts on each channel came to.
  ///   - sendTimes: when the lead is likely to act; `nil` takes the first allowed moment.
  package func plan(
    for lead: LeadID, _ facts: RecipientFacts, campaign: CampaignID? = nil,
    records: [OutreachChannel: ChannelRecord] = [:], sendTimes: SendTimeModel? = nil,
    now: Timestamp, using generator: inout some RandomNumberGenerator
  ) -> [PlannedStep] {
    var facts = facts
    var previous = now
    return strategy.steps.map { step in
      let from = (step.isFromStart ? now : previous) + step.delay
      let planned = plan(
        step, facts, from: from, records: records, sendTimes: sendTimes, using: &generator)
      if let channel = planned.channel, let at = planned.at {
        facts.touches.append(
          ContactTouch(leadID: lead, channel: channel, campaignID: campaign, at: at))
      }
      previous = planned.at ?? from
      return planned
    }
  }

  private func plan(
    _ step: EngagementStrategy.Step, _ facts: RecipientFacts, from moment: Timestamp,
    records: [OutreachChannel: ChannelRecord], sendTimes: SendTimeModel?,
    using generator: inout some RandomNumberGenerator
  ) -> PlannedStep {
    let choices = ChannelChoice.ranked(
      step.channels, for: step.purpose, facts, records: records, settings: settings)
    var refused: PlannedStep?
    for choice in choices {
      let slot = slot(of: step, on: choice.channel, facts, from: moment)
      if let refusal = slot.refusal {
        refused =
          refused
          ?? PlannedStep(
            step: step, channel: choice.channel, at: nil, refusal: refusal,
            deferrals: slot.deferrals, reasons: choice.reasons)
        continue
      }
      let (at, reason) = time(
        of: step, on: choice.channel, facts, from: slot.at, sendTimes, using: &generator)
      return PlannedStep(
        step: step, channel: choice.channel, at: at, refusal: nil, deferrals: slot.deferrals,
        reasons: choice.reasons + [reason])
    }
    return refused
      ?? PlannedStep(
        step: step, channel: nil, at: nil, refusal: nil, deferrals: [],
        reasons: [
          "the lead has no address for \(step.channels.map(\.rawValue).joined(separator: ", "))"
        ])
  }

  /// The first moment that every gate allows, or the gate that never does.
  private func slot(
    of step: EngagementStrategy.Step, on channel: OutreachChannel, _ facts: RecipientFacts,
    from moment: Timestamp
  ) -> (at: Timestamp, refusal: GateRefusal?, deferrals: [GateRefusal]) {
    var at = moment
    var deferrals: [GateRefusal] = []
    while let refusal = check.first(facts, on: channel, for: step.purpose, at: at) {
      guard let earliest = refusal.earliest, earliest > at,
        earliest - moment <= settings.longestDeferral, deferrals.count < Self.mostDeferrals
      else { return (at, refusal, deferrals) }
      deferrals.append(refusal)
      at = earliest
    }
    return (at, nil, deferrals)
  }

  /// Chooses among the allowed moment and the full hours that follow it.
  private func time(
    of step: EngagementStrategy.Step, on channel: OutreachChannel, _ facts: RecipientFacts,
    from first: Timestamp, _ sendTimes: SendTimeModel?,
    using generator: inout some RandomNumberGenerator
  ) -> (Timestamp, String) {
    guard step.timing == .bestTime, let sendTimes, let zone = facts.zone?.zones.first else {
      return (first, step.timing == .atOnce ? "as soon as it is allowed" : "the first allowed time")
    }
    var moments = [first]
    // By the zone's clock: some zones' hours begin at half past ours.
    let local = zone.localTime(at: first)
    var next = first + .milliseconds(Self.hour - local.millisecondsOfDay % Self.hour)
    while next < first + settings.sendTimeWindow {
      if check.first(facts, on: channel, for: step.purpose, at: next) == nil {
        moments.append(next)
      }
      next = next + .milliseconds(Self.hour)
    }
    let hours = moments.map { zone.localTime(at: $0).hourOfWeek }
    guard let place = sendTimes.sampled(among: hours, using: &generator) else {
      return (first, "the first allowed time")
    }
    return (
      moments[place],
      "hour \(hours[place] % 24) in \(zone.name): chosen among \(hours.count) allowed hours by "
        + "what was clicked and answered"
    )
  }
}
