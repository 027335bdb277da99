import Foundation
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

  /// A file and what it is known by.
  struct File {
    let path: String
    let name: ImportedFileName
    let bytes: Int

    init(_ path: String) throws(FileError) {
      self.path = path
      self.name = ImportedFileName(path)
      self.bytes = try FileChunks.size(of: path)
    }
  }

  private let datasets: any DatasetStore
  private let workspace: WorkspaceID
  private let keepsPlusTags: Bool
  private let now: @Sendable () -> Timestamp
  private let analyze: @Sendable (String) -> AnalyzedText

  /// A runner.
  /// - Parameter analyze: makes of a text what memory indexes of it.
  package init(
    datasets: any DatasetStore, workspace: WorkspaceID, keepsPlusTags: Bool,
    now: @escaping @Sendable () -> Timestamp,
    analyze: @escaping @Sendable (String) -> AnalyzedText
  ) {
    self.analyze = analyze
    self.datasets = datasets
    self.workspace = workspace
    self.keepsPlusTags = keepsPlusTags
    self.now = now
  }

  /// Imports a folder in the data set's layout, or a single file: as a table of the data set when it has
  /// that table's name and columns, otherwise as leads.
  /// - Parameter mapping: how a single file's columns are read; `nil` to find it out.
  /// - Throws: `FileError` for a file that cannot be read, `ImportError` for what cannot be imported,
  ///   `StoreError` when the store refuses; `CancellationError` when the task is cancelled. Steps that
  ///   were stored stay.
  package func run(
    _ path: String, mapping: FileMapping?, onProgress: (Progress) -> Void
  ) async throws -> Outcome {
    let start = ContinuousClock.now
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImportError(message: "\(path): there is no such file or folder")
    }
    var outcome: Outcome
    if isFolder.boolValue {
      guard mapping == nil else {
        throw ImportError(
          message: "\(path) is a folder with the data set's tables, which are read as they are; "
            + "--mapping and --id-prefix are for a single file")
      }
      outcome = try await importTables(DatasetFolder(path), onProgress)
    } else if mapping == nil, let table = try DatasetFolder.table(ofFile: path) {
      outcome = try await importTables(DatasetFolder(path, holding: table), onProgress)
    } else {
      switch mapping ?? .leads(ColumnMapping()) {
      case .leads(let mapping): outcome = try await importLeads(path, mapping, onProgress)
      case .metrics(let mapping): outcome = try await importMetrics(path, mapping, onProgress)
      }
    }
    var report = outcome.report
    report.durationMilliseconds = (ContinuousClock.now - start).wholeMilliseconds
    return Outcome(report: report, quarantined: outcome.quarantined)
  }

  private func importTables(
    _ folder: DatasetFolder, _ onProgress: (Progress) -> Void
  ) async throws -> Outcome {
    let files = try folder.files.map { ($0.table, try File($0.path)) }
    let importer = DatasetImporter(
      reading: now().milliseconds, analyze: analyze, identity: identity)
    var run = ImportRun(importer: importer, bytesInAll: files.reduce(0) { $0 + $1.1.bytes })
    for (table, file) in files {
      run.importer.begin(table, file: file.name.text)
      try await read(file, of: table, &run, onProgress)
    }
    var report = run.importer.report
    report.notRead = folder.others
    return Outcome(report: report, quarantined: run.quarantined)
  }

  private func importLeads(
    _ path: String, _ mapping: ColumnMapping, _ onProgress: (Progress) -> Void
  ) async throws -> Outcome {
    let file = try File(path)
    let now = now()
    let importer = LeadFileImporter(
      source: ImportSource(file: file.name.text, reading: now.milliseconds), mapping: mapping,
      receivedAt: now, identity: identity)
    var run = ImportRun(importer: importer, bytesInAll: file.bytes)
    try await read(file, of: .leads, &run, onProgress)
    return Outcome(report: run.importer.report, quarantined: run.quarantined)
  }

  private func importMetrics(
    _ path: String, _ mapping: MetricMapping, _ onProgress: (Progress) -> Void
  ) async throws -> Outcome {
    let file = try File(path)
    let now = now()
    let importer = MetricFileImporter(
      source: ImportSource(file: file.name.text, reading: now.milliseconds), mapping: mapping,
      now: now)
    var run = ImportRun(importer: importer, bytesInAll: file.bytes)
    try await read(file, of: .campaignDaily, &run, onProgress)
    return Outcome(report: run.importer.report, quarantined: run.quarantined)
  }

  private func read<Importer: FileImporter>(
    _ file: File, of table: DatasetTable, _ run: inout ImportRun<Importer>,
    _ onProgress: (Progress) -> Void
  ) async throws {
    let chunks = try FileChunks(file.path)
    var isAtEnd = false
    while !isAtEnd {
      if !run.importer.hasFailed, let chunk = try chunks.next() {
        chunk.withUnsafeBytes { run.importer.read($0) }
        run.bytesRead += chunk.count
      } else {
        run.importer.readEnd()
        isAtEnd = run.importer.resumeOffset == nil
      }
      for (referred, keys) in run.importer.wanted {
        let stored = try await datasets.storedKeys(among: keys, of: referred, in: workspace)
        run.importer.answer(keys, stored: stored, of: referred)
      }
      for step in run.importer.convert() {
        let result = try await datasets.importRows(step, event: event(of: table), in: workspace)
        run.importer.stored(result)
        run.note(step.quarantined + result.refused)
      }
      if let offset = run.importer.resumeOffset { try chunks.seek(to: offset) }
      onProgress(
        Progress(
          file: file.path, bytesRead: min(run.bytesRead, run.bytesInAll),
          bytesInAll: run.bytesInAll, rowsRead: run.importer.report.rowsRead))
      try Task.checkCancellation()
    }
  }

  private func event(of table: DatasetTable) -> Event {
    let now = now()
    var generator = SystemRandomNumberGenerator()
    return Event(
      id: .make(prefix: "evt_", at: now, random: (generator.next(), generator.next())),
      kind: .datasetImported,
      occurredAt: now, actor: "import", facts: ["table": .string(table.name)])
  }

  private var identity: @Sendable (Lead) -> LeadIdentity {
    { [keepsPlusTags] in LeadIdentity(of: $0, keepsPlusTags: keepsPlusTags) }
  }
}

/// A file or folder cannot be imported.
package struct ImportError: Error, Sendable, CustomStringConvertible {
  /// What was found and what would be accepted.
  package let message: String
  package var description: String { message }
}

/// What is known while files are being read.
private struct ImportRun<Importer: FileImporter> {
  /// The most rows of the quarantine that are handed back.
  private static var shown: Int { 100 }

  var importer: Importer
  var bytesRead = 0
  let bytesInAll: Int
  private(set) var quarantined: [QuarantinedRow] = []

  init(importer: Importer, bytesInAll: Int) {
    self.importer = importer
    self.bytesInAll = bytesInAll
  }

  mutating func note(_ rows: [QuarantinedRow]) {
    quarantined += rows.prefix(Self.shown - quarantined.count)
  }
}
