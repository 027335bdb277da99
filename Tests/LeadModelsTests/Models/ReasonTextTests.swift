import Marketing
import Testing

@testable import LeadModels

@Suite struct ReasonTextTests {
  private static func column(
    _ name: String, _ kind: ColumnReading.Kind, field: LeadColumn? = nil,
    _ values: [ColumnReading.Value] = []
  ) -> FeatureColumn {
    var column = FeatureColumn(
      name: name, field: field, reading: ColumnReading(kind: kind),
      bins: ColumnBins(values, kind: kind))
    column.categories = ["web fair", "jane doe", "rare", "a@b.test"]
    column.labels = ["Web Fair", "Jane Doe", "", "a@b.test"]
    return column
  }

  static let texts: [(FeatureColumn, ColumnReading.Value, String)] = [
    (column("Lead Source", .category), .word("web fair"), "Lead Source is Web Fair"),
    (column("Lead Source", .category), .missing, "Lead Source is not given"),
    (
      column("Lead Source", .category), .unreadable,
      "Lead Source has a value that could not be read"
    ),
    (
      column("Lead Source", .category, [.word("web fair")]), .word("zeppelin"),
      "Lead Source has a value that training has not seen"
    ),
    (
      column("Lead Source", .category, [.word("boat")]), .word("boat"),
      "Lead Source has a rare value"
    ),
    (
      column("Lead Source", .category), .word("rare"),
      "Lead Source has a value that few leads share"
    ),
    // What names or reaches a person is not told, however many rows have it.
    (
      column("Contact Name", .category), .word("jane doe"),
      "Contact Name has a value that few leads share"
    ),
    (
      column("Who", .category, field: .name), .word("jane doe"),
      "Who has a value that few leads share"
    ),
    (column("Via", .category), .word("a@b.test"), "Via has a value that few leads share"),
    (column("Named account", .category), .word("jane doe"), "Named account is Jane Doe"),
    (column("note", .text), .word("call me at once"), "note has 4 words"),
    (column("note", .text), .word("hello"), "note has one word"),
    (column("opted in", .flag), .number(1), "opted in is yes"),
    (column("opted in", .flag), .number(0), "opted in is no"),
    (column("id", .presence), .number(1), "id is given"),
    (column("visits", .number), .number(3), "visits is 3"),
    (column("visits", .number), .number(0.333), "visits is 0.33"),
  ]

  @Test(arguments: texts.indices) func valuesArePutIntoWords(_ index: Int) {
    let (column, value, text) = Self.texts[index]
    #expect(ReasonText.statement(column, value) == text)
  }

  static let standIns: [(FeatureColumn, ColumnReading.Value, ColumnReading.Value, String)] = [
    (
      column("Lead Source", .category), .missing, .word("web fair"),
      "Lead Source is not given; taken as the most frequent value (Web Fair) (odds ×1.5)"
    ),
    (
      column("Contact Name", .category), .word("zeppelin"), .word("jane doe"),
      "Contact Name has a value that training has not seen; taken as the most frequent value "
        + "(odds ×1.5)"
    ),
    (
      column("visits", .number), .unreadable, .number(3),
      "visits has a value that could not be read; taken as the middle of training's (3) (odds ×1.5)"
    ),
    (
      column("opted in", .flag), .missing, .number(0),
      "opted in is not given; taken as the more frequent answer (no) (odds ×1.5)"
    ),
  ]

  @Test(arguments: standIns.indices) func whatIsTakenInsteadIsTold(_ index: Int) {
    let (column, value, standIn, text) = Self.standIns[index]
    #expect(
      ReasonText.reason(column, value, standIn: standIn, contribution: 0.4054651) == text)
  }

  @Test(arguments: [(0.0, "×1.0"), (0.34, "×1.4"), (-3.0, "×0.05"), (4.0, "×55"), (99.0, "×8103")])
  func factorsAreOfOdds(_ logOdds: Double, _ text: String) {
    #expect(ReasonText.factor(logOdds) == text)
  }
}
