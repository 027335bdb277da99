/// Finds out which delimiter a CSV file uses.
package enum CSVSniffer {
  /// The delimiters that are recognised, in the order of preference.
  package static let candidates: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
  ]

  /// How many bytes of a file are enough to tell; more are not looked at.
  package static let enoughBytes = 64 << 10

  private static let enoughRows = 50

  /// The delimiter of a file: the one by which the header has several columns and most of the first
  /// rows have as many fields as the header; among equals the one with more columns. A comma where
  /// none fits, as in a file of one column.
  /// - Parameter start: the file's first bytes, at best `enoughBytes` of them.
  /// - Parameter isWholeFile: whether that is all there is; otherwise a row cut off at the end does
  ///   not count.
  package static func delimiter(
    of start: UnsafeRawBufferPointer, isWholeFile: Bool = false
  ) -> UInt8 {
    let bytes = Array(start.prefix(enoughBytes))
    var best = (fitting: 0.0, columns: 1, delimiter: candidates[0])
    for candidate in candidates {
      guard let fit = fit(of: candidate, in: bytes, isWholeFile: isWholeFile) else { continue }
      if (fit.fitting, fit.columns) > (best.fitting, best.columns) {
        best = (fit.fitting, fit.columns, candidate)
      }
    }
    return best.delimiter
  }

  private static func fit(
    of delimiter: UInt8, in bytes: [UInt8], isWholeFile: Bool
  ) -> (fitting: Double, columns: Int)? {
    var reader = CSVReader(delimiter: delimiter)
    reader.push(bytes)
    if isWholeFile || bytes.allSatisfy({ $0 != 0x0A && $0 != 0x0D }) { reader.finish() }
    var columns = 0
    var rows = 0
    var fitting = 0
    while rows < enoughRows, let element = try? reader.next() {
      switch element {
      case .header(let names): columns = names.count
      case .row:
        rows += 1
        fitting += 1
      case .problem: rows += 1
      }
    }
    guard columns > 1 else { return nil }
    return (rows == 0 ? 1 : Double(fitting) / Double(rows), columns)
  }
}
