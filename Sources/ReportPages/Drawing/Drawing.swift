/// A place in a picture: to the right and down from its upper left corner.
package struct Spot: Sendable, Hashable {
  /// To the right.
  package var x: Double
  /// Down.
  package var y: Double

  /// A place.
  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// What a shape stands for. How it looks is in `resources/pages/report.css`, by the same name.
package enum Ink: String, Sendable, CaseIterable {
  /// An axis or a base line.
  case axis
  /// A line to read values by.
  case grid
  /// What the data are compared with.
  case reference
  /// The data as a line.
  case curve
  /// The data as a filled shape.
  case fill
  /// The data as a filled shape that deserves attention.
  case strong
  /// Data beside the data.
  case faint
  /// The area below a curve.
  case wash
  /// The data as a dot.
  case dot
  /// One of many dots behind the data.
  case point
  /// A range of uncertainty.
  case whisker
  /// A range of uncertainty within a wider one.
  case span
  /// The area between two curves.
  case band
  /// What must not be crossed.
  case limit
  /// What is planned or foretold.
  case ahead
  /// A ring around a dot that deserves attention.
  case ring
  /// A day on which something changed.
  case change
  /// A day on which somebody changed something.
  case event
}

/// What a text in a picture is.
package enum Lettering: String, Sendable, CaseIterable {
  /// A value of an axis.
  case tick
  /// What an axis or a mark is.
  case note
  /// The name of a row.
  case name
  /// A value of the data.
  case value
  /// The one value that the picture is about.
  case headline
}

/// Which end of a text its place is.
package enum Anchor: String, Sendable {
  case start, middle, end
}

/// Shapes, the later over the earlier.
package struct Drawing: Sendable, Hashable {
  /// The shapes as SVG elements.
  package private(set) var markup = Markup()

  /// Nothing drawn yet.
  package init() {}

  /// A straight line.
  package mutating func line(_ from: Spot, _ to: Spot, _ ink: Ink) {
    markup.append(
      "line",
      [
        "class": ink.rawValue, "x1": NumberText.coordinate(from.x),
        "y1": NumberText.coordinate(from.y), "x2": NumberText.coordinate(to.x),
        "y2": NumberText.coordinate(to.y),
      ])
  }

  /// A line through places; nothing for fewer than two.
  package mutating func curve(through spots: [Spot], _ ink: Ink) {
    guard spots.count > 1 else { return }
    markup.append("path", ["class": ink.rawValue, "d": Self.path(spots)])
  }

  /// The area between a curve and a base line; nothing for fewer than two places.
  package mutating func area(under spots: [Spot], base: Double, _ ink: Ink) {
    guard let first = spots.first, let last = spots.last, spots.count > 1 else { return }
    let outline = [Spot(first.x, base)] + spots + [Spot(last.x, base)]
    markup.append("path", ["class": ink.rawValue, "d": Self.path(outline) + "Z"])
  }

  /// The area between two curves; nothing for fewer than two places on either.
  package mutating func area(from lower: [Spot], to upper: [Spot], _ ink: Ink) {
    guard lower.count > 1, upper.count > 1 else { return }
    markup.append(
      "path", ["class": ink.rawValue, "d": Self.path(lower + upper.reversed()) + "Z"])
  }

  /// A bar between two corners; never thinner than can be seen, nothing where it has no extent.
  package mutating func bar(_ corner: Spot, _ opposite: Spot, _ ink: Ink) {
    let width = abs(opposite.x - corner.x)
    let height = abs(opposite.y - corner.y)
    guard width > 0, height > 0 else { return }
    markup.append(
      "rect",
      [
        "class": ink.rawValue, "x": NumberText.coordinate(min(corner.x, opposite.x)),
        "y": NumberText.coordinate(min(corner.y, opposite.y)),
        "width": NumberText.coordinate(max(0.5, width)),
        "height": NumberText.coordinate(max(0.5, height)),
      ])
  }

  /// A dot.
  package mutating func dot(_ center: Spot, radius: Double = 3.5, _ ink: Ink = .dot) {
    markup.append(
      "circle",
      [
        "class": ink.rawValue, "cx": NumberText.coordinate(center.x),
        "cy": NumberText.coordinate(center.y), "r": NumberText.coordinate(radius),
      ])
  }

  /// A range with a stroke across each end.
  package mutating func whisker(_ from: Spot, _ to: Spot, cap: Double = 3) {
    line(from, to, .whisker)
    let isUpright = from.x == to.x
    for end in [from, to] {
      line(
        isUpright ? Spot(end.x - cap, end.y) : Spot(end.x, end.y - cap),
        isUpright ? Spot(end.x + cap, end.y) : Spot(end.x, end.y + cap), .whisker)
    }
  }

  /// A text on one line.
  package mutating func text(
    _ text: String, at spot: Spot, _ anchor: Anchor = .start, _ lettering: Lettering
  ) {
    markup.append(
      "text",
      [
        "class": "\(lettering.rawValue) \(anchor.rawValue)", "x": NumberText.coordinate(spot.x),
        "y": NumberText.coordinate(spot.y),
      ], content: Markup(escaping: text))
  }

  private static func path(_ spots: [Spot]) -> String {
    var text = ""
    for (index, spot) in spots.enumerated() {
      text += index == 0 ? "M" : "L"
      text += "\(NumberText.coordinate(spot.x)) \(NumberText.coordinate(spot.y))"
    }
    return text
  }
}
