/// A table with a caption, named columns and named rows.
package struct ReportTable: Sendable, Hashable {
  /// What a column's cells are.
  package enum Content: String, Sendable {
    /// Words, which start at the same place.
    case words
    /// Numbers, which end at the same place.
    case numbers
  }

  /// A column.
  package struct Column: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// What its cells are.
    package var content: Content

    /// A column of words.
    package static func words(_ name: String) -> Column { Column(name: name, content: .words) }

    /// A column of numbers.
    package static func numbers(_ name: String) -> Column { Column(name: name, content: .numbers) }
  }

  /// What the table shows.
  package var caption: String
  /// The columns; the first one names the rows.
  package var columns: [Column]
  /// The cells, as many in each row as there are columns.
  package var rows: [[String]]
  /// The row that stands out; `nil` for none.
  package var marked: Int?

  /// A table.
  package init(caption: String, columns: [Column], rows: [[String]], marked: Int? = nil) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.marked = marked
  }

  /// Whether it is better broken across pages of paper than kept together.
  package var isLong: Bool { rows.count > 15 }

  /// The table as an element in a frame that can be scrolled from side to side where it is too wide.
  package var markup: Markup {
    var head = Markup()
    for column in columns {
      head.append(
        "th", ["scope": "col", "class": column.content.rawValue],
        content: Markup(escaping: column.name))
    }
    var body = Markup()
    for (index, row) in rows.enumerated() {
      body.append("tr", index == marked ? ["class": "marked"] : [:], content: cells(row))
    }
    var parts = Markup()
    parts.append("caption", [:], content: Markup(escaping: caption))
    parts.append("thead", [:], content: Self.wrapped("tr", head))
    parts.append("tbody", [:], content: body)
    var markup = Markup()
    markup.append(
      "div",
      [
        "class": isLong ? "scroll" : "scroll whole", "tabindex": "0", "role": "group",
        "aria-label": caption,
      ],
      content: Self.wrapped("table", parts))
    return markup
  }

  private func cells(_ row: [String]) -> Markup {
    var markup = Markup()
    for (index, (cell, column)) in zip(row, columns).enumerated() {
      // A name in letters that run from right to left must not turn what stands beside it.
      let content = Self.wrapped("bdi", Markup(escaping: cell))
      if index == 0 {
        markup.append(
          "th", ["scope": "row", "class": column.content.rawValue], content: content)
      } else {
        markup.append("td", ["class": column.content.rawValue], content: content)
      }
    }
    return markup
  }

  private static func wrapped(_ name: StaticString, _ content: Markup) -> Markup {
    var markup = Markup()
    markup.append(name, [:], content: content)
    return markup
  }
}
