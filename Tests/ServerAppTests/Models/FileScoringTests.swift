import Foundation
import JSONRPC
import Testing

/// Scoring files with the built binary.
@Suite struct FileScoringTests {
  private static let added = ["probability", "score", "category", "confidence", "top_reasons"]

  @Test func everyRowKeepsItsColumnsAndGetsAnAnswer() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let leads = LeadRows(count: 1200, seed: 2)
      let text = try await folder.done([
        "score", "--csv", try folder.write("new.csv", leads), "--model", "leads", "--output",
        folder.file("out.csv"),
      ])
      #expect(text.contains("1200 rows scored by leads-1"))
      #expect(text.contains("the file has 'Converted', which the model predicts: it was not read"))
      let table = try ReadTable(try folder.text("out.csv"))
      #expect(table.header == leads.header + Self.added)
      #expect(table.rows.map { Array($0.prefix(leads.header.count)) } == leads.rows)
      expectAnswers(of: table)
      #expect(Set(table["category"]).count == 3)
      #expect(try folder.names == ["leads-training.csv", "new.csv", "out.csv"])
    }
  }

  /// Holds each answer to what is promised of it.
  private func expectAnswers(of table: ReadTable) {
    for row in table.rows {
      let cells = row.suffix(5).map(\.self)
      let probability = Double(cells[0]) ?? -1
      let score = Double(cells[1]) ?? -1
      #expect((0...1).contains(probability), "\(row)")
      #expect((0...100).contains(score), "\(row)")
      #expect(
        cells[2]
          == (score >= 70 ? "campaign_qualified" : score >= 30 ? "cold_lead" : "general_inquiry"),
        "\(row)")
      #expect((0...1).contains(Double(cells[3]) ?? -1), "\(row)")
      #expect((1...3).contains(cells[4].split(separator: "; ").count), "\(row)")
    }
    // A higher probability is never a lower score.
    let order = zip(table["probability"], table["score"])
      .compactMap { pair in Double(pair.0).flatMap { p in Double(pair.1).map { (p, $0) } } }
      .sorted { $0.0 < $1.0 }.map(\.1)
    #expect(order == order.sorted())
  }

  @Test func namesThatTheFileHasGetANumber() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let csv = try folder.write("new.csv", LeadRows(count: 50, seed: 2))
      let score = ["score", "--model", "leads", "--csv"]
      try await folder.done(score + [csv, "--output", folder.file("once.csv")])
      try await folder.done(
        score + [folder.file("once.csv"), "--output", folder.file("twice.csv")])
      let table = try ReadTable(try folder.text("twice.csv"))
      #expect(table.header == LeadRows.columns + Self.added + Self.added.map { "\($0)_2" })
      for name in Self.added { #expect(table[name] == table["\(name)_2"]) }
    }
  }

  @Test func aFileWithSemicolonsDecimalCommasAndBareReturnsIsAnsweredAlike() async throws {
    try await ModelFolder.with { folder in
      let plain = LeadRows(count: 400)
      var foreign = plain
      (foreign.delimiter, foreign.lineEnd, foreign.hasDecimalCommas) = (";", "\r", true)
      try await folder.train(plain, as: "plain")
      try await folder.train(foreign, as: "foreign")
      var tables: [ReadTable] = []
      for (name, delimiter) in [("plain", ","), ("foreign", ";")] {
        try await folder.done([
          "score", "--csv", folder.file("\(name)-training.csv"), "--model", name, "--output",
          folder.file("out.csv"),
        ])
        tables.append(
          try ReadTable(
            try folder.text("out.csv"), delimiter: try #require(delimiter.utf8.first)))
      }
      #expect(tables[1].rows.map { Array($0.prefix(6)) } == foreign.rows)
      #expect(tables[0]["probability"] == tables[1]["probability"])
      #expect(tables[0]["score"] == tables[1]["score"])
      expectAnswers(of: tables[1])
    }
  }

  /// Whatever can be trained on can be scored.
  @Test(arguments: [
    ("utf16", ",", "", nil), ("windows1252", ";", "", nil), ("sep", "|", "sep=|\n", nil),
    ("asked", "|", "", "|"),
  ])
  func aFileIsReadAsTrainingReadsIt(
    name: String, delimiter: String, start: String, asked: String?
  ) async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      var leads = LeadRows(count: 40, seed: 2)
      leads.delimiter = delimiter
      let text = start + leads.text
      let encoding: String.Encoding =
        name == "utf16" ? .utf16 : name == "windows1252" ? .windowsCP1252 : .utf8
      try #require(text.data(using: encoding)).write(to: URL(fileURLWithPath: folder.file(name)))
      try await folder.done(
        [
          "score", "--csv", folder.file(name), "--model", "leads", "--output",
          folder.file("out.csv"),
        ] + (asked.map { ["--delimiter", $0] } ?? []))
      let table = try ReadTable(
        try folder.text("out.csv"), delimiter: try #require(delimiter.utf8.first))
      #expect(table.header == leads.header + Self.added)
      #expect(table.rows.map { Array($0.prefix(leads.header.count)) } == leads.rows)
    }
  }

  @Test func rowsThatCannotBeReadAreToldAndTheOthersAnswered() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let leads = LeadRows(count: 3, seed: 2)
      var lines = leads.text.split(separator: "\n", omittingEmptySubsequences: false)
      lines.insert("1,2", at: lines.count - 2)
      let csv = try folder.write("new.csv", lines.joined(separator: "\n"))
      let score = ["score", "--csv", csv, "--model", "leads", "--output", folder.file("out.csv")]
      let result = try await folder.run(score)
      #expect(result.code == 2, "\(result.errors)")
      #expect(result.errors.contains("not scored: line 5, "), "\(result.errors)")
      let table = try ReadTable(try folder.text("out.csv"))
      #expect(table.rows.map { Array($0.prefix(6)) } == leads.rows)
      let json = try JSONParser().parse(try await folder.run(score + ["--json"]).output)
      #expect(json["rows"] == 3 && json["unreadable"] == 1)
      #expect(json["unreadableRows"]?[0]?["line"] == 5)
    }
  }

  @Test func missingColumnsAreAcceptedWhereThatIsAskedFor() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let leads = LeadRows(count: 600, seed: 2)
      let rows = leads.rows.map { "\($0[1]),\($0[3])" }.joined(separator: "\n")
      let csv = try folder.write("new.csv", "Visits,Channel\n\(rows)\n")
      let full = try folder.write("full.csv", leads)
      let score = ["score", "--model", "leads", "--output"]
      try await folder.done(score + [folder.file("full.out"), "--csv", full])
      let arguments = score + [folder.file("out.csv"), "--csv", csv, "--allow-missing-columns"]
      let result = try await folder.run(arguments)
      #expect(result.code == 0)
      #expect(result.errors.contains("warning: the file lacks 'Minutes'"), "\(result.errors)")
      #expect(!result.errors.contains("drift"), "\(result.errors)")
      func confidence(_ file: String) throws -> [Double] {
        try ReadTable(try folder.text(file))["confidence"].compactMap { Double($0) }
      }
      let (lower, whole) = (try confidence("out.csv"), try confidence("full.out"))
      #expect(lower.count == 600 && zip(lower, whole).allSatisfy { $0 < $1 })
    }
  }

  @Test(arguments: ["new.csv", "./new.csv", "link.csv"])
  func theInputIsNeverWrittenOver(_ output: String) async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let csv = try folder.write("new.csv", LeadRows(count: 20, seed: 2))
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("link.csv"), withDestinationPath: csv)
      let result = try await folder.run([
        "score", "--csv", csv, "--model", "leads", "--output", folder.file(output),
      ])
      #expect(result.code == 1)
      #expect(result.errors.contains("is read from"), "\(result.errors)")
      #expect(try folder.text("new.csv") == LeadRows(count: 20, seed: 2).text)
    }
  }

  @Test func aDatabaseIsNeverWrittenOver() async throws {
    try await ModelFolder.with { folder in
      let file = try folder.write("leads.csv", LeadRows(count: 300, seed: 3))
      try await folder.done(["train", "--csv", file, "--target", "Converted", "--name", "m"])
      let database = "\(folder.kept)/l.sqlite"
      for command in [
        ["models", "export", "m", "--output", database],
        ["score", "--csv", file, "--model", "m", "--output", database],
        ["report", "--model", "m", "--output", database],
      ] {
        let result = try await folder.run(command)
        #expect(result.code == 1)
        #expect(result.errors.contains("is a database"))
      }
      #expect(try await folder.done(["models", "list"]).contains("m-1"))
    }
  }

  @Test func standardOutputGetsTheRowsOnly() async throws {
    try await ModelFolder.with { folder in
      try await folder.train()
      let csv = try folder.write("new.csv", LeadRows(count: 20, seed: 2))
      let score = ["score", "--csv", csv, "--model", "leads", "--timing", "--output"]
      try await folder.done(score + [folder.file("out.csv")])
      let result = try await folder.run(score + ["-"])
      #expect(result.code == 0)
      #expect(try result.output == folder.text("out.csv"))
      #expect(result.errors.contains("20 rows scored by leads-1 into standard output"))
      #expect(result.errors.contains("one answer with its reasons: "))
    }
  }

  /// How many rows, how far their minutes are shifted, and what drift is told.
  static let drifts: [(Int, Double, String)] = [
    (600, 0, "stable"), (600, 12, "alarm"), (400, 12, "insufficient"),
  ]

  @Test(arguments: drifts)
  func driftIsToldWhereThereIsSome(_ rows: Int, _ shift: Double, _ status: String) async throws {
    try await ModelFolder.with { folder in
      try await folder.train(LeadRows(count: 600))
      let csv = try folder.write("new.csv", LeadRows(count: rows, seed: 2, shift: shift))
      let result = try await folder.run([
        "score", "--csv", csv, "--model", "leads", "--output", folder.file("out.csv"), "--json",
      ])
      #expect(result.code == 0)
      let drift = try JSONParser().parse(result.output)["drift"]
      #expect(drift?["status"]?.stringValue == status, "\(result.output)")
      if status == "alarm" {
        #expect(result.errors.contains("drift alarm: 'Minutes' is not as it was in training"))
        #expect(!result.errors.contains("'Visits'"), "\(result.errors)")
      } else {
        #expect(result.errors.isEmpty, "\(result.errors)")
      }
    }
  }
}
