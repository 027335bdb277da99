package import Marketing

/// The share of all conversions among the leads with the highest probabilities.
package struct CaptureChart: Sendable, Hashable {
  /// The tenths, the highest probabilities first.
  package var rows: [ModelReport.LiftRow]

  /// A chart.
  package init(rows: [ModelReport.LiftRow]) {
    self.rows = rows.filter { $0.capturedShare.isFinite }
  }

  /// The chart as a picture.
  package func picture(id: String) -> Picture {
    var drawing = Drawing()
    let ticks = Ticks(upTo: 1)
    let plot = PlotArea(x: 0...1, y: 0...1, left: 60, right: 424, top: 30, bottom: 230)
    plot.drawYAxis(ticks.percents, name: "Share of all conversions", in: &drawing)
    plot.drawXAxis(ticks.percents, name: "Share of the leads called, best first", in: &drawing)
    let spots =
      [plot.spot(0, 0)] + rows.map { plot.spot(Double($0.tenth) / 10, $0.capturedShare) }
    drawing.line(plot.spot(0, 0), plot.spot(1, 1), .reference)
    drawing.text("any order", at: plot.spot(0.66, 0.66).moved(6, 14), .start, .note)
    drawing.curve(through: spots, .curve)
    for spot in spots.dropFirst() { drawing.dot(spot, radius: 2.5) }
    for row in rows where [1, 2, 3, 5].contains(row.tenth) {
      drawing.text(
        NumberText.percent(row.capturedShare),
        at: plot.spot(Double(row.tenth) / 10, row.capturedShare).moved(8, 5), .start, .value)
    }
    return Picture(
      id: id, title: "Conversions captured", summary: summary, height: 270, drawing: drawing)
  }

  /// What can be seen, in words.
  package var summary: String {
    let told = rows.filter { [1, 3, 5].contains($0.tenth) }
    guard !told.isEmpty else { return "There are no judged leads to divide." }
    return told.map {
      "The best \($0.tenth * 10)\u{A0}% of the leads hold \(NumberText.percent($0.capturedShare)) "
        + "of the conversions."
    }.joined(separator: " ")
  }
}
