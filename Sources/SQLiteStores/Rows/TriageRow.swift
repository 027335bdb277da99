import JSONRPC
import Marketing

/// A lead's latest triage as its table keeps it.
enum TriageRow {
  static let columns = """
    triaged_at, score, probability, is_calibrated, category, confidence, reasons, model_version
    """

  private static let replaceSQL = """
    INSERT OR REPLACE INTO triages (lead_row, workspace, \(columns))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  private static let selectSQL = """
    SELECT \(columns.split(separator: ", ").map { "t.\($0)" }.joined(separator: ", "))
    FROM leads AS l JOIN triages AS t ON t.lead_row = l.row WHERE l.id = ? AND l.workspace = ?
    """

  static func store(
    _ triage: TriageRecord, reasons: [UInt8], leadRow: Int64, in workspace: WorkspaceID,
    _ connection: SQLConnection
  ) throws {
    var replace = try connection.prepare(replaceSQL)
    replace.bind(leadRow)
    replace.bind(workspace)
    replace.bind(triage.triagedAt)
    replace.bind(triage.score)
    replace.bind(triage.probability)
    replace.bind(triage.isCalibrated)
    replace.bind(triage.category)
    replace.bind(triage.confidence)
    replace.bind(text: reasons)
    replace.bind(triage.modelVersion)
    try replace.run()
  }

  static func find(
    of id: LeadID, in workspace: WorkspaceID, _ connection: SQLConnection
  ) throws -> TriageRecord? {
    var select = try connection.prepare(selectSQL)
    select.bind(id)
    select.bind(workspace)
    return try select.step() ? read(of: id, &select) : nil
  }

  /// Reads `columns`, none of which is NULL where there is a triage; `nil` where there is none.
  static func read(of id: LeadID, _ select: inout SQLStatement) throws -> TriageRecord? {
    guard let triagedAt = select.optionalTimestamp() else { return nil }
    return TriageRecord(
      leadID: id, triagedAt: triagedAt, score: select.double(),
      probability: select.double(), isCalibrated: select.integer() != 0,
      category: try select.choice(), confidence: select.double(),
      reasons: try reasons(from: select.array()), modelVersion: select.text())
  }

  /// Reasons as JSON, each as an array of field, contribution and text.
  static func json(of reasons: [TriageReason]) -> [UInt8] {
    JSONWriter.bytes(
      of: .array(
        reasons.map { [.string($0.field), JSONValue($0.contribution), .string($0.text)] }))
  }

  private static func reasons(from json: [JSONValue]) throws -> [TriageReason] {
    try json.map { reason in
      guard let field = reason[0]?.stringValue, let contribution = reason[1]?.doubleValue,
        let text = reason[2]?.stringValue
      else { throw StoreError(.corrupt, "The database holds a malformed triage") }
      return TriageReason(field: field, contribution: contribution, text: text)
    }
  }
}
