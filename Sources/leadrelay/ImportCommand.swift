import ArgumentParser
import JSONRPC
import Marketing
import ServerApp

/// Imports a data set or a file of leads.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract:
      "Imports a folder in the data set's layout, or a CSV file of leads or campaign reports.",
    discussion: """
      Importing the same files again changes nothing, and what is recorded here stays: an import adds \
      to a lead and never blanks it, nor does it overturn refused consent. Rows that cannot be imported \
      are kept in quarantine with file, line, column and reason, which leadrelay quarantine lists; the \
      exit code is 2 when there are any, 1 when a file could not be read at all.
      """)

  @Argument(help: "A folder with tables such as leads.csv, or one CSV file.")
  var path: String

  @Option(
    help: ArgumentHelp(
      "A JSON file that maps the columns of a CSV file to lead fields, or, with \"table\": "
        + "\"campaign_metrics\" in it, to the figures of campaigns.",
      valueName: "file"))
  var mapping: String?

  @Option(
    help: ArgumentHelp(
      "Put before the names that a CSV file gives its leads, so that they are not taken for another file's.",
      valueName: "prefix"))
  var idPrefix: String?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let mapping = try columnMapping()
    let application = try await options.application()
    let bar = ProgressBar()
    let outcome = try await application.fileImport.run(path, mapping: mapping) {
      bar.show(
        "\($0.file)  \($0.rowsRead) rows",
        share: Double($0.bytesRead) / Double(max(1, $0.bytesInAll)))
    }
    bar.show("indexing", share: 1)
    try await application.finishImport()
    bar.clear()
    let report = outcome.report
    // A file that could not be read at all is one row more.
    let more = max(0, report.quarantined + report.failures - outcome.quarantined.count)
    if json {
      var summary = try JSONValueEncoder().encode(report).objectValue ?? [:]
      summary["quarantine"] = try JSONValueEncoder().encode(outcome.quarantined)
      if more > 0 { summary["quarantineNotShown"] = JSONValue(more) }
      print(IndentedJSON.text(of: .object(summary)))
    } else {
      for line in ImportSummary(report).lines { print(line) }
      for row in outcome.quarantined {
        print("quarantine: \(row.file), line \(row.line), \(row.column ?? "row"): \(row.reason)")
      }
      if more > 0 {
        print("quarantine: \(more) more; leadrelay quarantine lists all of them")
      }
    }
    if report.failures > 0 { throw ExitCode(1) }
    if report.quarantined > 0 { throw ExitCode(2) }
  }

  private func columnMapping() throws -> FileMapping? {
    guard mapping != nil || idPrefix != nil else { return nil }
    var read = FileMapping.leads(ColumnMapping())
    do {
      if let mapping { read = try FileMapping(file: mapping) }
    } catch {
      throw ValidationError("--mapping: \(error)")
    }
    guard let idPrefix else { return read }
    guard case .leads(var columns) = read else {
      throw ValidationError(
        "--id-prefix: the mapping is one of campaign reports, which name no leads")
    }
    if !columns.setIDPrefix(idPrefix) {
      throw ValidationError(
        "--id-prefix: found \(idPrefix.utf8.count) bytes that are no prefix, "
          + "expected 1 to 32 of letters, digits, '_' and '-'")
    }
    return .leads(columns)
  }
}
