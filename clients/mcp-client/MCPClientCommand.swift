import ArgumentParser
import Foundation
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

extension Implementation {
  /// This program.
  static let testClient = Implementation(
    name: "mcp-client", version: "0.1.0", title: "LeadRelay test client")
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
