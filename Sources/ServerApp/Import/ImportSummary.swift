package import Marketing

/// What an import did, in words.
package struct ImportSummary: Sendable {
  /// The summary, line by line.
  package let lines: [String]

  /// Puts a report into words.
  package init(_ report: ImportReport) {
    var lines: [String] = []
    for table in report.tables { lines += Self.lines(of: table) }
    if !report.notRead.isEmpty {
      lines.append("not read, as no table has this name: \(report.notRead.joined(separator: ", "))")
    }
    let seconds = Double(report.durationMilliseconds ?? 0) / 1000
    var total = "in all: \(report.rowsRead) rows in \(seconds) s, \(report.stored.added) added"
    if let conversions = report.conversions { total += " and \(conversions.added) outcomes" }
    lines.append(total + ", \(report.quarantined) in quarantine")
    self.lines = lines
  }

  private static func lines(of table: ImportReport.Table) -> [String] {
    let stored = table.stored
    var first = "\(table.table): \(table.rowsRead) rows, \(counts(stored))"
    if stored.merged > 0 { first += ", \(stored.merged) merged into an earlier row's lead" }
    var lines = [first + ", \(table.quarantined) in quarantine"]
    if let conversions = table.conversions {
      lines.append("  outcomes of these leads: \(counts(conversions))")
    }
    for reference in table.dangling {
      lines.append(
        "  \(reference.column): \(reference.count) rows refer to rows of \(reference.refersTo) "
          + "that are not there, first on line \(reference.lines.first ?? 0)")
    }
    if let failure = table.failure { lines.append("  \(table.file): \(failure)") }
    return lines
  }

  private static func counts(_ count: ImportCount) -> String {
    "\(count.added) added, \(count.changed) changed, \(count.unchanged) unchanged"
  }
}
