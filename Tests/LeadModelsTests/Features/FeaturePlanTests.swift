import Marketing
import Testing

@testable import LeadModels

@Suite struct FeaturePlanTests {
  private func draft(_ csv: String) throws -> FeaturePlan.Draft {
    FeaturePlan.draft(try DataTable(csv: Array(csv.utf8)), excluded: [:], fields: [:])
  }

  @Test func aColumnThatTellsTheSameIsNamed() throws {
    let rows = (0..<60).map { "\($0 % 3),\(["a", "b", "c"][$0 % 3]),\($0 % 7)" }
    let draft = try draft("x,y,z\n" + rows.joined(separator: "\n"))
    #expect(draft.columns.map(\.isUsed) == [true, false, true])
    #expect(draft.columns[1].reason == "it tells the rows apart just as 'x' does")
  }

  @Test func columnsInWhichNoValueRepeatsAreNotTheSame() throws {
    let rows = (0..<60).map { "\($0).5,\(Double($0 * 37 % 61) + 0.25),\(Double($0) + 0.5)" }
    let draft = try draft("x,y,z\n" + rows.joined(separator: "\n"))
    #expect(draft.columns.map(\.isUsed) == [true, true, false])
  }

  @Test func rareValuesShareAFeature() throws {
    let rows = (0..<200).map { $0 < 90 ? "a" : $0 < 180 ? "B" : "rare\($0 % 10)" }
    let column = try draft("c,n\n" + rows.map { "\($0),1" }.joined(separator: "\n")).features[0]
    #expect(column.categories == ["a", "b"])
    #expect(column.labels == ["a", "B"])
    #expect(column.features == [.category(0), .category(1), .other])
    var features = [Float](repeating: -1, count: 3)
    column.encode(.word("rare1"), into: &features, at: 0)
    #expect(features == [0, 0, 1])
    column.encode(.word("b"), into: &features, at: 0)
    #expect(features == [0, 1, 0])
    // Training never saw it missing: the most frequent value stands for it.
    column.encode(.missing, into: &features, at: 0)
    #expect(features == [1, 0, 0])
  }

  @Test(arguments: [("x", "1\n2\n3\n4\n9\n", [Float(3)]), ("f", "yes\nno\nyes\nyes\nyes\n", [1])])
  func whatTrainingNeverSawMissingHasAMiddle(name: String, cells: String, typical: [Float]) throws {
    let csv = "\(name)\n" + String(repeating: cells, count: 40)
    let column = try draft(csv).features[0]
    var features = [Float](repeating: -1, count: column.features.count)
    column.encode(.missing, into: &features, at: 0)
    #expect(column.hasMissing == false)
    // Of 1, 2, 3, 4 and 9 the middle is 3.
    #expect(features == typical)
  }

  @Test(arguments: ["1e39", "-1e39", "1e300"])
  func aNumberThatFeaturesCannotHoldCannotBeRead(text: String) {
    let reading = ColumnReading(kind: .number)
    #expect(reading.value(of: .text(text)) == .unreadable)
    #expect(reading.value(of: .number(Double(text) ?? 0)) == .unreadable)
    #expect(reading.value(of: .text("1e12")) == .number(1e12))
  }

  @Test func datesCountDaysSinceTheEarliest() throws {
    let rows = (0..<40).map { "2024-03-\(10 + $0 % 20),2024-02-\(10 + $0 % 7) 12:00" }
    let draft = try draft("last,first\n" + rows.joined(separator: "\n"))
    #expect(draft.features[0].reference == 1)
    #expect(draft.features[1].reference == nil)
    let matrix = FeaturePlan.matrix(draft.features, values: draft.values)
    let place = try #require(draft.features[0].features.firstIndex(of: .daysSince))
    // From 10 February noon to 10 March.
    #expect(matrix.row(0)[place] == 28.5)
    // 10 March 2024 is a Sunday.
    #expect(matrix.row(0)[0] == 6)
  }

  @Test func aRateDoesNotKnowItsOwnOutcome() throws {
    // The rows of a value all have one outcome: its rate, were it of all rows, would give it away.
    let words = (0..<200).map { ColumnReading.Value.word("w\($0 / 10)") }
    let labels = (0..<200).map { $0 / 10 % 2 == 0 }
    let parts = (0..<200).map { $0 % 2 }
    let counts = CategoryCounts(words, labels: labels, parts: parts, partCount: 2)
    // Without part 1 and without the row's own part nothing is left to tell.
    let blind = counts.features(without: 1, latest: nil)
    let ofPart0 = (0..<200).filter { parts[$0] == 0 }.map { blind[$0] }
    #expect(Set(ofPart0).count == 1)
    // Rows that are judged know the rates of part 0.
    let ofPart1 = (0..<200).filter { parts[$0] == 1 }
    #expect(ofPart1.allSatisfy { (blind[$0] > 0) == labels[$0] })
    #expect(Set(counts.rates.byWord.keys).count == 20)
  }

  @Test func aRateOfFewRowsIsDrawnToTheMean() {
    var words: [ColumnReading.Value] = []
    var labels: [Bool] = []
    for value in 0..<40 {
      let rows = value == 0 ? 5 : 50
      for row in 0..<rows {
        words.append(.word("v\(value)"))
        labels.append(value == 0 || row % 10 < value % 10)
      }
    }
    let rates = CategoryCounts(
      words, labels: labels, parts: words.map { _ in 0 }, partCount: 1
    ).rates
    let few = logistic(rates.byWord["v0"] ?? 0)
    #expect(few > 0.45 && few < 0.85)
    #expect(abs(logistic(rates.byWord["v9"] ?? 0) - 0.9) < 0.05)
    #expect(rates.logOdds(of: .word("never")) == rates.base)
    #expect(rates.logOdds(of: .missing) == nil)
  }

  /// What one lead alone wrote is in no model's file, however many rows it makes.
  @Test(arguments: [(1, 4, false), (1, 5, true), (3, 4, false), (3, 5, true)])
  func aRateIsOfWhatEnoughLeadsShare(rowsEach: Int, leads: Int, isKept: Bool) {
    let count = 100 * rowsEach
    let values = (0..<count).map {
      ColumnReading.Value.word($0 / rowsEach < leads ? "few" : "lead \($0 / rowsEach)")
    }
    let counts = CategoryCounts(
      values, labels: (0..<count).map { $0 % 3 == 0 }, parts: values.map { _ in 0 }, partCount: 1,
      groups: (0..<count).map { $0 / rowsEach })
    #expect(counts.rates.byWord.keys.sorted() == (isKept ? ["few"] : []))
  }

  /// Of more than 2,000 companies too.
  @Test func aCompanyThatTrainingNeverSawIsNotKnown() throws {
    let rows = (0..<6000).map { row in
      (row % 2 == 0 ? "Large \(row / 2 % 20)" : "Company \(row / 2 % 2500)") + ",\(row % 7)"
    }
    let column = try draft("company,n\n" + rows.joined(separator: "\n")).features[0]
    #expect(column.rates != nil && column.hasOther)
    #expect(column.isKnown(.word("company 2400")))
    #expect(!column.isKnown(.word("company 9999")))
    #expect(
      ReasonText.statement(column, .word("company 9999"))
        == "company has a value that training has not seen")
    #expect(ReasonText.statement(column, .word("company 2400")) == "company has a rare value")
  }

  /// Three rows of each lead: two leads are not five, and a number that names leads is no number.
  @Test func leadsAreCountedNotRows() throws {
    let rows = (0..<300).map { row in
      let lead = row / 3
      return
        "\(4_155_550_000 + lead * 7919 % 9973),\(lead < 2 ? "rare" : lead % 2 == 0 ? "a" : "b"),"
        + "\(lead % 23),\(row % 3)"
    }
    let table = try DataTable(
      csv: Array(("phone_no,source,visits,age\n" + rows.joined(separator: "\n")).utf8))
    let draft = FeaturePlan.draft(
      table, excluded: [:], fields: [:], histories: ["age": .ageDays],
      groups: (0..<300).map { $0 / 3 })
    #expect(draft.columns.map(\.content) == [.identifier, .category, .number, .number])
    #expect(draft.columns.map(\.isUsed) == [false, true, true, true])
    #expect(draft.features[0].categories == ["a", "b"])
  }

  @Test func knownAreValuesThatTrainingSaw() throws {
    let (learning, _, _) = try LeadSample().learning()
    let agent = try #require(learning.columns.first { $0.name == "agent" })
    #expect(agent.rates != nil)
    #expect(agent.isKnown(.word("agent 59")))
    #expect(!agent.isKnown(.word("agent 9999")))
    #expect(!agent.isKnown(.missing))
  }
}
