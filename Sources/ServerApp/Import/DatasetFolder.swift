import Foundation
import Marketing

/// A folder's files by the table that they hold.
struct DatasetFolder {
  /// The tables that are there, in the order of import.
  private(set) var files: [(table: DatasetTable, path: String)] = []
  /// Everything else by name, without hidden files and the layout's own description.
  private(set) var others: [String] = []

  private static let dictionary = "data_dictionary.md"

  /// Looks into a folder. The case of names does not count; of two files for one table the one with the
  /// table's own name is taken.
  /// - Throws: `FileError` when it cannot be read, `ImportError` when no table is there.
  init(_ path: String) throws {
    let names = try FolderListing.names(in: path).filter { !$0.hasPrefix(".") }
    var byTable: [DatasetTable: String] = [:]
    for name in names {
      guard let table = DatasetTable(fileName: name) else { continue }
      if byTable[table] == nil || name == table.fileName { byTable[table] = name }
    }
    guard !byTable.isEmpty else {
      let tables = DatasetTable.importOrder.map(\.fileName).joined(separator: ", ")
      throw ImportError(message: "\(path): holds none of the files \(tables)")
    }
    files = DatasetTable.importOrder.compactMap { table in
      byTable[table].map { (table, "\(path)/\($0)") }
    }
    others = names.filter { !byTable.values.contains($0) && $0 != Self.dictionary }
  }

  /// A single file that holds a table.
  init(_ path: String, holding table: DatasetTable) { files = [(table, path)] }

  /// The table that a single file holds: by its name, unless the header is that of another file. Only leads
  /// have usual columns of their own; of another table's file half the columns say that it is meant to be
  /// that table, so that what it lacks is an error and not a file of leads.
  static func table(ofFile path: String) throws -> DatasetTable? {
    guard let table = DatasetTable(fileName: URL(fileURLWithPath: path).lastPathComponent),
      let header = try header(ofFile: path)
    else { return nil }
    let present = table.columns.count { header.contains($0) }
    let enough = table == .leads ? table.columns.count : (table.columns.count + 1) / 2
    return present >= enough ? table : nil
  }

  private static func header(ofFile path: String) throws -> Set<String>? {
    guard let start = try FileChunks(path).next() else { return nil }
    let delimiter = start.withUnsafeBytes { CSVSniffer.delimiter(of: $0) }
    var reader = CSVReader(delimiter: delimiter)
    reader.push(start)
    reader.finish()
    guard case .header(let names)? = try? reader.next() else { return nil }
    return Set(names)
  }
}
