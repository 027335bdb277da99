import Marketing
import Testing

@testable import LeadModels

@Suite struct ColumnInferenceTests {
  /// A column by its name and the text of each row.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: @Sendable (Int) -> String
    let format: DateFormat

    init(
      _ name: String, _ text: @escaping @Sendable (Int) -> String,
      _ format: DateFormat = .yearFirst
    ) {
      (self.name, self.text, self.format) = (name, text, format)
    }

    var testDescription: String { "\(name): \(text(7))" }
  }

  private func column(_ name: String, _ texts: [String?]) -> DataTable.Column {
    var column = DataTable.Column(name: name)
    for text in texts { column.append(text) }
    return column
  }

  private func finding(
    _ name: String, rows: Int = 400, field: LeadColumn? = nil, _ text: (Int) -> String?
  ) -> ColumnInference.Finding {
    ColumnInference.finding(column(name, (0..<rows).map(text)), field: field)
  }

  /// Different for each row, without an order.
  private static func scattered(_ row: Int, _ range: Int) -> Int {
    Int(UInt64(row &* 2_654_435_761 &+ 12345) % UInt64(range))
  }

  @Test(
    arguments: [
      Case("Lead Number", { (row: Int) in "\(579_000 + row)" }),
      Case("row", { "\($0)" }),
      Case("customer_id", { "\(Self.scattered($0, 1_000_003))" }),
      Case("customerID", { "\(Self.scattered($0, 1_000_003))" }),
      Case("leadId", { "\(Self.scattered($0, 1_000_003))" }),
      Case("contact", { "+47\(20_000_000 + Self.scattered($0, 70_000_001))" }),
      Case("contact", { "020 7946 \(1000 + $0)" }),
      Case("contact", { "0\(7_000_000_00 + Self.scattered($0, 99_999_989))" }),
      Case("key", { "7f3c\($0)-8a1b-4c\($0 % 10)d-9e2f-0000\($0)ab" }),
      Case("person", { "Ann\($0) Smith\($0 * 7)" }),
      Case("ref", { "L-\($0)/24" }),
    ])
  func identifiersAreNotUsed(column: Case) {
    let found = finding(column.name, column.text)
    #expect(found.content == .identifier)
    #expect(found.reading == nil)
    #expect(found.reason?.contains("name rows") == true)
  }

  @Test(
    arguments: [
      Case("income", { (row: Int) in "\(20_000 + Self.scattered(row, 80_021))" }),
      Case("amount_paid", { "\(1000 + Self.scattered($0, 900_001))" }),
      Case("android", { "\(Self.scattered($0, 900_001))" }),
      Case("hybrid", { "\(Self.scattered($0, 900_001))" }),
      Case("Covid", { "\(Self.scattered($0, 900_001))" }),
      Case("Max bid", { "\(Self.scattered($0, 900_001))" }),
      Case("Account balance", { "\(Self.scattered($0, 900_001))" }),
      Case("Number of visits", { "\($0 % 30)" }),
      Case("score", { "\(Double($0 % 97) / 7)" }),
      Case("revenue", { "$\($0 + 1),\(100 + $0 % 900).50" }),
      Case("rate", { "\($0 % 90) %" }), Case("change", { "-\($0 % 50)" }),
    ])
  func numbersAreNumbers(column: Case) {
    let found = finding(column.name, column.text)
    #expect(found.content == .number)
    #expect(found.reading?.kind == .number)
    #expect(found.reason == nil)
  }

  @Test func numbersWithAFewWordsStayNumbers() {
    for share in [30, 8, 4] {
      let found = finding("age") {
        $0 % share == 0 ? "unknown" : "\(18 + Self.scattered($0, 5003))"
      }
      #expect(found.reading?.kind == .number)
    }
    let bounded = finding("size") { $0 % 9 == 0 ? ">100" : "\($0 % 100)" }
    #expect(bounded.reading?.kind == .number)
    let grades = finding("grade") { ["1", "2", "3", "n.b.", "late", "A", "B"][$0 % 7] }
    #expect(grades.reading?.kind == .category)
  }

  @Test(arguments: [
    (["1.250", "950", "12.000", "830", "3.400", "20"], NumberFormat.comma),
    (["1.250", "2.375", "12.001", "0.830"], .point),
    (["1.250", "2.3", "12.001", "950"], .point),
    (["1,5", "2,25", "3"], .comma), (["1,250", "950", "12,000"], .point),
    (["0,125", "0,250", "0,375"], .comma), (["1.234,5", "12"], .comma),
  ]) func theFormatOfNumbersIsFoundOut(texts: [String], format: NumberFormat) {
    let found = finding("amount") { texts[$0 % texts.count] }
    #expect(found.reading?.kind == .number)
    #expect(found.reading?.numbers == format)
  }

  @Test(arguments: [
    ["Yes", "No"], ["yes", "no"], ["TRUE", "FALSE"], ["t", "f"], ["1", "0"], ["Y", "N"],
    ["on", "off"], ["Yes", "yes", "NO", "no", "Y"],
  ]) func flagsInAllSpellings(texts: [String]) {
    let found = finding("opted") { texts[$0 % texts.count] }
    #expect(found.content == .flag)
    #expect(found.reading?.kind == .flag)
  }

  @Test(
    arguments: [
      Case("zip", { (row: Int) in ["02134", "10001", "94103", "00501"][row % 4] }),
      Case("sector code", { "\(100 + $0 % 12)" }), Case("campaign_id", { "\(7000 + $0 % 9)" }),
      Case("city", { "City \($0 % 90)" }), Case("agent", { "Agent \($0 % 60)" }),
    ])
  func codesAndNamesThatRepeatAreCategories(column: Case) {
    let found = finding(column.name, column.text)
    #expect(found.content == .category)
    #expect(found.reading?.kind == .category)
  }

  @Test(
    arguments: [
      Case("d", { (row: Int) in "2024-0\(1 + row % 9)-1\(row % 10)" }, DateFormat.yearFirst),
      Case("d", { "\(10 + $0 % 18)/0\(1 + $0 % 9)/24" }, .dayFirst),
      Case("d", { "0\(1 + $0 % 9)/\(10 + $0 % 18)/2024 10:30" }, .monthFirst),
      // All days are above 12 and all months below 10.
      Case("d", { "0\(1 + $0 % 9)/\(13 + $0 % 16)/2024" }, .monthFirst),
      Case("d", { "\(1 + $0 % 28) Mar 2024" }, .dayFirst),
      Case("d", { "March \(1 + $0 % 28), 2024" }, .monthFirst),
    ])
  func dates(column: Case) {
    let found = finding(column.name, column.text)
    #expect(found.content == .date)
    #expect(found.reading?.dates == column.format)
  }

  /// A few lines that were called tell something, but are nothing to tell.
  @Test(arguments: [["+47 22 12 34 5", "0207 946 000"], ["0401234567890", "0401234567891"]])
  func numbersThatRepeatAreCategoriesThatAreNotTold(lines: [String]) throws {
    let texts = (0..<1000).map { "\(lines[$0 % 2])\($0 % 5)" }
    let found = ColumnInference.finding(column("line", texts), field: nil)
    #expect(found.content == .category && found.reason == nil)
    #expect(found.reading?.transform == .phone)
    let table = DataTable(columns: [column("line", texts)])
    let feature = try #require(
      FeaturePlan.draft(table, excluded: [:], fields: [:]).features.first)
    let value = feature.reading.value(of: .text(texts[0]))
    #expect(feature.category(value) != nil)
    #expect(ReasonText.statement(feature, value) == "line has a value that few leads share")
  }

  @Test func addressesBecomeTheKindOfTheirDomain() {
    let found = finding("mail") { "person\($0)@\($0 % 3 == 0 ? "gmail.com" : "acme.io")" }
    #expect(found.reading?.transform == .mailDomain)
  }

  @Test func textsAreTexts() {
    let found = finding("notes") { "She asked for prices of plan \($0) and more" }
    #expect(found.content == .text)
  }

  @Test func whatDoesNotVaryIsDroppedWithItsReason() {
    #expect(finding("a") { _ in nil }.reason == "no row has a value")
    #expect(finding("a") { _ in "x" }.reason == "every row has the same value")
    #expect(
      finding("a") { $0 < 3 ? "y" : "x" }.reason == "fewer than 5 rows differ from the others")
    let sparse = finding("a") { $0 < 200 ? nil : "v \($0)" }
    #expect(sparse.reading?.kind == .presence)
    #expect(sparse.reason?.contains("only whether it is given is used") == true)
  }

  @Test func lateIdentifiersByTheirField() {
    #expect(
      finding("x", field: .phone) { "\(200_000_000 + Self.scattered($0, 99_991))" }.content
        == .identifier)
    #expect(finding("mobile", field: .phone) { $0 % 3 == 0 ? "Yes" : "No" }.content == .flag)
  }
}
