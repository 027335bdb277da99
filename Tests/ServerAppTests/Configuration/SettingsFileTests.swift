import Foundation
import Marketing
import ServerApp
import Testing

@Suite struct SettingsFileTests {
  private func load(_ name: String, _ text: String) throws -> ConfigurationReader.Loaded {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return try ConfigurationReader(flags: [:], environment: [:], file: file.path).load()
  }

  @Test(arguments: [
    (
      "a.json",
      #"""
      {"leads": {"keepPlusTags": true}, "tasks": {"running": 2}, "workspace": "sales",
       "stdio": {"scopes": ["leads:read", "leads:write"]}, "triage": {"coldLeadScore": 20.5}}
      """#
    ),
    (
      "a.json",
      #"""
      {"leads.keepPlusTags": "true", "tasks.running": "2", "workspace": "sales",
       "stdio.scopes": "leads:read,leads:write", "triage.coldLeadScore": "20.5"}
      """#
    ),
    (
      "a.yaml",
      """
      leads:
        keepPlusTags: true
      tasks: {running: 2}
      workspace: "sales"
      stdio:
        scopes: [leads:read, leads:write]
      triage:
        coldLeadScore: 20.5
      """
    ),
    (
      "a.yml",
      """
      leads.keepPlusTags: "true"
      tasks.running: "2"
      workspace: sales
      stdio.scopes: leads:read,leads:write
      triage.coldLeadScore: "20.5"
      """
    ),
  ])
  func everyKindOfValueIsTaken(_ name: String, _ text: String) throws {
    let configuration = try load(name, text).configuration
    #expect(configuration.keepsPlusTags)
    #expect(configuration.runningTasks == 2)
    #expect(configuration.workspace.rawValue == "sales")
    #expect(configuration.scopes == ["leads:read", "leads:write"])
    #expect(configuration.triage.coldLeadScore == 20.5)
  }

  @Test(arguments: [("a.json", "{}"), ("a.yaml", ""), ("a.yml", "# nothing\n"), ("a.yaml", "{}")])
  func aFileMayHoldNothing(_ name: String, _ text: String) throws {
    #expect(try load(name, text).sources.values.allSatisfy { $0 == "default" })
  }

  @Test(arguments: [
    (#"{"databse": "sqlite:x"}"#, "databse: no such setting; did you mean database?"),
    (#"{"database": {"path": "x"}}"#, "database.path: no such setting; did you mean database?"),
    (
      #"{"triage": {"campaignQualifedScore": 10}}"#,
      "triage.campaignQualifedScore: no such setting; did you mean triage.campaignQualifiedScore?"
    ),
    (#"{"coldLeadScore": 10}"#, "did you mean triage.coldLeadScore?"),
    (#"{"colour": "red"}"#, "colour: no such setting; leadrelay config lists them"),
    (#"{"triage": 5}"#, "triage: found a value, expected a group of settings such as triage."),
    (#"{"workspace": null}"#, "workspace: found nothing"),
    (#"{"stdio": {"scopes": [["*"]]}}"#, "stdio.scopes: found a list"),
    (#"{"leads": {"keepPlusTags": 1}}"#, "found '1', expected true or false"),
    (#"{"tasks": {"running": true}}"#, "found 'true', expected a whole number from 1 to 64"),
    (#"["database"]"#, "found array as the whole, expected an object of settings"),
    ("{", "cannot be read as configuration"),
  ])
  func whatIsNoSettingIsRefused(_ text: String, _ message: String) throws {
    // JSON is YAML as well.
    for name in text == "{" ? ["a.json"] : ["a.json", "a.yaml"] {
      let error = #expect(throws: ConfigurationError.self) { try load(name, text) }
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains("/\(name): ") == true)
    }
  }

  @Test func everyProblemOfAFileIsNamedAtOnce() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load("a.json", #"{"databse": 1, "log": {"level": "loud"}, "workspace": null}"#)
    }
    #expect(error?.message.split(separator: "\n").count == 3)
  }
}
