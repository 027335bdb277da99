import ArgumentParser
import ServerApp

/// An MCP server for marketing agents.
@main
struct LeadRelayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leadrelay",
    abstract: "An MCP server for marketing agents.",
    version: Application.version,
    subcommands: [
      ServeCommand.self, ImportCommand.self, QuarantineCommand.self, GenerateCommand.self,
      ToolsCommand.self, CallCommand.self, DoctorCommand.self, ConfigCommand.self,
      InstallCommand.self,
    ])
}
