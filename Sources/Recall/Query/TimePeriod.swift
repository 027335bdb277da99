package import Marketing

/// A span of time that a question names.
package struct TimePeriod: Sendable, Hashable {
  /// What the question said, which tells how near a record has to be.
  package enum Unit: Sendable, Hashable {
    /// A day or a few.
    case day
    /// A month or a season.
    case month
    /// A year, or a span that is open at one side.
    case long
  }

  /// The first moment; the least number of milliseconds when it is open there.
  package var start: Timestamp
  /// The first moment behind it; the greatest number of milliseconds when it is open there.
  package var end: Timestamp
  /// How sharply it was named.
  package var unit: Unit
  /// Whether it was named as seen from the present.
  package var isRelative: Bool

  /// A period.
  package init(start: Timestamp, end: Timestamp, unit: Unit, isRelative: Bool = false) {
    self.start = start
    self.end = end
    self.unit = unit
    self.isRelative = isRelative
  }

  init(_ first: CivilDate, days: Int, unit: Unit) {
    self.init(start: first.start, end: CivilDate(day: first.day + days).start, unit: unit)
  }

  init(from first: CivilDate, to end: CivilDate, unit: Unit) {
    self.init(start: first.start, end: end.start, unit: unit)
  }

  /// How well a moment fits, 0–2. What happened is told of then or in the weeks after, so that moments
  /// behind a month fit better than those before.
  package func closeness(of moment: Timestamp) -> Double {
    scale * absolute(moment.milliseconds)
  }

  private func absolute(_ moment: Int64) -> Double {
    if moment >= start.milliseconds, moment < end.milliseconds { return unit == .day ? 2 : 1 }
    // Where a side is open nothing lies beyond it, so the difference cannot overflow.
    let isBefore = moment < start.milliseconds
    let gap = isBefore ? start.milliseconds - moment : moment - end.milliseconds
    guard gap < Self.near else { return 0 }
    return switch unit {
    case .day: 2 - 2 * Double(gap) / Double(Self.near)
    case .month: isBefore ? 0.2 : 0.5
    case .long: 0
    }
  }

  /// 30 days.
  private static let near: Int64 = 30 * 86_400_000
  /// Words such as `last week` may be meant from the present, or be those of the record itself, said at
  /// any time.
  private static let relativeShare = 0.3

  private var scale: Double { isRelative ? Self.relativeShare : 1 }
}
