import ArgumentParser
import Foundation
import JSONRPC
import Marketing
import ServerApp

/// Imports a data set or a file of leads.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Imports a folder in the data set's layout, or a CSV file of leads.",
    discussion: """
      Importing the same files again changes nothing. Rows that cannot be imported are kept in \
      quarantine with file, line, column and reason; the exit code is 2 when there are any, 1 when a \
      file could not be read at all.
      """)

  @Argument(help: "A folder with tables such as leads.csv, or one CSV file.")
  var path: String

  @Option(help: "A JSON file that maps the columns of a CSV file to lead fields.")
  var mapping: String?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let application = try await options.application()
    let bar = ProgressBar()
    let outcome = try await application.fileImport.run(path, mapping: try columnMapping()) {
      bar.show(
        "\($0.file)  \($0.rowsRead) rows",
        share: Double($0.bytesRead) / Double(max(1, $0.bytesInAll)))
    }
    bar.clear()
    let report = outcome.report
    if json {
      var summary = try JSONValueEncoder().encode(report).objectValue ?? [:]
      summary["quarantine"] = try JSONValueEncoder().encode(outcome.quarantined)
      print(IndentedJSON.text(of: .object(summary)))
    } else {
      show(report)
      for row in outcome.quarantined {
        print("quarantine: \(row.file), line \(row.line), \(row.column ?? "row"): \(row.reason)")
      }
    }
    if report.failures > 0 { throw ExitCode(1) }
    if report.quarantined > 0 { throw ExitCode(2) }
  }

  private func columnMapping() throws -> ColumnMapping? {
    guard let mapping else { return nil }
    do {
      let text = try String(contentsOfFile: mapping, encoding: .utf8)
      return try ColumnMapping(json: JSONParser().parse(text))
    } catch {
      throw ValidationError("--mapping \(mapping): \(error)")
    }
  }

  private func show(_ report: ImportReport) {
    for table in report.tables {
      let stored = table.stored
      var line =
        "\(table.table): \(table.rowsRead) rows, \(stored.added) added, \(stored.changed) changed, "
        + "\(stored.unchanged) unchanged, \(table.quarantined) in quarantine"
      for reference in table.dangling {
        line += "\n  \(reference.column): \(reference.count) rows refer to rows of "
        line +=
          "\(reference.refersTo) that are not there, first on line \(reference.lines.first ?? 0)"
      }
      if let failure = table.failure { line += "\n  \(table.file): \(failure)" }
      print(line)
    }
    let seconds = Double(report.durationMilliseconds ?? 0) / 1000
    print(
      "in all: \(report.rowsRead) rows in \(seconds) s, \(report.stored.added) added, "
        + "\(report.quarantined) in quarantine")
  }
}
