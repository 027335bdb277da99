package import JSONRPC
import Marketing

/// What scoring a file came to, in words and as JSON.
package struct ScoringSummary: Sendable {
  private static let mostFields = 10

  private let outcome: FileScoring

  /// Puts an outcome into words.
  package init(_ outcome: FileScoring) { self.outcome = outcome }

  /// What was done, line by line.
  package var lines: [String] {
    let seconds = ScoredColumns.fixed(outcome.seconds, decimals: 3)
    let place =
      outcome.output == OutputFile.standardOutput ? "standard output" : outcome.output
    var lines = ["\(outcome.rows) rows scored by \(outcome.model) into \(place) in \(seconds) s"]
    for category in LeadCategory.allCases {
      let count = outcome.categories[category] ?? 0
      let share = TextTable.percent(Double(count) / Double(max(1, outcome.rows)))
      lines.append("  \(category.rawValue): \(count) (\(share))")
    }
    lines.append("added: \(outcome.addedColumns.joined(separator: ", "))")
    if let target = outcome.target {
      lines.append(
        TextTable.shown(
          "the file has '\(target.shortened(to: 60))', which the model predicts: it was not read"))
    }
    switch outcome.drift.status {
    case .insufficient:
      lines.append("drift: fewer than 500 rows, too few to tell whether leads have changed")
    case .stable: lines.append("drift: none; the rows are like those that the model was trained on")
    case .warning, .alarm:
      lines.append("drift: \(outcome.drift.status.rawValue), see the warnings")
    }
    if let timing = outcome.timing {
      lines.append(
        "one answer with its reasons: \(ScoredColumns.fixed(timing.singleMicroseconds, decimals: 1)) µs; "
          + "the file: \(ScoredColumns.fixed(timing.batchRowsPerSecond, decimals: 0)) rows/s")
    }
    return lines
  }

  /// What the user must not miss, line by line.
  package var warnings: [String] {
    var lines = outcome.firstUnreadable.map { "not scored: line \($0.line), \($0.reason)" }
    if outcome.unreadable > lines.count {
      lines.append("not scored: \(outcome.unreadable - lines.count) more rows")
    }
    if !outcome.missingColumns.isEmpty {
      let names = outcome.missingColumns.prefix(Self.mostFields)
        .map { "'\($0.shortened(to: 60))'" }.joined(separator: ", ")
      let more = outcome.missingColumns.count - Self.mostFields
      lines.append(
        TextTable.shown(
          "warning: the file lacks \(names)\(more > 0 ? " and \(more) more" : ""), which count as missing"
        ))
    }
    for field in changed {
      let index = ScoredColumns.fixed(field.index, decimals: 2)
      lines.append(
        TextTable.shown(
          "drift \(field.status.rawValue): '\(field.field.shortened(to: 60))' is not as it was in "
            + "training (population stability index \(index))"))
    }
    return lines
  }

  private var changed: some Sequence<DriftReport.Field> {
    outcome.drift.fields.filter { $0.status == .alarm || $0.status == .warning }
      .prefix(Self.mostFields)
  }

  /// Everything as one object.
  package func json() throws -> JSONValue {
    let encoder = JSONValueEncoder()
    var json: JSONObject = [
      "model": .string(outcome.model.rawValue), "output": .string(outcome.output),
      "rows": JSONValue(outcome.rows), "unreadable": JSONValue(outcome.unreadable),
    ]
    json["unreadableRows"] = .array(
      outcome.firstUnreadable.map {
        ["line": JSONValue($0.line), "reason": .string($0.reason)]
      })
    json["categories"] = .object(
      JSONObject(
        LeadCategory.allCases.map { ($0.rawValue, JSONValue(outcome.categories[$0] ?? 0)) }))
    json["addedColumns"] = .array(outcome.addedColumns.map(JSONValue.string))
    json["missingColumns"] = .array(outcome.missingColumns.map(JSONValue.string))
    json["target"] = outcome.target.map(JSONValue.string)
    json["drift"] = try encoder.encode(outcome.drift)
    json["seconds"] = JSONValue(outcome.seconds)
    if let timing = outcome.timing {
      json["singleMicroseconds"] = JSONValue(timing.singleMicroseconds)
      json["batchRowsPerSecond"] = JSONValue(timing.batchRowsPerSecond)
    }
    return .object(json)
  }
}
