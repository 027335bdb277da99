import ArgumentParser
import Foundation
import ServerApp

/// Enters the server in an MCP host.
struct InstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Prints what to enter in an MCP host's configuration, or enters it.",
    discussion: """
      Hosts: claude-desktop, claude-code, vscode, cursor, zed, gemini, codex. The entry starts the \
      server with the settings given here.
      """)

  @Argument(help: "The host.")
  var host: String

  @Option(help: "Whose configuration.")
  var scope = HostInstaller.Scope.user

  @Option(help: "The server's name in the host: letters, digits, '_' and '-'.")
  var name = "leadrelay"

  @Flag(
    help: """
      Enter it: what the file held before is kept beside it as .backup, .backup.2 and so on.
      """)
  var write = false

  @OptionGroup var options: ConfigurationOptions

  @OptionGroup(title: "Tools") var toolOptions: ToolOptions

  func run() async throws {
    let configuration = try await options.load(toolOptions).configuration
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let installer: HostInstaller
    let host: HostInstaller.Host
    let path: String
    do {
      installer = try HostInstaller(
        command: program, database: "sqlite:\(Self.absolute(configuration.databasePath))",
        arguments: serverArguments, name: name, environment: ProcessInfo.processInfo.environment)
      host = try installer.host(self.host)
      path = try installer.path(of: host, scope)
    } catch {
      throw ValidationError(error.message)
    }
    let steps = "Then: \(host.activation)\nCheck: \(host.check)"
    guard write else {
      print("\(host.name), in \(path):\n\n\(installer.snippet(for: host))")
      if let command = installer.command(of: host, scope) { print("\nor: \(command)") }
      print("\n\(steps)")
      return
    }
    switch try enter(installer, host, path) {
    case .none: print("\(path) holds it already.")
    case .written(let backup):
      print("Entered in \(path).")
      if let backup { print("What it held before is in \(backup).") }
    }
    print(steps)
  }

  private func enter(
    _ installer: HostInstaller, _ host: HostInstaller.Host, _ path: String
  ) throws -> HostFile.Change {
    do {
      return try HostFile(path: path, scope).change { try installer.merged(into: $0, for: host) }
    } catch let error as HostError {
      throw HostError(
        message: "\(path): \(error.message). The lines:\n\n\(installer.snippet(for: host))")
    }
  }

  /// The settings given to this command, for the server: hosts start it from a folder of their own, and
  /// without this one's variables.
  private var serverArguments: [String] {
    var arguments: [String] = []
    if let config = options.config { arguments += ["--config", Self.absolute(config)] }
    if let level = options.logLevel { arguments += ["--log-level", level] }
    if let workspace = options.workspace { arguments += ["--workspace", workspace] }
    for (name, value) in [
      ("--toolsets", toolOptions.toolsets), ("--tools", toolOptions.tools),
      ("--exclude-tools", toolOptions.excludeTools),
    ] {
      if let value { arguments += [name, value] }
    }
    if toolOptions.readOnly { arguments.append("--read-only") }
    for setting in options.settings where !setting.hasPrefix("database=") {
      arguments += ["--set", setting]
    }
    return arguments
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension HostInstaller.Scope: ExpressibleByArgument {}
