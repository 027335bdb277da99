import ArgumentParser
import Foundation
import ServerApp

/// Enters the server in an MCP host.
struct InstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Prints what to enter in an MCP host's configuration, or enters it.",
    discussion: "Hosts: claude-desktop, claude-code, vscode, cursor, zed, gemini, codex.")

  @Argument(help: "The host.")
  var host: String

  @Option(help: "user or project.")
  var scope = "user"

  @Option(help: "The server's name in the host.")
  var name = "leadrelay"

  @Flag(help: "Enter it: the file before the change is kept beside it with the ending .backup.")
  var write = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let configuration = try await options.load().configuration
    guard let scope = HostInstaller.Scope(rawValue: scope) else {
      throw ValidationError("--scope: found '\(scope)', expected user or project")
    }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let database = URL(fileURLWithPath: configuration.databasePath).standardizedFileURL.path
    let installer = try HostInstaller(
      command: program, database: "sqlite:\(database)", name: name,
      environment: ProcessInfo.processInfo.environment)
    let host = try installer.host(host)
    let path = try installer.path(of: host, scope)
    guard write else {
      print("\(host.name), in \(path):\n\n\(installer.snippet(for: host))")
      if let command = installer.command(of: host) { print("\nor: \(command)") }
      print("\nThen: \(host.activation)\nCheck: \(host.check)")
      return
    }
    try enter(installer, host, path)
    print("Entered in \(path).\nThen: \(host.activation)\nCheck: \(host.check)")
  }

  private func enter(_ installer: HostInstaller, _ host: HostInstaller.Host, _ path: String) throws
  {
    let url = URL(fileURLWithPath: path)
    var before = ""
    if FileManager.default.fileExists(atPath: path) {
      before = try String(contentsOf: url, encoding: .utf8)
    }
    let after: String
    do {
      after = try installer.merged(into: before, for: host)
    } catch {
      throw ValidationError("\(path): \(error). The lines:\n\n\(installer.snippet(for: host))")
    }
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if !before.isEmpty {
      try Data(before.utf8).write(to: url.appendingPathExtension("backup"), options: .atomic)
    }
    try Data(after.utf8).write(to: url, options: .atomic)
  }
}
