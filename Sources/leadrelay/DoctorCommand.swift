import ArgumentParser
import JSONRPC
import ServerApp

/// Checks the installation.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks files, permissions, schema and libraries, and says how to fix what is wrong.",
    discussion: "Nothing is made or changed. The exit code is 1 when something is wrong.")

  @Flag(help: "Print the findings as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let configuration = try await options.load().configuration
    let findings = Doctor(configuration).examine()
    let isGood = findings.allSatisfy { $0.status == .ok }
    if json {
      print(
        IndentedJSON.text(of: [
          "status": isGood ? "ok" : "failed", "findings": try JSONValueEncoder().encode(findings),
        ]))
    } else {
      for finding in findings {
        let status = finding.status == .ok ? "ok  " : "FAIL"
        print("\(status) \(finding.check.rawValue): \(finding.message)")
        if let remedy = finding.remedy { print("     \(remedy)") }
      }
    }
    if !isGood { throw ExitCode(1) }
  }
}
