/// Values with what they lie between, one below the other on one axis.
package struct IntervalPlot: Sendable, Hashable {
  /// A range with an end that may be open.
  package struct Bounds: Sendable, Hashable {
    /// The lower end.
    package var low: Double
    /// The upper end; `nil` where nothing bounds it.
    package var high: Double?

    /// A range.
    package init(low: Double, high: Double?) {
      self.low = low
      self.high = high
    }
  }

  /// One value.
  package struct Row: Sendable, Hashable {
    /// What it is of; shortened where it does not fit.
    package var name: String
    /// What else there is to say of it, short.
    package var detail: String
    /// Where it lies; `nil` when it is not known.
    package var value: Double?
    /// The value in words, or why there is none.
    package var label: String
    /// The narrow range, drawn thick.
    package var inner: Bounds?
    /// The wide range, drawn thin.
    package var outer: Bounds?
    /// Where it is to be compared with something of its own.
    package var limit: Double?

    /// A value.
    package init(
      name: String, detail: String = "", value: Double?, label: String, inner: Bounds? = nil,
      outer: Bounds? = nil, limit: Double? = nil
    ) {
      self.name = name
      self.detail = detail
      self.value = value
      self.label = label
      self.inner = inner
      self.outer = outer
      self.limit = limit
    }

    fileprivate var places: [Double] {
      [value, inner?.low, inner?.high, outer?.low, outer?.high, limit].compactMap(\.self)
        .filter(\.isFinite)
    }
  }

  /// What the numbers of the axis are.
  package enum Unit: Sendable, Hashable {
    /// Shares of 0–1, written in per cent.
    case percent
    /// Numbers as they are.
    case number
  }

  private static let pitch = 44.0
  private static let lettering = 12.0

  /// The values, from the top.
  package var rows: [Row]
  /// What all are compared with, such as 0; `nil` for nothing.
  package var reference: Double?
  /// What the axis is.
  package var axis: String
  /// What its numbers are.
  package var unit: Unit

  /// A plot.
  package init(rows: [Row], reference: Double? = nil, axis: String, unit: Unit) {
    self.rows = rows
    self.reference = reference
    self.axis = axis
    self.unit = unit
  }

  /// The plot as a picture; `nil` when no value is known.
  package func picture(id: String, title: String, summary: String) -> Picture? {
    let places = rows.flatMap(\.places)
    guard let least = places.min(), let most = places.max() else { return nil }
    let (low, high) = (min(least, reference ?? least), max(most, reference ?? most))
    let ticks = Ticks(over: low...high)
    let widest =
      rows.flatMap { [$0.name, $0.detail] }
      .map { TextWidth.of($0, size: Self.lettering) }.max() ?? 0
    let gutter = min(150, max(40, widest)) + 14
    let bottom = 14 + Double(rows.count) * Self.pitch
    let plot = PlotArea(
      x: ticks.lowest...ticks.highest, y: 0...1, left: gutter, right: 420, top: 8, bottom: bottom)
    var drawing = Drawing()
    plot.drawXAxis(unit == .percent ? ticks.percents : ticks.numbers, name: axis, in: &drawing)
    if let reference {
      let place = plot.x.position(reference)
      drawing.line(Spot(place, plot.y.end), Spot(place, bottom), .reference)
    }
    for (index, row) in rows.enumerated() {
      draw(row, at: 34 + Double(index) * Self.pitch, gutter: gutter, plot, in: &drawing)
    }
    return Picture(
      id: id, title: title, summary: summary, height: bottom + 40, drawing: drawing)
  }

  private func draw(
    _ row: Row, at y: Double, gutter: Double, _ plot: PlotArea, in drawing: inout Drawing
  ) {
    let isAlone = row.detail.isEmpty
    drawing.text(
      TextWidth.fitted(row.name, to: gutter - 10, size: Self.lettering),
      at: Spot(gutter - 8, isAlone ? y + 4 : y - 2), .end, .name)
    if !isAlone {
      drawing.text(
        TextWidth.fitted(row.detail, to: gutter - 10, size: Self.lettering),
        at: Spot(gutter - 8, y + 12), .end, .tick)
    }
    if let limit = row.limit, limit.isFinite {
      let place = plot.x.position(limit)
      drawing.line(Spot(place, y - 9), Spot(place, y + 9), .limit)
    }
    if let outer = row.outer { draw(outer, at: y, plot, in: &drawing) }
    if let inner = row.inner {
      let end = inner.high.map(plot.x.position) ?? plot.x.end
      drawing.line(Spot(plot.x.position(inner.low), y), Spot(end, y), .span)
    }
    guard let value = row.value, value.isFinite else {
      drawing.text(row.label, at: Spot(plot.x.start + 8, y + 4), .start, .value)
      return
    }
    let place = plot.x.position(value)
    drawing.dot(Spot(place, y), radius: 4.5)
    // Where there is room.
    let half = TextWidth.of(row.label, size: Self.lettering) / 2
    let middle = max(plot.x.start + half, min(plot.x.end - half, place))
    drawing.text(row.label, at: Spot(middle, y - 12), .middle, .value)
  }

  private func draw(_ range: Bounds, at y: Double, _ plot: PlotArea, in drawing: inout Drawing) {
    let low = plot.x.position(range.low)
    guard let high = range.high else {
      drawing.line(Spot(low, y), Spot(plot.x.end, y), .whisker)
      drawing.line(Spot(low, y - 4), Spot(low, y + 4), .whisker)
      return
    }
    drawing.whisker(Spot(low, y), Spot(plot.x.position(high), y), cap: 4)
  }
}
