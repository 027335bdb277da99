import LeadModels
import Marketing

/// What is known while a file is being scored.
struct ScoringRun {
  /// Rows with their answers, as they are written.
  struct Answered: Sendable {
    let number: Int
    let bytes: [UInt8]
    let categories: [LeadCategory]
    let counts: DriftCounts
  }

  let model: TrainedModel
  let scored: ScoredColumns
  private(set) var rows: CSVRows
  private(set) var outcome: FileScoring
  /// Rows that are measured one at a time.
  private(set) var timed: [[Cell]] = []
  private let columns: ScoringColumns
  private let timedRows: Int
  private var counts = DriftCounts()

  init(
    request: FileScorer.Request, stored: StoredModel, model: TrainedModel,
    columns: ScoringColumns, rows: CSVRows, timedRows: Int
  ) {
    self.model = model
    self.columns = columns
    self.rows = rows
    self.timedRows = timedRows
    scored = ScoredColumns(beside: rows.header)
    outcome = FileScoring(model: stored.id, output: request.output)
    outcome.missingColumns = columns.missing
    outcome.addedColumns = scored.names
    let target = stored.report.target
    outcome.target = rows.header.contains(target) ? target : nil
  }

  /// The output's first row.
  var header: [UInt8] {
    var writer = CSVWriter(delimiter: rows.delimiter)
    writer.write(rows.header + scored.names)
    return writer.take()
  }

  /// The next rows with what the model reads of them; none at the end.
  mutating func nextBatch(of count: Int) throws -> (rows: [CSVRow], cells: [[Cell]]) {
    var batch: [CSVRow] = []
    while batch.count < count, let element = try rows.next() {
      switch element {
      case .header: continue
      case .row(let row): batch.append(row)
      case .problem(let problem): outcome.note(problem)
      }
    }
    let cells = batch.map { row in
      columns.places.map { place -> Cell in
        place.flatMap { model.missing.value(of: row[$0]) }.map(Cell.text) ?? .missing
      }
    }
    if timed.count < timedRows { timed += cells.prefix(timedRows - timed.count) }
    return (batch, cells)
  }

  /// Answers rows and writes them.
  static func answered(
    _ number: Int, _ rows: [CSVRow], _ cells: [[Cell]], _ model: TrainedModel,
    _ scored: ScoredColumns, _ triage: TriageSettings, delimiter: UInt8
  ) throws -> Answered {
    let answers: (scorings: [LeadScoring], counts: DriftCounts)
    do throws(ScoringFailure) {
      answers = try model.countedScorings(of: cells, settings: triage)
    } catch {
      throw ModelCommandError(error.description)
    }
    var writer = CSVWriter(delimiter: delimiter)
    for (row, scoring) in zip(rows, answers.scorings) {
      writer.write(row.texts + scored.cells(scoring, settings: triage))
    }
    return Answered(
      number: number, bytes: writer.take(),
      categories: answers.scorings.map { triage.category(forScore: $0.score) },
      counts: answers.counts)
  }

  mutating func note(_ answered: Answered) {
    outcome.rows += answered.categories.count
    for category in answered.categories { outcome.categories[category, default: 0] += 1 }
    counts.add(answered.counts)
  }

  /// How far the rows are from training's, in the columns that the file has.
  var drift: DriftReport {
    var report = model.drift(counts, outcomes: nil)
    guard !columns.missing.isEmpty, report.status != .insufficient else { return report }
    report.fields.removeAll { columns.missing.contains($0.field) }
    let statuses = Set(report.fields.map(\.status))
    report.status =
      statuses.contains(.alarm) ? .alarm : statuses.contains(.warning) ? .warning : .stable
    return report
  }
}
