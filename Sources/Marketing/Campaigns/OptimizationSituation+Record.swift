extension OptimizationSituation {
  /// A situation with what a campaign has cost so far.
  /// - Parameter record: everything that is known of the campaign's days; `nil` when nothing is.
  package init(
    controls: CampaignControls, history: [Optimization], record: CampaignRecord?,
    otherDailyBudgets: Double
  ) {
    let spent = record.map {
      CampaignSeries($0).days.reduce(CampaignFigures.zero) { $0 + $1.figures }
    }
    self.init(
      controls: controls, history: history, totalBudget: record?.campaign.totalBudget,
      spent: spent?.spend, otherDailyBudgets: otherDailyBudgets)
  }
}

extension ClosedRange<CalendarDay> {
  /// All days that can be written.
  package static var always: Self {
    CalendarDay(rawValue: -719_528)...CalendarDay(rawValue: 2_932_896)
  }
}

extension Optimization {
  /// Ends a proposal that another one takes the place of.
  package mutating func supersede() {
    if state == .proposed { state = .expired }
  }
}
