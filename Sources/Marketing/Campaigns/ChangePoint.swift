#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A day on which a rate moved to another level.
package struct ChangePoint: Sendable, Hashable {
  /// The first day of the new level.
  package var day: CalendarDay
  /// The rate before, since the change before that.
  package var before: Double
  /// The rate from then on, until the next change.
  package var after: Double

  /// At least so many days have one level.
  static let leastDays = 3
  /// More changes are not looked for.
  static let limit = 6

  /// Where events per exposure change: binary segmentation by the Poisson likelihood ratio (Scott and
  /// Knott, "A Cluster Analysis Method for Grouping Means in the Analysis of Variance", 1974), divided by
  /// how much more days differ than chance allows and by how far that goes on from one day to the next.
  ///
  /// Of made-up campaigns without a change (28 and 90 days that vary by 10 % beyond chance) one is found in
  /// 1 % where days do not depend on each other, with weekday patterns of 0.7 and less in fewer. Where what
  /// is left of a day goes over to the next it is more: 3 % at a correlation of 0.3, 7 % of 28 days and 4 %
  /// of 90 at 0.5, 15 % at 0.7.
  /// - Parameter days: in order, with events of 0 and more and exposures above 0.
  package static func all(
    _ days: [(day: CalendarDay, events: Double, exposure: Double)]
  ) -> [ChangePoint] {
    guard days.count >= 2 * leastDays else { return [] }
    let sums = RunningSums(days)
    let z = normalQuantile(above: 0.005 / Double(days.count))
    let neighbours = dispersion(days)
    var segments = sums.segments(penalty: z * z * neighbours)
    guard segments.count > 1 else { return [] }
    // What wanders looks like steps, so how far it does is taken from what the steps leave.
    let wandering = sums.longRunVariance(days, segments, atLeast: neighbours)
    if wandering > neighbours { segments = sums.segments(penalty: z * z * wandering) }
    return zip(segments, segments.dropFirst()).map { left, right in
      ChangePoint(
        day: days[right.lowerBound].day, before: sums.rate(left), after: sums.rate(right))
    }
  }

  /// How much more neighbouring days differ than Poisson counts do, 1 and up: a step between levels
  /// concerns only one pair of days.
  private static func dispersion(
    _ days: [(day: CalendarDay, events: Double, exposure: Double)]
  ) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (left, right) in zip(days, days.dropFirst()) where left.events + right.events > 0 {
      let cross = left.events * right.exposure - right.events * left.exposure
      sum += cross * cross / ((left.events + right.events) * left.exposure * right.exposure)
      count += 1
    }
    return count > 0 ? max(1, sum / count) : 1
  }

  /// Where a measure of a campaign changes: of money what it buys, so what a lead costs moves when its
  /// number for the money does; `before` and `after` are in the measure's own unit.
  package static func all(
    _ measure: CampaignMeasure, of days: some Collection<CampaignSeries.Day>
  ) -> [ChangePoint] {
    var points: [(day: CalendarDay, events: Double, exposure: Double)] = []
    points.reserveCapacity(days.count)
    let isCost = measure == .cpc || measure == .cpl || measure == .cpa
    guard isCost || measure.isShare else { return [] }
    for day in days {
      guard let terms = measure.terms(of: day.figures) else { continue }
      let exposure = isCost ? terms.part : terms.whole
      guard exposure > 0 else { continue }
      points.append((day.day, Double(terms.events), exposure))
    }
    let found = all(points)
    guard isCost else { return found }
    return found.filter { $0.before > 0 && $0.after > 0 }
      .map { ChangePoint(day: $0.day, before: 1 / $0.before, after: 1 / $0.after) }
  }
}

/// Events and exposures up to each day, from which those of any days in a row follow.
private struct RunningSums {
  private var events = [0.0]
  private var exposures = [0.0]

  /// A correlation of days beyond this is one of levels.
  private static let mostCorrelation = 0.8

  init(_ days: [(day: CalendarDay, events: Double, exposure: Double)]) {
    for day in days {
      events.append((events.last ?? 0) + day.events)
      exposures.append((exposures.last ?? 0) + day.exposure)
    }
  }

  func rate(_ range: Range<Int>) -> Double {
    (events[range.upperBound] - events[range.lowerBound])
      / (exposures[range.upperBound] - exposures[range.lowerBound])
  }

  private func likelihood(_ range: Range<Int>) -> Double {
    let count = events[range.upperBound] - events[range.lowerBound]
    return count > 0 ? count * log(rate(range)) : 0
  }

  /// Days of one level each, split where that gains more than the penalty.
  func segments(penalty: Double) -> [Range<Int>] {
    let least = ChangePoint.leastDays
    var segments = [0..<(events.count - 1)]
    for _ in 0..<ChangePoint.limit {
      var best: (place: Int, split: Int, gain: Double)?
      for (place, segment) in segments.enumerated() where segment.count >= 2 * least {
        let whole = likelihood(segment)
        for split in (segment.lowerBound + least)...(segment.upperBound - least) {
          let parts =
            likelihood(segment.lowerBound..<split) + likelihood(split..<segment.upperBound)
          let gain = 2 * (parts - whole)
          if gain > best?.gain ?? penalty { best = (place, split, gain) }
        }
      }
      guard let best else { break }
      let segment = segments[best.place]
      segments.replaceSubrange(
        best.place...best.place,
        with: [segment.lowerBound..<best.split, best.split..<segment.upperBound])
    }
    return segments
  }

  /// How much more sums of many days differ than Poisson counts do: the variance around the levels times
  /// (1 + ρ) ÷ (1 − ρ), as days that follow each other with correlation ρ have it (Box, Jenkins and Reinsel,
  /// "Time Series Analysis", 1994). ρ is raised by what levels that were fitted take off it.
  func longRunVariance(
    _ days: [(day: CalendarDay, events: Double, exposure: Double)], _ segments: [Range<Int>],
    atLeast least: Double
  ) -> Double {
    var (squares, products) = (0.0, 0.0)
    for segment in segments {
      let rate = rate(segment)
      var previous: Double?
      for place in segment {
        let expected = rate * days[place].exposure
        let rest = expected > 0 ? (days[place].events - expected) / expected.squareRoot() : 0
        squares += rest * rest
        if let previous { products += previous * rest }
        previous = rest
      }
    }
    let (count, levels) = (Double(days.count), Double(segments.count))
    guard squares > 0, count > levels else { return least }
    let correlation = min(
      max(0, products / squares + (1 + levels) / count), Self.mostCorrelation)
    return max(least, squares / (count - levels)) * (1 + correlation) / (1 - correlation)
  }
}
