import Marketing

extension CampaignReportPage {
  /// The measures that are drawn day by day.
  private static let drawn: [CampaignMeasure] = [.ctr, .cpl, .roas]
  /// How many days each place of a line is of: less of a rate is mostly chance.
  private static let lineDays = 7

  /// The window and the days before it, as far as anything is known of them.
  private var shown: CampaignWindow {
    let first = series.days.first?.day ?? analysis.window.first
    return CampaignWindow(
      first: max(analysis.previous.first, first), last: analysis.window.last)
  }

  /// How the measures move.
  var trends: PageSection {
    var section = PageSection(
      id: "trends", title: "Day by day",
      paragraphs: [
        "Lines are of \(Self.lineDays) days each, bands hold the truth with 90\u{A0}%, points are single "
          + "days. Dotted strokes are days from which on it was at another level; dashed ones with a "
          + "letter are changes that were applied."
      ])
    for measure in Self.drawn {
      let points = rolling(measure)
      guard let chart = chart(measure, points) else { continue }
      section.add(chart, table(measure, points))
    }
    if let spend { section.add(spend.picture, spend.table) }
    if section.figures.isEmpty { section.paragraphs = ["There are too few days to draw."] }
    return section
  }

  private func rolling(_ measure: CampaignMeasure) -> [TrendChart.Point] {
    (0..<shown.length).compactMap { offset in
      let day = shown.first + offset
      let days = series.days.within(CampaignWindow(days: Self.lineDays, through: day))
      // A day of which nothing is known has no place on the line.
      guard days.last?.day == day, let rate = CampaignRates(days)[measure].rate else { return nil }
      return TrendChart.Point(day: day, value: rate.value, low: rate.low, high: rate.high)
    }
  }

  private func daily(_ measure: CampaignMeasure) -> [TrendChart.Point] {
    series.days.within(shown).compactMap { day in
      CampaignRates(CollectionOfOne(day))[measure].rate.map {
        TrendChart.Point(day: day.day, value: $0.value)
      }
    }
  }

  private var events: [TrendChart.Event] {
    applied.compactMap { label, optimization in
      optimization.appliedAt.map { TrendChart.Event(day: CalendarDay($0), label: label) }
    }
  }

  private func chart(_ measure: CampaignMeasure, _ points: [TrendChart.Point]) -> Picture? {
    guard let last = points.last, points.count > 1 else { return nil }
    let unit = measure.isMoney ? currency.map { " in \($0)" } ?? "" : ""
    var chart = TrendChart(
      points: points, window: shown, axis: "\(CampaignWords.name(measure))\(unit)",
      unit: measure.isShare ? .percent : .number)
    // Points far above the line would press it flat: they are cut off at twice the line.
    let reach = 2 * max(points.map(\.value).max() ?? 0, threshold(measure) ?? 0)
    chart.dots = daily(measure).filter { $0.value <= reach }
    chart.limit = threshold(measure)
    let changes = section(measure)?.changePoints ?? []
    chart.changes = changes.map(\.day)
    chart.events = events
    var text =
      "In the \(Self.lineDays) days to \(last.day) it is "
      + "\(CampaignWords.value(last.value, measure, currency: currency))."
    for change in changes {
      text +=
        " From \(change.day) on it is \(CampaignWords.value(change.after, measure, currency: currency)), "
        + "before \(CampaignWords.value(change.before, measure, currency: currency))."
    }
    return chart.picture(
      id: "trend-\(measure.rawValue)", title: "\(CampaignWords.name(measure)) by day", summary: text
    )
  }

  private func table(_ measure: CampaignMeasure, _ points: [TrendChart.Point]) -> ReportTable {
    let single = daily(measure)
    return ReportTable(
      caption: "\(CampaignWords.name(measure)) over \(Self.lineDays) days, by the last of them",
      columns: [
        .words("Day"), .numbers("Day alone"), .numbers("\(Self.lineDays) days"), .numbers("From"),
        .numbers("To"),
      ],
      rows: points.map { point in
        let alone = single.first { $0.day == point.day }?.value
        return [
          point.day.iso8601, CampaignWords.value(alone, measure, currency: currency),
          CampaignWords.value(point.value, measure, currency: currency),
          CampaignWords.value(point.low, measure, currency: currency),
          CampaignWords.value(point.high, measure, currency: currency),
        ]
      })
  }

  private var spend: (picture: Picture?, table: ReportTable)? {
    let days = series.days.within(shown)
    let known = days.compactMap { day in
      day.figures.spend.map { TrendChart.Point(day: day.day, value: $0) }
    }
    guard known.count > 1 else { return nil }
    let means = known.map { point in
      let window = CampaignWindow(days: Self.lineDays, through: point.day)
      let week = series.days.within(window).compactMap(\.figures.spend)
      let mean = week.reduce(0, +) / Double(max(1, week.count))
      return TrendChart.Point(day: point.day, value: mean)
    }
    var chart = TrendChart(
      points: means, window: shown, axis: "Spend a day\(currency.map { " in \($0)" } ?? "")",
      unit: .number)
    chart.dots = known
    if let budget = series.campaign.dailyBudget, budget.currency == currency {
      chart.limit = budget.amount
      chart.limitName = "daily budget"
    }
    chart.events = events
    let total = known.reduce(0) { $0 + $1.value }
    let picture = chart.picture(
      id: "trend-spend", title: "Spend by day",
      summary: "\(CampaignWords.money(total, currency)) on \(NumberText.count(known.count)) days.")
    let table = ReportTable(
      caption: "Spend by day",
      columns: [.words("Day"), .numbers("Spend"), .numbers("Mean of \(Self.lineDays) days")],
      rows: zip(known, means).map { day, mean in
        [
          day.day.iso8601, CampaignWords.money(day.value, currency),
          CampaignWords.money(mean.value, currency),
        ]
      })
    return (picture, table)
  }

  /// How many are left from step to step.
  var funnel: PageSection {
    let figures = analysis.figures
    let steps = [
      ("Impressions", figures.impressions), ("Clicks", figures.clicks), ("Leads", figures.leads),
      ("Conversions", figures.conversions),
    ]
    var section = PageSection(id: "funnel", title: "From impressions to conversions")
    let shares = zip([0] + steps.map(\.1), steps).enumerated().map { index, pair in
      index == 0 ? nil : Self.share(pair.1.1, of: pair.0)
    }
    let chart = FunnelChart(
      steps: zip(steps, shares).map { step, share in
        FunnelChart.Step(
          name: step.0, count: step.1, share: share.map { "\($0.value) of the step before" } ?? "")
      })
    let table = ReportTable(
      caption: "From impressions to conversions",
      columns: [
        .words("Step"), .numbers("Count"), .numbers("Of the step before"), .numbers("From"),
        .numbers("To"),
      ],
      rows: zip(steps, shares).map { step, share in
        [
          step.0, NumberText.count(step.1), share?.value ?? NumberText.missing,
          share?.low ?? NumberText.missing, share?.high ?? NumberText.missing,
        ]
      })
    let summary = zip(steps, shares).map { step, share in
      "\(NumberText.count(step.1)) \(step.0.lowercased())"
        + (share.map { " (\($0.value))" } ?? "")
    }.joined(separator: ", ")
    let picture = chart.picture(
      id: "funnel-steps", title: "Steps", summary: "\(summary).")
    if picture == nil { section.paragraphs = ["Nothing was counted in these days."] }
    section.add(picture, table)
    return section
  }

  private static func share(_ part: Int, of whole: Int) -> (
    value: String, low: String, high: String
  )? {
    guard part <= whole,
      let interval = RateInterval.wilson(successes: part, trials: whole, z: GuardedRules.z95)
    else { return nil }
    return (
      ExperimentWords.rate(Double(part) / Double(whole)), ExperimentWords.rate(interval.low),
      ExperimentWords.rate(interval.high)
    )
  }
}
