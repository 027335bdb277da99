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
  /// how much more neighbouring days differ than chance allows. All days together raise a false change with
  /// 1 % at most.
  /// - Parameter days: in order, with events of 0 and more and exposures above 0.
  package static func all(
    _ days: [(day: CalendarDay, events: Double, exposure: Double)]
  ) -> [ChangePoint] {
    guard days.count >= 2 * leastDays else { return [] }
    var events = [0.0]
    var exposures = [0.0]
    for day in days {
      events.append((events.last ?? 0) + day.events)
      exposures.append((exposures.last ?? 0) + day.exposure)
    }
    let z = normalQuantile(above: 0.005 / Double(days.count))
    let penalty = z * z * dispersion(days)
    func rate(_ range: Range<Int>) -> Double {
      (events[range.upperBound] - events[range.lowerBound])
        / (exposures[range.upperBound] - exposures[range.lowerBound])
    }
    func likelihood(_ range: Range<Int>) -> Double {
      let count = events[range.upperBound] - events[range.lowerBound]
      return count > 0 ? count * log(rate(range)) : 0
    }
    var segments = [0..<days.count]
    for _ in 0..<limit {
      var best: (place: Int, split: Int, gain: Double)?
      for (place, segment) in segments.enumerated() where segment.count >= 2 * leastDays {
        let whole = likelihood(segment)
        for split in (segment.lowerBound + leastDays)...(segment.upperBound - leastDays) {
          let gain =
            2
            * (likelihood(segment.lowerBound..<split) + likelihood(split..<segment.upperBound)
              - whole)
          if gain > best?.gain ?? penalty { best = (place, split, gain) }
        }
      }
      guard let best else { break }
      let segment = segments[best.place]
      segments.replaceSubrange(
        best.place...best.place,
        with: [segment.lowerBound..<best.split, best.split..<segment.upperBound])
    }
    return zip(segments, segments.dropFirst()).map { left, right in
      ChangePoint(
        day: days[right.lowerBound].day, before: rate(left), after: rate(right))
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
