import ArgumentParser
import ServerApp

/// Checks the installation.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks files, permissions, schema and libraries, and says how to fix what is wrong.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let configuration = try await options.load().configuration
    let findings = Doctor(configuration).examine()
    for finding in findings {
      print("\(finding.isGood ? "ok  " : "FAIL") \(finding.what)")
      if let remedy = finding.remedy { print("     \(remedy)") }
    }
    if findings.contains(where: { !$0.isGood }) { throw ExitCode(1) }
  }
}
