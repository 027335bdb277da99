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
      #expect(foreign.errors.contains("another database"))
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
