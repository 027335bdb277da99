package import Marketing

/// What scoring a file came to.
package struct FileScoring: Sendable {
  /// A row that could not be read.
  package struct UnreadableRow: Sendable, Hashable {
    /// The line that it starts on, from 1.
    package let line: Int
    /// What was found and what would be accepted; nothing of its content.
    package let reason: String
  }

  /// How long answers took.
  package struct Timing: Sendable, Hashable {
    /// One answer with its reasons, in microseconds: the median, one at a time on one thread.
    package let singleMicroseconds: Double
    /// Rows a second over the whole file, with reading and writing it.
    package let batchRowsPerSecond: Double
  }

  /// The model that answered.
  package let model: ScoringModelID
  /// Where the answers are.
  package let output: String
  /// Rows that were answered.
  package internal(set) var rows = 0
  /// How many rows could not be read.
  package internal(set) var unreadable = 0
  /// The first of them.
  package internal(set) var firstUnreadable: [UnreadableRow] = []
  /// Rows by category.
  package internal(set) var categories: [LeadCategory: Int] = [:]
  /// How far the file's rows are from those that the model was trained on.
  package internal(set) var drift = DriftReport(
    rows: 0, status: .insufficient, fields: [], baseRate: nil)
  /// Columns of the model that the file lacks.
  package internal(set) var missingColumns: [String] = []
  /// The columns that were added.
  package internal(set) var addedColumns: [String] = []
  /// The column that the model predicts, where the file has it: it was not read.
  package internal(set) var target: String?
  /// How long it took, in seconds.
  package internal(set) var seconds = 0.0
  /// How long answers took; `nil` when it was not measured.
  package internal(set) var timing: Timing?

  private static let shown = 10

  init(model: ScoringModelID, output: String) {
    self.model = model
    self.output = output
  }

  mutating func note(_ problem: CSVProblem) {
    unreadable += 1
    guard firstUnreadable.count < Self.shown else { return }
    let field = problem.column.map { "field \($0 + 1): " } ?? ""
    firstUnreadable.append(
      UnreadableRow(line: problem.line, reason: field + problem.message))
  }
}
