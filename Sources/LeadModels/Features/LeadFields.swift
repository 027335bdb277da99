import Marketing

/// Which columns of a file are which lead fields, by the same rules as an import.
enum LeadFields {
  /// The fields by column.
  /// - Throws: when the mapping names a column that is not there, with those it may have been meant to be.
  static func columns(
    of names: [String], mapping: ColumnMapping
  ) throws(DataError) -> [String: LeadColumn] {
    for name in mapping.columns.keys.sorted() where !names.contains(name) {
      throw DataError(ColumnName.unknown(name, "the mapping's column", among: names))
    }
    if let name = mapping.idColumn, !names.contains(name) {
      throw DataError(ColumnName.unknown(name, "the mapping's idColumn", among: names))
    }
    var byField: [LeadColumn: String] = [:]
    for (name, target) in mapping.columns.sorted(by: { $0.key < $1.key }) {
      // Several columns may say that a lead does not want to be contacted.
      guard case .field(let field) = target, field != .doNotContact else { continue }
      if let other = byField.updateValue(name, forKey: field) {
        throw DataError(
          "the mapping names two columns for '\(field.rawValue)', \(ColumnName.list([other, name])): "
            + "expected one; make the other one an attribute")
      }
    }
    var fields: [String: LeadColumn] = [:]
    for (field, place) in LeadColumn.places(in: names, mapping: mapping) {
      fields[names[place]] = field
    }
    return fields
  }
}
