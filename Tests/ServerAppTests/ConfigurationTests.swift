import Foundation
import Marketing
import ServerApp
import Testing

@Suite struct ConfigurationTests {
  private func load(
    flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) async throws -> ConfigurationReader.Loaded {
    try await ConfigurationReader(flags: flags, environment: environment, file: file).load()
  }

  private func withFile<Value>(
    _ name: String, _ text: String, _ body: (String) async throws -> Value
  ) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return try await body(file.path)
  }

  @Test func withoutSourcesTheDefaultsHold() async throws {
    let loaded = try await load(environment: ["HOME": "/home/ann"])
    #expect(
      loaded.configuration.databasePath == "/home/ann/.local/share/leadrelay/leadrelay.sqlite")
    #expect(loaded.configuration.triage == TriageSettings())
    #expect(loaded.sources.values.allSatisfy { $0 == "default" })
  }

  @Test func theXDGFolderIsTaken() async throws {
    let loaded = try await load(environment: ["HOME": "/home/ann", "XDG_DATA_HOME": "/data"])
    #expect(loaded.configuration.databasePath == "/data/leadrelay/leadrelay.sqlite")
  }

  @Test(arguments: [
    ("settings.json", #"{"triage": {"coldLeadScore": 20, "campaignQualifiedScore": 60.5}}"#),
    ("settings.yaml", "triage:\n  coldLeadScore: 20\n  campaignQualifiedScore: 60.5\n"),
  ])
  func flagsWinOverVariablesOverTheFile(_ name: String, _ text: String) async throws {
    try await withFile(name, text) { path in
      let variable = "LEADRELAY_TRIAGE_COLD_LEAD_SCORE"
      let fromFile = try await load(environment: ["LEADRELAY_CONFIG": path])
      #expect(fromFile.configuration.triage.coldLeadScore == 20)
      #expect(fromFile.configuration.triage.campaignQualifiedScore == 60.5)
      #expect(fromFile.sources["triage.coldLeadScore"] == path)
      let fromVariable = try await load(environment: [variable: "25"], file: path)
      #expect(fromVariable.configuration.triage.coldLeadScore == 25)
      #expect(fromVariable.sources["triage.coldLeadScore"] == variable)
      let fromFlag = try await load(
        flags: ["triage.coldLeadScore": "28"], environment: [variable: "25"], file: path)
      #expect(fromFlag.configuration.triage.coldLeadScore == 28)
    }
  }

  @Test func everyProblemIsNamedAtOnce() async throws {
    let error = await #expect(throws: ConfigurationError.self) {
      try await load(
        flags: ["database": "postgres://x"],
        environment: [
          "LEADRELAY_LOG_LEVEL": "loud", "LEADRELAY_TRIAGE_COLD_LEAD_SCORE": "120",
          "LEADRELAY_STDIO_SCOPES": "leads:fly",
        ])
    }
    let message = try #require(error?.message)
    for part in [
      "sqlite:PATH", "LEADRELAY_LOG_LEVEL", "'loud'", "from 0.0 to 100.0", "'leads:fly'",
    ] {
      #expect(message.contains(part), "\(part) is not in: \(message)")
    }
  }

  @Test func contradictingBandsAreRefused() async throws {
    let error = await #expect(throws: ConfigurationError.self) {
      try await load(flags: ["triage.coldLeadScore": "90"])
    }
    #expect(error?.message.contains("campaignQualifiedScore") == true)
  }

  @Test(arguments: [("x.json", "{"), ("x.toml", "a = 1"), ("x.yaml", "a: [")])
  func aFileThatCannotBeReadIsNamed(_ name: String, _ text: String) async throws {
    try await withFile(name, text) { path in
      let error = await #expect(throws: ConfigurationError.self) { try await load(file: path) }
      #expect(error?.message.contains(path) == true)
    }
  }

  @Test func everySettingCanBeSetByItsVariable() async throws {
    let values = [
      "database": "sqlite:/tmp/x.sqlite", "workspace": "sales", "stdio.scopes": "leads:read",
      "log.level": "debug", "triage.campaignQualifiedScore": "71.5", "triage.coldLeadScore": "31.5",
      "triage.callWithinMinutes": "7", "leads.keepPlusTags": "true",
      "limits.maximumMessageBytes": "2048", "limits.maximumInFlight": "3",
      "limits.drainMilliseconds": "10", "tasks.running": "2",
    ]
    #expect(Set(values.keys) == Set(SettingKey.all.map(\.name)))
    let variables = Dictionary(
      uniqueKeysWithValues: SettingKey.all.map { ($0.variable, values[$0.name] ?? "") })
    let loaded = try await load(environment: variables)
    for key in SettingKey.all {
      #expect(key.show(loaded.configuration) == values[key.name])
      #expect(loaded.sources[key.name] == key.variable)
    }
  }

  @Test func readmeListsEverySetting() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(
      contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let defaults = ServerConfiguration(databasePath: "…")
    for key in SettingKey.all {
      let shown = key.name == "database" ? "under the XDG data folder" : "`\(key.show(defaults))`"
      let row = "| `\(key.name)` | `\(key.variable)` | \(shown) | \(key.meaning) |"
      #expect(readme.contains(row), "README.md lacks the row: \(row)")
    }
  }
}
