package import JSONRPC

/// How the columns of an ad platform's report are read. As JSON:
///
///     {"table": "campaign_metrics",
///      "columns": {"xyz_campaign_id": "campaignID", "ad_id": "variant", "age": "segment", "gender": "segment",
///                  "Total_Conversion": "leads", "fb_campaign_id": "ignore"},
///      "constants": {"channel": "facebook", "currency": "USD", "day": "2017-08-30"},
///      "missing": ["", "--"], "delimiter": ";", "dates": "mdy", "infer": true}
///
/// Every member but `table` may be left out. Columns that are not named are recognised by the usual header names
/// unless `infer` is false. Several columns may be read as the segment, which is then named by all of them.
package struct MetricMapping: Sendable, Hashable {
  /// What the member `table` of such a mapping is.
  package static let table = "campaign_metrics"
  private static let word = "ignore"

  /// What the named columns are read as; `nil` for not at all.
  package var columns: [String: MetricColumn?] = [:]
  /// Values where the file has no column or an empty cell.
  package var constants: [MetricColumn: String] = [:]
  /// Cells that mean "not known"; case does not count.
  package var missing: [String] = ["", "-", "--", "NA", "N/A", "null"]
  /// What separates the fields: one ASCII character; `nil` to find it out.
  package var delimiter: UInt8?
  /// How days are written besides ISO 8601.
  package var dates: ColumnMapping.DateOrder = .iso
  /// Whether columns that are not named are recognised by their header.
  package var infer = true

  /// A mapping that leaves everything to the usual header names.
  package init() {}

  /// Whether a mapping is one of campaign reports, and not of leads.
  package static func isMeant(by json: JSONValue) -> Bool { json["table"] == .string(table) }

  /// Reads a mapping from JSON.
  /// - Throws: `MappingError` that says which member is wrong and what would be accepted.
  package init(json: JSONValue) throws(MappingError) {
    guard case .object(let members) = json else {
      throw MappingError(at: "", "the mapping is no JSON object")
    }
    for member in members {
      let (name, value) = (member.key, member.value)
      switch name {
      case "table": break
      case "columns": columns = try Self.columns(value)
      case "constants": constants = try Self.constants(value)
      case "missing":
        missing = try Self.texts(value, at: name)
      case "delimiter":
        guard let text = value.stringValue, let byte = ColumnMapping.delimiter(text) else {
          throw MappingError(
            at: name, "expected one character such as ',' ';' '|' or a tab")
        }
        delimiter = byte
      case "dates":
        guard let order = value.stringValue.flatMap(ColumnMapping.DateOrder.init) else {
          throw MappingError(at: name, "accepted are iso, dmy and mdy")
        }
        dates = order
      case "infer":
        guard let flag = value.boolValue else {
          throw MappingError(at: name, "expected true or false")
        }
        infer = flag
      default:
        throw MappingError(
          at: name.shortened(to: 40),
          "no such member, accepted are table, columns, constants, missing, delimiter, dates and infer"
        )
      }
    }
  }

  private static func columns(_ value: JSONValue) throws(MappingError) -> [String: MetricColumn?] {
    var columns: [String: MetricColumn?] = [:]
    for (name, word) in try words(value, at: "columns") {
      columns[name] = .some(word == Self.word ? nil : try column(word, at: "columns.\(name)"))
    }
    return columns
  }

  private static func constants(_ value: JSONValue) throws(MappingError) -> [MetricColumn: String] {
    var constants: [MetricColumn: String] = [:]
    for (word, text) in try words(value, at: "constants") {
      constants[try column(word, at: "constants.\(word)")] = text
    }
    return constants
  }

  private static func column(
    _ word: String, at place: String
  ) throws(MappingError) -> MetricColumn {
    if let column = MetricColumn(rawValue: word) { return column }
    let accepted = MetricColumn.allCases.map(\.rawValue).joined(separator: ", ")
    throw MappingError(
      at: place.shortened(to: 80),
      "'\(word.shortened(to: 40))' is nothing that is read, accepted are \(accepted)"
        + (place.hasPrefix("columns") ? ", \(Self.word)" : ""))
  }

  private static func words(
    _ value: JSONValue, at place: String
  ) throws(MappingError) -> [(String, String)] {
    guard case .object(let members) = value else {
      throw MappingError(at: place, "expected an object of texts")
    }
    return try members.map { (member) throws(MappingError) in
      guard let text = member.value.stringValue else {
        throw MappingError(at: "\(place).\(member.key.shortened(to: 40))", "expected a text")
      }
      return (member.key, text)
    }
  }

  private static func texts(
    _ value: JSONValue, at place: String
  ) throws(MappingError) -> [String] {
    let texts = value.arrayValue?.compactMap(\.stringValue)
    guard let texts, texts.count == value.arrayValue?.count else {
      throw MappingError(at: place, "expected a list of texts")
    }
    return texts
  }
}
