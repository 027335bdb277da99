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
    for part in CampaignSeries(record).variants where names.contains(part.name) {
      for day in part.days where day.day >= first && day.day.start < experiment.end {
        let (units, successes) =
          switch unit {
          case .impression: (day.figures.impressions, day.figures.clicks)
          case .click: (day.figures.clicks, day.figures.conversions)
          }
        exposures.append(Exposure(day: day.day - first, variant: part.name, units: units))
        // Reports may tell of more conversions than clicks: a unit has one at most.
        outcomes.append(
          Outcome(
            day: day.day - first, variant: part.name, metric: unit.metric,
            successes: min(successes, units)))
      }
    }
  }
}
