/// A drawing with what it is called and what can be seen on it, for those who cannot see it.
package struct Picture: Sendable, Hashable {
  /// The width of every picture, in its own units: one is about a pixel, so that the same text is the same
  /// size in all of them.
  package static let width = 440.0

  /// A word that no other picture of the page has.
  package var id: String
  /// What it is called.
  package var title: String
  /// What can be seen, in a sentence or two with the figures that matter.
  package var summary: String
  /// The height, in the units of the width.
  package var height: Double
  /// The shapes.
  package var drawing: Drawing

  /// A picture.
  package init(id: String, title: String, summary: String, height: Double, drawing: Drawing) {
    self.id = id
    self.title = title
    self.summary = summary
    self.height = height
    self.drawing = drawing
  }

  /// The picture as an SVG element to be put into a page.
  package var markup: Markup {
    var content = Markup()
    content.append("title", ["id": "\(id)-title"], content: Markup(escaping: title))
    content.append("desc", ["id": "\(id)-desc"], content: Markup(escaping: summary))
    content.append(drawing.markup)
    var markup = Markup()
    let height = NumberText.coordinate(height)
    markup.append(
      "svg",
      [
        "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
        "viewBox": "0 0 \(NumberText.coordinate(Self.width)) \(height)",
        "width": NumberText.coordinate(Self.width), "height": height,
      ], content: content)
    return markup
  }
}
