import ArgumentParser
import Foundation
import JSONRPC
import MCP
import ServerConnections

/// Plays scripts of wire-level cases against a server.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Plays scripts against a server; the exit code is 1 on any mismatch.",
    discussion: """
      Each file is played against a server of its own with an empty database, over stdio unless --over \
      says otherwise. With --url all are played against one that runs. Over WebSocket each line is a \
      frame, over HTTP a request. The format is described in clients/README.md.
      """)

  @Argument(help: "Scripts: files of JSON lines.")
  var files: [String]

  @Flag(help: "Print the failed cases only.")
  var failuresOnly = false

  @Option(
    help: ArgumentHelp(
      "The program that starts the server; --database sqlite:PATH is handed to it behind the "
        + "arguments given here, separated by spaces.", valueName: "command"))
  var server: String?

  @Option(help: "What the servers are reached over instead of stdio: websocket or http.")
  var over: BenchCommand.Over?

  @OptionGroup var remote: RemoteOptions

  func validate() throws {
    guard remote.url == nil || (server == nil && over == nil) else {
      throw ValidationError("--url is for a server that runs; --server and --over start one")
    }
    guard server?.allSatisfy({ $0 == " " }) != true else {
      throw ValidationError("--server: found no program")
    }
  }

  func run() async throws {
    var table = Table(columns: ["script", "case", "", "why"])
    var passed = 0
    var failed = 0
    // All of them are checked before the first is played.
    let scripts = try files.map {
      (URL(fileURLWithPath: $0).lastPathComponent, try ReplayScript(file: $0))
    }
    for (name, script) in scripts {
      for outcome in try await play(script) {
        if outcome.failure == nil { passed += 1 } else { failed += 1 }
        if outcome.failure != nil || !failuresOnly {
          table.add([
            name, outcome.name, outcome.failure == nil ? "pass" : "FAIL", outcome.failure ?? "",
          ])
        }
      }
    }
    print(table.text)
    print("\(passed) passed, \(failed) failed")
    if failed > 0 { throw ExitCode(1) }
  }

  private func play(_ script: ReplayScript) async throws -> [ReplayPlayer.Outcome] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mcp-replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = try ServerOptions.parse([])
    options.database = "sqlite:\(folder.path)/replay.sqlite"
    if let server {
      options.command =
        server.split(separator: " ").map(String.init)
        + ["--database", "sqlite:\(folder.path)/replay.sqlite"]
    }
    return await ReplayPlayer(server: try await peer(options.serverCommand)).play(script)
  }

  private func peer(_ command: [String]) async throws -> any ReplayPeer {
    if let server = remote.server { return try await ReplayConnection(to: server) }
    guard let over else { return try ReplayServer(command: command) }
    let started = try ListeningServer(command: command)
    let server = BenchCommand.server(at: started.address, over: over)
    return try await ReplayConnection(to: server, started: started)
  }
}
