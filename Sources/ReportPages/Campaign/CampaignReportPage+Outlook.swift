import Marketing

extension CampaignReportPage {
  /// The spend against the budgets.
  var pacing: PageSection {
    var section = PageSection(id: "pacing", title: "Pacing")
    guard let pacing = analysis.pacing else {
      section.paragraphs = ["Nobody says what it cost, so it cannot be held against a budget."]
      return section
    }
    section.paragraphs = [
      "By the end it will be \(CampaignWords.name(pacing.total)) in all; a day it is "
        + "\(CampaignWords.name(pacing.daily))."
    ]
    if pacing.total == nil {
      section.paragraphs = ["The day's spend: \(CampaignWords.name(pacing.daily))."]
    }
    let budget = series.campaign.totalBudget.flatMap {
      $0.currency == currency ? $0.amount : nil
    }
    var rows = [row("spent", "so far", pacing.spent, limit: budget)]
    if let expected = pacing.expectedByNow {
      rows.append(row("expected", "by now", expected, limit: budget))
    }
    if let projected = pacing.projected {
      var end = row("projected", "at the end", projected, limit: budget)
      end.outer = pacing.projectedLow.map { .init(low: $0, high: pacing.projectedHigh) }
      rows.append(end)
    }
    let plot = IntervalPlot(
      rows: rows, reference: 0, axis: "Spend\(currency.map { " in \($0)" } ?? "")", unit: .number)
    let picture = plot.picture(
      id: "pacing-plot", title: "Spend and budget",
      summary: budget.map { "The strokes are the budget, \(CampaignWords.money($0, currency))." }
        ?? "No total budget is known.")
    section.add(picture, pacingTable(pacing, budget))
    return section
  }

  private func row(
    _ name: String, _ detail: String, _ amount: Double, limit: Double?
  ) -> IntervalPlot.Row {
    IntervalPlot.Row(
      name: name, detail: detail, value: amount, label: CampaignWords.money(amount, currency),
      limit: limit)
  }

  private func pacingTable(_ pacing: CampaignPacing, _ budget: Double?) -> ReportTable {
    func money(_ amount: Double?) -> String { CampaignWords.money(amount, currency) }
    let daily = series.campaign.dailyBudget.flatMap { $0.currency == currency ? $0.amount : nil }
    return ReportTable(
      caption: "Spend and budget", columns: [.words("What"), .numbers("Amount")],
      rows: [
        ["Spent so far", money(pacing.spent)], ["Expected by now", money(pacing.expectedByNow)],
        ["Projected at the end", money(pacing.projected)],
        ["Projected at least", money(pacing.projectedLow)],
        ["Projected at most", money(pacing.projectedHigh)], ["Total budget", money(budget)],
        ["A day, over the last week", money(pacing.perDay)], ["Daily budget", money(daily)],
      ])
  }

  /// What is to be expected.
  var outlook: PageSection {
    guard let forecast, !forecast.lines.isEmpty else {
      return PageSection(
        id: "outlook", title: "What is to be expected",
        paragraphs: [
          "Nothing is foretold: that needs \(CampaignForecast.leastDays) days with figures."
        ])
    }
    var section = PageSection(
      id: "outlook", title: "What is to be expected",
      paragraphs: [
        "For \(forecast.window). \(forecast.notes.joined(separator: " "))"
      ], tables: [sums(forecast)])
    for line in forecast.lines { section.add(fan(line, forecast), table(line, forecast)) }
    return section
  }

  private func text(_ value: Double, _ figure: CampaignForecast.Figure) -> String {
    if !figure.isCount { return CampaignWords.money(value, currency) }
    return value < 100 ? NumberText.decimals(value, 1) : NumberText.decimals(value, 0)
  }

  private func sums(_ forecast: CampaignForecast) -> ReportTable {
    ReportTable(
      caption: "Expected over all \(forecast.window.length) days",
      columns: [
        .words("Figure"), .numbers("Mean"), .numbers("From"), .numbers("To"), .words("Weekdays"),
      ],
      rows: forecast.lines.map { line in
        [
          CampaignWords.name(line.figure), text(line.sum.mean, line.figure),
          text(line.sum.low, line.figure), text(line.sum.high, line.figure),
          line.hasWeekdays ? "told apart" : "not told apart",
        ]
      })
  }

  private func fan(_ line: CampaignForecast.Line, _ forecast: CampaignForecast) -> Picture? {
    let past = CampaignWindow(
      first: analysis.window.first, last: max(analysis.window.first, forecast.window.first + -1))
    let known = series.days.within(past).compactMap { day in
      line.figure.value(of: day.figures).map { TrendChart.Point(day: day.day, value: $0) }
    }
    let unit = line.figure.isCount ? "" : currency.map { " in \($0)" } ?? ""
    let name = CampaignWords.name(line.figure)
    var chart = TrendChart(
      points: known, window: CampaignWindow(first: past.first, last: forecast.window.last),
      axis: "\(name) a day\(unit)", unit: .number)
    chart.ahead = line.days.enumerated().map { offset, day in
      TrendChart.Point(
        day: forecast.window.first + offset, value: day.mean, low: day.low, high: day.high)
    }
    return chart.picture(
      id: "forecast-\(line.figure.rawValue)", title: "\(name): what is to be expected",
      summary: "\(text(line.sum.mean, line.figure)) in all, \(text(line.sum.low, line.figure)) to "
        + "\(text(line.sum.high, line.figure)) with 90\u{A0}%. The dashed line lies ahead.")
  }

  private func table(
    _ line: CampaignForecast.Line, _ forecast: CampaignForecast
  ) -> ReportTable {
    ReportTable(
      caption: "\(CampaignWords.name(line.figure)) a day, expected",
      columns: [.words("Day"), .numbers("Mean"), .numbers("From"), .numbers("To")],
      rows: line.days.enumerated().map { offset, day in
        [
          (forecast.window.first + offset).iso8601, text(day.mean, line.figure),
          text(day.low, line.figure), text(day.high, line.figure),
        ]
      })
  }
}
