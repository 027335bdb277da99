/// The gates of every message, asked at planning and again at send time. How many messages a channel takes is no
/// matter of one recipient: it stands behind them, where the outbox claims no more than may go.
package struct GateCheck: Sendable, Hashable {
  /// What an operator may change.
  package let settings: EngagementSettings

  /// A check by settings.
  package init(_ settings: EngagementSettings) { self.settings = settings }

  /// The first gate that stops a message.
  /// - Returns: `nil` when it may go.
  package func first(
    _ facts: RecipientFacts, on channel: OutreachChannel, for purpose: OutreachPurpose,
    at moment: Timestamp
  ) -> GateRefusal? {
    standing(facts, on: channel, for: purpose) ?? hours(facts, on: channel, at: moment)
      ?? cap(facts, on: channel, for: purpose, at: moment)
      ?? fatigue(facts, for: purpose, at: moment)
  }

  /// The gates that no waiting opens: suppression and consent.
  package func standing(
    _ facts: RecipientFacts, on channel: OutreachChannel, for purpose: OutreachPurpose
  ) -> GateRefusal? {
    if let suppression = facts.suppressions.first(where: { $0.holds(on: channel) }) {
      let scope = suppression.channel.map { "on \($0.rawValue)" } ?? "on any channel"
      return GateRefusal(
        .suppression,
        "not to be contacted \(scope) since \(suppression.since.iso8601): "
          + suppression.reason.rawValue)
    }
    return consent(facts, on: channel, for: purpose)
  }

  private func consent(
    _ facts: RecipientFacts, on channel: OutreachChannel, for purpose: OutreachPurpose
  ) -> GateRefusal? {
    // What governs a channel holds for it too; what was said of the channel alone for no other.
    let said = facts.consents.filter {
      ($0.channel == channel || $0.channel == channel.governing) && $0.purpose == purpose
    }
    if let said = said.first(where: { $0.state == .withdrawn }) ?? said.first {
      guard said.state == .withdrawn else { return nil }
      return GateRefusal(
        .consent,
        "consent to \(purpose.rawValue) on \(said.channel.rawValue) was withdrawn at "
          + said.at.iso8601)
    }
    if settings.purposesWithoutConsent.contains(purpose) {
      // An answer to nothing is advertising.
      let hasAsked = facts.wroteAt != nil || facts.touches.contains { $0.kind == .response }
      guard purpose == .reply, !hasAsked, facts.hasConsent != true else { return nil }
      return GateRefusal(.consent, "the lead has written nothing that could be answered")
    }
    switch facts.hasConsent {
    case false?: return GateRefusal(.consent, "the lead did not agree to be contacted")
    case true?
    where settings.generalConsentChannels.contains(channel)
      || facts.preferredChannel == channel.interaction:
      return nil
    case true?:
      return GateRefusal(
        .consent, "the lead agreed to be contacted, but not on \(channel.rawValue)")
    case nil:
      return GateRefusal(
        .consent, "nobody asked the lead for consent to \(purpose.rawValue)")
    }
  }

  private func hours(
    _ facts: RecipientFacts, on channel: OutreachChannel, at moment: Timestamp
  ) -> GateRefusal? {
    guard settings.quietChannels.contains(channel) else { return nil }
    guard let zone = facts.zone else {
      return GateRefusal(
        .unknownZone, "neither time zone, country code nor region says what time it is there")
    }
    guard !settings.quietHours.allows(moment, in: zone.zones) else { return nil }
    return GateRefusal(
      .quietHours, "quiet hours in \(zone.name), known from the \(zone.source.rawValue)",
      earliest: settings.quietHours.earliest(from: moment, in: zone.zones))
  }

  private func cap(
    _ facts: RecipientFacts, on channel: OutreachChannel, for purpose: OutreachPurpose,
    at moment: Timestamp
  ) -> GateRefusal? {
    guard !settings.purposesWithoutCaps.contains(purpose) else {
      return purpose == .reply ? answers(facts, at: moment) : nil
    }
    var latest: (cap: FrequencyCap, until: Timestamp)?
    for cap in settings.caps {
      guard let until = cap.earliest(for: channel, after: facts.touches, at: moment) else {
        continue
      }
      if latest.map({ $0.until < until }) ?? true { latest = (cap, until) }
    }
    guard let (cap, until) = latest else { return nil }
    let hours = cap.window.wholeMilliseconds / 3_600_000
    let scope = cap.channels.map { channels in
      " on \(channels.map(\.rawValue).sorted().joined(separator: ", "))"
    }
    return GateRefusal(
      .frequencyCap,
      "\(cap.limit) in \(hours) hours\(scope ?? "") are the most, over all campaigns",
      earliest: until)
  }

  /// What is asked is answered whatever was sent before, but not without end.
  private func answers(_ facts: RecipientFacts, at moment: Timestamp) -> GateRefusal? {
    let dayBefore = moment + .days(-1)
    let answered = facts.touches.filter { $0.kind == .response }.map(\.at)
    let since = max(facts.wroteAt ?? dayBefore, answered.max() ?? dayBefore, dayBefore)
    let sent = facts.touches.filter { $0.kind == .sent && since <= $0.at && $0.at <= moment }
    guard sent.count >= settings.answersToAQuestion, let first = sent.map(\.at).min() else {
      return nil
    }
    return GateRefusal(
      .frequencyCap, "\(sent.count) messages went out since the lead wrote last",
      earliest: first + .days(1))
  }

  private func fatigue(
    _ facts: RecipientFacts, for purpose: OutreachPurpose, at moment: Timestamp
  ) -> GateRefusal? {
    guard !settings.purposesWithoutCaps.contains(purpose) else { return nil }
    switch settings.fatigue.finding(in: facts.touches, at: moment) {
    case .complained(let count)?:
      return GateRefusal(
        .fatigue, "the person complained \(count == 1 ? "once" : "\(count) times")")
    case .unanswered(let count, let until)?:
      return GateRefusal(
        .fatigue, "\(count) contacts without a response: a rest is due", earliest: until)
    case nil: return nil
    }
  }
}
