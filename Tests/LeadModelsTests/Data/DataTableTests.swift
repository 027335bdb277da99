import Testing

@testable import LeadModels

@Suite struct DataTableTests {
  private func table(_ text: String) throws -> DataTable { try DataTable(csv: Array(text.utf8)) }

  @Test(arguments: [",", ";", "\t", "|"], ["\n", "\r\n", "\r"])
  func findsDelimiterAndLineEnds(delimiter: String, lineEnd: String) throws {
    let rows = [
      ["name", "city", "won"], ["A", "Oslo", "1"], ["B", "Rome", "0"], ["C", "", "1"],
    ]
    let text = rows.map { $0.joined(separator: delimiter) }.joined(separator: lineEnd)
    for file in [text, text + lineEnd, "\u{FEFF}" + text] {
      let table = try table(file)
      #expect(table.columns.map(\.name) == rows[0])
      #expect(table.rows == 3)
      #expect(table.column("city")?[1] == "Rome")
      #expect(table.column("city")?[2] == nil)
      #expect(table.warnings.isEmpty)
    }
  }

  @Test func quotedFieldsHoldDelimitersQuotesAndLineEnds() throws {
    let table = try table("a,b\r\n\"x, y\",\"1\r\n2\"\r\n\"say \"\"hi\"\"\",3\r\n")
    #expect(table.column("a")?[0] == "x, y")
    #expect(table.column("b")?[0] == "1\r\n2")
    #expect(table.column("a")?[1] == "say \"hi\"")
  }

  @Test func aSeparatorLineOfSpreadsheetsIsFollowed() throws {
    let table = try table("\u{FEFF}sep=;\r\na;b\r\n1,5;2,5\r\n")
    #expect(table.columns.map(\.name) == ["a", "b"])
    #expect(table.column("a")?[0] == "1,5")
  }

  @Test(arguments: [
    "", " ", "Select", "select", "NA", "n/a", "null", "NULL", "?", "nan", "NaN", "-", "--", ".",
    "#N/A", "\\N", "<NA>",
  ]) func missingMarkersAreMissing(marker: String) throws {
    let table = try table("a,b\n\(marker),x\n kept ,y\n")
    #expect(table.column("a")?[0] == nil)
    #expect(table.column("a")?[1] == "kept")
  }

  @Test(arguments: ["0", "none", "no", "N", "nano", "unknown", "false", "selected"])
  func otherWordsAreKept(word: String) throws {
    #expect(try table("a,b\n\(word),x\n").column("a")?[0] == word)
  }

  @Test func raggedRowsAreCountedWithTheirReason() throws {
    let table = try table("a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n1\n7,\"8\"x,9\n")
    #expect(table.rows == 2)
    #expect(table.unreadable["found 2 fields, expected 3 as in the header"] == 1)
    #expect(table.unreadable["found 4 fields, expected 3 as in the header"] == 1)
    #expect(table.unreadable["found 1 field, expected 3 as in the header"] == 1)
    #expect(table.unreadable.values.reduce(0, +) == 4)
  }

  @Test func aStrayQuoteCostsOneRow() throws {
    let table = try table("a,b\n\"x,1\ny,2\nz,3\n")
    #expect(table.column("a")?.texts == ["y", "z"])
    #expect(table.unreadable.values.reduce(0, +) == 1)
  }

  @Test func aHeaderAloneHasNoRowsAndOneColumnIsATable() throws {
    #expect(try table("a,b,c\n").rows == 0)
    let single = try table("won\n1\n0\n")
    #expect(single.columns.map(\.name) == ["won"])
    #expect(single.rows == 2)
  }

  @Test(arguments: [
    ("", "the file is empty"), ("\n\n", "the file is empty"), ("\u{FEFF}", "the file is empty"),
    ("a,b,a\n1,2,3\n", "columns 1 and 3 of the header have one name twice"),
    ("a,b\n\0\u{1},2\n", "NUL byte"),
  ]) func refusesWhatIsNoTable(text: String, words: String) {
    let error = #expect(throws: DataError.self) { try table(text) }
    #expect(error?.description.contains(words) == true)
  }

  @Test func rowsThatAreChosenKeepTheirTexts() throws {
    let chosen = try table("a,b\n1,x\n2,y\n3,\n2,z\n").rows([3, 2, 1])
    #expect(chosen.rows == 3)
    #expect(chosen.column("a")?.texts == ["2", "3"])
    #expect((0..<3).map { chosen.column("b")?[$0] } == ["z", nil, "y"])
  }

  @Test func countsAreOfTheTexts() throws {
    let column = try #require(try table("a,b\nx,\ny,\nx,\n,\n").column("a"))
    #expect(column.texts == ["x", "y"])
    #expect(column.counts == [2, 1])
  }
}
