import Marketing
import Testing

@testable import LeadModels

@Suite struct TrainingDataTests {
  private func table(_ text: String) throws -> DataTable { try DataTable(csv: Array(text.utf8)) }
  private let csv = "Lead Source,City,Converted,When\nA,Oslo,yes,2024-01-05\nB,Rome,no,2024-02-05\n"

  struct Refusal: Sendable, CustomTestStringConvertible {
    var csv = "Lead Source,City,Converted,When\nA,Oslo,yes,2024-01-05\nB,Rome,no,2024-02-05\n"
    var file: FileTraining
    let words: [String]
    var testDescription: String { words[0] }

    init(
      _ words: String..., csv: String? = nil, target: String = "Converted",
      change: (inout FileTraining) -> Void = { _ in }
    ) {
      file = FileTraining(target: target)
      change(&file)
      self.words = words
      if let csv { self.csv = csv }
    }
  }

  @Test(arguments: [
    Refusal("target 'Convertd'", "no such column", "did you mean 'Converted'?", target: "Convertd"),
    Refusal(
      "target 'xyzzy'", "'Lead Source', 'City', 'Converted', 'When'", target: "xyzzy"),
    Refusal("excluded column 'Citty'", "did you mean 'City'?") { $0.excluded = ["Citty"] },
    Refusal("excluded column 'Converted'", "it is the target") { $0.excluded = ["Converted"] },
    Refusal("time column 'Whem'", "did you mean 'When'?") { $0.time = "Whem" },
    Refusal("City: its values are no dates", "2025-07-15") { $0.time = "City" },
    Refusal("no row has the value 'maybe'", "'yes', 'no'") { $0.positive = "maybe" },
    Refusal("the mapping's column 'Cityy'", "did you mean 'City'?") {
      $0.mapping.columns = ["Cityy": .attribute]
    },
    Refusal("the mapping names two columns for 'source'", "'City', 'Lead Source'") {
      $0.mapping.columns = ["City": .field(.source), "Lead Source": .field(.source)]
    },
    Refusal("the mapping's idColumn 'Lead Souce'", "'Lead Source'") {
      $0.mapping.idColumn = "Lead Souce"
    },
    Refusal("every row has the value 'yes'", "two or more", csv: "Converted,a\nyes,1\nyes,2\n"),
    Refusal("no row has a value", "outcome of each row", csv: "Converted,a\n,1\nNA,2\n"),
    Refusal(
      "which value counts as converted?", "'red', 'blue'", csv: "Converted,a\nred,1\nblue,2\n"),
    Refusal("the file has a header and no rows", csv: "Converted,a\n"),
    Refusal(
      "no row of the file could be read", "found 3 fields, expected 2",
      csv: "Converted,a\n1,2,\n0,3,\n"),
  ]) func saysWhatIsWrong(refusal: Refusal) throws {
    let table = try table(refusal.csv)
    let error = #expect(throws: DataError.self) { try refusal.file.data(table) }
    for words in refusal.words {
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test(arguments: [
    (["yes", "no"], "yes"), (["No", "YES"], "YES"), (["0", "1"], "1"),
    (["won", "lost", "open"], "won"),
    (["ja", "nein"], "ja"), (["Signed", "No"], "Signed"), (["TRUE", "FALSE"], "TRUE"),
    (["Closed Won", "Closed Lost"], "Closed Won"), (["lost", "deal"], "deal"),
  ]) func findsWhichValueCounts(values: [String], positive: String) throws {
    let rows = (0..<20).map { "\(values[$0 % values.count]),\($0)" }
    let data = try FileTraining(target: "t").data(table("t,a\n" + rows.joined(separator: "\n")))
    #expect(data.positive == positive)
    #expect(data.labels[values.firstIndex(of: positive) ?? 0])
    #expect(data.labels.count { $0 } == (0..<20).count { values[$0 % values.count] == positive })
    #expect(data.warnings.count == (values.count > 2 ? 1 : 0))
  }

  @Test func rowsWithoutOutcomeOrTimeAreCounted() throws {
    var file = FileTraining(target: "t")
    file.time = "when"
    let data = try file.data(
      table("t,when,a\n1,2024-01-01,x\n,2024-01-02,x\n0,,y\n0,2024-01-04,z\n0,5\n1,soon,q\n"))
    #expect(data.labels == [true, false])
    #expect(data.table.column("a")?.texts == ["x", "z"])
    #expect(data.skipped["the target is missing"] == 1)
    #expect(data.skipped["the time is missing or no date"] == 2)
    #expect(data.skipped["found 2 fields, expected 3 as in the header"] == 1)
    #expect(data.table.column("t") == nil)
  }

  @Test func whatIsKnownOnlyAfterwardsIsExcluded() throws {
    var file = FileTraining(target: "t")
    file.mapping.columns = ["note": .ignore]
    file.excluded = ["CITY"]
    let data = try file.data(
      table("t,Converted,conversion_date,note,city\n1,1,2024-01-01,a,b\n0,0,,c,d\n"))
    #expect(data.excluded["Converted"] == "it is known only after the outcome")
    #expect(data.excluded["conversion_date"] == "it is known only after the outcome")
    #expect(data.excluded["note"] == "ignored by the mapping")
    #expect(data.excluded["city"] == "excluded by request")
  }

  @Test func warningsOfTheFileAreHandedOn() throws {
    let bytes = Array("t,a\n1,Jos".utf8) + [0xE9] + Array("\n0,b\n".utf8)
    let data = try FileTraining(target: "t").data(DataTable(csv: bytes))
    #expect(data.warnings.contains { $0.contains("Windows-1252") })
  }

  @Test(arguments: [
    (50, 25, "50 rows have an outcome, at least 100"), (200, 0, "same outcome"),
    (200, 200, "same outcome"), (200, 5, "5 rows converted and 195 did not, at least 20"),
    (200, 190, "190 rows converted and 10 did not"),
  ]) func tooLittleToLearnFrom(rows: Int, positives: Int, words: String) async throws {
    var column = DataTable.Column(name: "a")
    for row in 0..<rows { column.append("\(row % 7)") }
    let data = TrainingData(
      table: DataTable(columns: [column]), labels: (0..<rows).map { $0 < positives },
      target: "won", positive: "yes")
    #expect(data.problem?.description.contains(words) == true)
    await #expect(throws: TrainingFailure.self) {
      try await ModelTraining(scorecard: nil).train(on: data)
    }
  }

  /// Leads that make three rows each.
  @Test(arguments: [
    (34, 17, "34 leads have an outcome, at least 100"),
    (200, 7, "7 leads converted and 193 did not, at least 20"), (200, 0, "all 200 leads have the"),
  ]) func tooFewLeadsHoweverManyRows(leads: Int, converted: Int, words: String) {
    var column = DataTable.Column(name: "a")
    for row in 0..<leads * 3 { column.append("\(row % 7)") }
    var data = TrainingData(
      table: DataTable(columns: [column]), labels: (0..<leads * 3).map { $0 / 3 < converted },
      target: "won", positive: "yes")
    data.groups = (0..<leads * 3).map { $0 / 3 }
    #expect(
      data.problem?.description.contains(words) == true, "\(String(describing: data.problem))")
  }

  @Test func smallNumbersAreDifferentOutcomes() throws {
    var file = FileTraining(target: "t")
    file.positive = "0.002"
    let data = try file.data(table("t,a\n.001,1\n0.002,2\n0.0020,3\n0.003,4\n"))
    #expect(data.labels == [false, true, true, false])
  }

  @Test func timesMayBeNumbersThatGrow() throws {
    var file = FileTraining(target: "t")
    file.time = "year"
    let data = try file.data(table("t,year\n1,2021\n0,2019\n1,2020\n"))
    #expect(!data.timesAreDates)
    let times = try #require(data.times)
    #expect(times[1] < times[2] && times[2] < times[0])
  }

  @Test(arguments: [
    ("yes\nYes\nno\nNO\nYES", [true, true, false, false, true]),
    ("1\n1.0\n0\n0.0\n1", [true, true, false, false, true]),
  ])
  func anOutcomeIsTheSameHoweverItIsWritten(cells: String, labels: [Bool]) throws {
    let data = try FileTraining(target: "t").data(table("t\n" + cells))
    #expect(data.labels == labels)
    #expect(data.warnings.isEmpty)
  }
}
