extension ExperimentData {
  /// The data of an experiment whose units are counted in a campaign's reports under the names of its variants: of
  /// each day, what is reported of a variant over all channels and segments.
  ///
  /// Reports are of calendar days in UTC, an experiment counts days of 24 hours since its start. A report
  /// counts on the day of the experiment in which its own day ends, so that a look sees whole reports only.
  /// The calendar day on which the experiment starts counts only where it starts at midnight, for its report
  /// holds what was before; neither does a day count that was not over when the experiment was stopped or
  /// its horizon was reached.
  /// - Parameter record: the reports of the days of the experiment.
  package init(
    _ unit: Experiment.ReportedUnit, of experiment: Experiment, in record: CampaignRecord
  ) {
    self.init()
    let names = Set(experiment.variants.map(\.name))
    let end = min(experiment.end, experiment.horizon)
    // A report of a variant over all channels is the whole of it: its parts beside it are not added.
    var whole: Set<VariantDay> = []
    let parts = CampaignSeries(record).variants.filter { names.contains($0.name) }
    for part in parts where part.channel == nil {
      for day in part.days { whole.insert(VariantDay(variant: part.name, day: day.day)) }
    }
    for part in parts {
      for day in part.days where day.day.start >= experiment.startedAt && day.day.end <= end {
        if part.channel != nil, whole.contains(VariantDay(variant: part.name, day: day.day)) {
          continue
        }
        add(day, of: part.name, unit, on: experiment.day(ofReport: day.day))
      }
    }
  }

  private mutating func add(
    _ day: CampaignSeries.Day, of variant: String, _ unit: Experiment.ReportedUnit,
    on number: Int
  ) {
    let (units, successes) =
      switch unit {
      case .impression: (day.figures.impressions, day.figures.clicks)
      case .click: (day.figures.clicks, day.figures.conversions)
      }
    exposures.append(Exposure(day: number, variant: variant, units: units))
    // Reports may tell of more conversions than clicks: a unit has one at most.
    outcomes.append(
      Outcome(
        day: number, variant: variant, metric: unit.metric, successes: min(successes, units)))
  }
}

extension Experiment {
  /// The day of the experiment in which a report is complete, because the calendar day that it is of ends in
  /// it; below 0 for a calendar day that is over when the experiment starts.
  package func day(ofReport day: CalendarDay) -> Int {
    self.day(of: day.end + .milliseconds(-1))
  }
}

/// A variant's day.
private struct VariantDay: Hashable {
  let variant: String
  let day: CalendarDay
}
