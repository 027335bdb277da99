package import JSONRPC

/// How the columns of a lead file are read. As JSON:
///
///     {"columns": {"Company size": "companySize", "Notes": "attribute", "Row": "ignore"},
///      "constants": {"source": "Trade fair", "createdAt": "2025-07-01"},
///      "missing": ["", "Select"], "delimiter": ";", "idColumn": "Prospect ID", "idPrefix": "crm2-",
///      "dates": "dmy"}
///
/// Every member may be left out. Columns that are not named are recognised by the usual header names
/// unless `infer` is false; what is left becomes an attribute of the lead under its own name.
package struct ColumnMapping: Sendable, Hashable {
  /// What a named column is read as.
  package enum Target: Sendable, Hashable {
    case field(LeadColumn)
    /// An attribute of the lead under the column's name.
    case attribute
    /// Not read at all.
    case ignore
  }

  /// In which order a date such as `03/04/2025` names its parts.
  package enum DateOrder: String, Sendable, Hashable, Codable, CaseIterable {
    /// Only ISO 8601.
    case iso
    /// Day, month, year.
    case dmy
    /// Month, day, year.
    case mdy
  }

  /// Cells that mean "not known", unless a mapping says otherwise. Case does not count.
  package static let usualMissing = ["", "Select", "NA", "N/A", "null", "-"]

  /// What the named columns are read as.
  package var columns: [String: Target] = [:]
  /// Values for fields that the file has no column or an empty cell for.
  package var constants: [LeadColumn: String] = [:]
  /// Cells that mean "not known"; case does not count.
  package var missing: [String] = Self.usualMissing
  /// What separates the fields: one ASCII character; `nil` to find it out.
  package var delimiter: UInt8?
  /// The column that names the lead. A value that is no identifier is made into one, and kept as an
  /// attribute.
  package var idColumn: String?
  /// What is put before the names that the file gives its leads, so that they are not taken for another
  /// file's: 1 to 32 of `[A-Za-z0-9_-]`.
  package private(set) var idPrefix: String?
  /// How dates are written besides ISO 8601.
  package var dates: DateOrder = .iso
  /// Whether columns that are not named are recognised by their header.
  package var infer = true

  /// Sets what is put before the names that the file gives its leads.
  /// - Returns: `false` when the prefix is not 1 to 32 of `[A-Za-z0-9_-]`.
  package mutating func setIDPrefix(_ prefix: String) -> Bool {
    guard prefix.utf8.count <= 32, LeadID(checking: prefix) != nil else { return false }
    idPrefix = prefix
    return true
  }

  /// A mapping that leaves everything to the usual header names.
  package init() {}

  /// Reads a mapping from JSON.
  /// - Throws: `MappingError` that says which member is wrong and what would be accepted.
  package init(json: JSONValue) throws(MappingError) {
    do {
      self = try JSONValueDecoder().decode(ColumnMapping.self, from: json)
    } catch {
      throw MappingError(error)
    }
  }
}

extension ColumnMapping: Decodable {
  private struct Name: CodingKey, Hashable {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private enum Member: String, CaseIterable {
    case columns, constants, missing, delimiter, idColumn, idPrefix, dates, infer
    var key: Name { Name(stringValue: rawValue) }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys where Member(rawValue: key.stringValue) == nil {
      throw Self.invalid(
        container.codingPath + [key],
        "no such member, accepted are \(Member.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.init()
    for (column, word) in try container.decodeIfPresent(
      [String: String].self, forKey: Member.columns.key) ?? [:]
    {
      columns[column] = try Self.target(word, at: container.codingPath + [Member.columns.key])
    }
    for (word, value) in try container.decodeIfPresent(
      [String: String].self, forKey: Member.constants.key) ?? [:]
    {
      guard let field = LeadColumn(rawValue: word), field != .id else {
        throw Self.unknown(word, at: container.codingPath + [Member.constants.key], and: [])
      }
      constants[field] = value
    }
    missing =
      try container.decodeIfPresent([String].self, forKey: Member.missing.key) ?? missing
    idColumn = try container.decodeIfPresent(String.self, forKey: Member.idColumn.key)
    if let prefix = try container.decodeIfPresent(String.self, forKey: Member.idPrefix.key) {
      guard setIDPrefix(prefix) else {
        throw Self.invalid(
          container.codingPath + [Member.idPrefix.key],
          "expected 1 to 32 of letters, digits, '_' and '-'")
      }
    }
    infer = try container.decodeIfPresent(Bool.self, forKey: Member.infer.key) ?? infer
    if let word = try container.decodeIfPresent(String.self, forKey: Member.dates.key) {
      guard let order = DateOrder(rawValue: word) else {
        throw Self.invalid(
          container.codingPath + [Member.dates.key], "accepted are iso, dmy and mdy")
      }
      dates = order
    }
    if let text = try container.decodeIfPresent(String.self, forKey: Member.delimiter.key) {
      delimiter = try Self.delimiter(text, at: container.codingPath + [Member.delimiter.key])
    }
  }

  private static func target(_ word: String, at path: [any CodingKey]) throws -> Target {
    switch word {
    case "attribute": return .attribute
    case "ignore": return .ignore
    default:
      guard let field = LeadColumn(rawValue: word) else {
        throw unknown(word, at: path, and: ["attribute", "ignore"])
      }
      return .field(field)
    }
  }

  private static func delimiter(_ text: String, at path: [any CodingKey]) throws -> UInt8 {
    guard let byte = delimiter(text) else {
      throw invalid(path, "expected one character such as ',' ';' '|' or a tab")
    }
    return byte
  }

  /// One character that can separate fields; `nil` for any other text.
  static func delimiter(_ text: String) -> UInt8? {
    let bytes = Array(text == "\\t" ? "\t".utf8 : text.utf8)
    let isAccepted =
      bytes.count == 1
      && bytes.allSatisfy { $0 == 0x09 || (0x21...0x7E).contains($0) && $0 != 0x22 }
    return isAccepted ? bytes.first : nil
  }

  private static func unknown(
    _ word: String, at path: [any CodingKey], and others: [String]
  ) -> DecodingError {
    let fields = LeadColumn.allCases.map(\.rawValue) + others
    return invalid(
      path,
      "'\(word.shortened(to: 40))' is no field, accepted are \(fields.joined(separator: ", "))")
  }

  private static func invalid(_ path: [any CodingKey], _ text: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: text))
  }
}
