import Foundation
import JSONRPC
import Testing

/// The list of those who are not contacted as an operator keeps it.
@Suite struct SuppressCommandTests {
  private func run(
    _ arguments: [String], in folder: String, database: String = "l.sqlite"
  ) async throws -> (code: Int32, output: String, errors: String) {
    try await ServerProcess.run(
      ["suppress"] + arguments + ["--database", "sqlite:\(folder)/\(database)"])
  }

  @Test func aListGoesOutAndComesBack() async throws {
    try await ServerProcess.withFolder { folder in
      let added = try await run(
        ["add", "Ann@acme.example", "+47 22 33 44 55", "--channel", "email"], in: folder)
      #expect(
        added.code == 0 && added.output == "2 added, 0 on the list already\n", "\(added.errors)")
      let list = "\(folder)/list.csv"
      try "email,channel\nann@acme.example,all\nnobody\nbob@acme.example,\n"
        .write(toFile: list, atomically: true, encoding: .utf8)
      let imported = try await run(["import", list], in: folder)
      #expect(imported.code == 2, "\(imported.errors)")
      #expect(imported.output == "2 added, 0 on the list already\n")
      #expect(imported.errors.contains("line 3") && !imported.errors.contains("nobody"))
      let counts = try await run(["list", "--json"], in: folder)
      #expect(
        try JSONParser().parse(counts.output) == [
          ["channel": "all", "reason": "imported", "count": 2],
          ["channel": "email", "reason": "requested", "count": 2],
        ])
      let out = "\(folder)/out.csv"
      #expect(try await run(["export", out], in: folder).output == "4 written to \(out)\n")
      #expect(try !String(contentsOfFile: out, encoding: .utf8).contains("acme"))
      let removed = try await run(["remove", "ann@acme.example"], in: folder)
      #expect(removed.output == "2 removed\n" && removed.errors == "")
      let back = try await run(["import", out], in: folder)
      #expect(back.code == 0 && back.output == "2 added, 2 on the list already\n", "\(back.errors)")
      let foreign = try await run(["import", out], in: folder, database: "other.sqlite")
      #expect(foreign.code == 2 && foreign.output == "0 added, 0 on the list already\n")
      #expect(foreign.errors.contains("hash: found one that another database"))
    }
  }

  @Test func aBareListOfAddressesIsOne() async throws {
    try await ServerProcess.withFolder { folder in
      let list = "\(folder)/list.txt"
      try "ann@acme.example\nbob@acme.example\n"
        .write(toFile: list, atomically: true, encoding: .utf8)
      let imported = try await run(["import", list, "--reason", "bounced"], in: folder)
      #expect(imported.output == "2 added, 0 on the list already\n", "\(imported.errors)")
      let listed = try await run(["list"], in: folder)
      #expect(listed.output == "all  bounced  2\n")
    }
  }

  struct ListFile: Sendable, CustomTestStringConvertible {
    let about: String
    let text: String
    let added: Int
    /// What is said of rows that are not taken.
    var refused: [String] = []
    var testDescription: String { about }
  }

  static let lists = [
    ListFile(
      about: "as spreadsheets write it",
      text:
        "\u{FEFF}E-Mail ; Channel\r\n ann@acme.example ;ALL\r\n;\r\n\"bob@acme.example\"; email \r\n",
      added: 2),
    ListFile(
      about: "lines that end with CR", text: "EMAIL\rann@acme.example\rbob@acme.example\r", added: 2
    ),
    ListFile(
      about: "a telephone number that cannot be read beside a good address",
      text: "email,phone\nann@acme.example,12\nbob@acme,+47 22 33 44 55\n", added: 2,
      refused: ["line 2: phone: found 2 digits", "line 3: email: found a domain without a dot"]),
    ListFile(
      about: "words that nobody knows",
      text: "email,channel,reason,since\na@acme.example,fax,,\nb@acme.example,,ann@x.example,\n"
        + "c@acme.example,,Bounced,2025-07-15\nd@acme.example,,,yesterday\n", added: 1,
      refused: [
        "line 2: channel: found 'fax', expected one of email", "line 3: reason: found a text of 13",
        "line 5: since: found 'yesterday'",
      ]),
    ListFile(
      about: "a bare list whose first line is none",
      text: "ann at acme\nbob@acme.example\nmailto:eve@acme.example\n", added: 2,
      refused: ["line 1: address: found a character"]),
  ]

  @Test(arguments: lists) func goodRowsAreTakenAndTheOthersTold(_ list: ListFile) async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/list.csv"
      try list.text.write(toFile: path, atomically: true, encoding: .utf8)
      let result = try await run(["import", path], in: folder)
      #expect(result.output == "\(list.added) added, 0 on the list already\n", "\(result.errors)")
      #expect(result.code == (list.refused.isEmpty ? 0 : 2))
      for text in list.refused { #expect(result.errors.contains(text), "\(result.errors)") }
      #expect(!result.errors.contains("acme") && !result.errors.contains("x.example"))
      #expect(
        list.refused.isEmpty || result.errors.contains("\(list.refused.count) could not be taken"))
    }
  }

  @Test(arguments: [
    (["add", "a@b.example", "nobody"], "address 2"),
    (["add", "a@b.example", "--channel", "fax"], "fax"),
    (["add", "a@b.example", "--reason", "x"], "--reason"),
  ])
  func whatIsWrongIsNamed(_ arguments: [String], _ named: String) async throws {
    try await ServerProcess.withFolder { folder in
      let result = try await run(arguments, in: folder)
      #expect(result.code == 64 && result.errors.contains(named), "\(result.errors)")
      #expect(!result.errors.contains("nobody"))
    }
  }
}
