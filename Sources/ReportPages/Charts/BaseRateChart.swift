package import Marketing

/// The share of leads that convert, in training and since.
package struct BaseRateChart: Sendable, Hashable {
  /// Both shares.
  package var baseRate: DriftReport.BaseRate
  /// Leads that were trained on.
  package var trainedLeads: Int

  /// A chart.
  package init(baseRate: DriftReport.BaseRate, trainedLeads: Int) {
    self.baseRate = baseRate
    self.trainedLeads = trainedLeads
  }

  /// The chart as a picture.
  package func picture(id: String) -> Picture {
    var drawing = Drawing()
    let shares = [baseRate.trained, baseRate.recent, baseRate.interval?.high].compactMap(\.self)
    let ticks = Ticks(upTo: min(1, shares.filter(\.isFinite).max() ?? 1))
    let plot = PlotArea(
      x: 0...ticks.highest, y: 0...2, left: 112, right: 412, top: 8, bottom: 108)
    plot.drawXAxis(ticks.percents, name: "Share that converted", in: &drawing)
    row("in training", trainedLeads, "leads", baseRate.trained, nil, 1.5, plot, in: &drawing)
    row(
      "since then", baseRate.outcomes, "outcomes", baseRate.recent, baseRate.interval, 0.5, plot,
      in: &drawing)
    return Picture(id: id, title: "Base rate", summary: summary, height: 148, drawing: drawing)
  }

  private func row(
    _ name: String, _ count: Int, _ unit: String, _ share: Double?, _ interval: RateInterval?,
    _ level: Double, _ plot: PlotArea, in drawing: inout Drawing
  ) {
    let y = plot.y.position(level)
    drawing.text(name, at: Spot(plot.x.start - 8, y), .end, .name)
    drawing.text(
      "\(NumberText.count(count)) \(unit)", at: Spot(plot.x.start - 8, y + 14), .end, .tick)
    guard let share, share.isFinite else {
      drawing.text("not known", at: Spot(plot.x.start + 8, y + 4), .start, .value)
      return
    }
    if let interval {
      drawing.whisker(plot.spot(interval.low, level), plot.spot(interval.high, level), cap: 4)
    }
    drawing.dot(plot.spot(share, level), radius: 4.5)
    // On the side where there is room.
    let isRight = share > plot.x.domain.upperBound * 0.75
    drawing.text(
      NumberText.percent(share), at: plot.spot(share, level).moved(isRight ? -2 : 2, -10),
      isRight ? .end : .start, .value)
  }

  /// What can be seen, in words.
  package var summary: String {
    var text =
      "\(NumberText.percent(baseRate.trained)) of \(NumberText.count(trainedLeads)) leads converted in "
      + "training"
    guard let recent = baseRate.recent else { return text + "; no outcome is recorded since." }
    text += ", \(NumberText.percent(recent)) of \(NumberText.count(baseRate.outcomes)) since"
    if let interval = baseRate.interval {
      text +=
        " (95\u{A0}% Wilson interval \(NumberText.percent(interval.low)) to "
        + "\(NumberText.percent(interval.high)))"
    }
    return text + ": \(StabilityChart.word(baseRate.status))."
  }
}
