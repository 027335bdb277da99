import Foundation
import JSONRPC
import Testing

/// The test client as a user runs it, against good and broken servers.
@Suite struct TestClientTests {
  private func run(
    _ arguments: [String]
  ) async throws -> (code: Int32, output: String, errors: String) {
    try await ServerProcess.run(arguments, program: ServerProcess.program("mcp-client"))
  }

  /// A file of text in the folder; a program when it begins as one.
  private func file(_ folder: String, _ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let mode = text.hasPrefix("#!") ? 0o755 : 0o644
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @Test func aServerThatDoesNotAnswerIsNotWaitedForTwice() async throws {
    try await ServerProcess.withFolder { folder in
      let server = try file(folder, "server", "#!/bin/sh\ncat > /dev/null\n")
      let script = try file(
        folder, "script.jsonl",
        """
        {"name": "first", "send": {"id": 1}}
        {"expect": {"id": 1}, "within": 0.2}
        {"name": "second", "send": {"id": 2}}
        {"expect": {"id": 2}}
        {"name": "third", "silence": true}
        """)
      let result = try await run(["replay", script, "--server", server])
      #expect(result.code == 1)
      #expect(result.output.contains("within 0.2 seconds"))
      // Instead of 10 s each.
      #expect(result.output.split(separator: "within 1.0 seconds").count == 3)
      #expect(result.output.contains("0 passed, 3 failed"))
    }
  }

  @Test func aServerThatTakesNoInputIsGivenUp() async throws {
    try await ServerProcess.withFolder { folder in
      let server = try file(folder, "server", "#!/bin/sh\nexec sleep 60\n")
      let script = try file(
        folder, "script.jsonl",
        """
        {"name": "wait", "expect": {"id": 1}, "within": 0.1}
        {"name": "fill", "send": {"raw": [{"repeat": "x", "times": 1000000}]}}
        """)
      let result = try await run(["replay", script, "--server", server])
      #expect(result.code == 1 && result.output.contains("the server takes no input"))
    }
  }

  @Test(arguments: [
    (#"{"expct": {}}"#, "'expct'"), (#"{"name": "x"}"#, "expected one of"),
    (#"{"send": {}, "expect": {}}"#, "expected one of"),
    (#"{"send": {"raw": {"hex": "f"}}}"#, "hexadecimal"),
    (#"{"send": {"raw": {"repeat": "x", "times": -1}}}"#, "raw part"),
    (#"{"expect": {}, "within": 1e300}"#, "within"), ("{", "line 1"),
  ])
  func aMistakeInAScriptIsNamed(_ line: String, _ named: String) async throws {
    try await ServerProcess.withFolder { folder in
      let result = try await run(["replay", file(folder, "script.jsonl", line)])
      #expect(result.code == 64)
      #expect(result.errors.contains(named) && result.errors.contains("script.jsonl"))
    }
  }

  static let wrong: [([String], Int32, String)] = [
    (["replay", "/no/such.jsonl"], 1, "/no/such.jsonl"), (["replay"], 64, "files"),
    (["replay", "/no/such.jsonl", "--server", " "], 64, "--server"),
    (["list", "--mode", "2020-01-01"], 64, "2025-11-25"),
    (["list", "--", "/no/such/program"], 1, "/no/such/program"),
    (["list", "--database", "sqlite:x", "--", "cat"], 64, "--database"),
    (["call", "triage_lead", "["], 64, "JSON"), (["call", "triage_lead", "[]"], 64, "object"),
    (["prompt", "qualify_lead", "--argument", "x"], 64, "name=value"),
    (["demo", "--limit", "0"], 64, "1 to 200"), (["bench", "--calls=-1"], 64, "--calls"),
    (["bench", "--", "true"], 1, "the server ended"),
    (["list", "--", "true"], 1, "the server failed: The"),
  ]

  @Test(arguments: wrong)
  func wrongInputIsAnswered(_ arguments: [String], _ code: Int32, _ named: String) async throws {
    let result = try await run(arguments)
    #expect(result.code == code, "\(arguments): \(result.errors)")
    #expect(result.errors.contains(named), "\(arguments): \(result.errors)")
    #expect(!result.errors.contains("NSCocoaErrorDomain"))
  }

  @Test func aPromptIsFilledIn() async throws {
    try await ServerProcess.withFolder { folder in
      let database = ["--database", "sqlite:\(folder)/l.sqlite"]
      let triaged = try await ServerProcess.run(
        ["call", "triage_lead", #"{"email": "ann@acme.test"}"#] + database)
      let id = try #require(try JSONParser().parse(triaged.output)["leadID"]?.stringValue)
      let result = try await run(
        ["prompt", "qualify_lead", "--argument", "leadID=\(id)"] + database)
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output.contains(id))
    }
  }

  @Test func whatTheServerRefusesIsNoWrongUsage() async throws {
    try await ServerProcess.withFolder { folder in
      let database = ["--database", "sqlite:\(folder)/l.sqlite"]
      for arguments in [["call", "no_such_tool"], ["read", "lead://none"], ["prompt", "none"]] {
        let result = try await run(arguments + database)
        #expect(result.code == 1, "\(arguments): \(result.errors)")
        #expect(result.errors.contains("the server answered -3"))
        #expect(!result.errors.contains("Usage"))
      }
    }
  }
}
