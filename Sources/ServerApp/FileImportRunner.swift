import Foundation
import Glibc
import JSONRPC
package import Marketing

/// Imports files into the stores, in bounded memory.
package struct FileImportRunner: Sendable {
  /// How far an import has come.
  package struct Progress: Sendable {
    /// The file that is being read.
    package let file: String
    /// Bytes of all files read so far.
    package let bytesRead: Int
    /// Bytes of all files.
    package let bytesInAll: Int
    /// Rows of all files read so far.
    package let rowsRead: Int
  }

  /// What became of an import.
  package struct Outcome: Sendable {
    /// The counts by table.
    package let report: ImportReport
    /// The first rows that could not be imported; the store has all of them.
    package let quarantined: [QuarantinedRow]
  }

  private static let shownInQuarantine = 100
  private static let chunkBytes = 1 << 18

  private let leads: any LeadStore
  private let datasets: any DatasetStore
  private let workspace: WorkspaceID
  private let keepsPlusTags: Bool
  private let now: @Sendable () -> Timestamp

  /// A runner.
  package init(
    leads: any LeadStore, datasets: any DatasetStore, workspace: WorkspaceID, keepsPlusTags: Bool,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.leads = leads
    self.datasets = datasets
    self.workspace = workspace
    self.keepsPlusTags = keepsPlusTags
    self.now = now
  }

  /// Imports a folder in the data set's layout, or a single file: a table of the data set by its name,
  /// any other file as leads.
  /// - Throws: `ImportError` for a path that cannot be read, `StoreError` when the store refuses;
  ///   `CancellationError` when the task is cancelled. Batches that were stored stay.
  package func run(
    _ path: String, mapping: ColumnMapping?, onProgress: (Progress) -> Void
  ) async throws -> Outcome {
    let start = ContinuousClock.now
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImportError(message: "\(path): there is no such file or folder")
    }
    var quarantined: [QuarantinedRow] = []
    var report: ImportReport
    if isFolder.boolValue {
      report = try await importTables(inFolder: path, &quarantined, onProgress)
    } else if mapping == nil,
      let table = DatasetTable(fileName: URL(fileURLWithPath: path).lastPathComponent)
    {
      report = try await importTables([(table, path)], &quarantined, onProgress)
    } else {
      report = try await importLeads(
        path, mapping ?? ColumnMapping(), &quarantined, onProgress)
    }
    let duration = ContinuousClock.now - start
    report.durationMilliseconds = duration.wholeMilliseconds
    return Outcome(
      report: report, quarantined: Array(quarantined.prefix(Self.shownInQuarantine)))
  }

  private func importTables(
    inFolder path: String, _ quarantined: inout [QuarantinedRow], _ onProgress: (Progress) -> Void
  ) async throws -> ImportReport {
    let files = DatasetTable.importOrder.compactMap { table -> (DatasetTable, String)? in
      let file = "\(path)/\(table.fileName)"
      return FileManager.default.fileExists(atPath: file) ? (table, file) : nil
    }
    guard !files.isEmpty else {
      let names = DatasetTable.importOrder.map(\.fileName).joined(separator: ", ")
      throw ImportError(message: "\(path): holds none of the files \(names)")
    }
    return try await importTables(files, &quarantined, onProgress)
  }

  private func importTables(
    _ files: [(table: DatasetTable, path: String)], _ quarantined: inout [QuarantinedRow],
    _ onProgress: (Progress) -> Void
  ) async throws -> ImportReport {
    var importer = DatasetImporter(identity: identity)
    if !files.contains(where: { $0.table == .leads }) {
      let known = try await leads.values(of: .id, prefix: "", limit: .max, in: workspace)
      importer.register(known, of: .leads)
    }
    let total = try files.reduce(0) { try $0 + Self.size($1.path) }
    var read = 0
    for (table, path) in files {
      importer.begin(table)
      let chunks = try FileChunks(path, bytes: Self.chunkBytes)
      while let chunk = try chunks.next() {
        for batch in importer.feed(chunk) {
          importer.stored(try await store(batch, of: table.name))
        }
        read += chunk.count
        onProgress(
          Progress(
            file: table.fileName, bytesRead: read, bytesInAll: total,
            rowsRead: importer.report.rowsRead))
        if importer.hasFailed { break }
        try Task.checkCancellation()
      }
      let end = importer.end()
      for batch in end.batches { importer.stored(try await store(batch, of: table.name)) }
      try await datasets.quarantine(end.quarantined, ofFile: table.fileName, in: workspace)
      quarantined += end.quarantined.prefix(Self.shownInQuarantine)
    }
    return importer.report
  }

  private func importLeads(
    _ path: String, _ mapping: ColumnMapping, _ quarantined: inout [QuarantinedRow],
    _ onProgress: (Progress) -> Void
  ) async throws -> ImportReport {
    let file = URL(fileURLWithPath: path).lastPathComponent
    var importer = LeadFileImporter(
      file: file, mapping: mapping, receivedAt: try Self.modificationTime(path),
      identity: identity)
    let total = try Self.size(path)
    var read = 0
    let chunks = try FileChunks(path, bytes: Self.chunkBytes)
    while let chunk = try chunks.next() {
      for batch in importer.feed(chunk) { importer.stored(try await store(batch, of: "leads")) }
      read += chunk.count
      onProgress(
        Progress(
          file: file, bytesRead: read, bytesInAll: total, rowsRead: importer.report.rowsRead))
      if importer.hasFailed { break }
      try Task.checkCancellation()
    }
    let end = importer.end()
    for batch in end.batches { importer.stored(try await store(batch, of: "leads")) }
    try await datasets.quarantine(end.quarantined, ofFile: file, in: workspace)
    quarantined += end.quarantined.prefix(Self.shownInQuarantine)
    return importer.report
  }

  private func store(_ batch: ImportBatch, of table: String) async throws -> ImportCount {
    let now = now()
    var generator = SystemRandomNumberGenerator()
    let event = Event(
      id: .make(prefix: "evt_", at: now, random: (generator.next(), generator.next())),
      kind: .datasetImported, occurredAt: now, actor: "import", facts: ["table": .string(table)])
    return try await datasets.importRows(batch, event: event, in: workspace)
  }

  private var identity: @Sendable (Lead) -> LeadIdentity {
    { [keepsPlusTags] in LeadIdentity(of: $0, keepsPlusTags: keepsPlusTags) }
  }

  private static func size(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.size] as? Int) ?? 0
  }

  private static func modificationTime(_ path: String) throws -> Timestamp {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let date = (attributes[.modificationDate] as? Date) ?? Date(timeIntervalSince1970: 0)
    return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
  }
}

/// A file or folder cannot be imported.
package struct ImportError: Error, Sendable, CustomStringConvertible {
  /// What was found and what would be accepted.
  package let message: String
  package var description: String { message }
}

/// The bytes of a file, piece by piece.
private final class FileChunks {
  private let path: String
  private let descriptor: Int32
  private let size: Int

  init(_ path: String, bytes size: Int) throws(ImportError) {
    self.path = path
    self.size = size
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { close(descriptor) }

  /// The next bytes; `nil` at the end.
  func next() throws(ImportError) -> [UInt8]? {
    var outcome = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      repeat {
        outcome = read(descriptor, buffer.baseAddress, size)
      } while outcome < 0 && errno == EINTR
      count = max(0, outcome)
    }
    guard outcome >= 0 else { throw Self.failure(path) }
    return chunk.isEmpty ? nil : chunk
  }

  private static func failure(_ path: String) -> ImportError {
    ImportError(message: "\(path): \(String(cString: strerror(errno)))")
  }
}
