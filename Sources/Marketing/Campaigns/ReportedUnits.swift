extension ExperimentData {
  /// The data of an experiment whose units are counted in a campaign's reports under the names of its variants: of
  /// each day, what is reported of a variant over all channels and segments.
  /// - Parameter record: the reports of the days of the experiment.
  package init(
    _ unit: Experiment.ReportedUnit, of experiment: Experiment, in record: CampaignRecord
  ) {
    self.init()
    let names = Set(experiment.variants.map(\.name))
    let first = CalendarDay(experiment.startedAt)
    // A report of a variant over all channels is the whole of it: its parts beside it are not added.
    var whole: Set<VariantDay> = []
    let parts = CampaignSeries(record).variants.filter { names.contains($0.name) }
    for part in parts where part.channel == nil {
      for day in part.days { whole.insert(VariantDay(variant: part.name, day: day.day)) }
    }
    for part in parts {
      for day in part.days where day.day >= first && day.day.start < experiment.end {
        if part.channel != nil, whole.contains(VariantDay(variant: part.name, day: day.day)) {
          continue
        }
        add(day, of: part.name, unit, since: first)
      }
    }
  }

  private mutating func add(
    _ day: CampaignSeries.Day, of variant: String, _ unit: Experiment.ReportedUnit,
    since first: CalendarDay
  ) {
    let (units, successes) =
      switch unit {
      case .impression: (day.figures.impressions, day.figures.clicks)
      case .click: (day.figures.clicks, day.figures.conversions)
      }
    exposures.append(Exposure(day: day.day - first, variant: variant, units: units))
    // Reports may tell of more conversions than clicks: a unit has one at most.
    outcomes.append(
      Outcome(
        day: day.day - first, variant: variant, metric: unit.metric,
        successes: min(successes, units)))
  }
}

/// A variant's day.
private struct VariantDay: Hashable {
  let variant: String
  let day: CalendarDay
}
