import JSONRPC
import ServerApp
import Testing

@Suite struct HostInstallerTests {
  private func installer() throws -> HostInstaller {
    try HostInstaller(
      command: "/opt/lead relay/leadrelay", database: "sqlite:/data/leads.sqlite",
      name: "leadrelay", environment: ["HOME": "/home/ann"])
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
    #expect(throws: HostError.self) { try installer.merged(into: after, for: codex) }
  }

  @Test func anUnknownHostIsRefusedWithTheNames() throws {
    let error = #expect(throws: HostError.self) { try installer().host("emacs") }
    #expect(error?.message.contains("claude-desktop") == true)
  }

  @Test func theHostsOwnCommandIsQuoted() throws {
    let installer = try installer()
    let command = try #require(installer.command(of: try installer.host("claude-code")))
    #expect(command.contains("'/opt/lead relay/leadrelay'"))
  }
}
