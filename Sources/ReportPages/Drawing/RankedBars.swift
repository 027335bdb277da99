/// Bars one below the other, each with its name before it and its value behind it.
package struct RankedBars: Sendable, Hashable {
  /// One bar.
  package struct Row: Sendable, Hashable {
    /// What it is of; shortened where it does not fit.
    package var name: String
    /// Its length, 0 or more; none is drawn where it is not finite.
    package var value: Double
    /// What stands behind it.
    package var label: String
    /// How it is drawn.
    package var ink: Ink

    /// A bar.
    package init(name: String, value: Double, label: String, ink: Ink = .fill) {
      self.name = name
      self.value = value
      self.label = label
      self.ink = ink
    }
  }

  /// A value that the bars are compared with.
  package struct Line: Sendable, Hashable {
    /// Where it is.
    package var value: Double
    /// What it is.
    package var label: String

    /// A line.
    package init(value: Double, label: String) {
      self.value = value
      self.label = label
    }
  }

  /// How far apart the bars are.
  package static let pitch = 22.0
  private static let lettering = 12.0

  /// The bars, from the top.
  package var rows: [Row]
  /// What they are compared with, from the left.
  package var lines: [Line]
  /// The widest label behind a bar, for which room is left.
  package var labelRoom: Double

  /// Bars.
  package init(rows: [Row], lines: [Line] = [], labelRoom: Double = 60) {
    self.rows = rows
    self.lines = lines
    self.labelRoom = labelRoom
  }

  /// The height of the drawing.
  package var height: Double { top + Double(rows.count) * Self.pitch + 4 }

  private var top: Double { lines.isEmpty ? 4 : 22 }

  /// Draws the bars from 0 on, all to one scale, across a part of the picture's width.
  /// - Parameter reach: the value at the right end, at least.
  package func draw(reach: Double = 0, in drawing: inout Drawing) {
    let longest = rows.map { TextWidth.of($0.name, size: Self.lettering) }.max() ?? 0
    let gutter = min(190, max(40, longest)) + 10
    let values = rows.map(\.value).filter(\.isFinite) + lines.map(\.value) + [reach]
    let scale = LinearScale(
      domain: 0...max(values.max() ?? 0, 1e-12), start: gutter, end: Picture.width - labelRoom)
    let bottom = top + Double(rows.count) * Self.pitch
    for (line, anchor) in zip(lines, anchors(on: scale)) {
      let place = scale.position(line.value)
      drawing.line(Spot(place, top - 2), Spot(place, bottom), .reference)
      drawing.text(line.label, at: Spot(place, top - 8), anchor, .note)
    }
    for (index, row) in rows.enumerated() {
      let middle = top + (Double(index) + 0.5) * Self.pitch
      let name = TextWidth.fitted(row.name, to: gutter - 10, size: Self.lettering)
      drawing.text(name, at: Spot(gutter - 8, middle + 4), .end, .name)
      let end = row.value.isFinite ? scale.position(row.value) : gutter
      drawing.bar(Spot(gutter, middle - 6), Spot(end, middle + 6), row.ink)
      drawing.text(row.label, at: Spot(end + 6, middle + 4), .start, .value)
    }
    drawing.line(Spot(gutter, top), Spot(gutter, bottom), .axis)
  }

  /// Where the lines' labels are attached: in the middle, or away from each other where two are too near.
  private func anchors(on scale: LinearScale) -> [Anchor] {
    guard lines.count == 2 else { return lines.map { _ in .middle } }
    let gap = scale.position(lines[1].value) - scale.position(lines[0].value)
    let needed = lines.reduce(0) { $0 + TextWidth.of($1.label, size: Self.lettering) / 2 } + 8
    return gap < needed ? [.end, .start] : [.middle, .middle]
  }
}
