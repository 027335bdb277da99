import JSONRPC

/// Which columns of a lead file are read as what.
struct LeadColumnPlaces: Sendable {
  /// The column of each field.
  private(set) var fields: [LeadColumn: Int] = [:]
  /// The columns that say whether the person refused to be contacted.
  private(set) var refusals: [Int] = []
  /// Columns that were recognised and not named by the mapping: a value that does not fit them is kept
  /// as an attribute.
  private(set) var inferred: Set<Int> = []
  /// The columns that become attributes. What kind of contact was refused stays one of them.
  private(set) var attributes: [Int] = []

  init() {}

  /// Finds the columns of a header.
  /// - Throws: `CellProblem` when the header is not what the mapping says, or names no lead.
  init(_ header: [String], mapping: ColumnMapping) throws(CellProblem) {
    var open = Set(header.indices)
    for (name, target) in mapping.columns.sorted(by: { $0.key < $1.key }) {
      let place = try Self.place(of: name, in: header)
      open.remove(place)
      switch target {
      case .field(.doNotContact): refusals.append(place)
      case .field(let field):
        guard fields.updateValue(place, forKey: field) == nil else {
          throw CellProblem(
            column: nil, reason: "the mapping names two columns for '\(field.rawValue)'")
        }
      case .attribute: attributes.append(place)
      case .ignore: break
      }
    }
    if let name = mapping.idColumn {
      let place = try Self.place(of: name, in: header)
      open.remove(place)
      fields[.id] = place
    }
    if mapping.infer { infer(header, &open) }
    guard fields.keys.contains(where: { $0 != .createdAt }) else {
      throw CellProblem(
        column: nil,
        reason: "none of the \(header.count) names in the header is a known lead column; "
          + "expected a header such as 'email,company,source', or a mapping that names the columns")
    }
    attributes = (attributes + open + refusals).sorted()
  }

  private mutating func infer(_ header: [String], _ open: inout Set<Int>) {
    let found = LeadColumn.infer(header, taken: Set(fields.keys), among: open.sorted())
    for (field, place) in found where open.contains(place) {
      fields[field] = place
      inferred.insert(place)
      open.remove(place)
    }
    for place in LeadColumn.refusals(header, among: open.sorted()) {
      refusals.append(place)
      inferred.insert(place)
      open.remove(place)
    }
  }

  private static func place(of name: String, in header: [String]) throws(CellProblem) -> Int {
    if let place = header.firstIndex(of: name) { return place }
    throw CellProblem(
      column: nil,
      reason: "the mapping names the column '\(name.shortened(to: 40))', which the header lacks")
  }
}

extension LeadColumn {
  /// The columns of a header by the fields that an import reads them as.
  /// - Returns: none for a header that an import refuses.
  package static func places(
    in header: [String], mapping: ColumnMapping
  ) -> [LeadColumn: Int] {
    (try? LeadColumnPlaces(header, mapping: mapping).fields) ?? [:]
  }
}
