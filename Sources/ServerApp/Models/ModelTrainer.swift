import JSONRPC
import LeadModels
package import Marketing
package import MarketingTools

/// Trains a model for a command, on a file or on the leads that are stored.
package struct ModelTrainer: Sendable {
  /// A file to train on.
  package struct File: Sendable {
    /// Its path.
    package var path: String
    /// The column that says what became of a row.
    package var target: String
    /// Its value that counts as converted; `nil` to find it out.
    package var positive: String?
    /// The column that orders the rows in time; `nil` to judge by cross-validation.
    package var time: String?
    /// Which columns are which lead fields.
    package var mapping: ColumnMapping

    /// A file.
    package init(
      path: String, target: String, positive: String?, time: String?, mapping: ColumnMapping
    ) {
      self.path = path
      self.target = target
      self.positive = positive
      self.time = time
      self.mapping = mapping
    }
  }

  /// What is trained on.
  package enum Source: Sendable {
    case file(File)
    /// The leads that are stored; `lostAfterDays` is the setting where it is `nil`.
    case storedLeads(byTime: Bool, lostAfterDays: Int?)
  }

  private static let actor = "train"

  private let desk: ModelDesk
  private let workspace: WorkspaceID

  /// A trainer.
  package init(desk: ModelDesk, workspace: WorkspaceID) {
    self.desk = desk
    self.workspace = workspace
  }

  /// Trains a model and stores it.
  /// - Parameters:
  ///   - name: the name of the model's versions; `nil` for one made from the file's.
  ///   - excluded: columns that are not used. Text with commas is several, unless it is a column's name.
  ///   - onProgress: called from several threads.
  /// - Throws: `ModelCommandError` and `FileError` in words for people; `CancellationError` when the task
  ///   was cancelled, and then nothing is stored.
  package func train(
    _ source: Source, name: String?, excluded: [String], seed: UInt64, role: ScoringModelRole,
    onProgress: @escaping @Sendable (ModelProgress) -> Void
  ) async throws -> StoredModel {
    let name = name ?? Self.name(of: source)
    guard ModelDesk.isName(name) else {
      throw ModelCommandError("--name: found '\(name)', expected \(ModelDesk.acceptedNames)")
    }
    let data: @Sendable () throws(DataError) -> TrainingData
    var dataAt: Timestamp?
    switch source {
    case .file(let file):
      onProgress(ModelProgress(share: 0, step: "reading \(file.path)"))
      data = try self.data(of: file, excluded)
    case .storedLeads(let byTime, let lostAfterDays):
      onProgress(ModelProgress(share: 0, step: "reading the stored leads"))
      let stored = try await ModelCommandError.wording { () async throws(ModelDesk.Refusal) in
        try await desk.storedData(
          byTime: byTime, lostAfterDays: lostAfterDays, in: workspace
        ) { ColumnNames.chosen(excluded, among: $0) }
      }
      data = { () throws(DataError) in stored.data }
      dataAt = stored.takenAt
    }
    try Task.checkCancellation()
    return try await ModelCommandError.wording { [dataAt] () async throws(ModelDesk.Refusal) in
      try await desk.train(
        name, seed: seed, role: role, dataAt: dataAt, actor: Self.actor, in: workspace, data: data
      ) { onProgress(ModelProgress(share: $0.share, step: $0.step)) }
    }
  }

  private func data(
    of file: File, _ excluded: [String]
  ) throws -> @Sendable () throws(DataError) -> TrainingData {
    let bytes = try FileChunks.contents(of: file.path)
    var plain = FileTraining(target: file.target, mapping: file.mapping)
    plain.positive = file.positive
    plain.time = file.time
    let training = plain
    return { () throws(DataError) in
      let markers =
        training.mapping.missing == ColumnMapping.usualMissing
        ? MissingMarkers.usual : training.mapping.missing
      let table: DataTable
      do throws(DataError) {
        table = try DataTable(
          csv: bytes, delimiter: training.mapping.delimiter, missing: MissingMarkers(markers))
      } catch {
        throw DataError("\(file.path): \(error)")
      }
      var chosen = training
      chosen.excluded = ColumnNames.chosen(excluded, among: table.columns.map(\.name))
      return try chosen.data(table)
    }
  }

  /// The name of the file without its ending, made into one that models may have.
  static func name(of source: Source) -> String {
    guard case .file(let file) = source else { return "leads" }
    let last = file.path.split(separator: "/").last.map(String.init) ?? ""
    let stem = last.lastIndex(of: ".").map { $0 > last.startIndex ? last[..<$0] : last[...] }
    var name = ""
    for byte in TextFolding.folded(String(stem ?? last[...])).utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default: if !name.isEmpty, name.last != "-" { name += "-" }
      }
    }
    name = String(name.prefix(48))
    while name.last == "-" { name.removeLast() }
    // What ends as a version does keeps its digits.
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    let stemEnd = name.dropLast(digits)
    if digits > 0, stemEnd.last == "-" { name = "\(stemEnd.dropLast())_\(name.suffix(digits))" }
    return ModelDesk.isName(name) ? name : "leads"
  }
}

/// Columns that are named on a command line.
enum ColumnNames {
  /// The columns that texts name: each is a column's name, or several with commas between them.
  static func chosen(_ texts: [String], among names: [String]) -> [String] {
    texts.flatMap { text in
      ColumnName.match(text, among: names).map { [$0] } ?? SettingText.list(text)
    }
  }
}
