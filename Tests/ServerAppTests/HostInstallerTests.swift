import JSONRPC
import ServerApp
import Testing

@Suite struct HostInstallerTests {
  private func installer(
    name: String = "leadrelay", arguments: [String] = [],
    environment: [String: String] = ["HOME": "/home/ann"]
  ) throws -> HostInstaller {
    try HostInstaller(
      command: "/opt/lead relay/leadrelay", database: "sqlite:/data/leads.sqlite",
      arguments: arguments, name: name, environment: environment)
  }

  static let hosts = [
    "claude-desktop", "claude-code", "vscode", "cursor", "zed", "gemini", "codex",
  ]

  @Test func theTableHoldsEveryHost() throws {
    #expect(try installer().hosts.map(\.id).sorted() == Self.hosts.sorted())
  }

  @Test(arguments: hosts) func anEntryStartsTheServer(_ id: String) throws {
    let installer = try installer()
    let host = try installer.host(id)
    let snippet = installer.snippet(for: host)
    for part in ["/opt/lead relay/leadrelay", "serve", "--database", "sqlite:/data/leads.sqlite"] {
      #expect(snippet.contains(part), "\(part) is not in: \(snippet)")
    }
    #expect(!snippet.contains("{{"))
    #expect(try installer.path(of: host, .user).hasPrefix("/home/ann/"))
  }

  @Test(arguments: hosts.filter { $0 != "codex" })
  func mergingKeepsEverythingElse(_ id: String) throws {
    let installer = try installer()
    let host = try installer.host(id)
    let before = #"{"theme": "dark", "mcpServers": {"other": {"command": "x"}}, "zoom": 1.50}"#
    let after = try installer.merged(into: before, for: host)
    let json = try JSONParser().parse(after)
    #expect(json["theme"] == "dark")
    #expect(after.contains("1.50"))
    #expect(json["mcpServers"]?["other"]?["command"] == "x")
    #expect(after.contains("\"serve\""))
    // Entering it again changes nothing more.
    #expect(try installer.merged(into: after, for: host) == after)
  }

  @Test func anEmptyFileBecomesTheEntry() throws {
    let installer = try installer()
    let host = try installer.host("cursor")
    let json = try JSONParser().parse(try installer.merged(into: " \n", for: host))
    #expect(json["mcpServers"]?["leadrelay"]?["args"]?[0] == "serve")
  }

  @Test func commentsAreNotLost() throws {
    let installer = try installer()
    #expect(throws: HostError.self) {
      try installer.merged(into: "{ // mine\n}", for: installer.host("zed"))
    }
  }

  @Test func tomlIsAppendedOnce() throws {
    let installer = try installer()
    let codex = try installer.host("codex")
    let after = try installer.merged(into: "model = \"m\"", for: codex)
    #expect(after.hasPrefix("model = \"m\"\n\n[mcp_servers.leadrelay]\n"))
    #expect(after.contains(#"args = ["serve","--database","sqlite:/data/leads.sqlite"]"#))
    #expect(try installer.merged(into: after, for: codex) == after)
  }

  @Test(arguments: [
    "[mcp_servers.leadrelay]", "  [ mcp_servers . \"leadrelay\" ] # mine",
    "[mcp_servers.'leadrelay'.env]", "[mcp_servers]\nleadrelay = { command = \"x\" }",
    "[mcp_servers]\r\n\"leadrelay\".command = \"x\"", "mcp_servers.leadrelay.command = \"x\"",
    "mcp_servers = { }", "[[mcp_servers.leadrelay]]",
  ])
  func anEntryInTomlIsNotMadeTwice(_ text: String) throws {
    let installer = try installer()
    let codex = try installer.host("codex")
    #expect(throws: HostError.self) { try installer.merged(into: text, for: codex) }
  }

  @Test(arguments: [
    "[mcp_servers.leadrelay2]", "[mcp_servers]\nother = 1", "leadrelay = 1",
    "[mcp_servers.other]\nleadrelay = 1", "# [mcp_servers.leadrelay]", "[other.leadrelay]",
  ])
  func otherTablesInTomlStay(_ text: String) throws {
    let installer = try installer()
    let after = try installer.merged(into: text, for: installer.host("codex"))
    #expect(after.hasPrefix(text) && after.contains("\n[mcp_servers.leadrelay]\n"))
  }

  @Test(arguments: ["a b]", "", "a.b", "a\"b", "é", String(repeating: "a", count: 65)])
  func aNameThatHostsWouldNotTakeIsRefused(_ name: String) throws {
    let error = #expect(throws: HostError.self) { try installer(name: name) }
    #expect(error?.message.contains("letters, digits, '_' and '-'") == true)
  }

  @Test(arguments: hosts) func furtherSettingsFollow(_ id: String) throws {
    let installer = try installer(arguments: ["--workspace", "sales"])
    let host = try installer.host(id)
    let snippet = installer.snippet(for: host)
    #expect(snippet.contains("\"--workspace\"") && snippet.contains("\"sales\""))
    if let command = installer.command(of: host, .user) {
      #expect(command.hasSuffix(" --workspace sales"))
    }
  }

  @Test func whatTheUserAddedToTheEntryStays() throws {
    let installer = try installer()
    let before = """
      {"context_servers": {"leadrelay": {"command": "old", "env": {"A": "b"}, "mine": 1}}}
      """
    let after = try JSONParser().parse(installer.merged(into: before, for: installer.host("zed")))
    let entry = after["context_servers"]?["leadrelay"]
    #expect(entry?["command"] == "/opt/lead relay/leadrelay")
    #expect(entry?["env"]?["A"] == "b" && entry?["mine"] == 1)
  }

  @Test(arguments: [
    (
      "vscode", ["HOME": "/home/ann", "XDG_CONFIG_HOME": ""], "/home/ann/.config/Code/User/mcp.json"
    ),
    (
      "vscode", ["HOME": "/home/ann", "XDG_CONFIG_HOME": "conf"],
      "/home/ann/.config/Code/User/mcp.json"
    ),
    ("vscode", ["HOME": "/home/ann", "XDG_CONFIG_HOME": "/conf"], "/conf/Code/User/mcp.json"),
    ("codex", ["HOME": "/home/ann", "CODEX_HOME": ""], "/home/ann/.codex/config.toml"),
  ])
  func emptyAndRelativeVariablesArePassedOver(
    _ id: String, _ environment: [String: String], _ path: String
  ) throws {
    let installer = try installer(environment: environment)
    #expect(try installer.path(of: installer.host(id), .user) == path)
  }

  @Test func anUnknownHostIsRefusedWithTheNames() throws {
    let error = #expect(throws: HostError.self) { try installer().host("emacs") }
    #expect(error?.message.contains("claude-desktop") == true)
  }

  @Test func theHostsOwnCommandIsQuoted() throws {
    let installer = try installer()
    let host = try installer.host("claude-code")
    for scope in HostInstaller.Scope.allCases {
      let command = try #require(installer.command(of: host, scope))
      #expect(command.contains("'/opt/lead relay/leadrelay'"))
      #expect(command.contains("--scope \(scope.rawValue) leadrelay"))
    }
    #expect(installer.command(of: try installer.host("codex"), .project) == nil)
  }
}
