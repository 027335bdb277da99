import LeadModels
package import Marketing
package import MarketingTools

/// Scores the rows of a file by a trained model for a command.
package struct FileScorer: Sendable {
  /// What is to be done.
  package struct Request: Sendable {
    /// The file of rows.
    package var path: String
    /// What separates its fields; `nil` to find it out.
    package var delimiter: UInt8?
    /// The model's name, of a version or its latest one.
    package var model: String
    /// Where the rows go with their answers; `-` for standard output.
    package var output: String
    /// Whether columns that the file lacks count as missing values.
    package var allowsMissingColumns: Bool
    /// Whether one answer at a time is measured too.
    package var isTimed: Bool

    /// A request.
    package init(
      path: String, delimiter: UInt8? = nil, model: String, output: String,
      allowsMissingColumns: Bool, isTimed: Bool
    ) {
      self.path = path
      self.delimiter = delimiter
      self.model = model
      self.output = output
      self.allowsMissingColumns = allowsMissingColumns
      self.isTimed = isTimed
    }
  }

  /// Rows that are answered together.
  private static let batchRows = 500
  /// So many rows are answered one at a time to measure it.
  private static let timedRows = 2000

  private let desk: ModelDesk
  private let workspace: WorkspaceID
  private let triage: TriageSettings
  private let threads: Int

  /// A scorer.
  /// - Parameter threads: how many batches are answered at a time, 1 or more.
  package init(
    desk: ModelDesk, workspace: WorkspaceID, triage: TriageSettings, threads: Int
  ) {
    self.desk = desk
    self.workspace = workspace
    self.triage = triage
    self.threads = threads
  }

  /// Scores a file. The output is there whole at the end or not at all.
  /// - Throws: `ModelCommandError` and `FileError` in words for people; `CancellationError` when the task
  ///   was cancelled.
  package func score(
    _ request: Request, onProgress: @escaping @Sendable (ModelProgress) -> Void
  ) async throws -> FileScoring {
    let stored = try await ModelCommandError.wording { () async throws(ModelDesk.Refusal) in
      try await desk.find(request.model, in: workspace)
    }
    let model = try await ModelCommandError.wording { () async throws(ModelDesk.Refusal) in
      try await desk.ready(stored.id, in: workspace)
    }
    onProgress(ModelProgress(share: 0, step: "reading \(request.path)"))
    let start = ContinuousClock.now
    let bytes = try FileChunks.contents(of: request.path)
    let rows = try CSVRows(bytes, path: request.path, delimiter: request.delimiter)
    let columns = ScoringColumns(of: model.columns, in: rows.header)
    try columns.check(
      model: stored.id.rawValue, path: request.path, header: rows.header,
      allowsMissing: request.allowsMissingColumns)
    var run = ScoringRun(
      request: request, stored: stored, model: model, columns: columns, rows: rows,
      timedRows: request.isTimed ? Self.timedRows : 0)
    let file = try OutputFile(request.output, sparing: [request.path])
    try file.write(run.header)
    try await answer(&run, into: file, onProgress)
    try Task.checkCancellation()
    try file.keep()
    return try finished(run, start)
  }

  /// Answers the rows in batches, several at a time, and writes them in their order.
  private func answer(
    _ run: inout ScoringRun, into file: OutputFile,
    _ onProgress: @escaping @Sendable (ModelProgress) -> Void
  ) async throws {
    let pool = ComputePool(width: threads)
    let model = run.model
    let scored = run.scored
    let triage = triage
    let delimiter = run.rows.delimiter
    try await withThrowingTaskGroup(of: ScoringRun.Answered.self) { group in
      var (started, written) = (0, 0)
      var answered: [Int: ScoringRun.Answered] = [:]
      var isAtEnd = false
      while !isAtEnd || written < started {
        // What is ahead of the slowest batch waits in memory.
        while !isAtEnd, started - written < 4 * threads {
          try Task.checkCancellation()
          let (rows, cells) = try run.nextBatch(of: Self.batchRows)
          if rows.isEmpty {
            isAtEnd = true
            break
          }
          let number = started
          started += 1
          group.addTask(executorPreference: pool) {
            try ScoringRun.answered(
              number, rows, cells, model, scored, triage, delimiter: delimiter)
          }
        }
        guard let batch = try await group.next() else { break }
        answered[batch.number] = batch
        while let next = answered.removeValue(forKey: written) {
          try file.write(next.bytes)
          run.note(next)
          written += 1
        }
        onProgress(
          ModelProgress(share: run.rows.share, step: "\(run.outcome.rows) rows scored"))
      }
    }
  }

  private func finished(
    _ run: ScoringRun, _ start: ContinuousClock.Instant
  ) throws -> FileScoring {
    var outcome = run.outcome
    outcome.drift = run.drift
    outcome.seconds = Self.seconds(ContinuousClock.now - start)
    guard !run.timed.isEmpty else { return outcome }
    var single: [Double] = []
    for cells in run.timed {
      let start = ContinuousClock.now
      do throws(ScoringFailure) {
        _ = try run.model.scorings(of: [cells], settings: triage)
      } catch {
        throw ModelCommandError(error.description)
      }
      single.append(Self.seconds(ContinuousClock.now - start) * 1_000_000)
    }
    single.sort()
    outcome.timing = FileScoring.Timing(
      singleMicroseconds: single[single.count / 2],
      batchRowsPerSecond: Double(outcome.rows) / max(1e-9, outcome.seconds))
    return outcome
  }

  private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
