/// The rules that say when a campaign needs a change. Each is broken only where the one-sided 95 % bound in
/// the campaign's favour is, with enough volume: chance alone breaks the raw figures of every third day.
///
/// Each window that is looked at has its own chance of 5 % at most, of a campaign exactly at its threshold.
/// One at a distance is far from that: the bounds of three windows that overlap move together.
package struct GuardedRules: Sendable {
  /// The lengths of the windows in days.
  package static let lengths = [1, 3, 7]
  /// How many days back a conversion's worth is taken from.
  package static let valueDays = 28
  /// The normal quantile of 95 % on one side.
  package static let z95 = 1.6448536269514722
  private static let confidence = 0.95

  /// The thresholds.
  package let thresholds: CampaignThresholds

  /// Rules with thresholds.
  package init(_ thresholds: CampaignThresholds = CampaignThresholds()) {
    self.thresholds = thresholds
  }

  /// The rules that are broken in any of the windows that end with a day, the one that is broken farthest
  /// first.
  /// - Parameters:
  ///   - last: the last day, which has to be over; `nil` for the last one with figures.
  ///   - fallback: what a conversion of the channel is worth, for a campaign that had none.
  package func findings(
    _ series: CampaignSeries, through last: CalendarDay? = nil, lengths: [Int] = lengths,
    fallback: ConversionValue? = nil
  ) -> [GuardedFinding] {
    readings(series, through: last, lengths: lengths, fallback: fallback, isBrokenOnly: true)
      .sorted { $0.margin < $1.margin }
  }

  /// How the campaign stands to the rules in each of the windows that has enough volume.
  /// - Parameter isBrokenOnly: leaves out what is not broken, which costs far less.
  package func readings(
    _ series: CampaignSeries, through last: CalendarDay? = nil, lengths: [Int] = lengths,
    fallback: ConversionValue? = nil, isBrokenOnly: Bool
  ) -> [GuardedFinding] {
    guard let last = last ?? series.days.last?.day else { return [] }
    var found: [GuardedFinding] = []
    var seen = 0
    let value = ConversionValue(
      of: series.days.within(CampaignWindow(days: Self.valueDays, through: last)))
    for length in lengths {
      let window = CampaignWindow(days: length, through: last)
      let sums = series.sums(over: window)
      // A longer window without further days says the same again.
      guard sums.days > seen else { continue }
      seen = sums.days
      let reading = Reading(
        rules: self, series: series, window: window, sums: sums, value: value ?? fallback,
        isBrokenOnly: isBrokenOnly)
      reading.add(to: &found)
    }
    return found
  }

  /// The CTR: the upper bound of Wilson's interval below the threshold.
  /// - Returns: `nil` without enough impressions.
  package func ctr(_ figures: CampaignFigures) -> (estimate: Double, bound: Double)? {
    guard figures.impressions >= max(1, thresholds.minimumImpressions) else { return nil }
    // A click may come the day after what was clicked.
    let clicks = min(figures.clicks, figures.impressions)
    guard
      let interval = RateInterval.wilson(
        successes: clicks, trials: figures.impressions, z: Self.z95)
    else { return nil }
    return (Double(clicks) / Double(figures.impressions), interval.high)
  }

  /// The CPL: spend ÷ the 95 % quantile of Gamma(leads + 1) above the threshold.
  /// - Returns: `nil` without leads or enough spend.
  package func cpl(_ costed: CampaignFigures, currency: String) -> (
    estimate: Double, bound: Double
  )? {
    guard let spend = spend(costed, currency: currency), costed.leads > 0 else { return nil }
    let most = poissonUpperBound(events: costed.leads, confidence: Self.confidence)
    return (spend / Double(costed.leads), spend / most)
  }

  /// The ROAS: the upper Poisson bound of the conversions × what one is worth ÷ spend below the threshold.
  /// Where the window alone has enough conversions of known worth, theirs counts when it is less, with its
  /// error: so a fall of the worth is found as well as one of the conversions.
  /// - Returns: `nil` without enough spend or where nobody knows what a conversion is worth.
  package func roas(
    _ costed: CampaignFigures, value: ConversionValue?, own: ConversionValue?, currency: String
  ) -> (estimate: Double, bound: Double)? {
    guard let spend = spend(costed, currency: currency), let value else { return nil }
    let most = poissonUpperBound(events: costed.conversions, confidence: Self.confidence)
    var worth = value.upperBound(z: Self.z95)
    var mean = value.mean
    if let own, own.conversions >= ConversionValue.sureConversions {
      let ownWorth = own.mean + Self.z95 * own.standardError
      if ownWorth < worth { (worth, mean) = (ownWorth, own.mean) }
    }
    return (Double(costed.conversions) * mean / spend, most * worth / spend)
  }

  /// The spend, where it is enough to be judged.
  func spend(_ costed: CampaignFigures, currency: String) -> Double? {
    guard let least = thresholds.minimumSpend[currency], let spend = costed.spend, spend >= least,
      spend > 0
    else { return nil }
    return spend
  }
}

/// One window of one campaign.
private struct Reading {
  let rules: GuardedRules
  let series: CampaignSeries
  let window: CampaignWindow
  let sums: CampaignSums
  let value: ConversionValue?
  let isBrokenOnly: Bool

  private var thresholds: CampaignThresholds { rules.thresholds }

  func add(to found: inout [GuardedFinding]) {
    let currency = series.currency ?? ""
    for part in parts(\.minimumCTR, otherwise: thresholds.minimumCTR) {
      let figures = part.sums.all
      if isBrokenOnly,
        Double(figures.clicks) >= part.threshold * Double(figures.impressions)
      {
        continue
      }
      note(.ctr, part, figures, rules.ctr(figures), &found)
    }
    let limit = thresholds.maximumCPL[currency]
    for part in parts(\.maximumCPL[currency], otherwise: limit) {
      let figures = part.sums.costed
      if isBrokenOnly, (figures.spend ?? 0) <= part.threshold * Double(figures.leads) { continue }
      note(.cpl, part, figures, rules.cpl(figures, currency: currency), &found)
    }
    for part in parts(\.minimumROAS, otherwise: thresholds.minimumROAS) {
      let figures = part.sums.costed
      let (value, own) = worth(of: part)
      if isBrokenOnly, let value, let spend = figures.spend,
        Double(figures.conversions) * min(value.mean, own?.mean ?? value.mean)
          >= part.threshold * spend
      {
        continue
      }
      note(
        .roas, part, figures, rules.roas(figures, value: value, own: own, currency: currency),
        &found
      )
    }
  }

  private struct PartSums {
    var channel: String?
    var sums: CampaignSums
    var threshold: Double
  }

  /// The channels with a threshold of their own, and the rest with the general one.
  private func parts(
    _ own: (CampaignThresholds.Channel) -> Double?, otherwise: Double?
  ) -> [PartSums] {
    let special = thresholds.channels.compactMapValues(own)
    // Most often there is none, or the one channel of the campaign is not told apart in its reports.
    if special.isEmpty || series.channels.isEmpty {
      let only = series.campaign.channels.count == 1 ? series.campaign.channels.first : nil
      let threshold = only.flatMap { special[$0.rawValue] } ?? otherwise
      return threshold.map { [PartSums(channel: nil, sums: sums, threshold: $0)] } ?? []
    }
    var parts: [PartSums] = []
    var rest = CampaignSums()
    for channel in series.channels {
      let sums = channel.sums(over: window)
      guard sums.days > 0 else { continue }
      if let threshold = special[channel.name] {
        parts.append(PartSums(channel: channel.name, sums: sums, threshold: threshold))
      } else {
        rest = rest + sums
      }
    }
    // Days that only the whole is reported of belong to no channel, so nothing is asked of them alone.
    if let otherwise {
      if parts.isEmpty { rest = sums }
      if rest.days > 0 { parts.append(PartSums(channel: nil, sums: rest, threshold: otherwise)) }
    }
    return parts
  }

  /// What a conversion of a part is worth: of a channel its own, else the campaign's.
  private func worth(of part: PartSums) -> (ConversionValue?, ConversionValue?) {
    guard let name = part.channel else {
      let isEnough = sums.returned.conversions >= ConversionValue.sureConversions
      return (value, isEnough ? ConversionValue(of: series.days.within(window)) : nil)
    }
    let days = series.days(ofChannel: name)
    let trailing = CampaignWindow(days: GuardedRules.valueDays, through: window.last)
    return (
      ConversionValue(of: days.within(trailing)) ?? value, ConversionValue(of: days.within(window))
    )
  }

  private func note(
    _ rule: OptimizationEvidence.Rule, _ part: PartSums, _ figures: CampaignFigures,
    _ values: (estimate: Double, bound: Double)?, _ found: inout [GuardedFinding]
  ) {
    guard let values, values.bound.isFinite else { return }
    let finding = GuardedFinding(
      rule: rule, channel: part.channel, window: window, figures: figures,
      estimate: values.estimate, bound: values.bound, threshold: part.threshold)
    if !isBrokenOnly || finding.isBroken { found.append(finding) }
  }
}
