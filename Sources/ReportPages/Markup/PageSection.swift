/// A part of a page under a heading of its own: what is said, then what is drawn, then what is listed.
struct PageSection: Sendable {
  /// A picture with the table behind it.
  struct Figure: Sendable {
    var picture: Picture
    var table: ReportTable
  }

  /// A word that no other section and no picture of the page has.
  var id: String
  /// The heading.
  var title: String
  /// Whether it is the one that the page is about.
  var isMain = false
  /// Sentences before everything else.
  var paragraphs: [String] = []
  /// The figures that matter most.
  var measures: [PageMeasure] = []
  /// Pictures, two beside each other.
  var figures: [Figure] = []
  /// Tables without a picture.
  var tables: [ReportTable] = []
  /// Sentences below each other.
  var items: [String] = []

  /// Adds a picture, where there is one, with its table.
  mutating func add(_ picture: Picture?, _ table: ReportTable) {
    guard let picture else { return }
    figures.append(Figure(picture: picture, table: table))
  }

  /// Adds a picture with its table, or the table alone where there is no picture.
  mutating func add(_ picture: Picture?, orAlone table: ReportTable) {
    if picture == nil { tables.append(table) } else { add(picture, table) }
  }

  /// The section as the templates take it.
  var values: [String: TemplateValue] {
    [
      "sectionID": .text(id), "heading": .text(title),
      "sectionKind": .text(isMain ? "main" : "part"),
      "paragraphs": .list(paragraphs.map { ["paragraph": .text($0)] }),
      "hasMeasures": .flag(!measures.isEmpty), "measures": .list(measures.map(\.values)),
      "hasFigures": .flag(!figures.isEmpty),
      "figures": .list(figures.map { $0.picture.values(with: $0.table) }),
      "tables": .list(tables.map { ["table": .markup($0.markup)] }),
      "hasItems": .flag(!items.isEmpty), "items": .list(items.map { ["item": .text($0)] }),
    ]
  }
}

/// A figure with its name and what it means.
struct PageMeasure: Sendable {
  var name: String
  var value: String
  var meaning: String

  /// The figure as the templates take it.
  var values: [String: TemplateValue] {
    ["measure": .text(name), "figure": .text(value), "meaning": .text(meaning)]
  }
}

extension Picture {
  /// The picture with the table behind it, as the templates take them.
  func values(with table: ReportTable) -> [String: TemplateValue] {
    [
      "figureKind": .text(table.isLong || table.columns.count > 6 ? "wide" : "half"),
      "figureTitle": .text(title),
      "figureSummary": .text(summary),
      "picture": .markup(markup),
      "table": .markup(table.markup),
    ]
  }
}
