package import Marketing

/// What a training that nobody asked for takes over from those that somebody did.
extension StoredLeadTraining {
  /// Whether a report is of a model that was trained on stored leads, and not on a file.
  package static func made(_ report: ModelReport) -> Bool {
    guard report.target == target, report.positive == positive else { return false }
    let names = Set(report.columns.map(\.name))
    return fields.allSatisfy { names.contains($0.rawValue) }
  }

  /// The columns that were left out of a training because somebody said so.
  package static func excluded(in report: ModelReport) -> [String] {
    report.columns.filter { $0.reason == TrainingData.excludedByRequest }.map(\.name)
  }

  /// Leaves columns out, as far as they are there.
  package static func exclude(_ names: [String], from data: inout TrainingData) {
    let known = data.table.columns.map(\.name)
    for name in names {
      guard let column = ColumnName.match(name, among: known) else { continue }
      data.excluded[column] = TrainingData.excludedByRequest
    }
  }
}
