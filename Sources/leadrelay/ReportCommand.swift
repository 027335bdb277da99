import ArgumentParser
import Marketing
import ServerApp

/// Writes the pictures of a model.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a trained model's report as one HTML page, for a browser and for printing.")

  @Option(
    help: ArgumentHelp("A version such as leads-3, or a name for its latest.", valueName: "name"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "The file to write (default: the model's name with .html, in this folder); - for standard output.",
      valueName: "file"))
  var output: String?

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let application = try await options.application()
    let (model, path) = try await application.modelShelf.report(model, to: output)
    if path != "-" { print("report on \(model.id) written to \(path)") }
  }
}
