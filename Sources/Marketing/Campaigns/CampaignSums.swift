/// What a campaign or a part of it did within some days, with as much of it as the money is known of.
///
/// Where the cost of some days is unknown, what a lead costs is asked of the others only.
package struct CampaignSums: Sendable, Hashable {
  /// All days.
  package private(set) var all = CampaignFigures.zero
  /// The days of which the cost is known.
  package private(set) var costed = CampaignFigures.zero
  /// The days of which the cost is known and what the conversions were worth as well.
  package private(set) var returned = CampaignFigures.zero
  /// How many days there are.
  package private(set) var days = 0

  /// Nothing.
  package init() {}

  /// Adds a day.
  package mutating func add(_ day: CampaignFigures) {
    days += 1
    all += day
    guard day.spend != nil else { return }
    costed += day
    if day.revenue != nil || day.conversions == 0 { returned += day }
  }

  /// Both together, of the same days.
  package static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.all += right.all
    sum.costed += right.costed
    sum.returned += right.returned
    sum.days = max(left.days, right.days)
    return sum
  }
}
