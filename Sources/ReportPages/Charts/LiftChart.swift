package import Marketing

/// How much more often the leads of each tenth convert than all leads do.
package struct LiftChart: Sendable, Hashable {
  /// The tenths, the highest probabilities first.
  package var rows: [ModelReport.LiftRow]

  /// A chart.
  package init(rows: [ModelReport.LiftRow]) {
    self.rows = rows.filter { $0.lift.isFinite }
  }

  /// The chart as a picture.
  package func picture(id: String) -> Picture {
    var drawing = Drawing()
    // Room for the value above the highest bar.
    let ticks = Ticks(upTo: max(1, rows.map(\.lift).max() ?? 1) * 1.1)
    let slots = Double(max(10, rows.map(\.tenth).max() ?? 10))
    let plot = PlotArea(
      x: 0.5...(slots + 0.5), y: 0...ticks.highest, left: 44, right: 384, top: 30, bottom: 230)
    plot.drawYAxis(ticks.numbers, name: "Times as many as among all leads", in: &drawing)
    for row in rows {
      let tenth = Double(row.tenth)
      drawing.bar(plot.spot(tenth - 0.38, 0), plot.spot(tenth + 0.38, row.lift), .fill)
    }
    let one = plot.y.position(1)
    drawing.line(Spot(plot.x.start, one), Spot(plot.x.end, one), .reference)
    drawing.text("all leads", at: Spot(plot.x.end + 4, one + 4), .start, .note)
    for row in rows {
      drawing.text(
        NumberText.decimals(row.lift, row.lift < 9.995 ? 2 : 1),
        at: plot.spot(Double(row.tenth), row.lift).moved(0, -5), .middle, .value)
    }
    plot.drawXAxis(
      rows.map { (Double($0.tenth), String($0.tenth)) },
      name: "Tenth of the leads, highest probability first", hasGrid: false, in: &drawing)
    return Picture(id: id, title: "Lift by tenth", summary: summary, height: 270, drawing: drawing)
  }

  /// What can be seen, in words.
  package var summary: String {
    guard let first = rows.first, let last = rows.last else {
      return "There are no judged leads to divide."
    }
    return "The first tenth (\(NumberText.count(first.rows)) leads) converts "
      + "\(NumberText.significant(first.lift)) times as often as all leads, at "
      + "\(NumberText.percent(first.rate)); the last one (\(NumberText.count(last.rows)) leads) "
      + "\(NumberText.significant(last.lift)) times, at \(NumberText.percent(last.rate))."
  }
}
