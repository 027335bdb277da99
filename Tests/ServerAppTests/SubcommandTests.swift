import Foundation
import JSONRPC
import MCP
import ServerApp
import Testing

/// The subcommands as a user runs them, with wrong input too.
@Suite struct SubcommandTests {
  @Test func versionIsPrinted() async throws {
    let result = try await ServerProcess.run(["--version"])
    #expect(result.code == 0 && result.output == "\(Application.version)\n")
  }

  @Test func theToolsAreListed() async throws {
    let result = try await ServerProcess.run(["tools", "--json"])
    let names = try JSONParser().parse(result.output).arrayValue?.compactMap {
      $0["name"]?.stringValue
    }
    #expect(names?.contains("triage_lead") == true)
  }

  @Test func aSampleIsGeneratedImportedAndTriaged() async throws {
    try await ServerProcess.withFolder { folder in
      let sample = "\(folder)/sample"
      let database = ["--database", "sqlite:\(folder)/leads.sqlite"]
      let generated = try await ServerProcess.run([
        "generate", sample, "--leads", "300", "--seed", "7",
      ])
      #expect(generated.code == 0, "\(generated.errors)")
      let first = try await ServerProcess.run(["import", sample, "--json"] + database)
      #expect(first.code == 0, "\(first.output) \(first.errors)")
      let report = try JSONParser().parse(first.output)
      let leads = report["tables"]?.arrayValue?.first { $0["table"] == "leads" }
      #expect(leads?["rowsRead"]?.integerValue == 300)
      #expect(report["quarantined"] == 0)
      // Importing it again changes nothing.
      let second = try JSONParser().parse(
        try await ServerProcess.run(["import", sample, "--json"] + database).output)
      for table in second["tables"]?.arrayValue ?? [] {
        #expect(table["added"] == 0 && table["changed"] == 0, "\(table)")
      }
      let found = try await ServerProcess.run(
        ["call", "search_leads", #"{"limit": 1}"#] + database)
      let page = try JSONParser().parse(found.output)
      #expect(page["total"] == 300)
      let id = try #require(page["leads"]?[0]?["leadID"]?.stringValue)
      let triaged = try await ServerProcess.run(
        ["call", "triage_lead", #"{"leadID": "\#(id)"}"#] + database)
      #expect(triaged.code == 0, "\(triaged.output)")
      let doctor = try await ServerProcess.run(["doctor"] + database)
      #expect(doctor.code == 0, "\(doctor.output)")
    }
  }

  @Test func badRowsAreQuarantinedWithTheirPlace() async throws {
    try await ServerProcess.withFolder { folder in
      let file = "\(folder)/leads-from-fair.csv"
      let text = "Email,Company,Consent\nann@acme.test,Acme,yes\nno address,Beta,perhaps\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      let mapping = "\(folder)/mapping.json"
      try Data(#"{"columns": {"Email": "email", "Consent": "hasConsent"}}"#.utf8)
        .write(to: URL(fileURLWithPath: mapping))
      let arguments = ["import", file, "--database", "sqlite:\(folder)/l.sqlite"]
      let result = try await ServerProcess.run(arguments + ["--json", "--mapping", mapping])
      #expect(result.code == 2, "\(result.output) \(result.errors)")
      let row = try JSONParser().parse(result.output)["quarantine"]?[0]
      #expect(row?["file"] == .string(ImportedFileName(file).text) && row?["line"] == 3)
      #expect(row?["column"] == "Consent")
      #expect(row?["reason"]?.stringValue?.contains("true, false") == true)
      let listed = try await ServerProcess.run(
        ["quarantine", "leads-from-fair.csv", "--json", "--database", "sqlite:\(folder)/l.sqlite"])
      #expect(try JSONParser().parse(listed.output)[0] == row)
      // A column that was only recognised by its header may hold anything: it becomes an attribute.
      #expect(try await ServerProcess.run(arguments).code == 0)
      let empty = try await ServerProcess.run(
        ["quarantine", "--json", "--database", "sqlite:\(folder)/l.sqlite"])
      #expect(try JSONParser().parse(empty.output) == [])
    }
  }

  @Test func whatIsNotShownOfTheQuarantineIsCounted() async throws {
    try await ServerProcess.withFolder { folder in
      let file = "\(folder)/a.csv"
      let rows = (1...130).map { "\($0),soon" }.joined(separator: "\n")
      try Data("id,created\n\(rows)\n".utf8).write(to: URL(fileURLWithPath: file))
      let arguments = ["import", file, "--database", "sqlite:\(folder)/l.sqlite"]
      let text = try await ServerProcess.run(arguments)
      #expect(text.code == 2)
      #expect(text.output.contains("quarantine: 30 more; leadrelay quarantine lists all"))
      let json = try JSONParser().parse(
        try await ServerProcess.run(arguments + ["--json"]).output)
      #expect(json["quarantineNotShown"] == 30)
      let listed = try await ServerProcess.run(
        ["quarantine", "--database", "sqlite:\(folder)/l.sqlite"])
      #expect(listed.output.split(separator: "\n").count == 131)
    }
  }

  static let badMappings: [(text: String?, named: String)] = [
    (nil, "m.json: No such file or directory"), ("{", "is no JSON"),
    (#"{"columns": {"a": "mail"}}"#, "columns: 'mail' is no field"),
  ]

  @Test(arguments: badMappings) func aMappingThatCannotBeUsedIsExplained(
    _ mapping: (text: String?, named: String)
  ) async throws {
    try await ServerProcess.withFolder { folder in
      let file = "\(folder)/m.json"
      if let text = mapping.text { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
      let result = try await ServerProcess.run(
        ["import", "/dev/null", "--mapping", file, "--database", "sqlite:\(folder)/l.sqlite"])
      #expect(result.code != 0)
      #expect(result.errors.contains(mapping.named), "\(result.errors)")
      #expect(!result.errors.contains("DecodingError") && !result.errors.contains("Domain"))
    }
  }

  /// A command line, its exit code, and what its errors say.
  static let wrong: [([String], Int32, String)] = [
    (["import", "/no/such/folder"], 1, "/no/such/folder"),
    (["serve", "--database", "postgres://x"], 64, "sqlite:PATH"),
    (["serve", "--database", "sqlite::memory:"], 64, "in memory would be lost"),
    (["serve", "--database", "sqlite:/proc/none/l.sqlite"], 1, "/proc/none"),
    (["serve", "--set", "colour=red"], 64, "colour"),
    (["serve", "--set", "workspac=red"], 64, "did you mean workspace?"),
    (["serve", "--set", "workspace"], 64, "expected key=value"),
    (["serve", "now"], 64, "now"),
    (["tools", "now"], 64, "now"),
    (["call"], 64, "<tool>"),
    (["call", "triage_lead", "{"], 64, "JSON"),
    (["call", "triage_lead", "[]"], 64, "found array"),
    (["call", "no_such_tool", "{}"], 1, "no_such_tool"),
    (["call", "search_leads", "--database", "sqlite:/proc/none/l.sqlite"], 1, "/proc/none"),
    (["call", "search_leads", "--database", "sqlite:/dev/null/l.sqlite"], 1, "Not a directory"),
    (["install", "emacs"], 64, "claude-desktop"),
    (["install", "cursor", "--scope", "team"], 64, "team"),
    (["install", "claude-desktop", "--scope", "project"], 64, "project"),
    (["install", "codex", "--name", "a b]", "--write"], 64, "'a b]'"),
    (["generate", "/tmp", "--leads", "5"], 1, "not empty"),
    (["generate", "/dev/null"], 1, "/dev/null: Not a directory"),
    (["generate", "/proc/g"], 1, "/proc/g: No such file or directory"),
    (["import", "/no/such.csv", "--id-prefix", "a b"], 64, "1 to 32"),
    (["config", "--log-level", "loud"], 64, "--log-level: log.level: found 'loud'"),
    (["config", "--config", "/no/such.json"], 64, "/no/such.json"),
    (["config", "--config", "/no/such.toml"], 64, ".yaml"),
    (["config", "--config", ""], 64, "--config"),
    (["colour"], 64, "colour"),
  ]

  @Test(arguments: wrong)
  func wrongInputIsAnswered(_ arguments: [String], _ code: Int32, _ named: String) async throws {
    try await ServerProcess.withFolder { folder in
      let result = try await ServerProcess.run(
        arguments, environment: ["XDG_DATA_HOME": folder, "HOME": folder])
      #expect(result.code == code, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(named), "\(arguments): \(result.errors)")
      for word in ["NSCocoaErrorDomain", "DecodingError", "Error Domain"] {
        #expect(!(result.errors + result.output).contains(word))
      }
    }
  }

  @Test func aToolThatFailsAndAServerThatFailsAreTheSameToScripts() async throws {
    try await ServerProcess.withFolder { folder in
      let database = ["--database", "sqlite:\(folder)/l.sqlite"]
      let good = try await ServerProcess.run(["call", "search_leads"] + database)
      #expect(good.code == 0)
      let refused = try await ServerProcess.run(
        ["call", "triage_lead", #"{"email": 3}"#] + database)
      #expect(refused.code == 1 && refused.output.contains("/email"))
      try FileManager.default.removeItem(atPath: "\(folder)/keys.json")
      let failed = try await ServerProcess.run(["call", "search_leads"] + database)
      #expect(failed.code == 1)
      #expect(failed.errors.contains("put the keys.json that belongs to the database back"))
      #expect(!failed.errors.contains("Usage"))
    }
  }

  @Test func settingsArePrintedAsJSONAndUnknownVariablesAreToldBeside() async throws {
    let result = try await ServerProcess.run(
      ["config", "--json", "--set", "tasks.running=3"],
      environment: ["LEADRELAY_WORKSPCE": "sales", "LEADRELAY_CONFIG": ""])
    #expect(result.code == 0)
    #expect(result.errors.contains("did you mean LEADRELAY_WORKSPACE?"))
    let rows = try #require(try JSONParser().parse(result.output).arrayValue)
    #expect(rows.map { $0["key"]?.stringValue ?? "" } == SettingKey.all.map(\.name))
    let tasks = try #require(rows.first { $0["key"] == "tasks.running" })
    #expect(tasks["value"] == "3" && tasks["source"] == "--set")
  }

  @Test func installingChangesTheHostsFileThroughItsLink() async throws {
    try await ServerProcess.withFolder { folder in
      let file = URL(fileURLWithPath: "\(folder)/claude.json")
      try Data(#"{"token": "secret"}"#.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/.claude.json", withDestinationPath: "claude.json")
      let arguments = ["install", "claude-code", "--write", "--workspace", "sales"]
      for _ in 0..<2 {
        let result = try await ServerProcess.run(arguments, environment: ["HOME": folder])
        #expect(result.code == 0, "\(result.errors)")
      }
      let entered = try JSONParser().parse(String(contentsOf: file, encoding: .utf8))
      #expect(entered["token"] == "secret")
      let words = entered["mcpServers"]?["leadrelay"]?["args"]?.arrayValue?.compactMap(
        \.stringValue)
      #expect(words?.suffix(2) == ["--workspace", "sales"])
      for name in ["claude.json", ".claude.json.backup"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
    }
  }

  @Test func aFileThatIsNoDatabaseIsRefused() async throws {
    try await ServerProcess.withFolder { folder in
      let path = "\(folder)/notes.sqlite"
      try Data("these are my notes, not a database at all, and long enough to see".utf8)
        .write(to: URL(fileURLWithPath: path))
      let result = try await ServerProcess.run(["serve", "--database", "sqlite:\(path)"])
      #expect(result.code != 0)
      #expect(result.errors.contains(path))
      #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("these are my notes"))
    }
  }

  @Test func theDoctorFindsOpenPermissions() async throws {
    try await ServerProcess.withFolder { folder in
      let arguments = ["--database", "sqlite:\(folder)/l.sqlite"]
      _ = try await ServerProcess.run(
        ["call", "triage_lead", #"{"email": "a@b.test"}"#] + arguments)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o644], ofItemAtPath: "\(folder)/keys.json")
      let result = try await ServerProcess.run(["doctor"] + arguments)
      #expect(result.code == 1)
      #expect(result.output.contains("chmod 600 \(folder)/keys.json"))
      let json = try await ServerProcess.run(["doctor", "--json"] + arguments)
      #expect(json.code == 1)
      let report = try JSONParser().parse(json.output)
      #expect(report["status"] == "failed")
      let failed = report["findings"]?.arrayValue?.filter { $0["status"] == "failed" }
      #expect(failed?.count == 1 && failed?[0]["check"] == "keys")
      #expect(failed?[0]["remedy"] == .string("chmod 600 \(folder)/keys.json"))
      #expect(failed?[0]["message"]?.stringValue?.isEmpty == false)
    }
  }
}
