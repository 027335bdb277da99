import Foundation
import Marketing
import ServerApp
import Testing

@Suite struct ConfigurationReaderTests {
  private func load(
    flags: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws -> ConfigurationReader.Loaded {
    let flags = flags.mapValues { ConfigurationReader.Flag("--set", $0) }
    return try ConfigurationReader(flags: flags, environment: environment, file: file).load()
  }

  private func withFile<Value>(
    _ name: String, _ text: String, _ body: (String) throws -> Value
  ) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return try body(file.path)
  }

  @Test func withoutSourcesTheDefaultsHold() throws {
    let loaded = try load(environment: ["HOME": "/home/ann"])
    #expect(
      loaded.configuration.databasePath == "/home/ann/.local/share/leadrelay/leadrelay.sqlite")
    #expect(loaded.configuration.triage == TriageSettings())
    #expect(loaded.sources.values.allSatisfy { $0 == "default" })
  }

  @Test func theXDGFolderIsTaken() throws {
    let loaded = try load(environment: ["HOME": "/home/ann", "XDG_DATA_HOME": "/data"])
    #expect(loaded.configuration.databasePath == "/data/leadrelay/leadrelay.sqlite")
  }

  @Test(arguments: [
    ("settings.json", #"{"triage": {"coldLeadScore": 20, "campaignQualifiedScore": 60.5}}"#),
    ("settings.yaml", "triage:\n  coldLeadScore: 20\n  campaignQualifiedScore: 60.5\n"),
  ])
  func flagsWinOverVariablesOverTheFile(_ name: String, _ text: String) throws {
    try withFile(name, text) { path in
      let variable = "LEADRELAY_TRIAGE_COLD_LEAD_SCORE"
      let fromFile = try load(environment: ["LEADRELAY_CONFIG": path])
      #expect(fromFile.configuration.triage.coldLeadScore == 20)
      #expect(fromFile.configuration.triage.campaignQualifiedScore == 60.5)
      #expect(fromFile.sources["triage.coldLeadScore"] == path)
      let fromVariable = try load(environment: [variable: "25"], file: path)
      #expect(fromVariable.configuration.triage.coldLeadScore == 25)
      #expect(fromVariable.sources["triage.coldLeadScore"] == variable)
      let fromFlag = try load(
        flags: ["triage.coldLeadScore": "28"], environment: [variable: "25"], file: path)
      #expect(fromFlag.configuration.triage.coldLeadScore == 28)
    }
  }

  @Test func everyProblemIsNamedAtOnce() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(
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

  @Test func contradictingBandsAreRefusedWithTheSourceOfEach() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(flags: ["triage.coldLeadScore": "90"])
    }
    #expect(
      error?.message
        == "triage.coldLeadScore: found 90.0, expected at most campaignQualifiedScore, which is 70.0 "
        + "(triage.campaignQualifiedScore is from default, triage.coldLeadScore is from --set)")
  }

  @Test(arguments: [
    ("database", "--database", "postgres://x"), ("stdio.scopes", "--set", "leads:fly"),
    ("log.level", "--log-level", "loud"),
  ])
  func aProblemNamesTheFlagAsItWasWritten(_ key: String, _ flag: String, _ text: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationReader(flags: [key: .init(flag, text)], environment: [:], file: nil).load()
    }
    #expect(error?.message.hasPrefix("\(flag): \(key): found '\(text)'") == true)
  }

  @Test func anEmptyVariableCountsAsNotSet() throws {
    let names = SettingKey.all.map(\.variable) + ["LEADRELAY_CONFIG", "HOME", "XDG_DATA_HOME"]
    let loaded = try load(
      environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
    #expect(loaded.sources.values.allSatisfy { $0 == "default" })
    #expect(loaded.configuration.databasePath.hasSuffix("/.local/share/leadrelay/leadrelay.sqlite"))
    #expect(loaded.warnings.isEmpty)
  }

  @Test func unknownVariablesAreToldWithTheNearestOne() throws {
    let loaded = try load(environment: [
      "LEADRELAY_WORKSPCE": "x", "LEADRELAY_SERVICE_HOST": "10.0.0.1", "LEADRELAYS": "x",
      "LEADRELAY_CONFIG": "", "LEADRELAY_LOG_LEVEL": "debug",
    ])
    #expect(
      loaded.warnings == [
        "LEADRELAY_SERVICE_HOST is no setting and is ignored",
        "LEADRELAY_WORKSPCE is no setting and is ignored; did you mean LEADRELAY_WORKSPACE?",
      ])
  }

  @Test func anEmptyPathOfAFileIsRefused() throws {
    let error = #expect(throws: ConfigurationError.self) { try load(file: "") }
    #expect(error?.message.hasPrefix("--config: ") == true)
  }

  @Test(arguments: [("x.json", "{"), ("x.toml", "a = 1"), ("x.yaml", "a: [")])
  func aFileThatCannotBeReadIsNamed(_ name: String, _ text: String) throws {
    try withFile(name, text) { path in
      let error = #expect(throws: ConfigurationError.self) { try load(file: path) }
      #expect(error?.message.hasPrefix("\(path): ") == true)
      let variable = #expect(throws: ConfigurationError.self) {
        try load(environment: ["LEADRELAY_CONFIG": path])
      }
      #expect(variable?.message == "LEADRELAY_CONFIG: \(error?.message ?? "")")
    }
  }

  @Test func everySettingCanBeSetByItsVariable() throws {
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
    let loaded = try load(environment: variables)
    for key in SettingKey.all {
      #expect(key.show(loaded.configuration) == values[key.name])
      #expect(loaded.sources[key.name] == key.variable)
    }
  }

  @Test func readmeListsEverySetting() throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
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
