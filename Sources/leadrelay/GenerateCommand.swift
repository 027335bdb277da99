import ArgumentParser
import Marketing
import ServerApp

/// Writes a sample data set.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a seeded sample data set in the layout that import reads.")

  @Argument(help: "The folder to write to; it must be empty or not exist.")
  var path: String

  @Option(help: "How many leads.")
  var leads = 5000

  @Option(help: "The same seed writes the same bytes.")
  var seed: UInt64 = 1

  @Option(help: "The time the data set ends at, ISO 8601.")
  var now = "2026-01-01T00:00:00Z"

  func run() async throws {
    guard (1...1_000_000).contains(leads) else {
      throw ValidationError("--leads: found \(leads), expected 1 to 1000000")
    }
    guard let end = Timestamp(iso8601: now) else {
      throw ValidationError("--now: found '\(now)', expected a time such as 2026-01-01T00:00:00Z")
    }
    try SampleDatasetWriter.prepare(path)
    let rows = try SampleDatasetWriter.write(
      to: path, seed: seed, leads: leads, now: end)
    print("\(rows) rows written to \(path)")
  }
}
