package import Marketing

/// What was predicted against what happened. A model that can be taken at its word lies on the diagonal.
package struct CalibrationChart: Sendable, Hashable {
  /// The bins, rising.
  package var bins: [ModelReport.CalibrationBin]
  /// The expected calibration error over all judged rows, 0–1.
  package var error: Double

  /// A chart.
  package init(bins: [ModelReport.CalibrationBin], error: Double) {
    self.bins = bins.filter { $0.predicted.isFinite && $0.observed.isFinite && $0.rows > 0 }
    self.error = error
  }

  /// The chart as a picture.
  package func picture(id: String) -> Picture {
    var drawing = Drawing()
    let reach = bins.map { max($0.predicted, $0.interval.high.isFinite ? $0.interval.high : 0) }
    // Both axes are the same, so that the diagonal is one, and a rare conversion is not a speck in a
    // corner.
    let ticks = Ticks(upTo: min(1, reach.max() ?? 1))
    let plot = PlotArea(
      x: 0...ticks.highest, y: 0...ticks.highest, left: 60, right: 400, top: 30, bottom: 370)
    plot.drawYAxis(ticks.percents, name: "Share that converted", in: &drawing)
    plot.drawXAxis(ticks.percents, name: "Predicted probability", in: &drawing)
    drawDiagonal(plot, in: &drawing)
    for bin in bins {
      drawing.whisker(
        plot.spot(bin.predicted, bin.interval.low), plot.spot(bin.predicted, bin.interval.high))
    }
    drawing.curve(through: bins.map { plot.spot($0.predicted, $0.observed) }, .curve)
    for bin in bins { drawing.dot(plot.spot(bin.predicted, bin.observed)) }
    drawing.text(
      "error \(NumberText.significant(error))", at: plot.spot(ticks.highest, 0).moved(-8, -12),
      .end, .headline)
    drawCounts(plot, in: &drawing)
    return Picture(
      id: id, title: "Calibration", summary: summary, height: 456, drawing: drawing)
  }

  private func drawDiagonal(_ plot: PlotArea, in drawing: inout Drawing) {
    let end = plot.x.domain.upperBound
    drawing.line(plot.spot(0, 0), plot.spot(end, end), .reference)
    let place = plot.spot(end * 0.58, end * 0.58).moved(10, 16)
    drawing.text("exact", at: place, .start, .note)
  }

  /// How many leads each point stands for, as bars below it.
  private func drawCounts(_ plot: PlotArea, in drawing: inout Drawing) {
    guard let most = bins.map(\.rows).max() else { return }
    let base = 448.0
    let heights = LinearScale(domain: 0...Double(most), start: base, end: base - 28)
    for bin in bins {
      let x = plot.x.position(bin.predicted)
      drawing.bar(
        Spot(x - 2.5, base), Spot(x + 2.5, heights.position(Double(bin.rows))), .faint)
    }
    drawing.line(Spot(plot.x.start, base), Spot(plot.x.end, base), .axis)
    drawing.text("leads", at: Spot(plot.x.start - 6, base - 16), .end, .tick)
    drawing.text("0–\(NumberText.count(most))", at: Spot(plot.x.start - 6, base), .end, .tick)
  }

  /// What can be seen, in words.
  package var summary: String {
    guard let first = bins.first, let last = bins.last else {
      return "There are no judged leads to compare with."
    }
    let held = bins.count { $0.interval.low <= $0.predicted && $0.predicted <= $0.interval.high }
    let counts = bins.map(\.rows)
    let fewest = NumberText.count(counts.min() ?? 0)
    let most = NumberText.count(counts.max() ?? 0)
    return "\(bins.count) points from \(NumberText.percent(first.predicted)) to "
      + "\(NumberText.percent(last.predicted)), each for "
      + (fewest == most ? most : "\(fewest) to \(most)")
      + " leads. The bars are 95\u{A0}% Wilson intervals; \(held) of \(bins.count) reach the diagonal."
  }
}

extension Spot {
  /// A place beside this one.
  package func moved(_ right: Double, _ down: Double) -> Spot { Spot(x + right, y + down) }
}
