package import ArgumentParser
import Foundation
import JSONRPC
package import MCP

/// Which server to talk to, and in which era.
package struct ServerOptions: ParsableArguments {
  /// The era, as it is given.
  @Option(help: "auto, 2026-07-28, or a revision with a handshake such as 2025-11-25.")
  package var mode = "auto"

  /// The database of the server that is started.
  @Option(help: "The database handed to the leadrelay beside this program: sqlite:PATH.")
  package var database: String?

  /// The server that runs, if one is named.
  @OptionGroup package var remote: RemoteOptions

  /// The command that starts the server.
  @Argument(parsing: .postTerminator, help: "The command that starts the server.")
  package var command: [String] = []

  package init() {}

  package func validate() throws {
    guard remote.url == nil || (command.isEmpty && database == nil) else {
      throw ValidationError("--url is for a server that runs; a command or --database starts one")
    }
    guard database == nil || command.isEmpty else {
      throw ValidationError(
        "--database is for the leadrelay beside this program; write it behind -- as well")
    }
  }

  /// The command, the one beside this program when none was given.
  package var serverCommand: [String] {
    if !command.isEmpty { return command }
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let sibling = program.deletingLastPathComponent().appendingPathComponent("leadrelay").path
    let server = FileManager.default.isExecutableFile(atPath: sibling) ? sibling : "leadrelay"
    return [server, "serve"] + (database.map { ["--database", $0] } ?? [])
  }

  /// The era to connect in.
  package func sessionMode() throws -> ClientSession.Mode {
    if mode == "auto" { return .automatic }
    guard let version = ProtocolVersion(rawValue: mode) else {
      let known = ProtocolVersion.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--mode: found '\(mode)', expected auto or one of \(known)")
    }
    return version.era == .modern ? .modern : .legacy(version)
  }

  /// What connects to the server, in words.
  package var transportName: String {
    guard let server = remote.server else { return "stdio" }
    return server.isWebSocket ? "WebSocket" : "HTTP"
  }

  /// Starts the server if it is not one that runs, connects, and hands the session over.
  /// - Parameter info: who connects.
  package func withSession<Value: Sendable>(
    as info: Implementation, handlers: ClientHandlers = ClientHandlers(acceptsTasks: true),
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
      transport: transport, info: info, handlers: handlers)
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
