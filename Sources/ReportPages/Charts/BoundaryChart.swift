package import Marketing

/// The statistic of a variant at each look against the boundary that ends the test.
package struct BoundaryChart: Sendable, Hashable {
  /// What is drawn of the statistic's axis at most, on either side.
  package static let reach = 8.0

  /// The test.
  package var test: SequentialTest
  /// Whether more of the metric is better.
  package var isMoreBetter: Bool

  /// A chart.
  package init(test: SequentialTest, isMoreBetter: Bool) {
    self.test = test
    self.isMoreBetter = isMoreBetter
  }

  /// The chart as a picture; `nil` while there is neither a statistic nor a boundary.
  package func picture(id: String) -> Picture? {
    guard let last = test.looks.last,
      test.looks.contains(where: { $0.z != nil || $0.boundary != nil })
    else { return nil }
    // Even, so that every second number and 0 are on the axis.
    let top = min(Self.reach, max(4, 2 * (highest / 2).rounded(.up)))
    let step = max(1, Int((Double(last.day) / 6).rounded(.up)))
    let days = stride(from: 0, through: last.day, by: step).map { Double($0) }
    let plot = PlotArea(
      x: 0...Double(max(1, last.day)), y: -top...top, left: 46, right: 420, top: 30, bottom: 280)
    var drawing = Drawing()
    plot.drawYAxis(
      stride(from: -top, through: top, by: top > 4 ? 2 : 1).map {
        ($0, NumberText.decimals($0, 0))
      },
      name: "z of the difference", in: &drawing)
    plot.drawXAxis(
      days.map { ($0, NumberText.decimals($0, 0)) }, name: "Days since the start", hasGrid: false,
      in: &drawing)
    drawing.line(plot.spot(0, 0), plot.spot(Double(last.day), 0), .reference)
    drawBoundaries(plot, top: top, in: &drawing)
    let corner = plot.spot(Double(last.day), top).moved(-4, 14)
    drawing.text(isMoreBetter ? "better" : "worse", at: corner, .end, .note)
    drawing.text(
      isMoreBetter ? "worse" : "better", at: plot.spot(Double(last.day), -top).moved(-4, -6), .end,
      .note)
    drawPath(plot, in: &drawing)
    return Picture(
      id: id, title: "Looks at \(ModelWords.named(test.variant))", summary: summary, height: 320,
      drawing: drawing)
  }

  /// The farthest place that is to be seen: every statistic, and the boundaries that are not far beyond.
  private var highest: Double {
    let statistics = test.looks.compactMap(\.z).map(abs)
    let boundaries = test.looks.compactMap(\.boundary).filter { $0 <= Self.reach }
    return (statistics + boundaries).max() ?? 0
  }

  private func drawBoundaries(_ plot: PlotArea, top: Double, in drawing: inout Drawing) {
    let known = test.looks.filter { ($0.boundary ?? .infinity) <= top }
    let made = known.filter { $0.number <= test.made }
    let ahead = Array(made.suffix(1)) + known.filter { $0.number > test.made }
    for sign in [1.0, -1] {
      func spots(_ looks: [SequentialTest.Look]) -> [Spot] {
        looks.compactMap { look in
          look.boundary.map { plot.spot(Double(look.day), sign * $0) }
        }
      }
      drawing.curve(through: spots(ahead), .ahead)
      drawing.curve(through: spots(made), .limit)
      // One look makes no line.
      if made.count == 1 { for spot in spots(made) { drawing.dot(spot, radius: 2.5, .strong) } }
    }
  }

  private func drawPath(_ plot: PlotArea, in drawing: inout Drawing) {
    let path = test.looks.compactMap { look in
      look.z.map { (look: look, spot: plot.spot(Double(look.day), $0)) }
    }
    drawing.curve(through: path.map(\.spot), .curve)
    for step in path { drawing.dot(step.spot, radius: 3) }
    guard let crossing = path.first(where: { $0.look.number == test.crossedAt }) else { return }
    drawing.dot(crossing.spot, radius: 8, .ring)
    let isLate = crossing.spot.x > (plot.x.start + plot.x.end) / 2
    let isHigh = crossing.spot.y < (plot.y.start + plot.y.end) / 2
    drawing.text(
      "crossed on day \(NumberText.count(crossing.look.day))",
      at: crossing.spot.moved(isLate ? 8 : 4, isHigh ? 26 : -18), isLate ? .end : .start,
      .value)
  }

  /// What can be seen, in words.
  package var summary: String {
    let planned = "\(NumberText.count(test.made)) of \(NumberText.count(test.looks.count)) looks"
    var text =
      "The solid line is the boundary, its dashed part lies ahead; the dots are \(planned) that were made."
    if let crossed = test.crossedAt, test.looks.indices.contains(crossed - 1) {
      let look = test.looks[crossed - 1]
      text +=
        " The boundary \(Self.number(look.boundary)) was crossed on day \(NumberText.count(look.day)) "
        + "with z \(Self.number(look.z))."
    } else if let look = test.current {
      text +=
        " It has not been crossed: z \(Self.number(look.z)) against \(Self.number(look.boundary)) on day "
        + "\(NumberText.count(look.day))."
    }
    if test.looks.contains(where: { ($0.boundary ?? 0) > Self.reach }) {
      text += " Boundaries above 8 are in the table only."
    }
    return text
  }

  /// A statistic or a boundary.
  static func number(_ value: Double?) -> String {
    value.map { NumberText.decimals($0, 2) } ?? NumberText.missing
  }
}
