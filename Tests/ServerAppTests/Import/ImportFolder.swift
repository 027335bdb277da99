import Foundation
import JSONRPC
import Marketing
import ServerApp

/// A folder of files and the stores that they are imported into.
struct ImportFolder {
  let path: String
  let stores = InMemoryStores()
  private let clock = TickingClock()

  /// Runs a test in a folder that is gone afterwards.
  static func with<Value>(_ body: (ImportFolder) async throws -> Value) async throws -> Value {
    try await ServerProcess.withFolder { try await body(ImportFolder(path: $0)) }
  }

  /// Writes a file, with the folders above it.
  func write(_ name: String, _ text: String) throws {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Writes a table of the data set: its header and rows of cells in the table's order.
  func write(_ table: DatasetTable, as name: String? = nil, _ rows: [[String]]) throws {
    var writer = CSVWriter()
    writer.write(table.columns)
    for row in rows { writer.write(row) }
    try write(name ?? table.fileName, String(decoding: writer.take(), as: UTF8.self))
  }

  var runner: FileImportRunner {
    FileImportRunner(
      datasets: stores, workspace: .default, keepsPlusTags: false, now: { [clock] in clock.next() },
      analyze: { AnalyzedText(plain: $0) })
  }

  /// Imports a file of the folder, or the folder.
  func run(_ name: String = "", mapping: ColumnMapping? = nil) async throws
    -> FileImportRunner.Outcome
  {
    try await runner.run("\(path)/\(name)", mapping: mapping.map(FileMapping.leads)) { _ in }
  }

  func lead(_ id: String) throws -> Lead? {
    try stores.lead(LeadID(rawValue: id), in: .default)
  }

  /// A row of `leads.csv`.
  static func lead(_ id: String, email: String = "") -> [String] {
    [id, "2025-07-15", "", "", "", "", "", "", "", "", "", "", "", email, "", "", ""]
  }

  /// A row of `interactions.csv`.
  static func interaction(_ id: String, of lead: String) -> [String] {
    [id, "", lead, "", "2025-07-16", "Email", "email_click", "", "", "none", ""]
  }
}

/// A clock that shows another time whenever it is looked at.
final class TickingClock: Sendable {
  private let ticks = Locked<Int64>(0)

  func next() -> Timestamp {
    Timestamp(
      milliseconds: 1_750_000_000_000
        + ticks.withLock {
          $0 += 1
          return $0
        })
  }
}
