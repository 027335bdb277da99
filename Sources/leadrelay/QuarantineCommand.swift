import ArgumentParser
import JSONRPC
import Marketing
import ServerApp

/// Lists the rows that imports could not store.
struct QuarantineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine",
    abstract: "Lists the rows that could not be imported, with file, line, column and reason.",
    discussion: """
      Each file keeps the rows of its latest import: correct them in the file and import it again.
      """)

  @Argument(help: "A file, a folder, or the end of a file's path; all files where there is none.")
  var file: String?

  @Flag(help: "Print the rows as a JSON array.")
  var json = false

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let listing = try await options.application().quarantine
    let files = try await listing.files(matching: file)
    // An array whose elements are written as they are read: there may be very many.
    var separator = "["
    for file in files {
      if !json { print("\(file.file): \(file.rows)") }
      try await listing.rows(of: file) { row in
        if json {
          print(separator + JSONWriter.text(of: try JSONValueEncoder().encode(row)), terminator: "")
          separator = ",\n "
        } else {
          print("  line \(row.line), \(row.column ?? "row"): \(row.reason)")
        }
      }
    }
    if json { print(separator == "[" ? "[]" : "]") }
    if files.isEmpty, !json { print("no rows in quarantine") }
  }
}
