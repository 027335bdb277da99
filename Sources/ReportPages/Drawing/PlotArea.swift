/// The part of a picture where the data are, with an axis below and one to its left.
package struct PlotArea: Sendable, Hashable {
  /// What lies from left to right.
  package var x: LinearScale
  /// What lies from the bottom to the top.
  package var y: LinearScale

  /// An area between four edges.
  package init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, left: Double, right: Double, top: Double,
    bottom: Double
  ) {
    self.x = LinearScale(domain: x, start: left, end: right)
    self.y = LinearScale(domain: y, start: bottom, end: top)
  }

  /// Where a value pair lies.
  package func spot(_ x: Double, _ y: Double) -> Spot {
    Spot(self.x.position(x), self.y.position(y))
  }

  /// Draws the lower axis with its labels and its name.
  package func drawXAxis(
    _ ticks: [(value: Double, label: String)], name: String, hasGrid: Bool = true,
    in drawing: inout Drawing
  ) {
    for tick in ticks {
      let place = x.position(tick.value)
      if hasGrid { drawing.line(Spot(place, y.start), Spot(place, y.end), .grid) }
      drawing.text(tick.label, at: Spot(place, y.start + 15), .middle, .tick)
    }
    drawing.line(Spot(x.start, y.start), Spot(x.end, y.start), .axis)
    drawing.text(name, at: Spot((x.start + x.end) / 2, y.start + 32), .middle, .note)
  }

  /// Draws the left axis with its labels; its name stands above it, where it reads without turning the
  /// head.
  package func drawYAxis(
    _ ticks: [(value: Double, label: String)], name: String, in drawing: inout Drawing
  ) {
    for tick in ticks {
      let place = y.position(tick.value)
      drawing.line(Spot(x.start, place), Spot(x.end, place), .grid)
      drawing.text(tick.label, at: Spot(x.start - 6, place + 4), .end, .tick)
    }
    drawing.text(name, at: Spot(0, y.end - 11), .start, .note)
  }
}
