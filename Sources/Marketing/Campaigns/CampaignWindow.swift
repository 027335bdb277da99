/// Days of a campaign in a row, both ends included.
package struct CampaignWindow: Sendable, Hashable, Codable {
  /// The first day.
  package var first: CalendarDay
  /// The last day; never before the first.
  package var last: CalendarDay

  /// The days from one to another; only the first where the last would lie before it.
  package init(first: CalendarDay, last: CalendarDay) {
    self.first = first
    self.last = max(first, last)
  }

  /// So many days that end with one; at least that one.
  package init(days: Int, through last: CalendarDay) {
    self.init(first: last + (1 - max(1, days)), last: last)
  }

  /// How many days it has, 1 and up.
  package var length: Int { last - first + 1 }

  /// Whether a day lies within.
  package func contains(_ day: CalendarDay) -> Bool { first <= day && day <= last }

  /// So many days right before it.
  package func before(days: Int) -> Self { Self(days: days, through: first + -1) }
}

extension CampaignWindow: CustomStringConvertible {
  package var description: String { first == last ? "\(first)" : "\(first) to \(last)" }
}
