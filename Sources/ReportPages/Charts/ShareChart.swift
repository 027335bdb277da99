/// Shares of one whole, each with the share that was planned.
package struct ShareChart: Sendable, Hashable {
  /// One share.
  package struct Row: Sendable, Hashable {
    /// What it is of; shortened where it does not fit.
    package var name: String
    /// The share, 0–1.
    package var share: Double
    /// The share that it is compared with, 0–1; `nil` for none.
    package var planned: Double?
    /// What stands behind it.
    package var label: String

    /// A share.
    package init(name: String, share: Double, planned: Double? = nil, label: String) {
      self.name = name
      self.share = share
      self.planned = planned
      self.label = label
    }
  }

  /// The shares, from the top.
  package var rows: [Row]

  /// A chart.
  package init(rows: [Row]) { self.rows = rows }

  /// The chart as a picture; `nil` when there is nothing to divide.
  package func picture(id: String, title: String, summary: String) -> Picture? {
    guard rows.contains(where: { $0.share > 0 }) else { return nil }
    var drawing = Drawing()
    let widest = rows.map { TextWidth.of($0.label, size: 12) }.max() ?? 0
    let most = rows.flatMap { [$0.share, $0.planned ?? 0] }.filter(\.isFinite).max() ?? 1
    let gutter = min(150, max(40, rows.map { TextWidth.of($0.name, size: 12) }.max() ?? 0)) + 11
    let scale = LinearScale(
      domain: 0...max(most, 1e-9), start: gutter, end: max(gutter + 60, 428 - widest))
    let pitch = 30.0
    for (index, row) in rows.enumerated() {
      let middle = 16 + Double(index) * pitch
      drawing.text(
        TextWidth.fitted(row.name, to: gutter - 10, size: 12), at: Spot(gutter - 8, middle + 4),
        .end, .name)
      let end = scale.position(row.share)
      drawing.bar(Spot(gutter, middle - 8), Spot(end, middle + 8), .fill)
      let planned = row.planned.map(scale.position)
      if let planned {
        drawing.line(Spot(planned, middle - 12), Spot(planned, middle + 12), .limit)
      }
      drawing.text(
        row.label, at: Spot(max(end, planned ?? end) + 6, middle + 4), .start, .value)
    }
    let bottom = Double(rows.count) * pitch
    drawing.line(Spot(gutter, 2), Spot(gutter, bottom), .axis)
    return Picture(
      id: id, title: title, summary: summary, height: bottom + 4, drawing: drawing)
  }
}
