package import Marketing

/// A figure day by day, with its uncertainty, what it is to be kept to, what happened and what is foretold.
package struct TrendChart: Sendable, Hashable {
  /// One day.
  package struct Point: Sendable, Hashable {
    /// The day.
    package var day: CalendarDay
    /// The value.
    package var value: Double
    /// The lower end of what it lies between; `nil` where there is none.
    package var low: Double?
    /// The upper end; `nil` where nothing bounds it.
    package var high: Double?

    /// A day.
    package init(day: CalendarDay, value: Double, low: Double? = nil, high: Double? = nil) {
      self.day = day
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// A day on which something was changed by somebody.
  package struct Event: Sendable, Hashable {
    /// The day.
    package var day: CalendarDay
    /// What it is called, one or two letters.
    package var label: String

    /// An event.
    package init(day: CalendarDay, label: String) {
      self.day = day
      self.label = label
    }
  }

  /// The days of the line, rising; where a day is left out, the line is broken.
  package var points: [Point]
  /// Single days behind the line.
  package var dots: [Point] = []
  /// Days to come, rising.
  package var ahead: [Point] = []
  /// What it is not to cross; `nil` for nothing.
  package var limit: Double?
  /// What that is.
  package var limitName = "threshold"
  /// Days from which on it was at another level.
  package var changes: [CalendarDay] = []
  /// Days on which something was changed.
  package var events: [Event] = []
  /// The days that are drawn.
  package var window: CampaignWindow
  /// What the figure is.
  package var axis: String
  /// What its numbers are.
  package var unit: IntervalPlot.Unit

  /// A chart of a line.
  package init(
    points: [Point], window: CampaignWindow, axis: String, unit: IntervalPlot.Unit
  ) {
    self.points = points
    self.window = window
    self.axis = axis
    self.unit = unit
  }

  /// The chart as a picture; `nil` when nothing is known.
  package func picture(id: String, title: String, summary: String) -> Picture? {
    guard !points.isEmpty || !ahead.isEmpty else { return nil }
    let ticks = Ticks(upTo: highest)
    let last = max(1, window.length - 1)
    let plot = PlotArea(
      x: 0...Double(last), y: 0...ticks.highest, left: 60, right: 420, top: 44, bottom: 244)
    var drawing = Drawing()
    plot.drawYAxis(unit == .percent ? ticks.percents : ticks.numbers, name: "", in: &drawing)
    drawing.text(axis, at: Spot(0, 12), .start, .note)
    plot.drawXAxis(days(last), name: "Day, month", hasGrid: false, in: &drawing)
    for run in runs(points) { drawBand(run, plot, in: &drawing) }
    drawBand(ahead, plot, in: &drawing)
    drawMarks(plot, in: &drawing)
    for dot in dots { drawing.dot(spot(dot.day, dot.value, plot), radius: 1.75, .point) }
    for run in runs(points) {
      drawing.curve(through: run.map { spot($0.day, $0.value, plot) }, .curve)
      if run.count == 1 { drawing.dot(spot(run[0].day, run[0].value, plot)) }
    }
    drawing.curve(through: (points.suffix(1) + ahead).map { spot($0.day, $0.value, plot) }, .ahead)
    return Picture(id: id, title: title, summary: summary, height: 284, drawing: drawing)
  }

  private func spot(_ day: CalendarDay, _ value: Double, _ plot: PlotArea) -> Spot {
    plot.spot(Double(day - window.first), value)
  }

  /// The end of the axis: all values and the limit, and of the ranges no more than twice as far.
  private var highest: Double {
    let values = (points + ahead + dots).map(\.value).filter(\.isFinite)
    let most = max(values.max() ?? 0, limit ?? 0)
    let ends = (points + ahead).compactMap(\.high).filter(\.isFinite).max() ?? 0
    return max(most, min(ends, most > 0 ? 2 * most : ends))
  }

  private func days(_ last: Int) -> [(value: Double, label: String)] {
    let step = max(1, (last + 5) / 6)
    return stride(from: 0, through: last, by: step).map { offset in
      (Double(offset), Self.short(window.first + offset))
    }
  }

  /// A day without its year: `3 Jan`.
  static func short(_ day: CalendarDay) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = day.iso8601
    guard let month = Int(text.dropFirst(5).prefix(2)), let day = Int(text.suffix(2)),
      months.indices.contains(month - 1)
    else { return text }
    return "\(day)\u{A0}\(months[month - 1])"
  }

  /// Days in a row.
  private func runs(_ points: [Point]) -> [[Point]] {
    var runs: [[Point]] = []
    for point in points {
      if let last = runs.last?.last, point.day - last.day == 1 {
        runs[runs.count - 1].append(point)
      } else {
        runs.append([point])
      }
    }
    return runs
  }

  private func drawBand(_ run: [Point], _ plot: PlotArea, in drawing: inout Drawing) {
    let known = run.filter { $0.low != nil }
    let lower = known.map { spot($0.day, $0.low ?? 0, plot) }
    // Without an upper end the band is open: it reaches to the edge.
    let upper = known.map { spot($0.day, $0.high ?? .infinity, plot) }
    drawing.area(from: lower, to: upper, .band)
  }

  private func drawMarks(_ plot: PlotArea, in drawing: inout Drawing) {
    if let limit, limit.isFinite {
      drawing.line(plot.spot(0, limit), plot.spot(plot.x.domain.upperBound, limit), .limit)
      drawing.text(
        limitName, at: plot.spot(plot.x.domain.upperBound, limit).moved(0, -5), .end, .note)
    }
    for day in changes where window.contains(day) {
      drawing.line(
        spot(day, 0, plot), Spot(spot(day, 0, plot).x, plot.y.end - 4), .change)
    }
    for event in events where window.contains(event.day) {
      let foot = spot(event.day, 0, plot)
      drawing.line(foot, Spot(foot.x, plot.y.end - 6), .event)
      drawing.text(event.label, at: Spot(foot.x, plot.y.end - 9), .middle, .value)
    }
  }
}
