import ArgumentParser
import Foundation
import JSONRPC
import ServerApp

/// Scores the rows of a file.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Scores the rows of a CSV file by a trained model, with reasons.",
    discussion: """
      Writes every row that can be read with probability, score, category, confidence and top_reasons \
      behind its own columns. Rows that cannot be read are told with line and reason; the exit code is \
      2 when there are any. The output is there whole at the end or not at all; Ctrl-C leaves none.
      """)

  @Option(help: ArgumentHelp("The file of rows.", valueName: "file"))
  var csv: String

  @Option(
    help: ArgumentHelp(
      "What separates its fields: one character or tab; found out where it is not given.",
      valueName: "character"))
  var delimiter: String?

  @Option(
    help: ArgumentHelp("A version such as leads-3, or a name for its latest.", valueName: "name"))
  var model: String

  @Option(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file"))
  var output: String

  @Flag(help: "Columns of the model that the file lacks count as missing values.")
  var allowMissingColumns = false

  @Flag(
    help: "Also measure one explained answer at a time, over up to 2,000 rows, and rows a second.")
  var timing = false

  @Flag(help: "Print the summary as JSON.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let application = try await options.modelApplication()
    let bar = ProgressBar()
    let scorer = application.fileScorer
    let request = FileScorer.Request(
      path: csv, delimiter: try separator(), model: model, output: output,
      allowsMissingColumns: allowMissingColumns,
      isTimed: timing)
    let outcome = try await Interruptible.run(undone: "\(output) was not written", bar: bar) {
      try await scorer.score(request) { bar.show($0.step, share: $0.share) }
    }
    let summary = ScoringSummary(outcome)
    for line in summary.warnings { Self.tell(line) }
    let lines = json ? [IndentedJSON.text(of: try summary.json())] : summary.lines
    // Standard output has the rows.
    for line in lines { if output == "-" { Self.tell(line) } else { print(line) } }
    if outcome.unreadable > 0 { throw ExitCode(2) }
  }

  private func separator() throws -> UInt8? {
    guard let delimiter else { return nil }
    if delimiter == "tab" { return UInt8(ascii: "\t") }
    guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte != UInt8(ascii: "\""),
      byte >= 0x20 || byte == 0x09, byte < 0x7F
    else {
      throw ValidationError(
        "--delimiter: found '\(delimiter)', expected one character such as ';', or tab")
    }
    return byte
  }

  private static func tell(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }
}
