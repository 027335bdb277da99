import ArgumentParser
import Foundation
import JSONRPC
import MCP

/// A test client: it starts a server, or connects to one that runs, and talks to it.
@main
struct MCPClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp-client",
    abstract: "Talks to an MCP server over stdio, WebSocket or HTTP.",
    discussion: """
      --url names a server that runs. Otherwise one is started: behind -- stands the command that starts the server; without one, the leadrelay beside this \
      program is started. Exit codes: 0 when all went well, 1 when a tool or the server failed, 64 \
      when the command line is wrong.
      """,
    subcommands: [
      ListCommand.self, CallCommand.self, ReadCommand.self, PromptCommand.self, DemoCommand.self,
      ReplayCommand.self, BenchCommand.self,
    ])
}

/// Which server to talk to, and in which era.
struct ServerOptions: ParsableArguments {
  @Option(help: "auto, 2026-07-28, or a revision with a handshake such as 2025-11-25.")
  var mode = "auto"

  @Option(help: "The database handed to the leadrelay beside this program: sqlite:PATH.")
  var database: String?

  @OptionGroup var remote: RemoteOptions

  @Argument(parsing: .postTerminator, help: "The command that starts the server.")
  var command: [String] = []

  func validate() throws {
    guard remote.url == nil || (command.isEmpty && database == nil) else {
      throw ValidationError("--url is for a server that runs; a command or --database starts one")
    }
    guard database == nil || command.isEmpty else {
      throw ValidationError(
        "--database is for the leadrelay beside this program; write it behind -- as well")
    }
  }

  /// The command, the one beside this program when none was given.
  var serverCommand: [String] {
    if !command.isEmpty { return command }
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let sibling = program.deletingLastPathComponent().appendingPathComponent("leadrelay").path
    let server = FileManager.default.isExecutableFile(atPath: sibling) ? sibling : "leadrelay"
    return [server, "serve"] + (database.map { ["--database", $0] } ?? [])
  }

  func sessionMode() throws -> ClientSession.Mode {
    if mode == "auto" { return .automatic }
    guard let version = ProtocolVersion(rawValue: mode) else {
      let known = ProtocolVersion.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--mode: found '\(mode)', expected auto or one of \(known)")
    }
    return version.era == .modern ? .modern : .legacy(version)
  }

  /// What connects to the server, in words.
  var transportName: String {
    guard let server = remote.server else { return "stdio" }
    return server.isWebSocket ? "WebSocket" : "HTTP"
  }

  /// Starts the server if it is not one that runs, connects, and hands the session over.
  func withSession<Value: Sendable>(
    handlers: ClientHandlers = ClientHandlers(acceptsTasks: true),
    _ body: (ClientSession) async throws -> Value
  ) async throws -> Value {
    let mode = try sessionMode()
    let child: ChildProcess?
    let transport: any Transport
    if let server = remote.server {
      child = nil
      transport = try await server.connect()
    } else {
      let started = try ChildProcess(command: serverCommand)
      child = started
      transport = started.transport
    }
    let session = ClientSession(
      transport: transport,
      info: Implementation(name: "mcp-client", version: "0.1.0", title: "LeadRelay test client"),
      handlers: handlers)
    do {
      let value = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await session.run() }
        defer { session.close() }
        try await session.connect(mode)
        return try await body(session)
      }
      await child?.stop()
      return value
    } catch let error as RPCError {
      await child?.stop()
      throw ServerFailure(error)
    } catch {
      await child?.stop()
      throw error
    }
  }
}

/// What the server did instead of what it was asked. The exit code is 1.
struct ServerFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What it answered instead of a result, or that it could not.
  init(_ error: RPCError) {
    // Also what the session says of a server that has gone.
    guard error.code != .internalError else {
      self.init("the server failed: \(error.message)")
      return
    }
    let data = error.data.map { " " + JSONWriter.text(of: $0) } ?? ""
    self.init("the server answered \(error.code.rawValue): \(error.message)\(data)")
  }
}

/// A file cannot be read or written.
struct FileFailure: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }

  /// The text of a file.
  static func text(of path: String) throws -> String {
    // What Foundation throws is for programmers.
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileFailure(path, "cannot be read")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileFailure(path, "not text in UTF-8")
    }
    return text
  }
}
