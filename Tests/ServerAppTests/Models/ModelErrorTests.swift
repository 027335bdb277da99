import Testing

/// What the commands say to input that no model can be trained on or applied to.
@Suite struct ModelErrorTests {
  /// Leads, flags beside `--csv`, and what the error says.
  static let untrainable: [(LeadRows, [String], [String])] = [
    (LeadRows(), ["--target", "Convertd"], ["target 'Convertd'", "did you mean 'Converted'?"]),
    (
      LeadRows(), ["--target", "Outcome"],
      ["target 'Outcome'", "'Lead No', 'Visits', 'Minutes', 'Channel', 'Notes', 'Converted'"]
    ),
    (LeadRows(count: 40), ["--target", "Converted"], ["40 rows", "at least 100 are needed"]),
    (LeadRows(count: 0), ["--target", "Converted"], ["a header and no rows"]),
    (
      LeadRows(), ["--target", "Converted", "--positive", "yes"],
      ["Converted: no row has the value 'yes'", "'0'", "'1'"]
    ),
    (
      LeadRows(), ["--target", "Channel"],
      ["Channel: which value counts as converted?", "(positive)", "'Search'", "'Referral'"]
    ),
    (
      LeadRows(), ["--target", "Converted", "--exclude", "Notes,Visit"],
      ["excluded column 'Visit'", "did you mean 'Visits'?"]
    ),
    (
      LeadRows(), ["--target", "Converted", "--time", "Chanel"],
      ["time column 'Chanel'", "did you mean 'Channel'?"]
    ),
    (LeadRows(), ["--target", "Converted", "--time", "Channel"], ["Channel", "no dates"]),
    (LeadRows(), ["--target", "Converted", "--name", "My leads"], ["--name", "'My leads'"]),
    (LeadRows(), ["--target", "Converted", "--name", "scorecard"], ["'scorecard'"]),
  ]

  @Test(arguments: untrainable)
  func whatCannotBeTrainedOnIsNamed(
    _ leads: LeadRows, _ flags: [String], _ named: [String]
  ) async throws {
    try await ModelFolder.with { folder in
      let csv = try folder.write("leads.csv", leads)
      try await expectRefusal(folder, ["--csv", csv] + flags, 1, named)
    }
  }

  /// The cells of each row of a column `Target`, of 200 rows, and what the error says.
  static let outcomes: [(String, @Sendable (Int) -> String, [String])] = [
    ("constant", { _ in "1" }, ["Target: every row has the value '1'", "two or more"]),
    ("empty", { _ in "" }, ["Target: no row has a value"]),
    ("too few lost", { $0 < 19 ? "0" : "1" }, ["181 rows converted and 19 did not", "20 of each"]),
    ("too few won", { $0 < 19 ? "1" : "0" }, ["19 rows converted and 181 did not", "20 of each"]),
    ("one class among the known", { $0 < 150 ? "lost" : "" }, ["every row has the value 'lost'"]),
  ]

  /// A file without a column that could be of use, flags beside it, and what the error says.
  static let useless: [(String, [String], [String])] = [
    ("T\n#\n", [], ["there is no column beside 'T'"]),
    ("T,A\n#,1\n", [], ["no column is of use", "'A': every row has the same value"]),
    ("T,A\n#,#\n", ["--exclude", "A"], ["no column is of use", "'A': excluded by request"]),
  ]

  @Test(arguments: useless)
  func aFileWithNothingToLearnFromIsNamed(
    _ file: String, _ flags: [String], _ named: [String]
  ) async throws {
    try await ModelFolder.with { folder in
      let lines = file.split(separator: "\n")
      // Both outcomes, one after the other.
      let rows = (0..<200).map { lines[1].replacing("#", with: String($0 % 2)) }
      let csv = try folder.write("l.csv", "\(lines[0])\n\(rows.joined(separator: "\n"))\n")
      try await expectRefusal(folder, ["--csv", csv, "--target", "T"] + flags, 1, named)
    }
  }

  @Test(arguments: outcomes)
  func outcomesOfOneKindAreNamed(
    _ name: String, _ cell: @Sendable (Int) -> String, _ named: [String]
  ) async throws {
    try await ModelFolder.with { folder in
      let rows = (0..<200).map { "\($0 % 13),\($0 % 7),\(cell($0))" }
      let csv = try folder.write("l.csv", "A,B,Target\n\(rows.joined(separator: "\n"))\n")
      try await expectRefusal(folder, ["--csv", csv, "--target", "Target"], 1, named)
    }
  }

  /// A mapping file, the exit code, and what the error says.
  static let mappings: [(String, Int32, [String])] = [
    (
      #"{"columns": {"Chanel": "source"}}"#, 1,
      ["the mapping's column 'Chanel'", "did you mean 'Channel'?"]
    ),
    (#"{"columns": {"E-mail": "email"}}"#, 1, ["column 'E-mail'", "the columns are 'Lead No'"]),
    (#"{"idColumn": "Lead Nr"}"#, 1, ["the mapping's idColumn 'Lead Nr'", "'Lead No'"]),
    (#"{"columns": {"Channel": "sourse"}}"#, 64, ["--mapping", "'sourse' is no field", "source"]),
    (#"{"columns": "#, 64, ["--mapping", "is no JSON"]),
  ]

  @Test(arguments: mappings)
  func aMappingThatDoesNotFitIsNamed(
    _ mapping: String, _ code: Int32, _ named: [String]
  ) async throws {
    try await ModelFolder.with { folder in
      let arguments = [
        "--csv", try folder.write("leads.csv", LeadRows()), "--target", "Converted", "--mapping",
        try folder.write("m.json", mapping),
      ]
      try await expectRefusal(folder, arguments, code, named)
    }
  }

  /// Flags, the exit code, and what the error says.
  static let wrong: [([String], Int32, String)] = [
    ([], 1, "no stored lead has an outcome"),
    (["--target", "Converted"], 64, "--target: is for a file, expected --csv"),
    (["--csv", "leads.csv"], 64, "--target: found nothing"),
    (["--csv", "none.csv", "--target", "Converted"], 1, "none.csv: No such file"),
    (["--csv", "/", "--target", "Converted"], 1, "/: Is a directory"),
    (["--csv", "/dev/null", "--target", "Converted"], 1, "/dev/null: line 1: the file is empty"),
    (["--csv", "/bin/sh", "--target", "Converted"], 1, "this is a binary file"),
    (["--csv", "l.csv", "--target", "C", "--by-time"], 64, "--by-time: is for stored leads"),
    (["--lost-after-days", "0"], 64, "--lost-after-days: found 0, expected 1 to 3650"),
    (["--role", "boss"], 64, "'stored', 'challenger' or 'active'"),
    (["--csv", "l.csv", "--target", "C", "--mapping", "none.json"], 64, "none.json: No such file"),
  ]

  @Test(arguments: wrong)
  func aWrongCommandLineIsNamed(_ flags: [String], _ code: Int32, _ named: String) async throws {
    try await ModelFolder.with { try await expectRefusal($0, flags, code, [named]) }
  }

  /// Trains with flags; expects an error, and that nothing was stored or activated.
  private func expectRefusal(
    _ folder: ModelFolder, _ flags: [String], _ code: Int32, _ named: [String]
  ) async throws {
    let isRoleGiven = flags.contains("--role")
    let result = try await folder.run(
      ["train"] + flags + (isRoleGiven ? [] : ["--role", "active"]))
    #expect(result.code == code, "\(result.errors)")
    #expect(result.output.isEmpty)
    for text in named { #expect(result.errors.contains(text), "\(result.errors)") }
    let standing = try await folder.standing()
    #expect(standing.models.isEmpty)
    #expect(standing.active == "scorecard")
  }

  @Test func aFileOrModelThatDoesNotFitIsNamed() async throws {
    try await ModelFolder.with { folder in
      try await folder.train(LeadRows(), ["--role", "active"])
      let leads = try folder.write("new.csv", LeadRows(count: 30, seed: 2))
      let near = LeadRows(count: 30).text.replacing("Visits,Minutes", with: "Vists,Minute")
      let output = ["--output", folder.file("out.csv")]
      let near2 = try folder.write("near.csv", near)
      let other = try folder.write("other.csv", "A,B\n1,2\n")
      let damaged = try folder.write("damaged.model", "{\"format\": 1}")
      let cases: [([String], [String])] = [
        (
          ["score", "--csv", near2, "--model", "leads"] + output,
          [
            "the model leads-1 was trained on other columns",
            "'Visits' (did you mean 'Vists'?), 'Minutes' (did you mean 'Minute'?)",
            "--allow-missing-columns",
          ]
        ),
        (
          ["score", "--csv", other, "--model", "leads", "--allow-missing-columns"] + output,
          ["trained on other columns", "it has none of them"]
        ),
        (
          ["score", "--csv", leads, "--model", "leads-2"] + output,
          ["no model 'leads-2'", "did you mean leads-1?"]
        ),
        (["score", "--csv", leads, "--model", "sales"] + output, ["the models are leads-1"]),
        (["score", "--csv", "none.csv", "--model", "leads"] + output, ["none.csv: No such file"]),
        (
          ["score", "--csv", leads, "--model", "leads", "--output", "/none/out.csv"],
          ["/none/out.csv: No such file"]
        ),
        (["models", "activate", "leads-2"], ["did you mean leads-1?"]),
        (["models", "challenge", "lead"], ["no model 'lead'"]),
        (["models", "challenge", "leads-1"], ["leads-1"]),
        (["models", "export", "sales"] + output, ["no model 'sales'"]),
        (["models", "import", damaged, "--name", "leads"], ["damaged.model"]),
        (["models", "import", leads, "--name", "leads"], ["new.csv: this is no model"]),
        (["models", "import", leads, "--name", "A B"], ["name: found 'A B'"]),
        (["report", "--model", "leads-7"], ["did you mean leads-1?"]),
      ]
      let before = try folder.names
      for (arguments, named) in cases {
        let result = try await folder.run(arguments)
        #expect(result.code == 1, "\(arguments): \(result.output)")
        for text in named { #expect(result.errors.contains(text), "\(result.errors)") }
        #expect(try folder.names == before, "\(arguments)")
      }
      let standing = try await folder.standing()
      #expect(standing.models == ["leads-1"] && standing.active == "leads-1")
    }
  }
}
