import Marketing

extension ModelReportPage {
  /// What the model was trained on.
  var data: [String: TemplateValue] {
    let suspects = report.columns.filter(\.isLeakageSuspect)
    let used = report.columns.filter(\.isUsed)
    let dropped = report.columns.filter { !$0.isUsed }
    return [
      "hasSkipped": .flag(!report.skipped.isEmpty),
      "skipped": .list(
        report.skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
          ["skippedRows": .text(NumberText.count($0.value)), "skippedReason": .text($0.key)]
        }),
      "suspects": .list(
        suspects.map {
          [
            "suspect": .text(ModelWords.named($0.name)),
            "suspectAUC": .text($0.auc.map(NumberText.significant) ?? NumberText.missing),
            "isSuspectUsed": .flag($0.isUsed),
          ]
        }),
      "hasSuspects": .flag(!suspects.isEmpty),
      "hasUsed": .flag(!used.isEmpty),
      "usedTable": .markup(table("Columns that the model uses", used, isDropped: false).markup),
      "hasDropped": .flag(!dropped.isEmpty),
      "droppedTable": .markup(table("Columns left out", dropped, isDropped: true).markup),
    ]
  }

  private func table(
    _ caption: String, _ columns: [ModelReport.Column], isDropped: Bool
  ) -> ReportTable {
    ReportTable(
      caption: "\(caption): \(NumberText.count(columns.count))",
      columns: [
        .words("Column"), .words("Content"), .numbers("Missing"), .numbers("Values"),
        .numbers("AUC alone"), .words(isDropped ? "Why" : "Note"),
      ],
      rows: columns.map {
        [
          ModelWords.named($0.name), $0.content.rawValue, NumberText.percent($0.missingShare),
          NumberText.count($0.distinct), $0.auc.map(NumberText.significant) ?? NumberText.missing,
          Self.note($0),
        ]
      })
  }

  private static func note(_ column: ModelReport.Column) -> String {
    var notes: [String] = []
    if let reason = column.reason { notes.append(reason) }
    if column.isLeakageSuspect { notes.append("leakage suspect") }
    if let field = column.field, field != column.name { notes.append("read as \(field)") }
    return notes.joined(separator: "; ")
  }
}
