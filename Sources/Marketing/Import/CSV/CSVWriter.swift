/// Writes CSV (RFC 4180) that `CSVReader` reads back unchanged.
package struct CSVWriter: Sendable {
  /// When a field is put in quotes.
  package enum Quoting: Sendable, Hashable {
    /// Only where the field would be read differently without.
    case whereNeeded
    case always
  }

  /// What has been written since it was last taken.
  package private(set) var bytes: [UInt8] = []
  private let delimiter: UInt8
  private let quoting: Quoting

  /// A writer whose lines end with LF.
  /// - Parameter delimiter: what separates fields; ASCII, no quote and no line end.
  package init(delimiter: UInt8 = UInt8(ascii: ","), quoting: Quoting = .whereNeeded) {
    self.delimiter = delimiter
    self.quoting = quoting
  }

  /// Appends a row.
  package mutating func write(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(delimiter) }
      // An empty line is no row, so a single empty field needs its quotes.
      if quoting == .always || needsQuotes(field) || (fields.count == 1 && field.isEmpty) {
        write(quoted: field)
      } else {
        bytes.append(contentsOf: field.utf8)
      }
    }
    bytes.append(0x0A)
  }

  /// Hands over what has been written and starts afresh.
  package mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private func needsQuotes(_ field: String) -> Bool {
    let utf8 = field.utf8
    // A byte order mark that starts the file's first field would be skipped.
    if utf8.first == 0xEF { return true }
    return utf8.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
  }

  private mutating func write(quoted field: String) {
    bytes.append(0x22)
    for byte in field.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
