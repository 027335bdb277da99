import Foundation
import JSONRPC
import Testing

/// The keys to the gateway as an operator makes, lists and revokes them.
@Suite struct TokenCommandTests {
  private func run(
    _ arguments: [String], in folder: String
  ) async throws -> (code: Int32, output: String, errors: String) {
    try await ServerProcess.run(
      ["token"] + arguments + ["--database", "sqlite:\(folder)/l.sqlite"])
  }

  @Test func aKeyIsMadeListedAndRevoked() async throws {
    try await ServerProcess.withFolder { folder in
      let empty = try await run(["list", "--json"], in: folder)
      #expect(try JSONParser().parse(empty.output) == [])
      let made = try await run(
        [
          "create", "--scopes", "leads:write, leads:read", "--label", "web form", "--expires",
          "90d", "--workspace", "sales",
        ], in: folder)
      #expect(made.code == 0, "\(made.errors)")
      let key = made.output.dropLast()
      // Nothing but the key: a shell puts all of it into a variable.
      #expect(key.wholeMatch(of: /lr_[0-9a-z]{26}_[A-Za-z0-9_-]{43}/) != nil)
      let secret = key.suffix(43)
      #expect(!made.errors.contains(secret))
      let id = key.dropFirst(3).prefix(26)
      let listed = try await run(["list", "--json"], in: folder)
      #expect(!listed.output.contains(secret))
      let row = try #require(try JSONParser().parse(listed.output)[0])
      #expect(row["id"] == .string(String(id)) && row["state"] == "good")
      #expect(row["label"] == "web form" && row["workspace"] == "sales")
      #expect(row["scopes"] == ["leads:read", "leads:write"])
      let times = ["createdAt", "expiresAt"].map { row[$0]?.stringValue?.prefix(19) ?? "" }
      let dates = times.compactMap { ISO8601DateFormatter().date(from: "\($0)Z") }
      #expect(dates.count == 2 && dates[1].timeIntervalSince(dates[0]) == 90 * 86_400)
      for _ in 0..<2 {
        let revoked = try await run(["revoke", String(key)], in: folder)
        #expect(revoked.code == 0 && revoked.output.contains(id), "\(revoked.errors)")
        #expect(!revoked.output.contains(secret))
      }
      let after = try await run(["list"], in: folder)
      #expect(after.output.contains("\(id)  revoked  sales  leads:read,leads:write"))
    }
  }

  @Test func theFileHoldsNoKey() async throws {
    try await ServerProcess.withFolder { folder in
      let made = try await run(["create", "--scopes", "leads:read"], in: folder)
      let secret = Data(made.output.dropLast().suffix(43).utf8)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        #expect(bytes.range(of: secret) == nil, "\(name)")
      }
    }
  }

  @Test(arguments: [
    ("*", false, 12), ("*,admin:read", true, 13), ("admin:write", true, 1),
    ("leads:read", false, 1),
  ])
  func administrationIsOnlyGivenByName(_ scopes: String, _ isAdmin: Bool, _ count: Int) async throws
  {
    try await ServerProcess.withFolder { folder in
      _ = try await run(["create", "--scopes", scopes], in: folder)
      let listed = try await run(["list", "--json"], in: folder)
      let found = try JSONParser().parse(listed.output)[0]?["scopes"]?.arrayValue?
        .compactMap(\.stringValue)
      #expect(found?.count == count)
      #expect(found?.contains { $0.hasPrefix("admin:") } == isAdmin)
    }
  }

  /// A command line, its exit code, and what its errors say.
  static let wrong: [([String], Int32, String)] = [
    (["create"], 64, "--scopes"),
    (["create", "--scopes", ""], 64, "expected some of leads:read, leads:write, memory:read"),
    (["create", "--scopes", "leads:fly"], 64, "found 'leads:fly', expected some of leads:read"),
    (["create", "--scopes", "leads:raed"], 64, "did you mean leads:read?"),
    (["create", "--scopes", "leads"], 64, "found 'leads'"),
    (["create", "--scopes", "leads:read", "--expires", "90"], 64, "such as 12h, 90d or 8w"),
    (["create", "--scopes", "leads:read", "--expires", "0d"], 64, "found '0d'"),
    (["create", "--scopes", "leads:read", "--expires", "-1d"], 64, "--expires"),
    (["create", "--scopes", "leads:read", "--expires", "9223372036854775807w"], 64, "3650d"),
    (["create", "--scopes", "leads:read", "--label", ""], 64, "1 to 100"),
    (["create", "--scopes", "leads:read", "--label", "a\nb"], 64, "in one line"),
    (["create", "--scopes", "leads:read", "--workspace", "a b"], 64, "--workspace"),
    (["revoke", "nothing"], 1, "leadrelay token list prints them"),
    (["revoke", "../x"], 1, "no key of that name"),
    (["burn"], 64, "burn"),
  ]

  @Test(arguments: wrong)
  func wrongInputIsAnswered(_ arguments: [String], _ code: Int32, _ named: String) async throws {
    try await ServerProcess.withFolder { folder in
      let result = try await ServerProcess.run(
        ["token"] + arguments, environment: ["XDG_DATA_HOME": folder, "HOME": folder])
      #expect(result.code == code, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(named), "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  /// Flags, and the tools that are left.
  static let selections: [([String], [String])] = [
    (["--toolsets", "memory"], []),
    (["--tools", "get_lead,search_leads"], ["get_lead", "search_leads"]),
    (["--toolsets", "triage", "--read-only", "--exclude-tools", "search_leads"], ["get_lead"]),
  ]

  @Test(arguments: selections) func whatIsNotOfferedCannotBeCalled(
    _ flags: [String], _ offered: [String]
  ) async throws {
    try await ServerProcess.withFolder { folder in
      for tool in ["get_lead", "search_leads", "record_outcome"] {
        let result = try await ServerProcess.run(
          ["call", tool, "--database", "sqlite:\(folder)/l.sqlite"] + flags)
        #expect(
          result.errors.contains("-32602") == !offered.contains(tool),
          "\(tool): \(result.output) \(result.errors)")
      }
    }
  }

  @Test func anUnknownToolsetIsAnsweredWithTheKnownOnes() async throws {
    let result = try await ServerProcess.run(["serve", "--toolsets", "sales"])
    #expect(result.code == 64)
    #expect(
      result.errors.contains(
        "--toolsets: tools.toolsets: found 'sales', expected some of triage, memory, handoff, "
          + "engagement, campaigns, admin"))
  }
}
