import JSONRPC
import MCP
import Marketing

/// Reads reports of what became of messages, and tells all that is wrong with them.
struct DeliveryReportReader {
  /// So many reports are taken at a time.
  static let mostReports = 1000
  private static let mostIDBytes = 200
  private static let mostDetailBytes = 500
  /// Of so many wrong fields each is told.
  private static let mostErrors = 20

  private(set) var reports: [DeliveryReport] = []
  /// The workspace that they name.
  private(set) var workspace: WorkspaceID?
  private(set) var errors: [CallProblem.Field] = []

  init(_ body: JSONValue) {
    guard let object = body.objectValue else {
      note("", "is \(body.typeName), expected an object")
      return
    }
    refuseOthers(than: ["workspace", "reports"], in: object, at: "")
    if let value = object["workspace"] {
      workspace = value.stringValue.flatMap(WorkspaceID.init(checking:))
      if workspace == nil { note("/workspace", "expected 1 to 64 of letters, digits, '_' and '-'") }
    }
    guard let elements = object["reports"]?.arrayValue,
      (1...Self.mostReports).contains(elements.count)
    else {
      note("/reports", "expected a list of 1 to \(Self.mostReports) reports")
      return
    }
    for (place, element) in elements.enumerated() where errors.count < Self.mostErrors {
      if let report = report(element, at: "/reports/\(place)") { reports.append(report) }
    }
  }

  private mutating func report(_ value: JSONValue, at place: String) -> DeliveryReport? {
    guard let object = value.objectValue else {
      note(place, "is \(value.typeName), expected an object")
      return nil
    }
    refuseOthers(
      than: ["id", "messageID", "kind", "at", "isPermanent", "detail"], in: object, at: place)
    let id = object["id"]?.stringValue.flatMap { Self.isText($0, Self.mostIDBytes) ? $0 : nil }
    let message = object["messageID"]?.stringValue.flatMap(MessageID.init(checking:))
    let kind = object["kind"]?.stringValue.flatMap(DeliveryReport.Kind.init)
    let at = object["at"]?.stringValue.flatMap { Timestamp(iso8601: $0) }
    let isPermanent = object["isPermanent"].map(\.boolValue) ?? true
    let detail = object["detail"]?.stringValue
    if id == nil { note("\(place)/id", "expected a text of 1 to \(Self.mostIDBytes) bytes") }
    if message == nil {
      note("\(place)/messageID", "expected 1 to 64 of letters, digits, '_' and '-'")
    }
    if kind == nil {
      let names = DeliveryReport.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      note("\(place)/kind", "expected one of \(names)")
    }
    if at == nil { note("\(place)/at", "expected a time such as 2025-07-15T12:00:00Z") }
    if isPermanent == nil { note("\(place)/isPermanent", "expected true or false") }
    if let given = object["detail"],
      !(given.stringValue.map { Self.isText($0, Self.mostDetailBytes) } ?? false)
    {
      note("\(place)/detail", "expected a text of 1 to \(Self.mostDetailBytes) bytes")
    }
    guard let id, let message, let kind, let at, let isPermanent else { return nil }
    return DeliveryReport(
      id: id, messageID: message, kind: kind, at: at, isPermanent: isPermanent, detail: detail)
  }

  private mutating func refuseOthers(
    than known: Set<String>, in object: JSONObject, at place: String
  ) {
    for member in object where !known.contains(member.key) {
      let name = member.key.shortened(to: 64).replacing("~", with: "~0").replacing("/", with: "~1")
      note("\(place)/\(name)", "is not known here")
    }
  }

  private mutating func note(_ pointer: String, _ detail: String) {
    if errors.count < Self.mostErrors {
      errors.append(CallProblem.Field(pointer: pointer, detail: detail))
    }
  }

  private static func isText(_ text: String, _ most: Int) -> Bool {
    (1...most).contains(text.utf8.count)
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
