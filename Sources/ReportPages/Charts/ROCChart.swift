package import Marketing

/// How many of the converted leads are found at the price of how many of the others.
package struct ROCChart: Sendable, Hashable {
  /// The curve from (0, 0) to (1, 1): x the false, y the true positive rate.
  package var points: [ModelReport.Point]
  /// The figures of the judged leads.
  package var metrics: ModelMetrics

  /// A chart.
  package init(points: [ModelReport.Point], metrics: ModelMetrics) {
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.metrics = metrics
  }

  /// The chart as a picture.
  package func picture(id: String) -> Picture {
    var drawing = Drawing()
    let ticks = Ticks(upTo: 1)
    let plot = PlotArea(x: 0...1, y: 0...1, left: 60, right: 400, top: 30, bottom: 370)
    plot.drawYAxis(ticks.percents, name: "Converted leads found", in: &drawing)
    plot.drawXAxis(ticks.percents, name: "Other leads taken with them", in: &drawing)
    let spots = points.map { plot.spot($0.x, $0.y) }
    drawing.area(under: spots, base: plot.y.start, .wash)
    drawing.line(plot.spot(0, 0), plot.spot(1, 1), .reference)
    drawing.text("chance", at: plot.spot(0.3, 0.3).moved(8, 6), .start, .note)
    drawing.curve(through: spots, .curve)
    drawing.text(
      "AUC \(NumberText.significant(metrics.auc))", at: plot.spot(1, 0).moved(-8, -12), .end,
      .headline)
    return Picture(id: id, title: "ROC curve", summary: summary, height: 410, drawing: drawing)
  }

  /// What can be seen, in words.
  package var summary: String {
    guard metrics.rows > 0 else { return "There are no judged leads to rank." }
    return
      "Of a converted lead and one that did not convert, the converted one has the higher probability in "
      + "\(NumberText.percent(metrics.auc)) of pairs. Judged on "
      + "\(NumberText.count(metrics.positives)) converted and "
      + "\(NumberText.count(metrics.rows - metrics.positives)) other leads."
  }
}

extension ROCChart {
  /// The true positive rate of a curve at a false positive rate, on the straight line between points; the
  /// highest one where the curve rises there. `nil` outside the curve.
  package static func height(of points: [ModelReport.Point], at x: Double) -> Double? {
    var best: Double?
    for (left, right) in zip(points, points.dropFirst()) where left.x <= x && x <= right.x {
      let width = right.x - left.x
      let y = width > 0 ? left.y + (right.y - left.y) * (x - left.x) / width : right.y
      best = max(best ?? y, y)
    }
    return best
  }
}
