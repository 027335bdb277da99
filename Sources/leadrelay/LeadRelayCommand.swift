import ArgumentParser
import Foundation
import ServerApp

/// An MCP server for marketing agents.
@main
struct LeadRelayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leadrelay",
    abstract: "An MCP server for marketing agents.",
    discussion: """
      Exit codes: 0 when all went well, 1 when the work failed, 64 when the command line or a setting \
      is wrong. import, suppress import and score have 2 for rows that could not be read, train and score 130 when \
      they were interrupted.
      """,
    version: Application.version,
    subcommands: [
      ServeCommand.self, ImportCommand.self, QuarantineCommand.self, GenerateCommand.self,
      ToolsCommand.self, CallCommand.self, DoctorCommand.self, ConfigCommand.self,
      InstallCommand.self, TokenCommand.self, TrainCommand.self, ScoreCommand.self,
      ReportCommand.self, ModelsCommand.self, EvaluateRecallCommand.self,
      EvaluateExperimentsCommand.self, EvaluateCampaignsCommand.self, SuppressCommand.self,
    ])

  static func main() async {
    var command: any ParsableCommand
    do { command = try parseAsRoot() } catch { exit(withError: error) }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as ValidationError {
      // The message says what is accepted: the usage in general would only hide it.
      FileHandle.standardError.write(Data("Error: \(error.message)\n".utf8))
      exit(withError: ExitCode.validationFailure)
    } catch {
      exit(withError: CommandError.readable(error))
    }
  }
}
